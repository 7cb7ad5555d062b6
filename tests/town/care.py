"""What the made-up office knows of care: a column of kinds, a log of a year, gates that could be opened.

All of it is invented, from random numbers of its own: the sheets beside it stay as they are.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

import pandas as pd

__all__ = ["candidate_gates", "care_column", "service_log"]

KINDS = (("残疾", 0.012), ("大病", 0.01), ("留守儿童", 0.006), ("低保", 0.008))
FIRST_DAY, DAYS = date(2025, 5, 1), 365
SERVICES = (
    ("巡查", 0.42), ("调解", 0.12), ("活动", 0.14), ("解决困难", 0.1), ("认领微心愿", 0.08),
    ("社情民意", 0.06), ("结对帮扶", 0.03), ("组织培训", 0.03), ("谈心谈话", 0.02),
)  # fmt: skip
MOST_PEOPLE = 40
MISSED = 0.12  # of the visits that are due
FORGOTTEN = 0.06  # of the lone elders: nobody came in all that time
SEED_APART = 7919
GATES = (
    ("光明路边门（可开放）", "116.826947", "32.638830"),
    ("新河路边门（可开放）", "116.833109", "32.640718"),
    ("铁北路边门（可开放）", "116.823779", "32.641274"),
)


def care_column(households: pd.DataFrame, *, seed: int) -> list[str]:
    """Give what the column 关爱对象 says of each household; nothing of most."""
    rng = random.Random(seed + SEED_APART)
    by_id: dict[str, str] = {}
    for home in dict.fromkeys(households["户编号"]):
        at, kind = rng.random(), ""
        for word, share in KINDS:
            if at < share:
                kind = word
                break
            at -= share
        by_id[home] = kind
    return [by_id[home] for home in households["户编号"]]


def service_log(households: pd.DataFrame, members: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Write a year of the log: visits to whoever needs them, most of them in time, and other services."""
    rng = random.Random(seed + 2 * SEED_APART)
    homes = households.drop_duplicates("户编号")
    marked = homes[(homes["独居老人"] == "是") | (homes["关爱对象"] != "")]
    centres = members.loc[members["是否中心户"] == "是", "编号"].tolist()
    rows: list[tuple[date, str, str, str, str]] = []
    for home, lone in zip(marked["户编号"], marked["独居老人"] == "是", strict=True):
        if lone and rng.random() < FORGOTTEN:
            continue
        step = 7 if lone else 15
        for day in range(rng.randrange(step), DAYS, step):
            if rng.random() >= MISSED:
                minutes = str(rng.choice((15, 20, 30, 40)))
                rows.append((FIRST_DAY + timedelta(day), "走访", home, "", minutes))
    for centre in centres:
        for day in range(rng.randrange(10), DAYS, 10):
            kind = rng.choices([k for k, _ in SERVICES], [w for _, w in SERVICES])[0]
            rows.append(
                (FIRST_DAY + timedelta(day), kind, "", centre, str(rng.choice((30, 60, 90))))
            )
    rows.sort()
    columns = ["日期", "类型", "户编号", "责任区", "分钟"]
    frame = pd.DataFrame(rows, columns=columns)
    guides = members.loc[members["是否指导员"] == "是", "编号"].tolist()
    # talks and trainings are the mentors'
    who = [rng.choice(guides) if k in ("组织培训", "谈心谈话") else "" for k in frame["类型"]]
    people = ["" if k != "活动" else str(rng.randrange(5, MOST_PEOPLE)) for k in frame["类型"]]
    solved = [
        "" if k != "解决困难" else rng.choice(("是", "是", "是", "否")) for k in frame["类型"]
    ]
    return frame.assign(
        日期=[day.isoformat() for day in frame["日期"]],
        结果="",
        党员编号=who,
        参与群众=people,
        是否解决=solved,
    )


def candidate_gates() -> pd.DataFrame:
    """List gates that could be opened: spots where two paths end at one wall, far from each other on foot."""
    columns = ["名称", "起点经度", "起点纬度"]
    return pd.DataFrame(GATES, columns=columns)

"""What the made-up office knows of its service: nominations, needs, wishes, objections, venues, tiers.

All of it is invented, from random numbers of its own: the sheets beside it stay as they are.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

import pandas as pd

__all__ = ["ORGANISATION", "needs", "objections", "venues", "wishes", "with_nominations"]

SEED_APART = 104_729
WAYS = (("组织推荐", 0.4), ("群众举荐", 0.35), ("自荐", 0.25))
FIRST_DAY = date(2025, 3, 3)
NEEDS = (
    ("送学", 0.012),
    ("政策宣传", 0.01),
    ("调解", 0.006),
    ("维修", 0.012),
    ("陪护", 0.012),
    ("微心愿", 0.008),
)
WISHING, WISHING_MEMBERS = 0.05, 0.1
MENTORS, NEAR = 3, 4
VENUES = (
    ("一号党群服务站（合成）", "116.826947", "32.638830", "周一至周六 8:30-18:00"),
    ("二号党群服务站（合成）", "116.833109", "32.640718", "每日 9:00-20:00"),
    ("红色驿站（合成）", "116.823779", "32.641274", "周一至周五 14:00-17:30"),
)
ORGANISATION = """[organisation]
tiers = ["合成区委", "合成街道党工委"]
[organisation.communities]
"团结社区" = "团结社区党总支（合成）"
"化工社区" = "化工社区党总支（合成）"
"胜利社区" = "胜利社区党委（合成）"
"""


def with_nominations(members: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Add how candidates were nominated, their points, who guides, and what centres are no household.

    Weighted 4, 3 and 3 the points come to the score that the sheet states.
    """
    rng = random.Random(seed + SEED_APART)
    named = (members["候选户"] == "是").tolist()
    centres = [i for i, mark in enumerate(members["是否中心户"]) if mark == "是"]
    rows = []
    for yes, score, fence in zip(named, members["择优得分"], members["社区"], strict=True):
        if not yes:
            rows.append([""] * 6)
            continue
        way = rng.choices([w for w, _ in WAYS], [p for _, p in WAYS])[0]
        by = {"自荐": "", "组织推荐": f"{fence}党组织（合成）", "群众举荐": f"{fence}居民（合成）"}[
            way
        ]
        day = FIRST_DAY + timedelta(rng.randrange(14))
        a, first = rng.choice((-1, 0, 1)), rng.random() < 0.5
        points = (3 * a, -4 * a, 0) if first else (3 * a, 0, -4 * a)
        rows.append([way, by, day.isoformat(), *(str(int(score) + d) for d in points)])
    columns = ["推荐方式", "推荐单位", "推荐日期", "政治素质", "服务意识", "组织带动"]
    added = pd.DataFrame(rows, columns=columns, index=members.index)
    rest = [i for i in range(len(members)) if i not in set(centres)]
    guides = set(rng.sample(rest, MENTORS))
    kinds = dict(zip(rng.sample(centres, 3), ("商户", "物业", "单位"), strict=True))
    return members.join(added).assign(
        是否指导员=["是" if i in guides else "" for i in range(len(members))],
        中心户类型=[
            kinds.get(i, "居民户" if i in set(centres) else "") for i in range(len(members))
        ],
    )


def needs(households: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """List what some households need; a few things are settled already."""
    rng = random.Random(seed + 2 * SEED_APART)
    rows = [
        (home, kind, "已办结" if rng.random() < 0.1 else "")
        for home in dict.fromkeys(households["户编号"])
        for kind, share in NEEDS
        if rng.random() < share
    ]
    return pd.DataFrame(rows, columns=["户编号", "需求", "状态"])


def wishes(households: pd.DataFrame, members: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Let some homes and members wish for one to three centres nearby: both sheets go by doors."""
    rng = random.Random(seed + 3 * SEED_APART)
    centre = (members["是否中心户"] == "是").tolist()
    seats = [i for i, mark in enumerate(centre) if mark]
    ids = members["编号"].tolist()
    homes = households.drop_duplicates("户编号")["户编号"].tolist()
    asked = [(home, k * len(ids) / len(homes), WISHING) for k, home in enumerate(homes)]
    asked += [(who, i, WISHING_MEMBERS) for i, who in enumerate(ids) if not centre[i]]
    rows = []
    for who, at, share in asked:
        if rng.random() < share:
            near = sorted(seats, key=lambda seat: (abs(seat - at), seat))[:NEAR]
            some = [ids[i] for i in rng.sample(near, rng.choice((1, 1, 2, 3)))]
            rows.append([who, *some, *[""] * (3 - len(some))])
    return pd.DataFrame(rows, columns=["编号", "意愿1", "意愿2", "意愿3"])


def objections(members: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Object to four candidates who are no centres: once rightly, twice not, and once it is still open."""
    rng = random.Random(seed + 4 * SEED_APART)
    named = members.loc[
        (members["候选户"] == "是") & (members["是否中心户"] != "是"), "编号"
    ].tolist()
    rows = [
        (who, (FIRST_DAY + timedelta(21 + k)).isoformat(), state)
        for k, (who, state) in enumerate(
            zip(rng.sample(named, 4), ("成立", "不成立", "不成立", "核实中"), strict=True)
        )
    ]
    return pd.DataFrame(rows, columns=["党员编号", "日期", "结论"])


def venues() -> pd.DataFrame:
    """List where people can go."""
    return pd.DataFrame(VENUES, columns=["名称", "经度", "纬度", "开放时间"])

"""The log of visits: days and kinds as clerks write them, and what cannot be read; remarks are not read."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import SchemaError
from planner.intake.service_log import SERVICES, read_log


def test_a_log_as_clerks_keep_it(tmp_path: Path) -> None:
    """Three ways to write a day, seven kinds, a blank kind is a visit; remarks are in no column."""
    path = tmp_path / "log.csv"
    path.write_text(
        "日期,类型,户编号,责任区,党员编号,分钟,结果\n"
        "2026-05-18,入户走访,H1,,M1,30分钟,老人腿疼\n"
        "2026/5/9,夜间巡查,,3,,45,\n"
        "2026年6月1日,邻里纠纷调解,H2,,,,\n"
        "45000,微心愿认领,H2,,,10,\n"
        "2026-06-02,,H3,,,,\n"
        "2026-06-03,慰问演出活动,,3,,,\n"
        "2026-06-03,送煤气,H1,,,,\n",
        "utf-8",
    )
    log = read_log(path)
    rows = log.rows
    assert rows["kind"].tolist() == [
        *("visit", "patrol", "mediation", "wish", "visit", "activity", "other"),
    ]
    assert set(rows["kind"]) <= set(SERVICES)
    assert rows["day"].dt.strftime("%Y-%m-%d").tolist()[:4] == [
        *("2026-05-18", "2026-05-09", "2026-06-01", "2023-03-15"),
    ]
    assert rows["minutes"].iloc[:2].tolist() == [30.0, 45.0]
    assert "老人腿疼" not in rows.to_string()
    assert not log.findings


def test_rows_that_say_nothing_are_told_by_their_place(tmp_path: Path) -> None:
    """No day, no place, a day that is none; an empty row is no fault."""
    path = tmp_path / "log.csv"
    path.write_text(
        "date,kind,household\n2026-02-31,visit,H1\n2026-03-01,visit,\nsoon,visit,H2\n,,\n2026-03-02,visit,H2\n",
        "utf-8",
    )
    log = read_log(path)
    assert log.rows["household"].tolist() == ["H2"]
    assert [(f.code, f.row) for f in log.findings] == [
        ("log-row", 2),
        ("log-row", 3),
        ("log-row", 4),
    ]


def test_another_sheet_is_refused(tmp_path: Path) -> None:
    """No day, or no place: it is no log."""
    path = tmp_path / "x.csv"
    path.write_text("编号,地址\n1,甲路\n", "utf-8")
    with pytest.raises(SchemaError, match=r"x\.csv is no log"):
        read_log(path)


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        *(
            ("30", 30),
            ("30分钟", 30),
            ("约20", 20),
            ("半小时", 30),
            ("1小时", 60),
            ("1小时30分", 90),
        ),
        *(
            ("一个半小时", 90),
            ("两小时", 120),
            ("1.5小时", 90),
            ("二十分钟", 20),
            ("20分钟左右", 20),
        ),
        *(("一上午", None), ("1小时多一点", None), ("-5", None), ("2000", None), ("1,200", 1200)),
    ],
)
def test_minutes_as_clerks_write_them(tmp_path: Path, written: str, minutes: float | None) -> None:
    """Hours count sixty; what cannot be read is no minute, is told, and the visit counts all the same."""
    path = tmp_path / "log.csv"
    path.write_text(f'日期,类型,户编号,分钟\n20260518,走访,H1,"{written}"\n', "utf-8")
    log = read_log(path)
    assert log.rows["day"].dt.strftime("%Y-%m-%d").tolist() == ["2026-05-18"]
    assert log.rows["minutes"].tolist() == pytest.approx([minutes or float("nan")], nan_ok=True)
    assert [f.code for f in log.findings] == ([] if minutes else ["log-amount"])
    assert log.left_out == 0


def test_a_day_far_ahead_ages_nothing(tmp_path: Path) -> None:
    """2125 for 2025: the row is set aside and told, and the last day of the log stays what it was."""
    path = tmp_path / "log.csv"
    path.write_text(
        "日期,类型,户编号\n2025-05-18,走访,H1\n同上,走访,H2\n2125-05-19,走访,H3\n", "utf-8"
    )
    log = read_log(path)
    assert log.rows["household"].tolist() == ["H1", "H2"]
    assert log.rows["day"].nunique() == 1
    assert [(f.code, f.row) for f in log.findings] == [("log-ahead", 4)]
    assert log.left_out == 1

"""The store of a log: every row once, whichever files bring it; rows are only added."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from planner.errors import InputError
from planner.intake.service_log import read_log
from planner.plan.service.kept_log import empty_log, merged_log, read_kept, store_kept
from tests.plan.service.logs import log_text

HEAD = "日期,类型,户编号,责任区,分钟,状态\n"


def rows(folder: Path, text: str, name: str = "log.csv") -> pd.DataFrame:
    """Read a log."""
    (folder / name).write_text(HEAD + text, "utf-8")
    return read_log(folder / name).rows


def test_the_same_rows_twice_are_stored_once(tmp_path: Path) -> None:
    """Two equal rows of one file are two; the file again adds none, a longer one only what is new."""
    text = "2025-01-02,活动,,1,,\n2025-01-02,活动,,1,,\n2025-01-03,走访,H1,,,\n"
    one = merged_log(empty_log(), rows(tmp_path, text))
    assert (one.added, one.known, len(one.rows)) == (3, 0, 3)
    again = merged_log(one.lines, rows(tmp_path, text, "copy.csv"))
    assert (again.added, again.known, len(again.rows)) == (0, 3, 3)
    more = merged_log(one.lines, rows(tmp_path, "2025-01-02,活动,,1,,\n" + text, "more.csv"))
    assert (more.added, len(more.rows)) == (1, 4)


def test_what_was_open_is_solved_later_and_stays_so(tmp_path: Path) -> None:
    """A later file says that it is solved: one thing, and the last line counts; old files change nothing."""
    old = rows(tmp_path, "2025-01-02,解决困难,H1,,,未解决\n")
    new = rows(tmp_path, "2025-01-02,解决困难,H1,,,已解决\n", "new.csv")
    one = merged_log(merged_log(empty_log(), old).lines, new)
    assert len(one.lines) == 2
    assert one.rows["state"].tolist() == ["solved"]
    assert merged_log(one.lines, old).rows["state"].tolist() == ["solved"]
    assert merged_log(one.lines, old).added == 0


def test_a_store_is_read_back_and_only_grows(tmp_path: Path) -> None:
    """Equal to the byte, and SQLite itself refuses to change or cut a row."""
    (tmp_path / "log.csv").write_text(
        log_text(["H1", "H2"], ["M1"], {"走访": 50, "活动": 50}), "utf-8"
    )
    made = merged_log(empty_log(), read_log(tmp_path / "log.csv").rows)
    for name in ("a.sqlite", "b.sqlite"):
        store_kept(made.lines, tmp_path / name)
    assert (tmp_path / "a.sqlite").read_bytes() == (tmp_path / "b.sqlite").read_bytes()
    back = read_kept(tmp_path / "a.sqlite")
    pd.testing.assert_frame_equal(back, made.lines, check_dtype=False)
    assert merged_log(back, read_log(tmp_path / "log.csv").rows).added == 0
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as db:
        for order in ("UPDATE log SET count = ''", "DELETE FROM log"):
            with pytest.raises(sqlite3.IntegrityError, match="only added"):
                db.execute(order)


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    """Another database, and a text; where there is no file there are no rows."""
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as db:
        db.execute("CREATE TABLE log (seq INTEGER)")
    (tmp_path / "text.sqlite").write_text("no database", "utf-8")
    for name in ("other.sqlite", "text.sqlite"):
        with pytest.raises(InputError, match=name):
            read_kept(tmp_path / name)
    assert read_kept(tmp_path / "none.sqlite").empty


def test_no_remark_is_kept(tmp_path: Path) -> None:
    """Neither results nor the kind as it is written stand in the store."""
    (tmp_path / "log.csv").write_text(
        "日期,类型,户编号,处理结果\n2025-01-02,走访某老人,H1,腿疼\n", "utf-8"
    )
    store_kept(
        merged_log(empty_log(), read_log(tmp_path / "log.csv").rows).lines, tmp_path / "s.sqlite"
    )
    data = (tmp_path / "s.sqlite").read_bytes()
    assert b"H1" in data
    assert "腿疼".encode() not in data
    assert "某老人".encode() not in data

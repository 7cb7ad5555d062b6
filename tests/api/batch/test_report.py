"""What a batch adds up to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.api.batch.report import BatchReport
from planner.api.batch.work import DONE, FAILED, Outcome


def done(name: str, homes: int, cost: float, bound: float) -> Outcome:
    """Make what became of a job."""
    figures = {
        "households": homes, "located": homes, "unassigned": 1, "zones": 2, "cost_m": cost, "penalty_m": 10.0,
        "change_m": None, "bound_m": bound, "gap_objective": (cost + 10 - bound) / (cost + 10),
        "zones_connected": True, "stopped": "gap", "peak_gb": 0.5,
        "walk_m": cost / homes, "beyond": 3, "broken": 1,
    }  # fmt: skip
    return Outcome(name, DONE, figures=figures, seconds=2.0)


def test_the_bounds_add_up() -> None:
    """Jobs share nothing: values, bounds and counts are sums, the walk is a mean over homes."""
    report = BatchReport((done("a", 10, 990.0, 990.0), done("b", 30, 5990.0, 5700.0)))
    f = report.figures()
    assert (f["value_m"], f["bound_m"]) == (7000.0, 6690.0)
    assert f["gap"] == pytest.approx(310 / 7000)
    assert (f["households"], f["unassigned"], f["beyond"], f["broken"]) == (40, 2, 6, 2)
    assert f["walk_m"] == pytest.approx(6980 / 40)
    assert report.exit_code == 0


def test_failures_come_first(tmp_path: Path) -> None:
    """Who has no plan stands above the table, and nothing is counted for it."""
    report = BatchReport(
        (
            done("a", 10, 990.0, 990.0),
            Outcome("b", FAILED, 3, "no way", "不可行"),
            Outcome("c", FAILED, 4),
        )
    )
    assert report.exit_code == 3
    told = report.markdown()
    assert told.index("不可行 / no way") < told.index("| 名称 name |")
    assert "| b | 未完成 failed | - | - |" in told
    written = report.save(tmp_path)
    assert set(written) == {"batch.md", "batch.json"}
    jobs = json.loads(written["batch.json"].read_text("utf-8"))["jobs"]
    assert [j["households"] for j in jobs] == [10, None, None]
    assert written["batch.json"].stat().st_mode & 0o077 == 0


def test_a_batch_in_which_nothing_was_planned() -> None:
    """No division by nothing."""
    f = BatchReport((Outcome("b", FAILED, 2, "x", "y"),)).figures()
    assert (f["gap"], f["walk_m"], f["failed"]) == (0.0, None, 1)

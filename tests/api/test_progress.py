"""How a run is told: stages timed, and the curve of the search kept."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.api.progress import TRACED, Clock, Event, Trace
from planner.cli import app
from planner.solve.stop import PartProgress, Progress


def at(seconds: float, plan: float, bound: float, *, limit: str = "", number: int = 0) -> Event:
    """Tell where a search stands that works on one of two parts."""
    part = PartProgress(number, plan / 2, bound / 2, "annealing", limit)
    return Event("zones", 0.0, "", Progress(seconds, plan, bound, 0, 2, part))


def test_a_stage_is_timed_and_told_twice() -> None:
    """Once when it begins, once when it is done; one that fails is never told as done."""
    heard: list[Event] = []
    clock = Clock.of(heard.append)
    with clock.stage("demand"):
        clock.tell("demand", 0.5, "half")
    assert [(e.stage, e.done, e.detail) for e in heard] == [
        ("demand", 0.0, ""), ("demand", 0.5, "half"), ("demand", 1.0, "")]  # fmt: skip
    assert clock.seconds["demand"] >= 0
    with pytest.raises(ValueError, match="broken"), clock.stage("zones"):
        raise ValueError("broken")
    assert "zones" not in clock.seconds
    assert heard[-1] == Event("zones", 0.0)


def test_a_trace_keeps_the_curve_and_passes_everything_on(tmp_path: Path) -> None:
    """A row for each thing that is new; parts count from 1; what is no search is no row."""
    heard: list[Event] = []
    trace = Trace(heard.append)
    told = [Event("read", 1.0), at(1, 200, 100), at(2, 200, 100), at(3, 200, 150, limit="bound"),
            at(4, 160, 150, limit="plan", number=1)]  # fmt: skip
    for event in told:
        trace(event)
    assert heard == told
    trace.save(tmp_path / "curve.csv")
    with (tmp_path / "curve.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == TRACED
    assert [(r["seconds"], r["part"], r["limited_by"]) for r in rows] == [
        ("1.00", "1", ""), ("3.00", "1", "bound"), ("4.00", "2", "plan")]  # fmt: skip
    assert [float(r["gap"]) for r in rows] == [0.5, 0.25, pytest.approx(10 / 160)]
    assert float(rows[1]["part_bound_m"]) == 75.0


def test_a_plan_that_breaks_hard_rules_has_no_gap_yet() -> None:
    """Its value is infinite; the row says so and counts no gap."""
    trace = Trace()
    trace(at(1, math.inf, 100))
    assert trace.rows[0][TRACED.index("plan_m")] == "inf"
    assert float(trace.rows[0][TRACED.index("gap")]) == 0.0


def test_the_command_line_writes_it(tmp_path: Path) -> None:
    """`planner zone --trace FILE`: the search of a small office, row by row, its bound below its plan."""
    homes = [f"H{i},{117 + 0.001 * (i // 4):.4f},32.6,{i // 4}号楼" for i in range(52)]
    (tmp_path / "h.csv").write_text("编号,经度,纬度,楼栋\n" + "\n".join(homes), "utf-8")
    members = [f"M{i},{117 + 0.001 * k:.4f},32.6,是" for i, k in enumerate((1, 5, 11))]
    (tmp_path / "m.csv").write_text("编号,经度,纬度,是否中心户\n" + "\n".join(members), "utf-8")
    (tmp_path / "planner.toml").write_text(
        "[inputs]\nhouseholds = 'h.csv'\nmembers = 'm.csv'\ndetour_factor = 1.3\ncache = false\n\n"
        "[rules]\nmembers_per_zone = { low = 1, high = 6 }\n"
        "households_per_member = { low = 1, high = 40 }\nhouseholds_per_zone = { low = 17, high = 18 }\n\n"
        "[search]\nadvice_seconds = 0.0\n",
        "utf-8",
    )
    words = ["zone", str(tmp_path / "planner.toml"), "--out", str(tmp_path / "out")]
    said = CliRunner().invoke(app, [*words, "--trace", str(tmp_path / "curve.csv")])
    assert said.exit_code == 0, said.output
    with (tmp_path / "curve.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert all(float(row["bound_m"]) <= float(row["plan_m"]) + 0.1 for row in rows)
    assert {row["doing"] for row in rows} & {"annealing", "prices on rules", "branch and cut"}

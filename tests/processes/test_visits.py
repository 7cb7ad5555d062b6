"""Rounds of a run that is killed for real: the same command goes on, and the files are the same bytes."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from planner.plan.store import store_plan
from tests.plan.care.town import care_town

NAMES = ("visits.internal.xlsx", "rounds.internal.gpx")
# A zone that is kept is shown to the world for a moment, so that the kill falls between two of them.
SLOWLY = """
import sys, time
from planner.api.rounds_kept import RoundsKept
add = RoundsKept.add
def slowly(self, zone, ways):
    add(self, zone, ways)
    time.sleep(0.5)
RoundsKept.add = slowly
sys.argv = ["planner", *sys.argv[1:]]
from planner.cli import main
main()
"""


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    """Killed after each of its zones in turn; then the same command in one go."""
    plan, project = care_town()
    store_plan(plan, tmp_path / "plan.gpkg")

    def words(out: Path) -> list[str]:
        return ["visits", str(tmp_path), str(project), "--out", str(out), "--gpx", "--week", "2"]

    whole, out = tmp_path / "whole", tmp_path / "out"
    subprocess.run([sys.executable, "-m", "planner", *words(whole)], check=True, timeout=120)
    part = out / "rounds.internal.part"
    for zones in (1, 2):
        run = subprocess.Popen([sys.executable, "-c", SLOWLY, *words(out)])
        until = time.monotonic() + 60
        while run.poll() is None and time.monotonic() < until:
            if part.exists() and part.read_bytes().count(b"\n") > zones:
                run.send_signal(signal.SIGKILL)
                break
            time.sleep(0.01)
        assert run.wait(60) == -signal.SIGKILL
        assert part.read_bytes().count(b"\n") == 1 + zones
        assert not any((out / name).exists() for name in NAMES)
    last = subprocess.run(
        [sys.executable, "-m", "planner", *words(out)],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "2 zones had rounds" in (last.stdout + last.stderr).replace("\n", " ")
    assert not part.exists()
    for name in NAMES:
        assert (out / name).read_bytes() == (whole / name).read_bytes()

"""Batches whose workers and drivers are killed at random moments: nothing lost, nothing twice, the rest done.

    python -m tests.benchmarks.batch_kills [--moments 20] [--seed 0]

Six small communities (synthetic) are planned by two processes.  At a random moment of the run one of them is
killed (SIGKILL): the run must end well by itself.  Or the driver is: its workers must end with it, and the
same command must go on to the end.  Every time the plans must be those of an undisturbed run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from planner.api.batch.run import batch
from tests.api.batch.conftest import write_project
from tests.benchmarks.table import show
from tests.processes.test_batch import alive, children, plans, running

COMMUNITIES = 6
LONGEST_S = 300.0


def main() -> None:
    """Print a row for each kind of kill, and fail where anything was lost."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--moments", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for k in range(COMMUNITIES):
            write_project(folder / "in" / f"c{k}", 20)
        with ThreadPoolExecutor(1) as threads:
            batch(folder / "in", folder / "near", executor=threads)
        wanted = plans(folder / "near")
        with running(folder / "in", folder / "whole") as run:
            began = _workers_there(run)
            run.communicate(timeout=LONGEST_S)
        lasts = time.monotonic() - began
        rows = []
        for what in ("worker", "driver"):
            hit = tried = 0
            while hit < options.moments:
                out, tried = folder / f"{what}{tried}", tried + 1
                # a run that was quicker than the first, and over by then, was not killed
                hit += _killed(what, folder / "in", out, chance.uniform(0.0, lasts), chance)
                assert plans(out) == wanted, f"{what} {tried}: plans were lost or are others"
            rows.append({"killed": what, "times": hit, "runs": tried, "lost or others": 0})
            print(rows[-1], flush=True)
    show(rows)


def _workers_there(run: subprocess.Popen[str]) -> float:
    """Wait until a run has its workers; give when that was."""
    while run.poll() is None and not children(run.pid):
        time.sleep(0.02)
    return time.monotonic()


def _killed(what: str, source: Path, out: Path, moment: float, chance: random.Random) -> bool:
    """Kill once, let everything end, and go on where the driver was killed; tell whether there was one."""
    with running(source, out) as run:
        _workers_there(run)
        time.sleep(moment)
        workers = children(run.pid)
        hit = run.poll() is None and (what == "driver" or bool(workers))
        if hit:
            os.kill(run.pid if what == "driver" else chance.choice(workers), signal.SIGKILL)
        said, _ = run.communicate(timeout=LONGEST_S)
    if what == "driver":
        until = time.monotonic() + 60.0
        while any(map(alive, workers)) and time.monotonic() < until:
            time.sleep(0.05)
        assert not any(map(alive, workers)), "workers outlive their driver"
        with running(source, out) as run:
            said, _ = run.communicate(timeout=LONGEST_S)
    assert run.returncode == 0, said
    told = json.loads(said)
    assert told["done"] + told["kept"] == COMMUNITIES
    return hit


if __name__ == "__main__":
    main()

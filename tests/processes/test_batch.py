"""A batch whose driver or workers are killed for real, and one on a cluster of programs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from planner.api.batch.run import batch, scheduler_of
from planner.api.batch.work import MARK
from planner.api.plan import Plan
from tests.api.batch.conftest import write_district


@pytest.fixture
def district(tmp_path: Path) -> Path:
    """A folder with the projects of three communities."""
    return write_district(tmp_path / "in")


def plans(out: Path) -> dict[str, bytes]:
    """Give what each job assigned, as bytes."""
    return {
        path.parent.name: Plan.load(path).households["zone"].to_csv().encode()
        for path in sorted(out.glob("*/plan.gpkg"))
    }


def test_a_process_that_is_killed_takes_no_other_job_along(district: Path, tmp_path: Path) -> None:
    """A real pool, one worker of which is killed while it works: all jobs are done all the same."""
    killed: list[int] = []
    with running(district, tmp_path / "out") as run:
        until = time.monotonic() + 60
        while not killed and run.poll() is None and time.monotonic() < until:
            for child in children(run.pid):
                if any((tmp_path / "out").glob(f"*/{MARK}")):
                    os.kill(child, signal.SIGKILL)
                    killed.append(child)
                    break
            time.sleep(0.02)
        said, _ = run.communicate(timeout=120)
    assert killed
    assert run.returncode == 0, said
    assert json.loads(said)["failed"] == 0
    with ThreadPoolExecutor(1) as threads:
        batch(district, tmp_path / "near", executor=threads)
    assert plans(tmp_path / "out") == plans(tmp_path / "near")


def test_a_driver_that_is_killed_is_resumed(district: Path, tmp_path: Path) -> None:
    """Workers end with it; the same command goes on, keeps what was done, and stores nothing twice."""
    out = tmp_path / "out"
    with running(district, out) as run:
        until = time.monotonic() + 60
        while not any(out.glob("*/plan.gpkg")) and time.monotonic() < until:
            time.sleep(0.02)
        workers = children(run.pid)
        run.kill()
        run.wait()
    until = time.monotonic() + 30
    while any(map(alive, workers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(alive, workers))
    with ThreadPoolExecutor(1) as threads:
        report = batch(district, out, executor=threads)
    assert report.exit_code == 0, report.markdown()
    assert report.figures()["households"] == 60
    assert len(plans(out)) == 3


@contextmanager
def running(district: Path, out: Path) -> Iterator[subprocess.Popen[str]]:
    """Run the command as a program."""
    command = [sys.executable, "-m", "planner", "batch", str(district), "--out", str(out), "--json"]
    with subprocess.Popen(
        [*command, "--workers", "2"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as run:
        yield run


def children(pid: int) -> list[int]:
    """Give the worker processes of a driver."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            told = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"spawn_main" in told:
                found.append(int(child))
    return found


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended but for a thread still holds its files."""
    try:
        ended = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        return not ended or len(list(Path(f"/proc/{pid}/task").iterdir())) > 1
    except OSError:
        return False


def test_a_dask_cluster_does_the_same(district: Path, tmp_path: Path) -> None:
    """A scheduler and a worker as programs of their own, over TCP."""
    pytest.importorskip("distributed")
    near = [sys.executable, "-m", "dask"]
    address = tmp_path / "scheduler.json"
    asked = ["--scheduler-file", str(address), "--no-dashboard"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    scheduler = subprocess.Popen(
        [*near, "scheduler", "--host", "127.0.0.1", "--port", "0", *asked], **quiet
    )
    worker = subprocess.Popen(
        [*near, "worker", "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1", *asked], **quiet
    )
    try:
        until = time.monotonic() + 60
        while not address.exists() and time.monotonic() < until:
            time.sleep(0.1)
        where = json.loads(address.read_text("utf-8"))["address"]
        executor = scheduler_of(where)
        report = batch(district, tmp_path / "far", executor=executor, workers=1)
        executor.shutdown()
    finally:
        for program in (worker, scheduler):
            program.terminate()
            program.wait(30)
    assert report.figures()["done"] == 3, report.markdown()
    with ThreadPoolExecutor(1) as threads:
        batch(district, tmp_path / "near", executor=threads)
    assert plans(tmp_path / "far") == plans(tmp_path / "near")

"""A batch whose driver or workers are killed for real, and one on a cluster of programs."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from planner.api.batch.run import batch, scheduler_of
from planner.api.batch.work import MARK
from planner.api.plan import Plan
from planner.errors import OutputError
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
def cluster(
    address: Path, folder: Path
) -> Iterator[tuple[str, tuple[subprocess.Popen[bytes], ...]]]:
    """Run a scheduler and a worker as programs of their own; give the address, and both."""
    dask = [sys.executable, "-m", "dask"]
    asked = ["--scheduler-file", str(address), "--no-dashboard", "--host", "127.0.0.1"]
    worker = ["worker", "--nthreads", "1", "--no-nanny"]
    programs = tuple(
        subprocess.Popen(
            [*dask, *words, *asked],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        )
        for words in (["scheduler", "--port", "0"], worker)
    )
    try:
        until = time.monotonic() + 60
        while not address.exists() and time.monotonic() < until:
            time.sleep(0.1)
        yield json.loads(address.read_text("utf-8"))["address"], programs
    finally:
        for program in reversed(programs):
            program.terminate()
            program.wait(30)


@contextmanager
def running(district: Path, out: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Run the command as a program."""
    command = [sys.executable, "-m", "planner", "batch", str(district), "--out", str(out), "--json"]
    with subprocess.Popen(
        [*command, "--workers", "2", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as run:
        yield run


def finished(out: Path) -> bool:
    """Whether any job has its mark: its plan is written by then."""
    return any('"state": "done"' in mark.read_text("utf-8") for mark in out.glob(f"*/{MARK}"))


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


def test_a_full_disk_and_a_poisoned_project_end_no_other(district: Path, tmp_path: Path) -> None:
    """One job has no room, one cannot be read: both are told, the third is done; then all of them are."""
    out, small = tmp_path / "out", tmp_path / "out" / "东社区"
    small.mkdir(parents=True)
    mounted = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)]
    if shutil.which("mount") is None or subprocess.run(mounted, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here: that is root's")
    homes = district / "南社区" / "homes.csv"
    whole = homes.read_bytes()
    homes.write_bytes(b"PK\x03\x04" + bytes(range(256)) * 40)
    try:
        with running(district, out) as run:
            said = json.loads(run.communicate(timeout=200)[0])
        assert run.returncode in (2, 4)
        assert (said["done"], said["failed"]) == (1, 2)
        assert {job["name"] for job in said["jobs_told"] if job["error"]} == {"东社区", "南社区"}
        homes.write_bytes(whole)
        subprocess.run(["mount", "-o", "remount,size=100m", str(small)], check=True)
        with running(district, out) as run:
            said = json.loads(run.communicate(timeout=200)[0])
        assert run.returncode == 0
        assert (said["done"], said["kept"], said["households"]) == (2, 1, 60)
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_scheduler_that_is_lost_is_told(district: Path, tmp_path: Path) -> None:
    """The batch ends by itself with exit code 4, keeps what was done, and goes on with another scheduler."""
    pytest.importorskip("distributed")
    out = tmp_path / "out"
    with cluster(tmp_path / "a.json", tmp_path) as (where, programs):
        words = ["--scheduler", where]
        with running(district, out, *words) as run:
            until = time.monotonic() + 120
            while not finished(out) and time.monotonic() < until:
                time.sleep(0.05)
            for program in programs:
                program.kill()
            run.communicate(timeout=120)
    assert run.returncode == 4
    assert finished(out)
    with (
        cluster(tmp_path / "b.json", tmp_path) as (where, _),
        running(district, out, "--scheduler", where) as run,
    ):
        said = json.loads(run.communicate(timeout=200)[0])
    assert run.returncode == 0
    assert said["kept"] >= 1
    assert said["done"] + said["kept"] == 3


def test_a_cluster_that_is_lost_before_a_job_takes_none(district: Path, tmp_path: Path) -> None:
    """A client that has given its scheduler up already is told as such, not as a fault."""
    pytest.importorskip("distributed")
    with cluster(tmp_path / "a.json", tmp_path) as (where, programs):
        executor: Any = scheduler_of(where)
        for program in programs:
            program.kill()
        until = time.monotonic() + 60
        while executor._client.status != "closed" and time.monotonic() < until:
            time.sleep(0.1)
        with pytest.raises(OutputError) as told:
            batch(district, tmp_path / "out", executor=executor)
    assert told.value.key == "batch-scheduler-gone"


def test_a_dask_cluster_does_the_same(district: Path, tmp_path: Path) -> None:
    """A scheduler and a worker as programs of their own, over TCP."""
    pytest.importorskip("distributed")
    with cluster(tmp_path / "scheduler.json", tmp_path) as (where, _):
        executor = scheduler_of(where)
        report = batch(district, tmp_path / "far", executor=executor, workers=1)
        executor.shutdown()
    assert report.figures()["done"] == 3, report.markdown()
    with ThreadPoolExecutor(1) as threads:
        batch(district, tmp_path / "near", executor=threads)
    assert plans(tmp_path / "far") == plans(tmp_path / "near")

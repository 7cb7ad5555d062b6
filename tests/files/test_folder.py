"""The lock follows no link and truncates nothing; strays go."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from planner.errors import OutputError
from planner.files import LOCK_NAME, TEMP_PREFIX, probe, write_files
from planner.files.folder import held, locked, sweep


@pytest.mark.parametrize("kind", ["link", "dangling", "hard link", "text", "long"])
def test_what_is_no_lock_is_left_alone(tmp_path: Path, kind: str) -> None:
    """A link that stands where the lock belongs is not followed, a file there not written to."""
    mine, lock = tmp_path / "mine.txt", tmp_path / "out" / LOCK_NAME
    mine.write_bytes(b"123" if kind == "hard link" else b"years of work")
    lock.parent.mkdir()
    if kind == "link":
        lock.symlink_to(mine)
    elif kind == "dangling":
        lock.symlink_to(tmp_path / "made by nobody")
    elif kind == "hard link":
        os.link(mine, lock)
    else:
        lock.write_bytes(b"notes" if kind == "text" else b"1" * 100)
    before = {p: p.read_bytes() for p in (mine, lock) if p.exists()}
    with pytest.raises(OutputError, match="no lock of this program"):
        write_files(lock.parent, {"a.txt": b"a"})
    assert {p: p.read_bytes() for p in before} == before
    assert not (tmp_path / "made by nobody").exists()
    assert {p.name for p in lock.parent.iterdir()} == {LOCK_NAME}


@pytest.mark.parametrize(
    "left", [b"", b"1\n", b"999999         \n", b"7 2020-01-01 09:00 pc-3   \n"]
)
def test_a_lock_that_was_left_is_taken(tmp_path: Path, left: bytes) -> None:
    """That of a killed run, of whatever version, is in nobody's way."""
    (tmp_path / LOCK_NAME).write_bytes(left)
    with locked(tmp_path):
        assert (tmp_path / LOCK_NAME).read_text().split()[0] == str(os.getpid())
    assert not list(tmp_path.iterdir())


def test_strays_go_when_a_folder_is_tried(tmp_path: Path) -> None:
    """What a killed run left is gone before the next one begins its work; links go, not their targets."""
    mine = tmp_path / "mine.txt"
    mine.write_bytes(b"kept")
    (tmp_path / f"{TEMP_PREFIX}1-ab-plan.gpkg").write_bytes(b"residents")
    (tmp_path / f"{TEMP_PREFIX}1-cd-x").symlink_to(mine)
    probe(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
    assert mine.read_bytes() == b"kept"
    sweep(tmp_path)


HOLD = """
import sys, time
from pathlib import Path
from planner.files import held
with held(*map(Path, sys.argv[1:])):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def another_run(*folders: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that holds some folders until it is killed."""
    command = [sys.executable, "-c", HOLD, *map(str, folders)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as run:
        try:
            assert run.stdout is not None
            assert run.stdout.readline() == b"held\n"
            yield run
        finally:
            run.kill()


def test_two_runs_on_one_plan(tmp_path: Path) -> None:
    """The second is told who holds it, and since when; killed, the first is in nobody's way."""
    plan, out = tmp_path / "plan", tmp_path / "out"
    plan.mkdir()
    with another_run(plan, out) as run:
        refused = pytest.raises(OutputError, match=rf"process {run.pid} on .*, since 2\d\d\d-")
        with refused as told, held(plan, tmp_path / "other"):
            pytest.fail("it was not kept off")
        assert told.value.exit_code == 4
        assert str(run.pid) in told.value.zh
        assert not (tmp_path / "other").exists()
        # a map may be drawn beside it all the same
        write_files(plan, {"map.svg": b"m"})
        run.kill()
        run.wait()
        assert len(list(plan.iterdir())) == 2
        with held(plan, out):
            pass
    assert [p.name for p in plan.iterdir()] == ["map.svg"]


def test_a_folder_is_held_by_either_of_its_names(tmp_path: Path) -> None:
    """A link to it is the same folder; one that was made for nothing goes again."""
    (tmp_path / "link").symlink_to(tmp_path / "new", target_is_directory=True)
    (tmp_path / "new").mkdir()
    with held(tmp_path / "new", tmp_path / "link", tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b").is_dir()
        with pytest.raises(OutputError), held(tmp_path / "link"):
            pytest.fail("it was not kept off")
    assert {p.name for p in tmp_path.iterdir()} == {"link", "new"}


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_plan_that_nobody_can_write_needs_no_lock(tmp_path: Path) -> None:
    """One on a write-protected medium."""
    tmp_path.chmod(0o500)
    with held(tmp_path):
        assert not list(tmp_path.iterdir())
    tmp_path.chmod(0o700)

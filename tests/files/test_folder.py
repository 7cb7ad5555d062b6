"""The lock follows no link and truncates nothing; strays go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from planner.errors import OutputError
from planner.files import LOCK_NAME, TEMP_PREFIX, probe, write_files
from planner.files.folder import locked, sweep


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


@pytest.mark.parametrize("left", [b"", b"1\n", b"4194304\n", b"999999         \n"])
def test_a_lock_that_was_left_is_taken(tmp_path: Path, left: bytes) -> None:
    """That of a killed run, of whatever version, is in nobody's way."""
    (tmp_path / LOCK_NAME).write_bytes(left)
    with locked(tmp_path):
        assert (tmp_path / LOCK_NAME).read_text().split() == [str(os.getpid())]
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

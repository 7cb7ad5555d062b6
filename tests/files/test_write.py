"""Files appear whole or not at all, whatever fails."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.errors import OutputError
from planner.files import (
    LOCK_NAME,
    TEMP_PREFIX,
    atomic_write,
    write_files,
)

OLD = {"a.txt": b"old a", "b.bin": b"old b"}


def seen(folder: Path) -> dict[str, bytes]:
    """Give every file of a folder, hidden ones included."""
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def test_writes_bytes_and_callables(tmp_path: Path) -> None:
    """Bytes and functions end up under their names, and nothing else is left."""
    folder = tmp_path / "new" / "deep"
    written = write_files(folder, {"a.txt": b"one", "b.txt": lambda p: p.write_text("two")})
    assert seen(folder) == {"a.txt": b"one", "b.txt": b"two"}
    assert written == {"a.txt": folder / "a.txt", "b.txt": folder / "b.txt"}


def test_temporary_name_keeps_the_suffix_and_the_folder(tmp_path: Path) -> None:
    """Drivers go by the suffix, and a rename is atomic only within one folder."""
    given: list[Path] = []
    atomic_write(tmp_path / "plan.gpkg", lambda p: (given.append(p), p.write_bytes(b"x")))
    assert given[0].suffix == ".gpkg"
    assert given[0].parent == tmp_path
    assert given[0].name.startswith(TEMP_PREFIX)


@pytest.mark.parametrize(
    "fault",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        sqlite3.OperationalError("disk is full"),
        RuntimeError("gdal"),
    ],
    ids=["os", "sqlite", "gdal"],
)
def test_a_failed_writer_changes_nothing(tmp_path: Path, fault: Exception) -> None:
    """When the second file fails, the first is not replaced either; the error names path and space."""
    write_files(tmp_path, OLD)

    def broken(path: Path) -> None:
        path.write_bytes(b"half")
        raise fault

    with pytest.raises(OutputError) as caught:
        write_files(tmp_path, {"a.txt": b"new", "b.bin": broken})
    assert "b.bin" in str(caught.value)
    assert "MB free" in str(caught.value)
    assert caught.value.exit_code == 4
    assert seen(tmp_path) == OLD


def test_a_fault_of_our_own_is_not_called_a_full_disk(tmp_path: Path) -> None:
    """A programming error in a writer keeps its type, and still leaves the old files alone."""
    write_files(tmp_path, OLD)
    with pytest.raises(KeyError):
        write_files(tmp_path, {"a.txt": lambda path: {}["missing"]})
    assert seen(tmp_path) == OLD


class Failing:
    """A system call that fails the n-th time."""

    def __init__(self, real: Callable[..., object], n: int, code: int) -> None:
        self.real, self.n, self.code, self.count = real, n, code, 0

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Count, and fail or pass on."""
        self.count += 1
        if self.count == self.n:
            raise OSError(self.code, os.strerror(self.code))
        return self.real(*args, **kwargs)


@pytest.mark.parametrize("call", ["fsync", "replace", "open", "write", "ftruncate"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EIO])
def test_every_system_call_may_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    """The n-th failing call gives an OutputError; each file is whole, old or new; no temp stays."""
    real = getattr(os, call)
    new = {"a.txt": b"new a", "b.bin": b"new b"}
    for n in range(1, 12):
        write_files(tmp_path, OLD)
        calls = Failing(real, n, code)
        error: OutputError | None = None
        with monkeypatch.context() as patch:
            patch.setattr(os, call, calls)
            try:
                write_files(tmp_path, new)
            except OutputError as caught:
                error = caught
        assert error is None or str(tmp_path) in str(error)
        left = seen(tmp_path)
        left.pop(LOCK_NAME, None)
        assert set(left) == set(OLD)
        assert all(left[name] in (OLD[name], new[name]) for name in OLD)
        assert error is not None or left == new
        if calls.count < n:
            return
    pytest.fail("the calls never ran out")


def test_open_database_is_refused(tmp_path: Path) -> None:
    """A database whose journal still lies beside it is never renamed into place."""

    def hot(path: Path) -> None:
        path.write_bytes(b"db")
        path.with_name(path.name + "-journal").write_bytes(b"hot")

    with pytest.raises(OutputError, match="journal"):
        atomic_write(tmp_path / "plan.gpkg", hot)
    assert seen(tmp_path) == {}


def test_strays_of_killed_runs_are_swept(tmp_path: Path) -> None:
    """What a killed run left goes at the next start; nothing else does."""
    (tmp_path / f"{TEMP_PREFIX}1-abc-plan.gpkg").write_bytes(b"half")
    (tmp_path / f"{TEMP_PREFIX}1-abc-plan.gpkg-journal").write_bytes(b"half")
    (tmp_path / LOCK_NAME).write_text("999999\n")
    (tmp_path / "mine.txt").write_bytes(b"kept")
    write_files(tmp_path, {"a.txt": b"a"})
    assert seen(tmp_path) == {"a.txt": b"a", "mine.txt": b"kept"}


SLOW = """
import sys, time
from pathlib import Path
from planner.files import write_files
def slow(path):
    with path.open("wb") as f:
        for k in range(400):
            f.write(b"n" * 20000); f.flush(); time.sleep(0.0005)
print("go", flush=True)
while True:
    write_files(Path(sys.argv[1]), {"big.bin": slow, "small.txt": b"new"})
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a POSIX signal")
def test_sigkill_leaves_old_or_new(tmp_path: Path) -> None:
    """Killed at any moment, the folder holds complete files, and the next run writes again."""
    old = {"big.bin": b"old", "small.txt": b"old"}
    for k in range(5):
        write_files(tmp_path, old)
        with subprocess.Popen(
            [sys.executable, "-c", SLOW, str(tmp_path)], stdout=subprocess.PIPE
        ) as run:
            assert run.stdout is not None
            run.stdout.readline()
            time.sleep(0.05 + 0.11 * k)
            run.send_signal(signal.SIGKILL)
        assert (tmp_path / "big.bin").read_bytes() in (b"old", b"n" * 8_000_000)
        assert (tmp_path / "small.txt").read_bytes() in (b"old", b"new")
    write_files(tmp_path, old)
    assert seen(tmp_path) == old


def test_a_second_run_is_refused_by_pid(tmp_path: Path) -> None:
    """While one run writes, another is turned away and told which process holds the folder."""
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, str(tmp_path)], stdout=subprocess.PIPE
    ) as run:
        try:
            assert run.stdout is not None
            run.stdout.readline()
            while not (tmp_path / LOCK_NAME).exists():
                time.sleep(0.005)
            time.sleep(0.05)
            with pytest.raises(OutputError, match=rf"process {run.pid} on .+, since 2"):
                write_files(tmp_path, {"a.txt": b"a"})
        finally:
            run.kill()


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "/etc/x",
        "a/b",
        "a\\b",
        "",
        ".",
        "..",
        "CON",
        "con.txt",
        "nul",
        "a.",
        "a ",
        "x\0y",
        "a:b",
        "LPT1.html",
        "a\u202eb",
    ],
)
def test_unsafe_names_are_refused(tmp_path: Path, name: str) -> None:
    """Nothing is written outside the folder or under a name that some system cannot hold."""
    before = sorted(tmp_path.parent.rglob("*"))
    with pytest.raises(OutputError):
        write_files(tmp_path, {name: b"x"})
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_names_that_differ_by_case_only(tmp_path: Path) -> None:
    """Two names that Windows holds for one are refused."""
    with pytest.raises(OutputError, match="case"):
        write_files(tmp_path, {"A.txt": b"1", "a.TXT": b"2"})


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    """A folder that has the file's name is reported, not emptied."""
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(OutputError, match="in the way"):
        write_files(tmp_path, {"a.txt": b"x"})
    assert (tmp_path / "a.txt").is_dir()


@pytest.mark.parametrize("private", [True, False])
def test_a_temporary_file_is_its_owners_from_its_first_byte(tmp_path: Path, private: bool) -> None:
    """Nobody else reads what is half written; a finished file is as open as it is meant to be."""
    seen_modes: list[int] = []

    def content(path: Path) -> None:
        seen_modes.append(path.stat().st_mode & 0o777)
        path.write_bytes(b"x")
        seen_modes.append(path.stat().st_mode & 0o777)

    path = atomic_write(tmp_path / "a.bin", content, private=private)
    assert seen_modes == [0o600, 0o600]
    assert bool(path.stat().st_mode & 0o077) != private


def test_files_that_wait_for_others_stay_shut(tmp_path: Path) -> None:
    """Were the run killed while the second is written, the first would lie there for nobody else to read."""
    modes: list[int] = []

    def second(path: Path) -> None:
        modes.extend(p.stat().st_mode & 0o077 for p in tmp_path.glob(".planner-tmp-*"))
        path.write_bytes(b"x")

    made = write_files(tmp_path, {"a.bin": b"1", "b.bin": second})
    assert modes == [0, 0]
    assert all(path.stat().st_mode & 0o044 for path in made.values())


def test_a_temporary_file_of_bytes_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is opened with its mode, never changed to it afterwards."""
    made: list[tuple[str, int]] = []
    real = os.open

    def opened(path: str | Path, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_CREAT:
            made.append((Path(path).name, mode))
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", opened)
    write_files(tmp_path, {"a.bin": b"x", "b.bin": b"y"})
    assert {mode for _, mode in made} == {0o600}
    assert len([name for name, _ in made if name.startswith(TEMP_PREFIX)]) == 2

"""A folder that is written to: one run at a time, strays swept, faults of the system told by path.

There are two locks: one for the moment of writing, and one for the whole of a run that makes a plan from a
plan, so that no other begins on the same one meanwhile; a map can still be drawn beside it.  Both are dropped
by the system with their process, so none is ever stale, and both say who holds them since when.
"""

from __future__ import annotations

import errno
import os
import platform
import re
import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from planner.errors import OutputError

__all__ = ["LOCK_NAME", "NOFOLLOW", "TEMP_PREFIX", "held", "locked", "reported", "sweep"]

LOCK_NAME = ".planner.lock"
TEMP_PREFIX = ".planner-tmp-"
_RUN_LOCK_NAME = f"{LOCK_NAME}-run"
_LONGEST = 128
_WIDTH = 95
# a process number alone was written by earlier versions
_OURS = re.compile(
    rb"\d{0,20} *\n?|(?P<pid>\d{1,20}) (?P<since>\d{4}-\d\d-\d\d \d\d:\d\d) (?P<machine>[\w.-]*) *\n"
)
NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)


@contextmanager
def reported(path: Path) -> Iterator[None]:
    """Turn what the system, SQLite or GDAL (a RuntimeError) says into an error that names the path."""
    try:
        yield
    except OutputError:
        raise
    except (OSError, sqlite3.Error, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise OutputError.of(
            "cannot-write", path=path, reason=reason, free=_free_space(path)
        ) from error


def _free_space(path: Path) -> str:
    for folder in (path, *path.absolute().parents):
        with suppress(OSError):
            return f"{shutil.disk_usage(folder).free / 1e6:,.1f} MB"
    return "unknown space"


@contextmanager
def held(*folders: Path) -> Iterator[None]:
    """Keep other runs off some folders for as long as this one takes.

    A folder that is missing is made, and goes again where it is empty in the end.  One that nobody may write
    to, such as that of a plan on a medium that is write-protected, needs no lock.

    Raises
    ------
    OutputError
        Another run holds one of them; it says which process on which machine, and since when.
    """
    with ExitStack() as stack:
        for folder in sorted({Path(os.path.realpath(f)) for f in folders}):
            made = [p for p in (folder, *folder.parents) if not p.exists()]
            with reported(folder):
                folder.mkdir(parents=True, exist_ok=True)
            stack.callback(_remove_empty, made)
            if os.access(folder, os.W_OK):
                stack.enter_context(locked(folder, name=_RUN_LOCK_NAME))
        yield


def _remove_empty(folders: list[Path]) -> None:
    for empty in folders:
        with suppress(OSError):
            empty.rmdir()


@contextmanager
def locked(folder: Path, *, name: str = LOCK_NAME) -> Iterator[None]:
    """Hold the folder's lock.

    Raises
    ------
    OutputError
        Another run holds it, or something else stands where the lock belongs: a link is not
        followed, and what is no lock is neither written to nor removed.
    """
    path = folder / name
    with reported(path):
        handle = _take(path)
    try:
        with reported(path):  # never shorter than what the last one wrote: nothing is ever cut off
            since = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
            machine = re.sub(r"[^A-Za-z0-9_.-]", "", platform.node())[:50]
            os.write(handle, f"{f'{os.getpid()} {since} {machine}':<{_WIDTH}}\n".encode())
        yield
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        with suppress(OSError):
            os.close(handle)
        if sys.platform == "win32":  # an open file cannot be removed there
            with suppress(OSError):
                path.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what killed runs left; the lock, which the caller holds, says that none is alive."""
    for stray in sorted(folder.glob(TEMP_PREFIX + "*")):
        with suppress(OSError):
            stray.unlink()


def _take(path: Path) -> int:
    while True:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | NOFOLLOW, 0o600)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.EMLINK):
                raise OutputError.of("not-our-lock", path=path) from None
            raise
        try:
            _lock(handle)
        except OSError:
            holder = _OURS.fullmatch(os.read(handle, _LONGEST))
            os.close(handle)
            # whoever has just taken it may not have written yet who that is
            said = holder.groupdict() if holder else {}
            told = {n: (said.get(n) or b"?").decode() for n in ("pid", "since", "machine")}
            if path.name == _RUN_LOCK_NAME:
                raise OutputError.of("plan-held", folder=path.parent, **told) from None
            raise OutputError.of("folder-locked", folder=path.parent, **told) from None
        if not _is_lock(handle):
            os.close(handle)
            raise OutputError.of("not-our-lock", path=path)
        with suppress(OSError):
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        os.close(handle)  # its holder removed it between our opening and our locking


def _is_lock(handle: int) -> bool:
    """Tell whether it is a lock of ours: nothing but who holds it since when, and under no other name."""
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1 or status.st_size > _LONGEST:
        return False
    held = os.read(handle, _LONGEST)
    os.lseek(handle, 0, os.SEEK_SET)
    return _OURS.fullmatch(held) is not None


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, 1 << 20, os.SEEK_SET)  # past the text, which stays readable
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

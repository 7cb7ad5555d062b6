"""A folder that is written to: one run at a time, strays swept, faults of the system told by path.

The lock is dropped by the system with its process, so none is ever stale.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from planner.errors import OutputError

__all__ = ["LOCK_NAME", "NOFOLLOW", "TEMP_PREFIX", "locked", "reported", "sweep"]

LOCK_NAME = ".planner.lock"
TEMP_PREFIX = ".planner-tmp-"
_LONGEST = 32
_OURS = re.compile(rb"\d* *\n?")
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
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock.

    Raises
    ------
    OutputError
        Another run holds it, or something else stands where the lock belongs: a link is not
        followed, and what is no lock is neither written to nor removed.
    """
    path = folder / LOCK_NAME
    with reported(path):
        handle = _take(path)
    try:
        with reported(path):  # as many bytes as the last one wrote: nothing is ever cut off
            os.write(handle, f"{os.getpid():<15}\n".encode())
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
            holder = os.pread(handle, _LONGEST, 0) if hasattr(os, "pread") else b""
            os.close(handle)
            pid = holder.decode("ascii", "replace").strip() or "unknown"
            raise OutputError.of("folder-locked", folder=path.parent, pid=pid) from None
        if not _is_lock(handle):
            os.close(handle)
            raise OutputError.of("not-our-lock", path=path)
        with suppress(OSError):
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        os.close(handle)  # its holder removed it between our opening and our locking


def _is_lock(handle: int) -> bool:
    """Tell whether it is a lock of ours: nothing but a process number, and under no other name."""
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

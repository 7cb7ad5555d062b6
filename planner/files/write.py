"""The only writer: each file appears whole or not at all.

Every file is made under a temporary name in its own folder, flushed to the disk, and renamed over the
old one; the rename is the one moment at which anything changes.  A lock file keeps two runs out of one
folder, and what a killed run left behind is swept by the next.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from planner.errors import OutputError
from planner.files.folder import LOCK_NAME, NOFOLLOW, TEMP_PREFIX, locked, reported, sweep
from planner.files.record import safe_name
from planner.files.untouched import require_free, stamped

__all__ = ["Content", "atomic_write", "probe", "withdraw", "write_files"]

Content = bytes | Callable[[Path], object]
"""The bytes of a file, or a function that writes it to the path that it is given."""

_UMASK = os.umask(0o077)  # it can only be read by being set; nothing is written meanwhile
os.umask(_UMASK)
_BINARY = getattr(os, "O_BINARY", 0)


def write_files(
    folder: str | Path,
    files: Mapping[str, Content],
    *,
    private: Collection[str] = (),
    replacing: bool = False,
) -> dict[str, Path]:
    """Write files into a folder; the old ones stay until all the new ones are complete.

    Parameters
    ----------
    folder : str or Path
        Made if it is absent.
    files : mapping of str to bytes or callable
        Bare file name to its bytes, or to a function that writes the file at the path given to it.
    private : collection of str
        Names of files that their owner alone may read.
    replacing : bool
        What stands there may go although it was edited, or is a plan that was read; see
        `planner.files.untouched.require_free`.

    Returns
    -------
    dict of str to Path
        Where each file lies.

    Raises
    ------
    OutputError
        A name is not safe, the folder is locked by another run, what stands there is an input, was
        edited or is not ours, or a file cannot be written.  No file of the folder has changed then,
        unless the very renaming failed half way; even then each is whole, old or new.
    """
    where = Path(folder)
    _check_names(files)
    with reported(where):
        where.mkdir(parents=True, exist_ok=True)
    with locked(where):
        sweep(where)
        with reported(where):
            require_free({where / n: made for n, made in files.items()}, replacing=replacing)
        ready: list[tuple[Path, Path]] = []
        try:
            for name, content in files.items():
                target = where / name
                with reported(target):
                    ready.append((_temporary(target), target))
                    _fill(ready[-1][0], content, name)
            for temp, target in ready:
                with reported(target):
                    _move(temp, target, private=target.name in private)
        finally:
            for temp, _ in ready:
                _discard(temp)
        with reported(where):
            _flush_folder(where)
    return {name: where / name for name in files}


def probe(folder: str | Path, names: Iterable[str] = (), *, replacing: bool = False) -> None:
    """Refuse a folder that cannot be written, before hours of work are spent on what belongs there.

    Parameters
    ----------
    folder : str or Path
    names : iterable of str
        Files that will be written there.
    replacing : bool
        See `write_files`.

    Raises
    ------
    OutputError
        It cannot be made or written, another run holds it, or one of the files may not be replaced.
    """
    where = Path(folder)
    with reported(where):
        require_free({where / name: None for name in names}, replacing=replacing)
    made = [p for p in (where, *where.parents) if not p.exists()]
    with reported(where):
        where.mkdir(parents=True, exist_ok=True)
    with locked(where), reported(where):
        sweep(where)
        temp = _temporary(where / "probe")
        _fill(temp, b"")
        _discard(temp)
    for empty in made:  # a run that ends without a plan leaves nothing behind
        with suppress(OSError):
            empty.rmdir()


def atomic_write(
    path: str | Path, content: Content, *, private: bool = False, replacing: bool = False
) -> Path:
    """Write one file whole or not at all.

    Parameters
    ----------
    path : str or Path
        Its folder is made if it is absent.
    content : bytes or callable
        The bytes, or a function that writes the file at the path given to it.
    private : bool
        Whether its owner alone may read it.
    replacing : bool
        See `write_files`.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OutputError
        As for `write_files`.
    """
    target = Path(path)
    names = (target.name,) if private else ()
    made = write_files(target.parent, {target.name: content}, private=names, replacing=replacing)
    return made[target.name]


def withdraw(path: str | Path) -> None:
    """Remove a file of ours that is of no use any more; one that is not there, or not ours, is left."""
    target = Path(path)
    with suppress(OSError, OutputError):
        require_free({target: None}, replacing=True)
        target.unlink(missing_ok=True)


def _check_names(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if safe_name(name) != name or name.startswith((TEMP_PREFIX, LOCK_NAME)):
            raise OutputError.of("bad-file-name", name=name, safe=safe_name(name))
        # Windows and macOS would write the second over the first.
        if name.casefold() in seen:
            raise OutputError.of("two-files-one-name", name=name)
        seen.add(name.casefold())


def _temporary(target: Path) -> Path:
    """Name a file beside the target; the suffix stays, for drivers that go by it."""
    if target.is_dir():
        raise IsADirectoryError(21, "a folder of that name is in the way", str(target))
    token = f"{os.getpid()}-{secrets.token_hex(4)}"
    return target.with_name(f"{TEMP_PREFIX}{token}-{target.name}")


def _fill(temp: Path, content: Content, name: str = "") -> None:
    """Write a file that its owner alone can read from its first byte."""
    handle = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NOFOLLOW | _BINARY, 0o600)
    if callable(content):
        os.close(handle)
        content(temp)
        # What lies there is not in the file yet, and would stay behind when that is moved.
        for tail in ("-journal", "-wal"):
            if temp.with_name(temp.name + tail).exists():
                raise OSError(5, f"the database was left open: {tail} lies beside it")
        with temp.open("rb+") as file:
            os.fsync(file.fileno())
        return
    with os.fdopen(handle, "wb") as file:
        file.write(stamped(content, name))
        file.flush()
        os.fsync(file.fileno())


def _move(temp: Path, target: Path, *, private: bool) -> None:
    """Put a file in its place, and only there let others read it: a stray of a killed run stays shut."""
    if private or sys.platform == "win32":
        os.replace(temp, target)  # noqa: PTH105 - the one call that must be atomic
        return
    handle = os.open(
        temp, os.O_RDONLY | NOFOLLOW
    )  # the file itself, whatever takes its name meanwhile
    try:
        os.replace(temp, target)  # noqa: PTH105
        os.fchmod(handle, 0o666 & ~_UMASK)
    finally:
        os.close(handle)


def _discard(temp: Path) -> None:
    for left in (temp, *temp.parent.glob(temp.name + "*")):
        with suppress(OSError):
            left.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    # Or a new name may be lost with the power, though its bytes are there.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

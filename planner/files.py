"""The only writer: each file appears whole or not at all.

Every file is made under a temporary name in its own folder, flushed to the disk, and renamed over the old
one.  A lock file keeps two runs out of one folder; what a killed run left behind is swept by the next.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sqlite3
import sys
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from planner.errors import OutputError

__all__ = [
    "LOCK_NAME",
    "TEMP_PREFIX",
    "Content",
    "append_line",
    "atomic_write",
    "make_private",
    "probe",
    "safe_name",
    "set_aside",
    "write_files",
]

Content = bytes | Callable[[Path], object]
"""The bytes of a file, or a function that writes it to the path that it is given."""

LOCK_NAME = ".planner.lock"
TEMP_PREFIX = ".planner-tmp-"
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_LONGEST = 120


def write_files(
    folder: str | Path, files: Mapping[str, Content], *, private: Collection[str] = ()
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

    Returns
    -------
    dict of str to Path
        Where each file lies.

    Raises
    ------
    OutputError
        A name is not safe, the folder is locked by another run, or a file cannot be written.  No
        file of the folder has changed then, unless the very renaming failed half way; even then each
        is whole, old or new.
    """
    where = Path(folder)
    _check_names(files)
    with _reported(where):
        where.mkdir(parents=True, exist_ok=True)
    with _locked(where):
        _sweep(where)
        ready: list[tuple[Path, Path]] = []
        try:
            for name, content in files.items():
                target = where / name
                with _reported(target):
                    ready.append((_temporary(target), target))
                    _fill(ready[-1][0], content)
                    if name in private:
                        ready[-1][0].chmod(0o600)
            for temp, target in ready:
                with _reported(target):
                    os.replace(temp, target)  # noqa: PTH105 - the one call that must be atomic
        finally:
            for temp, _ in ready:
                _discard(temp)
        with _reported(where):
            _flush_folder(where)
    return {name: where / name for name in files}


def probe(folder: str | Path) -> None:
    """Refuse a folder that cannot be written, before hours of work are spent on what belongs there.

    Raises
    ------
    OutputError
        It cannot be made or written, or another run holds it.
    """
    where = Path(folder)
    made = [p for p in (where, *where.parents) if not p.exists()]
    with _reported(where):
        where.mkdir(parents=True, exist_ok=True)
    with _locked(where), _reported(where):
        temp = _temporary(where / "probe")
        _fill(temp, b"")
        _discard(temp)
    for empty in made:  # a run that ends without a plan leaves nothing behind
        with suppress(OSError):
            empty.rmdir()


def atomic_write(path: str | Path, content: Content, *, private: bool = False) -> Path:
    """Write one file whole or not at all.

    Parameters
    ----------
    path : str or Path
        Its folder is made if it is absent.
    content : bytes or callable
        The bytes, or a function that writes the file at the path given to it.
    private : bool
        Whether its owner alone may read it.

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
    return write_files(target.parent, {target.name: content}, private=names)[target.name]


def append_line(path: str | Path, line: str, *, header: str = "") -> Path:
    """Add one line to the end of a record; what stands there is never changed.

    Parameters
    ----------
    path : str or Path
        Made where it is missing, readable by its owner alone.
    line : str
        With its line end; on the disk when this returns.
    header : str, optional
        First line of a new file.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    target = Path(path)
    with _reported(target):
        handle = os.open(target, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if not os.fstat(handle).st_size:
                line = "\ufeff" + header + line  # spreadsheets take UTF-8 for what it is then
            os.write(handle, line.encode())
            os.fsync(handle)
        finally:
            os.close(handle)
    return target


def make_private(path: Path) -> None:
    """Make a file that is missing, and its folder; its owner alone may read it from its first byte.

    Parameters
    ----------
    path : Path
        Left as it is where it has content; an empty one that others may read is closed to them.

    Raises
    ------
    OSError
        It cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    status = path.stat()
    if status.st_mode & 0o077 and status.st_mode & 0o222 and not status.st_size:
        path.chmod(0o600)


def set_aside(path: Path, mark: str, *, tails: Iterable[str] = ()) -> Path:
    """Rename a damaged file to ``<name>.<mark>-<n>``, so that a new one can be begun.

    Parameters
    ----------
    path : Path
        The file.
    mark : str
        Word in its new name; n is the first number that is free.
    tails : iterable of str
        Endings of files beside it that go along, such as ``-journal``.

    Raises
    ------
    OSError
        It is missing, or cannot be renamed.
    """
    n = 1
    while (aside := path.with_name(f"{path.name}.{mark}-{n}")).exists():
        n += 1
    path.rename(aside)
    for tail in tails:
        beside = path.with_name(path.name + tail)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + tail))
    return aside


def safe_name(text: str, *, taken: Iterable[str] = ()) -> str:
    """Make a file name that every system takes, from any text.

    Parameters
    ----------
    text : str
        Any text, such as the name of a zone.
    taken : iterable of str
        Names in use already; the result differs from each, upper and lower case being one.

    Returns
    -------
    str
        A bare name that `write_files` accepts.
    """
    name = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", text))
    name = "".join(c if unicodedata.category(c) not in {"Cc", "Cf", "Cs"} else "_" for c in name)
    name = name.strip(" .")[:_LONGEST].rstrip(" .") or "_"
    if _RESERVED.fullmatch(name):
        name = "_" + name
    used = {t.upper().casefold() for t in taken}  # upper first: the dotless i has no other case
    stem, suffix = Path(name).stem, Path(name).suffix
    count = 2
    while name.upper().casefold() in used:
        name, count = f"{stem}-{count}{suffix}", count + 1
    return name


def _check_names(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if safe_name(name) != name or name.startswith((TEMP_PREFIX, LOCK_NAME)):
            raise OutputError(
                f"{name!r} is no file name that every system takes",
                remedy=f"use a plain name, such as {safe_name(name)!r}",
                zh=f"文件名 {name!r} 不能在所有系统上使用",
                remedy_zh=f"请用普通的文件名，例如 {safe_name(name)!r}",
            )
        if name.casefold() in seen:
            raise OutputError(
                f"two files would share the name {name!r} where case does not count",
                remedy="give them names that differ in more than upper and lower case",
                zh=f"两个文件的名称 {name!r} 仅大小写不同",
                remedy_zh="请改为不同的名称",
            )
        seen.add(name.casefold())


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    """Turn what the system, SQLite or GDAL (a RuntimeError) says into an error that names the path."""
    try:
        yield
    except OutputError:
        raise
    except (OSError, sqlite3.Error, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise OutputError(
            f"cannot write {path}: {reason} ({_free_space(path)} free)",
            remedy="close the file where it is open, free some space, or choose another folder "
            "with --out; what was there before is untouched",
            zh=f"无法写入 {path}：{reason}（剩余空间 {_free_space(path)}）",
            remedy_zh="请关闭正在使用该文件的程序、清理磁盘空间，或用 --out 另选文件夹；原有文件未受影响",
        ) from error


def _free_space(path: Path) -> str:
    for folder in (path, *path.absolute().parents):
        with suppress(OSError):
            return f"{shutil.disk_usage(folder).free / 1e6:,.1f} MB"
    return "unknown space"


def _temporary(target: Path) -> Path:
    """Name a file beside the target; the suffix stays, for drivers that go by it."""
    if target.is_dir():
        raise IsADirectoryError(21, "a folder of that name is in the way", str(target))
    token = f"{os.getpid()}-{secrets.token_hex(4)}"
    return target.with_name(f"{TEMP_PREFIX}{token}-{target.name}")


def _fill(temp: Path, content: Content) -> None:
    if callable(content):
        content(temp)
        for tail in ("-journal", "-wal"):
            if temp.with_name(temp.name + tail).exists():
                raise OSError(5, f"the database was left open: {tail} lies beside it")
        with temp.open("rb+") as file:
            os.fsync(file.fileno())
        return
    with temp.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _discard(temp: Path) -> None:
    for left in (temp, *temp.parent.glob(temp.name + "*")):
        with suppress(OSError):
            left.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Remove what killed runs left; the lock says that none is alive."""
    for stray in sorted(folder.glob(TEMP_PREFIX + "*")):
        with suppress(OSError):
            stray.unlink()


def _flush_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; the system drops it with its process, so none is ever stale."""
    path = folder / LOCK_NAME
    with _reported(path):
        handle = _take(path)
    try:
        with _reported(path):
            os.ftruncate(handle, 0)
            os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        with suppress(OSError):
            os.close(handle)
        if sys.platform == "win32":  # an open file cannot be removed there
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _take(path: Path) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(handle)
        except OSError:
            holder = os.pread(handle, 32, 0) if hasattr(os, "pread") else b""
            os.close(handle)
            pid = holder.decode("ascii", "replace").strip() or "unknown"
            raise OutputError(
                f"{path.parent} is being written by another run (process {pid})",
                remedy="wait until it is done, or choose another folder with --out",
                zh=f"另一个运行（进程 {pid}）正在写入 {path.parent}",
                remedy_zh="请等它结束，或用 --out 另选文件夹",
            ) from None
        with suppress(OSError):
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        os.close(handle)  # its holder removed it between our opening and our locking


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, 1 << 20, os.SEEK_SET)  # past the text, which stays readable
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

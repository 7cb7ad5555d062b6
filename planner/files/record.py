"""Names that every system takes, records that only grow, and files that are made or moved by themselves."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path

from planner.errors import ConfigError, OutputError
from planner.files.folder import NOFOLLOW, locked, reported, sweep
from planner.files.untouched import require_free

__all__ = [
    "append_line",
    "free_file",
    "free_folder",
    "make_private",
    "safe_name",
    "set_aside",
]

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_LONGEST = 120
_BOM = "\ufeff"


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
        It cannot be written; it is a link, was read as an input, or does not begin with `header`.
    """
    target = Path(path)
    require_free({target: None}, replacing=False)
    with reported(target):
        handle = os.open(target, os.O_RDWR | os.O_APPEND | os.O_CREAT | NOFOLLOW, 0o600)
        try:
            first = (
                _BOM + header
            ).encode()  # spreadsheets take it for UTF-8 by its first character
            if not os.fstat(handle).st_size:
                os.write(handle, first)
            elif header and os.read(handle, len(first)) != first:
                raise OutputError.of("not-our-record", target=target)
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
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | NOFOLLOW, 0o600))
    status = path.stat()
    # Only while it is empty: the rights of a file in use are somebody's choice.
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


def free_file(path: Path, *, replacing: bool) -> Path:
    """Give the path of a file to write; what is there gives way only if that is asked for.

    Raises
    ------
    ConfigError
        There is one, and it is not to be replaced.
    """
    if path.exists() and not replacing:
        raise ConfigError.of("exists-already", path=path)
    return path


def free_folder(folder: str | Path, holding: str) -> Path:
    """Give a folder for new results: a dated one beside it where it holds some already.

    Parameters
    ----------
    folder : str or Path
    holding : str
        Name of the file by which results are known.

    Returns
    -------
    Path
        `folder`, if there is no such file in it; else the first that is free.  What a killed run left
        in `folder` is swept in passing, for nobody may write there again.
    """
    where = Path(folder)
    if not (where / holding).exists():
        return where
    with suppress(OSError, OutputError), locked(where):
        sweep(where)
    day = date.today().isoformat()
    names = (f"{where.name}-{day}", *(f"{where.name}-{day}-{n}" for n in range(2, 1000)))
    return next(p for p in map(where.with_name, names) if not (p / holding).exists())

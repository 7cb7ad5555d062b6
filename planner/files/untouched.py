"""What the writer must not touch: files that were read, and files that are somebody else's work.

A run that read a sheet may be told to write where that sheet lies, by a slip of the hand, a link or a
project file; and an office fills in a workbook that the next run would lay out anew.  Both are noticed
here, before anything is written.  Workbooks and summaries carry a digest of themselves, so that one that was
edited is known from one that was not.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

from planner.errors import OutputError

__all__ = ["mark_as_read", "require_free", "stamped"]

_READ: dict[Path, bool] = {}
"""Files that this process read: path without links -> whether it is a plan, which may give way if asked."""
_END, _NO_COMMENT = b"PK\x05\x06", 22
_STAMP = re.compile(rb"planner sha256:([0-9a-f]{64})")
_COMMENT = (b"<!-- ", b" -->\n")
_TAIL = 120
_TOLD = ("summary.md", "check.md", "batch.md", "year.public.md")
_SHEETS = (".xlsx", ".xlsm")
_OWN_TEXT = {
    ".html": (b'id="plan-data"', b"<!-- zone-planner -->"),
    ".htm": (b'id="plan-data"',),
    ".json": (
        b'"optimality_gap"',
        b'"placed_by"',
        b'"zone_planner_batch"',
        b'"zone_planner_checkpoint"',
    ),
    ".geojson": (b'"zone_planner"',),
    ".kml": (b"<!-- zone-planner -->",),
    ".parquet": (b"zone-planner",),
}
_OWN_TABLE = "planner_manifest"


def mark_as_read(*paths: object, plan: bool = False) -> None:
    """Remember files as inputs of this run, which nothing is ever written to.

    Parameters
    ----------
    *paths : str, Path or other
        Files that are read, or that a project names; they need not be there.  What is no path is no file.
    plan : bool
        They are plans of this program: one may be replaced by the next where that is asked for.
    """
    for path in paths:
        if isinstance(path, str | os.PathLike):
            real = Path(os.path.realpath(path))
            _READ[real] = plan and _READ.get(real, True)


def require_free(targets: Mapping[Path, object], *, replacing: bool) -> None:
    """Refuse to write where an input lies, or what this program did not write.

    Parameters
    ----------
    targets : mapping of Path to bytes or other
        Where files are to be written, and what, if it is known yet: the very same may be written again.
    replacing : bool
        The user asked for what stands there to be replaced: a plan that was read, or a file of ours
        that was edited, may go.  Inputs and files of other kinds stay all the same.

    Raises
    ------
    OutputError
        It names the file.
    """
    for target, content in targets.items():
        read = _read_as(target)
        if read is not None and not (read and replacing):
            raise OutputError(
                f"{target} was read in this run, and an input is never changed",
                remedy="choose another folder or name with --out"
                + (", or add --replace" if read else ""),
                zh=f"本次运行读取了 {target}，输入文件不会被改动",
                remedy_zh="请用 --out 另选位置" + ("，或加 --replace" if read else ""),
            )
        if not target.is_file() or target.stat().st_size == 0 or _same(target, content):
            continue
        if not _of_our_kind(target):
            raise OutputError.of("not-our-file", target=target)
        if not replacing and not _as_written(target):
            raise OutputError.of("edited-since", target=target)


def _same(target: Path, content: object) -> bool:
    return isinstance(content, bytes) and stamped(content, target.name) == target.read_bytes()


def _read_as(target: Path) -> bool | None:
    """Tell whether a target was read: None if not, else whether it is a plan."""
    real = Path(os.path.realpath(target))
    if real in _READ:
        return _READ[real]
    if real.exists():  # another name of it: a hard link, other case
        for path, plan in _READ.items():
            with suppress(OSError):
                if path.samefile(real):
                    return plan
    return None


def _of_our_kind(path: Path) -> bool:
    """Tell whether what stands there is a file of the kind that this program writes under such a name."""
    ending = path.suffix.lower()
    if ending in _OWN_TEXT:
        data = path.read_bytes()
        return any(mark in data for mark in _OWN_TEXT[ending])
    if ending == ".gpkg":
        return _is_plan(path)
    if ending == ".md":
        return _STAMP.search(path.read_bytes()[-_TAIL:]) is not None
    return True


def _is_plan(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            named = "SELECT 1 FROM sqlite_master WHERE name = ?"
            return db.execute(named, (_OWN_TABLE,)).fetchone() is not None
    except sqlite3.Error:
        return False


def _as_written(path: Path) -> bool:
    """Tell whether a file is as it was written by its own digest; kinds that nobody edits are."""
    ending = path.suffix.lower()
    if ending == ".toml":
        return False
    if ending not in (".md", *_SHEETS):
        return True
    data = path.read_bytes()
    found = list(_STAMP.finditer(data[-_TAIL:]))
    if not found:
        return False
    text = data[: max(len(data) - _TAIL, 0) + found[-1].start()]
    body = text[:-2] if ending in _SHEETS else text.removesuffix(_COMMENT[0])
    return hashlib.sha256(body).hexdigest().encode() == found[-1][1]


def stamped(data: bytes, name: str) -> bytes:
    """Give a file the digest of itself, where its kind has a place for one.

    Parameters
    ----------
    data : bytes
        The finished file.
    name : str
        What it will be called.

    Returns
    -------
    bytes
        Of a workbook with the digest as the comment of its archive, of a summary or report with it in a
        comment at the end; others as they are.
    """
    if Path(name).suffix.lower() in _SHEETS and data[-_NO_COMMENT : 4 - _NO_COMMENT] == _END:
        body = data[:-2]  # the last two bytes are the length of the comment
        return body + len(_mark(body)).to_bytes(2, "little") + _mark(body)
    if name in _TOLD:
        before, after = _COMMENT
        body = data if data.endswith(b"\n") else data + b"\n"
        return body + before + _mark(body) + after
    return data


def _mark(body: bytes) -> bytes:
    return b"planner sha256:" + hashlib.sha256(body).hexdigest().encode()

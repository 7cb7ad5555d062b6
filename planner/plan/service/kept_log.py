"""The service log kept beside a plan: a SQLite file to which rows are only ever added.

A row is known by what it says and by which of several equal rows of its file it is: handing in the same file
twice, or one that overlaps with an earlier one, stores each row once, and two equal things done on one day
stay two.  What was open and is solved by now is a new line of the same key; the last line counts.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from planner.errors import InputError

__all__ = [
    "KEPT_COLUMNS",
    "KEPT_NAME",
    "Merged",
    "empty_log",
    "merged_log",
    "read_kept",
    "store_kept",
]

KEPT_NAME: Final = "service_log.internal.sqlite"
"""What the store is called, beside its plan."""
KEPT_COLUMNS: Final = (
    "key", "day", "kind", "count", "household", "zone", "member", "minutes", "people", "state", "file",
    "sheet", "row",
)  # fmt: skip
_APPLICATION: Final = 0x5A4C4F47  # "ZLOG", by which the file is known as ours
_TEXTS: Final = ("key", "kind", "count", "household", "zone", "member", "state", "file", "sheet")
_SAYS: Final = ("kind", "said", "household", "zone", "member", "minutes", "people")
_SCHEMA: Final = """
CREATE TABLE log (seq INTEGER PRIMARY KEY, key TEXT, day TEXT, kind TEXT, count TEXT, household TEXT,
    zone TEXT, member TEXT, minutes REAL, people REAL, state TEXT, file TEXT, sheet TEXT, row INTEGER);
CREATE TRIGGER log_is_not_changed BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'rows are only added'); END;
CREATE TRIGGER log_is_not_cut BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'rows are only added'); END;
"""


class Merged:
    """A store with new rows behind its own.

    Parameters
    ----------
    lines : DataFrame
        Every line of the store, oldest first: `KEPT_COLUMNS`.
    added, known : int
        Rows that were new, and rows that it had already.
    """

    def __init__(self, lines: pd.DataFrame, added: int, known: int) -> None:
        self.lines, self.added, self.known = lines, added, known

    @property
    def rows(self) -> pd.DataFrame:
        """What counts: the last line of each key, by day and then in the order in which they came."""
        last = self.lines[~self.lines["key"].duplicated(keep="last")]
        return last.sort_values("day", kind="stable", ignore_index=True)


def empty_log() -> pd.DataFrame:
    """Give a store without rows."""
    frame = pd.DataFrame({name: pd.Series([], dtype=object) for name in KEPT_COLUMNS})
    numbers = {"minutes": float, "people": float, "row": np.int64}
    return frame.astype({"day": "datetime64[ns]", **numbers})


def merged_log(kept: pd.DataFrame, rows: pd.DataFrame) -> Merged:
    """Add the rows of one file that a store does not have.

    Parameters
    ----------
    kept : DataFrame
        From `read_kept` or `empty_log`.
    rows : DataFrame
        From `planner.intake.service_log.read_log`, of one file.
    """
    new = rows.assign(key=_keys(rows))[list(KEPT_COLUMNS)]
    last = kept[~kept["key"].duplicated(keep="last")]
    there = pd.MultiIndex.from_frame(last[["key", "state", "count"]])
    line = pd.MultiIndex.from_frame(new[["key", "state", "count"]])
    fresh = ~line.isin(there)
    # an older file says again that a thing was open: solved stays solved
    closed = set(last["key"][last["state"] == "solved"])
    fresh &= ~(new["key"].isin(closed) & (new["state"] != "solved")).to_numpy(bool)
    parts = [part for part in (kept, new[fresh]) if len(part)]
    lines = pd.concat(parts, ignore_index=True) if parts else kept
    return Merged(lines, int(fresh.sum()), int((~fresh).sum()))


def _keys(rows: pd.DataFrame) -> list[str]:
    says = [rows["day"].dt.strftime("%Y-%m-%d"), *(map(str, rows[name].tolist()) for name in _SAYS)]
    told = ["\x1f".join(one) for one in zip(*says, strict=True)]
    which = pd.Series(told, dtype=object).groupby(told, sort=False).cumcount()
    return [
        hashlib.blake2b(f"{one}\x1f{n}".encode("utf-8", "replace"), digest_size=12).hexdigest()
        for one, n in zip(told, which.tolist(), strict=True)
    ]


def read_kept(path: Path) -> pd.DataFrame:
    """Read the store; an empty one where there is no file.

    Raises
    ------
    InputError
        It is no store of this program, or damaged.
    """
    if not path.exists():
        return empty_log()
    names = ", ".join(f'"{name}"' for name in KEPT_COLUMNS)
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            if db.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
                raise InputError.of("not-log-store", name=path.name)
            found = db.execute(f"SELECT {names} FROM log ORDER BY seq").fetchall()  # noqa: S608
        frame = pd.DataFrame(found, columns=list(KEPT_COLUMNS))
        frame = frame.astype({"minutes": float, "people": float, "row": np.int64})
        return frame.assign(
            day=pd.to_datetime(frame["day"], format="%Y-%m-%d").astype("datetime64[ns]"),
            **{name: frame[name].fillna("").astype(object) for name in _TEXTS},
        )
    except (sqlite3.Error, ValueError, TypeError, UnicodeDecodeError):
        raise InputError.of("not-log-store", name=path.name) from None


def store_kept(lines: pd.DataFrame, path: Path) -> None:
    """Write a store whole to a path; equal lines give equal bytes.

    Parameters
    ----------
    lines : DataFrame
        `KEPT_COLUMNS`, oldest first.
    path : Path
        An empty file.
    """
    day = lines["day"].dt.strftime("%Y-%m-%d")
    columns = [(day if n == "day" else lines[n]).astype(object).tolist() for n in KEPT_COLUMNS]
    for at, name in enumerate(KEPT_COLUMNS):
        if name in ("minutes", "people"):
            columns[at] = [None if v != v else v for v in columns[at]]  # NaN
    marks = ", ".join("?" * len(KEPT_COLUMNS))
    names = ", ".join(f'"{name}"' for name in KEPT_COLUMNS)
    with closing(sqlite3.connect(path)) as db:
        db.executescript(f"PRAGMA application_id = {_APPLICATION};" + _SCHEMA)
        db.executemany(
            f"INSERT INTO log ({names}) VALUES ({marks})",  # noqa: S608 - names of our own
            zip(*columns, strict=True),
        )
        db.commit()

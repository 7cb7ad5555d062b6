"""A digest of every table of a plan file: what somebody edited since it was written is known by its table.

No lock and no signature: whoever makes the digests anew can write what he likes, and is met by the audit and
the proof.  The digests tell of all else: a label put right in QGIS, a cell of a table that no figure follows
from, a byte that a disk has lost.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec
import pandas as pd

from planner.plan.store.geopackage import open_package, quoted

__all__ = ["SEAL", "edited", "sealed"]

SEAL: Final = "planner_seal"
_ROWS: Final = 20_000  # of a table at a time: pairs of a district are millions


def sealed(db: sqlite3.Connection, names: Iterable[str]) -> pd.DataFrame:
    """Give the digest of each of these tables, as the table of digests."""
    told = {name: _digest(db, name) for name in names}
    return pd.DataFrame({"table_name": list(told), "sha256": list(told.values())})


def edited(path: Path) -> tuple[str, ...] | None:
    """Name the tables of a plan file that are not as they were written; None where it has no digests.

    Raises `InputError`, `sqlite3.Error`: it is no GeoPackage, or damaged.
    """
    with closing(open_package(path)) as db:
        there = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
        if SEAL not in there:
            return None
        listed = {row[0] for row in db.execute("SELECT table_name FROM planner_manifest")}
        known = dict(db.execute(f"SELECT table_name, sha256 FROM {SEAL}").fetchall())  # noqa: S608
        wanted = {str(name) for name in (*known, *listed, "planner_manifest")}
        return tuple(
            name
            for name in sorted(wanted)
            if name not in there or known.get(name) != _digest(db, name)
        )


def _digest(db: sqlite3.Connection, name: str) -> str:
    """Digest the columns and rows of a table, each value with its kind."""
    digest = hashlib.sha256()
    try:
        rows = db.execute(f"SELECT * FROM {quoted(name)} ORDER BY fid")  # noqa: S608
        digest.update(msgspec.msgpack.encode([column[0] for column in rows.description]))
        while part := rows.fetchmany(_ROWS):
            digest.update(msgspec.msgpack.encode(part))
    except (sqlite3.Error, UnicodeDecodeError):
        # a cell that is no text any more is what nothing was ever written as
        return ""
    return digest.hexdigest()

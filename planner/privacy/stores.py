"""What databases say, with what lies between their rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from planner.errors import PrivacyError

__all__ = ["database_parts"]


def database_parts(data: bytes) -> Iterator[tuple[str, str]]:
    """Give the text of a SQLite file: its schema, every table, and its bytes as they lie there.

    Parameters
    ----------
    data : bytes
        The file.

    Yields
    ------
    (str, str)
        The part and its text; deleted rows that still lie in the file are in the last part.

    Raises
    ------
    PrivacyError
        It cannot be read.
    """
    with closing(sqlite3.connect(":memory:")) as db:
        try:
            db.deserialize(data)
            db.execute("PRAGMA trusted_schema=OFF")
            listed = db.execute("SELECT name, sql, type FROM sqlite_schema").fetchall()
            yield "schema", "\n".join(f"{name}\n{sql or ''}" for name, sql, _ in listed)
            for name in [name for name, _, kind in listed if kind == "table"]:
                quoted = '"' + name.replace('"', '""') + '"'
                rows = db.execute(f"SELECT * FROM {quoted}")  # noqa: S608 - quoted
                yield f"table {name}", "\n".join("\t".join(map(_cell, r)) for r in rows)
        except sqlite3.Error:
            raise PrivacyError("the database is not released: it cannot be read") from None
    yield "free space", data.decode("utf-8", "replace")


def _cell(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)

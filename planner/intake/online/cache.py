"""Answers that were paid for are kept: a SQLite file that survives being killed.

One commit an answer, rollback journal, ``synchronous=FULL``: what was committed before a kill or a
power cut is there afterwards (https://www.sqlite.org/atomiccommit.html).  Each row carries a
checksum, because SQLite does not notice a flipped byte inside a value.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

from planner.errors import Finding
from planner.files import make_private, set_aside
from planner.intake.online.services.replies import Reply, Service, Spot, Verdict, is_place

__all__ = ["AnswerCache", "answer_key"]

_APPLICATION: Final = 0x5A4F4E45  # "ZONE", by which the file is known as ours
_TABLE: Final = "answers_1"
_ABSENT_DAYS: Final = 30  # a new estate is on the map within weeks; a house hardly moves
_FOUND_DAYS: Final = 365
_DOCUMENTS: Final = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"{",
    b"[",
    b"<",
    b"\x1f\x8b",
    b"Rar!",
)
_BUSY_S: Final = 10.0
_CHUNK: Final = 500  # older SQLite takes 999 values in a statement
_MINUTE_S: Final = 60
_UNWRITTEN: Final = 10
_COUNT: Final = (
    "INSERT INTO requests_1 VALUES (?, ?, ?) "
    "ON CONFLICT (host, minute) DO UPDATE SET n = n + excluded.n"
)


def answer_key(service: Service, building: str) -> str:
    """Give the key of an answer: a hash, from which nothing can be read.

    Parameters
    ----------
    service : Service
        Name, version and datum go in; its key and address do not.
    building : str
        `planner.intake.online.outgoing.Outgoing.key`.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    told = "\x1f".join([service.name, service.version, service.datum.value, building])
    return hashlib.sha256(told.encode()).hexdigest()


class AnswerCache:
    """The file of answers; a context manager.

    A damaged file is moved aside as ``<name>.corrupt-<n>`` and begun anew; a read-only one is read and
    not written; another program's is left alone.  Several runs may share one file.

    Parameters
    ----------
    path : str or Path
        Made with mode 0600 where it is missing.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.findings: list[Finding] = []
        self._db: sqlite3.Connection | None = None
        self._writable = True
        self._spent: Counter[tuple[str, int]] = Counter()
        self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        if self._db is not None:
            if self._spent:
                self._write([])
            self._db.close()
            self._db = None

    def _open(self) -> None:
        for _ in range(3):
            try:
                before = self._prepare()
            except OSError:
                self._note("cache-unreachable")
                return
            try:
                self._db = self._connect()
                if self._check():
                    return
            except sqlite3.OperationalError as error:
                self.close()
                self._without(str(error))
                return
            except sqlite3.DatabaseError:
                pass
            self.close()
            if _is_somebodys(self.path):
                self._note("cache-foreign")
                return
            if not self._writable or not self._set_aside(before):
                self._note("cache-damaged/read-only")
                return

    def _prepare(self) -> int:
        """Make the file, private to its owner, and give its inode."""
        make_private(self.path)
        status = self.path.stat()
        # An administrator may write anywhere, but a file marked read-only was meant so.
        self._writable = bool(status.st_mode & 0o222) and os.access(self.path, os.W_OK)
        return status.st_ino

    def _connect(self) -> sqlite3.Connection:
        mode = "rw" if self._writable else "ro"
        target = f"{self.path.absolute().as_uri()}?mode={mode}"
        db = sqlite3.connect(target, uri=True, timeout=_BUSY_S, isolation_level=None)
        # The file may be anybody's: its views and triggers must not call functions.
        db.execute("PRAGMA trusted_schema=OFF")
        return db

    def _check(self) -> bool:
        """Tell whether the file is sound, and lay it out where it is new."""
        db = self._live()
        if db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            return False
        owner = db.execute("PRAGMA application_id").fetchone()[0]
        tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if owner not in (0, _APPLICATION) or (owner == 0 and tables):
            self.close()
            self._note("cache-foreign")
            return True
        if self._writable:
            db.execute("PRAGMA synchronous=FULL")
            if self.path.stat().st_mode & 0o077:
                self.path.chmod(0o600)
            self._lay_out(db)
        else:
            self._note("cache-read-only")
        return True

    def _lay_out(self, db: sqlite3.Connection) -> None:
        db.execute("BEGIN IMMEDIATE")  # two runs may lay one file out at once
        db.execute(f"PRAGMA application_id={_APPLICATION}")
        db.execute(
            f"CREATE TABLE IF NOT EXISTS {_TABLE} "
            "(key TEXT PRIMARY KEY, body TEXT NOT NULL, asked INTEGER NOT NULL, seal TEXT NOT NULL)"
        )
        db.execute(
            "CREATE TABLE IF NOT EXISTS requests_1 "
            "(host TEXT, minute INTEGER, n INTEGER, PRIMARY KEY (host, minute))"
        )
        db.execute("COMMIT")

    def _set_aside(self, inode: int) -> bool:
        """Move a damaged file away, unless another run has done so already."""
        try:
            if self.path.stat().st_ino != inode:
                return True
            aside = set_aside(self.path, "corrupt", tails=("-journal", "-wal", "-shm"))
        except FileNotFoundError:
            return True
        except OSError:
            return False
        self._note("cache-damaged/aside", aside=aside.name)
        return True

    def _live(self) -> sqlite3.Connection:
        if self._db is None:
            raise sqlite3.OperationalError("the file is closed")
        return self._db

    def _note(self, key: str, **values: str) -> None:
        told = Finding.of(key, {"file": self.path.name}, **values)
        if all(finding.code != told.code for finding in self.findings):
            self.findings.append(told)

    def _without(self, why: str) -> None:
        self._note("cache-unusable/locked" if "locked" in why else "cache-unusable/fault")

    def get(self, keys: Iterable[str]) -> dict[str, Reply]:
        """Look answers up.

        Parameters
        ----------
        keys : iterable of str
            From `answer_key`.

        Returns
        -------
        dict of str to Reply
            Only what is known, sound and not too old: places a year, absences a month.
        """
        found: dict[str, Reply] = {}
        wanted = sorted(set(keys))
        try:
            for start in range(0, len(wanted) if self._db else 0, _CHUNK):
                some = wanted[start : start + _CHUNK]
                marks = ",".join("?" * len(some))
                rows = self._live().execute(
                    f"SELECT key, body, asked, seal FROM {_TABLE} WHERE key IN ({marks})",  # noqa: S608
                    some,
                )
                for key, body, asked, seal in rows:
                    reply = _unsealed(key, body, asked, seal)
                    if reply is not None:
                        found[key] = reply
        except sqlite3.Error as error:
            if "no such table" not in str(error):
                self._without(str(error))
        return found

    def put(self, key: str, reply: Reply) -> None:
        """Keep an answer; faults and refusals are never kept.

        Parameters
        ----------
        key : str
            From `answer_key`.
        """
        if reply.verdict not in (Verdict.FOUND, Verdict.ABSENT):
            return
        spots = [[s.lon, s.lat, s.precision, s.confidence, s.level, s.label] for s in reply.spots]
        body = json.dumps({"verdict": reply.verdict.value, "spots": spots}, ensure_ascii=True)
        asked = int(time.time())
        add = f"INSERT OR REPLACE INTO {_TABLE} VALUES (?, ?, ?, ?)"  # noqa: S608
        self._write([(add, (key, body, asked, _seal(key, body, asked)))])

    def forget(self, keys: Iterable[str]) -> None:
        """Drop answers that turned out to be wrong.

        Parameters
        ----------
        keys : iterable of str
            From `answer_key`.
        """
        drop = f"DELETE FROM {_TABLE} WHERE key = ?"  # noqa: S608
        wrong = sorted(set(keys))
        if wrong:
            self._write([(drop, (key,)) for key in wrong])

    def spend(self, host: str) -> None:
        """Count one request to a host; written with the next answer, or with the tenth request."""
        self._spent[host, int(time.time()) // _MINUTE_S] += 1
        if sum(self._spent.values()) >= _UNWRITTEN:
            self._write([])

    def spent(self, host: str, minutes: int = 60) -> int:
        """Give the requests to a host in the last hour, of all runs that share the file."""
        since = int(time.time()) // _MINUTE_S - minutes
        try:
            row = self._live().execute(
                "SELECT sum(n) FROM requests_1 WHERE host = ? AND minute > ?", (host, since)
            )
            return int(row.fetchone()[0] or 0)
        except (sqlite3.Error, TypeError, ValueError):
            return 0

    def _write(self, statements: Sequence[tuple[str, tuple[Any, ...]]]) -> None:
        """Write in one transaction, the requests that were counted since the last one included."""
        if self._db is None or not self._writable:
            return
        counts = [(_COUNT, (host, minute, n)) for (host, minute), n in sorted(self._spent.items())]
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for statement, values in (*counts, *statements):
                self._db.execute(statement, values)
            self._db.execute("COMMIT")
            self._spent.clear()
        except sqlite3.Error as error:
            self._without(str(error))
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")


def _is_somebodys(path: Path) -> bool:
    """Tell a sheet or a document, named here by a slip of the hand, from a damaged file of answers."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        head = file.read(4096)
        line = head.split(b"\n")[0]
        columns = b"\0" not in line and any(mark in line for mark in b",;\t|")
        return head.startswith(_DOCUMENTS) or columns
    return True


def _seal(key: str, body: str, asked: int) -> str:
    told = "\x1f".join([key, body, str(asked)])
    return hashlib.blake2b(told.encode("utf-8", "replace"), digest_size=12).hexdigest()


def _unsealed(key: object, body: object, asked: object, seal: object) -> Reply | None:
    """Read a row back; None where it is damaged, too old or not what this version writes."""
    if not (isinstance(key, str) and isinstance(body, str) and isinstance(asked, int)):
        return None
    if seal != _seal(key, body, asked):
        return None
    try:
        values: Mapping[str, Any] = json.loads(body)
        verdict = Verdict(values["verdict"])
        spots = tuple(Spot(*spot) for spot in values["spots"])
    except (ValueError, KeyError, TypeError):
        return None
    days = (time.time() - asked) / 86400
    fresh = days < (_FOUND_DAYS if verdict is Verdict.FOUND else _ABSENT_DAYS)
    return Reply(verdict, spots) if fresh and all(is_place(s.lon, s.lat) for s in spots) else None

"""A plan file told by what differs from an earlier one: cell by cell, column by column.

From one month to the next most of a plan stays, but little of it stays in place: a new building shifts the
numbers of all units behind it.  So each column is a sequence of its own, of which stretches are found again
in the same column of the earlier file; numbers that count on, and ids that end in such, are taken by their
steps, which no shift changes.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, Final

import msgspec
import numpy as np

from planner.model.arrays import Ints
from planner.plan.store.geopackage import at_once, quoted, stamp_package

__all__ = ["Tables", "database_of", "decoded", "encoded", "tables_in"]

Tables = Mapping[str, Mapping[str, Sequence[Any]]]
"""Name of each table -> name of each column -> its cells, in the order of the rows."""
_GRAM: Final = 6  # cells in a row that must be the same before a stretch is looked for
_LONG: Final = (
    1_000  # letters of a cell from which on it is a sequence itself: notes and history in JSON
)
_LONG_GRAM: Final = 24
_MOST: Final = 1 << 28
_COUNTED: Final = re.compile(r"([^\W\d_]{0,4})([0-9]{1,15})")
_IDS: Final = re.compile(r"s[0-9]{2}[^\W\d_]{0,4}")
_NONE: Final = np.zeros(0, np.int64)
_BLANK: Final = -(1 << 40)
_END: Final = "\0"
_PRIME: Final = np.uint64(0x9E3779B97F4A7C15)


def tables_in(data: bytes, only: Collection[str] = ()) -> Tables:
    """Take a plan file apart; `only`: no more than these tables, if any are named."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.deserialize(data)
        names = [row[0] for row in db.execute("SELECT table_name FROM planner_manifest")]
        wanted = (n for n in (*names, "planner_manifest") if not only or n in only)
        return {name: _columns(db, name) for name in wanted}


def _columns(db: sqlite3.Connection, name: str) -> dict[str, Sequence[Any]]:
    found = db.execute(f"SELECT * FROM {quoted(name)} ORDER BY fid")  # noqa: S608
    heads = [column[0] for column in found.description]
    with at_once():
        cells = list(map(list, zip(*found.fetchall(), strict=True))) or [list[Any]() for _ in heads]
        # rows are numbered from 1, and need no column for it
        return {h: _Column.of(c) for h, c in zip(heads, cells, strict=True) if h != "fid"}


def database_of(tables: Tables) -> sqlite3.Connection:
    """Put a plan file together, as far as it is read."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    stamp_package(db)
    for name, columns in tables.items():
        heads = ", ".join(map(quoted, columns))
        db.execute(f"CREATE TABLE {quoted(name)} (fid INTEGER PRIMARY KEY, {heads})")
        marks = ",".join("?" * len(columns))
        rows = zip(*columns.values(), strict=True)
        db.executemany(f"INSERT INTO {quoted(name)} ({heads}) VALUES ({marks})", rows)  # noqa: S608
    return db


def encoded(now: Tables, base: Tables) -> bytes:
    """Tell a file by what differs from another."""
    told = {
        name: {
            head: _told(cells, base.get(name, {}).get(head, ())) for head, cells in columns.items()
        }
        for name, columns in now.items()
    }
    return msgspec.msgpack.encode(told)


def decoded(data: bytes, base: Tables, only: Collection[str] = ()) -> Tables:
    """Give the file back that was told; `only`: no more than these tables, if any are named.

    Raises `ValueError`, `TypeError`, `msgspec.DecodeError`: it was told of another base, or is damaged.
    """
    told = msgspec.msgpack.decode(data, type=dict[str, msgspec.Raw])
    made: dict[str, dict[str, Sequence[Any]]] = {}
    for name, columns in told.items():
        if only and name not in only:
            continue
        known, told_of = base.get(name, {}), msgspec.msgpack.decode(columns)
        made[name] = {head: _cells(one, known.get(head, ())) for head, one in told_of.items()}
    return made


# --- a column as a sequence ---------------------------------------------------------------------


class _Column(Sequence[Any]):
    """Cells that stay numbers until somebody asks for them: most of them are only passed on."""

    __slots__ = ("_cells", "kind", "numbers")

    def __init__(self, kind: str, numbers: Ints, cells: Sequence[Any] | None = None) -> None:
        self.kind, self.numbers, self._cells = kind, numbers, cells

    @classmethod
    def of(cls, cells: Sequence[Any]) -> _Column:
        if isinstance(cells, cls):
            return cells
        kind = _kind(cells)
        return cls(kind, _numbers(cells, kind) if kind else _NONE, cells)

    @property
    def cells(self) -> Sequence[Any]:
        if self._cells is None:
            self._cells = _from_numbers(self.numbers, self.kind)
        return self._cells

    def __len__(self) -> int:
        return len(self.cells)

    def __getitem__(self, at: Any) -> Any:
        return self.cells[at]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.cells)

    def __eq__(self, other: object) -> bool:
        # bit by bit: no number is another, whatever it is worth
        if isinstance(other, _Column) and self.kind and self.kind == other.kind:
            return np.array_equal(self.numbers, other.numbers)
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


def _told(cells: Sequence[Any], base: Sequence[Any]) -> list[Any]:
    """Give the kind of a column, its length, the stretches that are found again, and what is not."""
    now, before = _Column.of(cells), _Column.of(base)
    kind = now.kind
    other = before if before.kind == kind else _Column(kind, _NONE, ())
    if kind == "":
        codes: dict[Any, int] = {}
        # True is 1 for a dictionary, and 1.0 too: a cell is its kind as well
        x, y = (
            np.array([codes.setdefault((type(v), v), len(codes)) for v in part], np.int64)
            for part in (now.cells, other.cells)
        )
    else:
        x, y = now.numbers, other.numbers
    moves = _stretches(x, y, _LONG_GRAM if kind == "t" else _GRAM)
    fresh = np.ones(len(x), bool)
    at = 0
    for new, _, length in moves.tolist():
        fresh[at + new : at + new + length] = False
        at += new + length
    left = np.flatnonzero(fresh)
    if kind == "":
        own: Any = [now.cells[i] for i in left.tolist()]
    else:
        own = x[left].astype(np.uint8 if kind == "t" else np.int64).tobytes()
    return [kind, len(x), moves.tobytes(), own]


def _cells(told: list[Any], base: Sequence[Any]) -> Sequence[Any]:
    kind, n, packed, own = told
    moves = np.frombuffer(packed, np.int64).reshape(-1, 3).tolist()
    if kind == "":
        values, source = list(own), list(base) if moves else []
    else:
        values = np.frombuffer(own, np.uint8 if kind == "t" else np.int64).astype(np.int64)
        source = values[:0]
        if moves:
            known = base.numbers if isinstance(base, _Column) and base.kind == kind else None
            source = _numbers(base, kind) if known is None else known
    # a file from elsewhere may say anything: nothing is made before it is known how much
    if len(values) + sum(length for _, _, length in moves) != n or not 0 <= n <= _MOST:
        raise ValueError("a column has other rows than it is said to have")
    parts, at = [], 0
    for new, start, length in moves:
        parts += [values[at : at + new], _stretch(source, start, length)]
        at += new
    parts.append(values[at:])
    if sum(map(len, parts)) != n:
        raise ValueError("a column has other rows than it is said to have")
    if kind == "":
        return [v for p in parts for v in p]
    numbers = np.concatenate(parts)
    # letters that are none are damage, and are told here rather than where they are looked at
    cells = _from_numbers(numbers, kind) if kind == "t" else None
    return _Column(_known_kind(kind), numbers, cells)


def _known_kind(kind: Any) -> str:
    if kind in ("i", "f", "t") or (isinstance(kind, str) and _IDS.fullmatch(kind)):
        return str(kind)
    raise ValueError("a column is of no kind that is known")


def _stretch(source: Any, start: int, length: int) -> Any:
    if start < 0 or length < 0 or start + length > len(source):
        raise ValueError("a stretch lies outside of its column")
    return source[start : start + length]


def _kind(cells: Sequence[Any]) -> str:
    """Tell what a column is taken for.

    ``i`` whole numbers, ``f`` others, ``t`` long texts, ``s`` ids with their width and letters, "" all else.
    """
    kinds = set(map(type, cells))
    if kinds == {int}:
        return "i"
    if kinds == {float}:
        return "f"
    if kinds == {str} and max(map(len, cells)) > _LONG and not any(_END in v for v in cells):
        return "t"
    if kinds == {str}:
        found = {(m[1], len(m[2])) if (m := _COUNTED.fullmatch(v)) else v for v in set(cells)} - {
            ""
        }
        if len(found) == 1 and isinstance(one := found.pop(), tuple):
            return f"s{one[1]:02d}{one[0]}"
    return ""


def _numbers(cells: Sequence[Any], kind: str) -> Ints:
    if kind == "f":
        return np.array(cells, np.float64).view(np.int64)
    if kind == "t":
        text = "".join(v + _END for v in cells).encode()
        return np.frombuffer(text, np.uint8).astype(np.int64)
    if kind.startswith("s"):
        skip = len(kind) - 3
        cells = [int(v[skip:]) if v else _BLANK for v in cells]
    # steps: no shift changes them
    return np.diff(np.array(cells, np.int64), prepend=np.int64(0))


def _from_numbers(numbers: Ints, kind: str) -> list[Any]:
    if kind == "f":
        return numbers.view(np.float64).tolist()
    if kind == "t":
        return numbers.astype(np.uint8).tobytes().decode().split(_END)[:-1]
    whole = np.cumsum(numbers).tolist()
    if not kind.startswith("s"):
        return whole
    width, letters = int(kind[1:3]), kind[3:]
    return ["" if v == _BLANK else f"{letters}{v:0{width}d}" for v in whole]


# --- stretches that are found again -------------------------------------------------------------


def _stretches(x: Ints, y: Ints, size: int) -> Ints:
    """Find stretches of one sequence in another: rows of ``cells before it, where it starts, its length``."""
    moves: list[tuple[int, int, int]] = []
    gram, known = _grams(x, size), _grams(y, size)
    place = _places(gram, known)
    hits = np.flatnonzero(place >= 0)
    at = done = offset = 0
    while at < len(x):
        # going on where the last stretch was left is shorter to tell than a leap
        near = at + offset
        if at < len(gram) and 0 <= near < len(known) and known[near] == gram[at]:
            start = near
        elif at < len(place) and place[at] >= 0:
            start = int(place[at])
        else:
            following = np.searchsorted(hits, at + 1)
            # the same place further on, past some cells that are others
            at = int(hits[following]) if following < len(hits) else len(x)
            continue
        length = _alike(x, at, y, start)
        if length < size:
            at += 1
            continue
        moves.append((at - done, start, length))
        at = done = at + length
        offset = start + length - at
    return np.array(moves, np.int64).reshape(-1, 3)


def _grams(values: Ints, size: int) -> Any:
    """Mix each `size` cells in a row into one number."""
    n = max(len(values) - size + 1, 0)
    mixed = np.zeros(n, np.uint64)
    plain = values.view(np.uint64)
    for k in range(size):
        mixed = (mixed * _PRIME) ^ (plain[k : k + n] + (mixed >> np.uint64(29)))
    return mixed


def _places(wanted: Any, known: Any) -> Ints:
    """Give for each cell where what begins there is found first, -1 for nowhere."""
    if not len(known):
        return np.full(len(wanted), -1, np.int64)
    order = np.argsort(known, kind="stable")
    at = np.minimum(np.searchsorted(known[order], wanted), len(known) - 1)
    return np.where(known[order][at] == wanted, order[at], -1)


def _alike(x: Ints, i: int, y: Ints, j: int) -> int:
    """Count the cells that are the same from two places on."""
    most, length, step = min(len(x) - i, len(y) - j), 0, 64
    while length < most:
        end = min(length + step, most)
        other = np.flatnonzero(x[i + length : i + end] != y[j + length : j + end])
        if len(other):
            return length + int(other[0])
        length, step = end, 4 * step
    return length

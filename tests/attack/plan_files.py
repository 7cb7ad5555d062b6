"""Plan files as strangers would tamper with them: mutants of each table, note and stretch of bytes."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.gis import opened

__all__ = ["LIES", "MUTANTS", "contradict", "load_and_use", "mutate"]

TABLES = (
    "units", "households", "centres", "zones", "gaps", "members", "streets", "buildings", "fences",
    "problem_units", "problem_centres", "pairs", "adjacency", "plan", "planner_manifest", "gpkg_contents",
)  # fmt: skip
NOTES = (
    "provenance",
    "certificate",
    "rules",
    "zone_rules",
    "parts",
    "findings",
    "unserved_m",
    "fingerprint",
)
ODD: tuple[Any, ...] = (
    None, [], {}, "", "x", -1, 1e308, True, [None], {"": None}, [[[]]], "9" * 400, "\u202e<b>", float("nan"),
)  # fmt: skip
CELLS: tuple[Any, ...] = (
    None,
    "",
    "x",
    -1,
    2**62,
    1e308,
    float("inf"),
    b"\x00",
    b"GP\x00\x01",
    "\ud7ff" * 9,
)

Change = Callable[[sqlite3.Connection, random.Random], None]


def _drop(table: str) -> Change:
    def change(db: sqlite3.Connection, _: random.Random) -> None:
        db.execute(f'DROP TABLE "{table}"')
        if table == "planner_manifest":
            return
        db.execute("DELETE FROM planner_manifest WHERE table_name = ?", (table,))

    return change


def _recount(db: sqlite3.Connection, table: str) -> None:
    if table != "planner_manifest":
        sql = f'UPDATE planner_manifest SET rows = (SELECT count(*) FROM "{table}") WHERE table_name = ?'
        db.execute(sql, (table,))


def _fewer(table: str) -> Change:
    def change(db: sqlite3.Connection, _: random.Random) -> None:
        db.execute(f'DELETE FROM "{table}" WHERE rowid % 2 = 0')
        _recount(db, table)

    return change


def _none(table: str) -> Change:
    def change(db: sqlite3.Connection, _: random.Random) -> None:
        db.execute(f'DELETE FROM "{table}"')
        _recount(db, table)

    return change


def _column(table: str) -> Change:
    def change(db: sqlite3.Connection, chance: random.Random) -> None:
        columns = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]
        at = chance.choice([c for c in columns if c != "fid"])
        db.execute(f'ALTER TABLE "{table}" RENAME COLUMN "{at}" TO "other"')

    return change


def _cell(table: str) -> Change:
    def change(db: sqlite3.Connection, chance: random.Random) -> None:
        columns = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]
        at = chance.choice([c for c in columns if c not in ("fid", "table_name")])
        where = chance.choice(["", " WHERE rowid = 1"])
        db.execute(f'UPDATE OR IGNORE "{table}" SET "{at}" = ?{where}', (chance.choice(CELLS),))

    return change


def _kinds(db: sqlite3.Connection, chance: random.Random) -> None:
    table, columns = chance.choice(
        db.execute("SELECT table_name, columns FROM planner_manifest").fetchall()
    )
    kinds = json.loads(columns)
    odd = ("int64", "datetime64[ns]", "geometry", "x", "category")
    kinds[chance.choice(list(kinds))] = chance.choice(odd)
    told = json.dumps(kinds, ensure_ascii=False)
    db.execute("UPDATE planner_manifest SET columns = ? WHERE table_name = ?", (told, table))


def _note(name: str) -> Change:
    def change(db: sqlite3.Connection, chance: random.Random) -> None:
        (text,) = db.execute("SELECT value FROM plan WHERE name = ?", (name,)).fetchone()
        value = _mutated(json.loads(text), chance)
        db.execute("UPDATE plan SET value = ? WHERE name = ?", (json.dumps(value), name))

    return change


def _mutated(value: Any, chance: random.Random) -> Any:
    """Put something odd in the place of one value, at any depth."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        if chance.random() < 0.15:
            return {k: v for k, v in value.items() if k != key}
        return {**value, key: _mutated(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.7:
        at = chance.randrange(len(value))
        return [*value[:at], _mutated(value[at], chance), *value[at + 1 :]]
    return chance.choice(ODD)


def _deep(db: sqlite3.Connection, _: random.Random) -> None:
    db.execute(
        "UPDATE plan SET value = ? WHERE name = 'provenance'", ("[" * 100_000 + "]" * 100_000,)
    )


def _trigger(db: sqlite3.Connection, _: random.Random) -> None:
    db.execute("ALTER TABLE units RENAME TO kept")
    db.execute("CREATE VIEW units AS SELECT * FROM kept")


def _bytes(path: Path, chance: random.Random, how: str) -> None:
    data = bytearray(path.read_bytes())
    if how == "cut":
        del data[chance.randrange(len(data)) :]
    elif how == "flipped":
        for _ in range(20):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    else:
        at = chance.randrange(len(data) - 4096)
        data[at : at + 4096] = bytes(chance.randrange(256) for _ in range(4096))
    path.write_bytes(bytes(data))


MUTANTS: tuple[tuple[str, Change | str], ...] = (
    *((f"no table {t}", _drop(t)) for t in TABLES),
    *((f"half of {t}", _fewer(t)) for t in TABLES),
    *((f"nothing in {t}", _none(t)) for t in TABLES),
    *((f"a column of {t} renamed", _column(t)) for t in TABLES),
    *((f"cells of {t}", _cell(t)) for t in TABLES),
    *((f"note {n}", _note(n)) for n in NOTES),
    ("kinds of columns", _kinds), ("a deep note", _deep), ("a view for a table", _trigger),
    ("cut off", "cut"), ("bits flipped", "flipped"), ("noise", "noise"),
)  # fmt: skip
"""How a plan file is damaged, by name; each with chance in it."""


def mutate(plan: Path, target: Path, seed: int) -> str:
    """Write a mutant of a plan file, and tell what was done to it."""
    name, change = MUTANTS[seed % len(MUTANTS)]
    chance = random.Random(seed)
    shutil.copyfile(plan, target)
    if isinstance(change, str):
        _bytes(target, chance, change)
        return name
    with closing(opened(target)) as db:
        db.execute("PRAGMA foreign_keys=OFF")
        change(db, chance)
        db.commit()
    return name


_OTHER = "(SELECT centre_id FROM centres WHERE centre_id <> {0}.zone LIMIT 1)"
_FIRST = "rowid = (SELECT min(rowid) FROM {0} WHERE zone <> '')"
LIES: tuple[tuple[str, str], ...] = (
    ("a home in another zone", "households SET zone = " + _OTHER + " WHERE " + _FIRST),
    ("a unit in another zone", "units SET zone = " + _OTHER + " WHERE rowid = 1"),
    ("a unit in no zone", "units SET zone = '' WHERE rowid = 1"),
    ("a zone of nobody", "units SET zone = 'nobody' WHERE rowid = 1"),
    ("fewer homes in a unit", "units SET households = households + 3 WHERE rowid = 1"),
    ("another load of a unit", "units SET load = load + 3 WHERE rowid = 1"),
    ("fewer homes in a zone", "zones SET households = households - 1 WHERE rowid = 1"),
    ("more homes of a centre", "centres SET households = households + 1 WHERE rowid = 1"),
    ("a member of another zone", "members SET zone = " + _OTHER + " WHERE " + _FIRST),
    ("a centre who is none", "members SET is_centre = 1 - is_centre WHERE rowid = 1"),
    ("a home of a unit that is not there", "households SET unit_id = 'none' WHERE rowid = 1"),
    ("a gap of nobody", "gaps SET household_id = 'nobody' WHERE rowid = 1"),
    (
        "homes of one id",
        "households SET household_id = (SELECT household_id FROM households LIMIT 1)",
    ),
    ("a shorter walk", "units SET walk_m = walk_m / 2 WHERE zone <> ''"),
    ("a centre elsewhere", "centres SET unit_id = 'u0001' WHERE unit_id <> 'u0001'"),
)
"""Tables that contradict each other, though each is whole; figures of the certificate come besides."""
FIGURES = (
    "cost_m",
    "penalty_m",
    "change_m",
    "bound_m",
    "unserved",
    "violations",
    "rules",
    "disconnected",
)


def contradict(plan: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """Write one file for each lie, and give what it says and where it lies."""
    for nth, (name, sql) in enumerate(LIES):
        target = folder / f"lie-{nth}.gpkg"
        shutil.copyfile(plan, target)
        with closing(opened(target)) as db:
            db.execute("UPDATE " + sql.format(sql.split()[0]))
            db.commit()
        yield name, target
    for name in FIGURES:
        target = folder / f"lie-{name}.gpkg"
        shutil.copyfile(plan, target)
        with closing(opened(target)) as db:
            (text,) = db.execute("SELECT value FROM plan WHERE name = 'certificate'").fetchone()
            note = json.loads(text)
            old = note[name]
            note[name] = _lie(old)
            db.execute("UPDATE plan SET value = ? WHERE name = 'certificate'", (json.dumps(note),))
            db.commit()
        yield f"{name} of the certificate", target


def _lie(value: Any) -> Any:
    if isinstance(value, int | float):
        return value * 2 + 1e6
    if value and isinstance(value[0], dict):
        first = value[0]
        return (
            [{**first, "broken": first["broken"] + 1}, *value[1:]]
            if "broken" in first
            else value[1:]
        )
    return [] if value else [0]


def load_and_use(path: Path, other: Any, folder: Path) -> bool:
    """Load a plan file and do with it what every command does; give whether it was taken.

    What is raised on purpose is a refusal; anything else comes out, for it would be an internal error.
    """
    from planner.api.plan import Plan
    from planner.errors import PlannerError

    try:
        plan = Plan.load(path)
        plan.summary()
        for audience in ("meeting", "public", "internal"):
            plan.map(audience=audience)
        plan.lookup("116.8,32.6")
        plan.lookup("安乐路1号")
        plan.compare(other)
        plan.save(folder)
    except PlannerError:
        return False
    return True

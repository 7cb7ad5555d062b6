"""The plan file: one GeoPackage that holds a whole plan and opens in QGIS.

Layers ``units, households, centres, zones, gaps`` and the base layers are features in EPSG:4326;
``members`` and the numbers of the problem are plain tables beside them.  The table
``planner_manifest`` says how many rows and which columns each table must have: that a file opens is no
proof that it is whole.

The file is written row by row through SQLite, following OGC 12-128r18 (GeoPackage 1.3), so that one
plan gives one sequence of bytes, whatever the day.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from planner.errors import Finding, InputError, PlannerError
from planner.model.problem import Certificate, Part, Problem, Ties, ZoneRule
from planner.model.rules import RuleBook
from planner.model.tables import BASE_LAYERS, Past, PlanTables
from planner.plan.store.coherent import require_coherent
from planner.plan.store.dressing import dress
from planner.plan.store.geopackage import (
    as_they_were,
    at_once,
    begin,
    of_one_kind,
    open_bytes,
    open_package,
    quoted,
    read_frame,
    timestamp,
    write_frame,
)
from planner.plan.store.seal import SEAL, sealed

__all__ = [
    "FORMAT_VERSION",
    "is_plan",
    "plan_bytes",
    "plan_file",
    "read_bytes",
    "read_database",
    "read_plan",
    "store_plan",
]

FORMAT_VERSION = 2
"""2: plans of the past are told by one of several before them; all else is as it was in 1."""
_FEATURES = ("units", "households", "centres", "zones", "gaps")
_MANIFEST = "planner_manifest"
_MANIFEST_COLUMNS = ("table_name", "rows", "columns")
_TIES = ("a", "b", "price_m", "apart", "people")
_STUMBLES = (PlannerError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
_SIDES = ("low", "high")
_RULE = ("name", "low", "high", "hard", "price_m")


def store_plan(tables: PlanTables, path: str | Path) -> None:
    """Write a plan to a new GeoPackage at `path`.

    It writes in place: hand it to `planner.files.atomic_write`, which gives it a temporary
    path and renames the whole file.

    Raises `OSError`, `sqlite3.Error`: the file cannot be written.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        _write(db, tables)


def plan_bytes(tables: PlanTables, *, sealing: bool = True) -> bytes:
    """Give the file that `store_plan` writes; what lies in another file needs no digests and no index."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        _write(db, tables, sealing=sealing)
        return db.serialize()


def _write(db: sqlite3.Connection, tables: PlanTables, *, sealing: bool = True) -> None:
    stamp = timestamp(tables.provenance.get("created"))
    begin(db)
    frames = list(_frames(tables))
    manifest = [write_frame(db, name, frame, stamp) for name, frame in frames]
    listed: dict[str, Any] = dict(zip(_MANIFEST_COLUMNS, zip(*manifest, strict=True), strict=True))
    write_frame(db, _MANIFEST, _table(listed), stamp)
    if sealing:
        write_frame(db, SEAL, sealed(db, (*listed["table_name"], _MANIFEST)), stamp)
        dress(db, frames, stamp)
    db.execute("COMMIT")


def is_plan(path: str | Path) -> bool:
    """Tell a plan file from any other GeoPackage: it has the planner's manifest.

    Raises `InputError`: the file is damaged.
    """
    file = Path(path)
    with _refusing(file), closing(open_package(file)) as db:
        found = db.execute(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (_MANIFEST,)
        )
        return found.fetchone() is not None


def plan_file(path: str | Path) -> Path:
    """Give the plan file that a path names: itself, or the ``plan.gpkg`` of a folder."""
    file = Path(path)
    return file / "plan.gpkg" if file.is_dir() else file


def read_plan(path: str | Path) -> PlanTables:
    """Read a plan file back, equal to what was stored.

    `path`: a file written by `store_plan`, or the folder it lies in. It is opened read-only.
    Raises `InputError`: the file is missing, damaged, cut short, of another version, or not a plan; or its
    tables and figures contradict each other.
    """
    file = plan_file(path)
    if not file.is_file():
        raise InputError.of("plan-missing", file=file)
    with _refusing(file), closing(open_package(file)) as db:
        return _read(db, file)


def read_bytes(data: bytes, file: Path) -> PlanTables:
    """Read what `plan_bytes` gave, with the same care; `file`: for messages."""
    with _refusing(file), closing(open_bytes(data, file)) as db:
        return _read(db, file)


def read_database(db: sqlite3.Connection, file: Path) -> PlanTables:
    """Read the tables of a plan where they lie, with the same care, and close; `file`: for messages."""
    with _refusing(file), closing(db):
        return _read(db, file)


@at_once()
def _read(db: sqlite3.Connection, file: Path) -> PlanTables:
    manifest = _checked_manifest(db, file)
    frames = {name: read_frame(db, name, columns) for name, columns in manifest.items()}
    notes = {k: json.loads(v) for k, v in frames["plan"].itertuples(index=False)}
    for name, many in notes.get("mixed", {}).items():
        frames[name] = as_they_were(frames[name], many)
    problem = _problem_from(frames, notes)
    # SQLite notices torn pages; only the digest notices a number that somebody edited in QGIS.
    if problem.fingerprint() != notes["fingerprint"]:
        raise _damaged(file, "its numbers do not match their own digest")
    tables = PlanTables(
        **{name: frames[name] for name in (*_FEATURES, "members")},  # type: ignore[arg-type]
        base={name: frames[name] for name in BASE_LAYERS},  # type: ignore[misc]
        problem=problem,
        certificate=msgspec.convert(notes["certificate"], Certificate),
        parts=msgspec.convert(notes["parts"], tuple[Part, ...]),
        rules=RuleBook.from_mapping(notes["rules"], where=str(file)),
        findings=msgspec.convert(notes["findings"], tuple[Finding, ...]),
        provenance=notes["provenance"],
        ways=frames.get("ways"),
        joins=frames.get("joins"),
        helpers=frames.get("helpers"),
        cared=frames.get("cared"),
        wished=frames.get("wished"),
        past=_past_in(frames.get("past")),
    )
    require_coherent(tables)
    return tables


# --- what goes in -------------------------------------------------------------------------------


def _frames(tables: PlanTables) -> Iterator[tuple[str, pd.DataFrame]]:
    mixed: dict[str, list[int]] = {}
    for name in (*_FEATURES, *BASE_LAYERS):
        layer = getattr(tables, name) if name in _FEATURES else tables.base[name]
        made, many = of_one_kind(layer)
        mixed |= {name: many} if many else {}
        yield name, made
    yield "members", tables.members
    if tables.ways is not None and tables.joins is not None:
        yield "ways", tables.ways
        yield "joins", tables.joins
    if tables.helpers is not None:
        yield "helpers", tables.helpers
    if tables.cared is not None:
        yield "cared", tables.cared
    if tables.wished is not None:
        yield "wished", tables.wished
    if tables.past:
        columns = {
            "fingerprint": [p.fingerprint for p in tables.past],
            "same": [",".join(p.same) for p in tables.past],
            "data": [p.data for p in tables.past],
        }
        yield "past", _table(columns)
    problem = tables.problem
    columns = {"load": problem.load, "households": problem.households, "fence": problem.fence}
    for i, rule in enumerate(problem.rules):
        columns[f"amount_{i}"] = rule.amount
        if rule.per is not None:
            columns[f"per_{i}"] = rule.per
        if rule.own is not None:
            columns |= {f"own_{side}_{i}": rule.own[k] for k, side in enumerate(_SIDES)}
    yield "problem_units", _table(columns)
    yield "problem_centres", _table({"home": problem.home})
    pairs = {name: getattr(problem, name) for name in ("walk_m", "penalty_m", "change_m")}
    yield "pairs", _table({"unit": problem.pair_unit, "centre": problem.pair_centre, **pairs})
    edges = problem.adjacency
    yield "adjacency", _table({"unit": edges[:, 0], "neighbour": edges[:, 1]})
    if problem.ties is not None:
        # By unit only: what people are to each other is not kept.
        columns = dict(zip((*_TIES, "hard"), problem.ties.arrays, strict=False))
        signs = {name: columns[name].astype(int) for name in ("apart", "hard") if name in columns}
        yield "ties", _table({**columns, **signs})
    notes = _notes(tables) | ({"mixed": mixed} if mixed else {})
    values = [json.dumps(v, ensure_ascii=False) for v in notes.values()]
    yield "plan", _table({"name": list(notes), "value": values})


def _notes(tables: PlanTables) -> dict[str, Any]:
    """Give all that is no table, as plain values."""
    problem = tables.problem
    return {
        "format": FORMAT_VERSION,
        "fingerprint": problem.fingerprint(),
        "unserved_m": problem.unserved_m,
        "zone_rules": [
            {name: getattr(r, name) for name in _RULE}
            | {"has_per": r.per is not None}
            # most plans have one book, and say nothing of fences
            | ({} if r.fences is None else {"fences": r.fences})
            | ({} if r.own is None else {"has_own": True})
            for r in problem.rules
        ],
        "rules": tables.rules.to_mapping(),
        # a plan without ties says nothing of them
        "certificate": {k: v for k, v in _plain(tables.certificate).items() if v is not None},
        "parts": _plain(tables.parts),
        "findings": _plain(tables.findings),
        "provenance": _plain(tables.provenance),
    }


def _plain(value: Any) -> Any:
    """Turn dataclasses, NumPy numbers, tuples and mappings into what JSON holds."""
    bare = dict(value) if isinstance(value, Mapping) else value
    return msgspec.to_builtins(bare, str_keys=True, enc_hook=_bare)


def _bare(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value.item()


def _table(columns: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(dict(columns))


# --- what comes out -----------------------------------------------------------------------------


@contextmanager
def _refusing(file: Path) -> Iterator[None]:
    """Say of any damage that it is damage, not how it made the reader stumble."""
    try:
        yield
    except InputError:
        raise
    except (*_STUMBLES, RecursionError, OSError, sqlite3.Error, msgspec.ValidationError) as e:
        raise _damaged(file, str(e).splitlines()[0] if str(e) else type(e).__name__) from e
    except Exception as error:
        if not type(error).__module__.startswith(("shapely", "pandas", "geopandas")):
            raise
        raise _damaged(file, str(error)) from error


def _damaged(file: Path, why: str) -> InputError:
    return InputError.of("plan-unreadable", file=file, why=why)


def _checked_manifest(db: sqlite3.Connection, file: Path) -> dict[str, dict[str, str]]:
    """Compare each table with the manifest and give its columns."""
    names = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if _MANIFEST not in names:
        raise InputError.of("not-plan", file=file, manifest=_MANIFEST)
    found: dict[str, dict[str, str]] = {}
    for name, rows, columns in db.execute(
        f"SELECT table_name, rows, columns FROM {_MANIFEST} ORDER BY fid"  # noqa: S608
    ):
        if name not in names:
            raise _damaged(file, f"the table {name} is missing")
        count = db.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone()[0]  # noqa: S608
        if count != rows:
            raise _damaged(file, f"the table {name} has {count} rows instead of {rows}")
        found[name] = _present(db, name, json.loads(columns), file)
    version = db.execute("SELECT value FROM plan WHERE name = 'format'").fetchone()
    told = None if version is None else json.loads(version[0])
    if not isinstance(told, int) or not 1 <= told <= FORMAT_VERSION:
        # whatever stands there comes from a file of somebody's
        number = told if isinstance(told, int) else "?"
        raise InputError.of("plan-other-version", file=file, found=number, known=FORMAT_VERSION)
    return found


def _present(
    db: sqlite3.Connection, name: str, columns: dict[str, str], file: Path
) -> dict[str, str]:
    """Refuse columns that are missing: SQLite would take a quoted name that it does not know for a text."""
    there = {row[1] for row in db.execute(f"PRAGMA table_info({quoted(name)})")}
    for column, kind in columns.items():
        if ("geom" if kind == "geometry" else column) not in there:
            raise _damaged(file, f"the table {name} has no column {column}")
    return columns


def _past_in(frame: Any) -> tuple[Past, ...]:
    if frame is None:
        return ()
    columns = (frame[name] for name in ("fingerprint", "same", "data"))
    rows = [
        (str(f), tuple(filter(None, s.split(","))), d) for f, s, d in zip(*columns, strict=True)
    ]
    if not all(isinstance(data, bytes) for _, _, data in rows):
        raise ValueError("a plan of the past is no file")
    return tuple(Past(*row) for row in rows)


def _ties(frame: Any) -> Ties:
    must = {} if "hard" not in frame else {"hard": frame["hard"].to_numpy()}
    return Ties(*(frame[name].to_numpy() for name in _TIES), **must)


def _problem_from(frames: Mapping[str, Any], notes: Mapping[str, Any]) -> Problem:
    units, pairs, edges = frames["problem_units"], frames["pairs"], frames["adjacency"]
    ties = frames.get("ties")
    counts = np.bincount(pairs["unit"].to_numpy(int), minlength=len(units))
    rules = tuple(
        ZoneRule(
            amount=units[f"amount_{i}"].to_numpy(),
            per=units[f"per_{i}"].to_numpy() if rule["has_per"] else None,
            **{name: rule[name] for name in _RULE},
            fences=None if rule.get("fences") is None else tuple(map(int, rule["fences"])),
            own=np.stack([units[f"own_{side}_{i}"].to_numpy(float) for side in _SIDES])
            if rule.get("has_own")
            else None,
        )
        for i, rule in enumerate(notes["zone_rules"])
    )
    return Problem(
        load=units["load"].to_numpy(),
        households=units["households"].to_numpy(),
        home=frames["problem_centres"]["home"].to_numpy(),
        pair_start=np.concatenate([[0], np.cumsum(counts)]),
        pair_centre=pairs["centre"].to_numpy(),
        walk_m=pairs["walk_m"].to_numpy(),
        adjacency=edges[["unit", "neighbour"]].to_numpy(),
        rules=rules,
        penalty_m=pairs["penalty_m"].to_numpy(),
        change_m=pairs["change_m"].to_numpy(),
        fence=units["fence"].to_numpy(),
        unserved_m=notes["unserved_m"],
        ties=None if ties is None else _ties(ties),
    )

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
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.errors import InputError, PlannerError
from planner.findings import Finding, Severity
from planner.model import Certificate, Part, Problem, RuleOutcome, Violation, ZoneRule
from planner.rules import RuleBook
from planner.tables import BASE_LAYERS, PlanTables

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["FORMAT_VERSION", "read_plan", "store_plan"]

FORMAT_VERSION = 1
_APPLICATION_ID = 0x47504B47
_USER_VERSION = 10300
_FEATURES = ("units", "households", "centres", "zones", "gaps")
_WGS84_WKT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]'
)
_SCHEMA = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL,
  description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,
  identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
"""
_MANIFEST = "planner_manifest"


def store_plan(tables: PlanTables, path: str | Path) -> None:
    """Write a plan to a new GeoPackage at `path`.

    It writes in place: hand it to `planner.render.outputs.atomic_write`, which gives it a temporary
    path and renames the whole file.

    Parameters
    ----------
    tables : PlanTables
        The plan.
    path : str or Path
        A file that does not exist yet.

    Raises
    ------
    OSError, sqlite3.Error
        The file cannot be written.
    """
    stamp = _timestamp(tables.provenance.get("created"))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        # the file is temporary until it is renamed: a journal would only cost time
        db.executescript(
            f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=4096;"
            f"PRAGMA application_id={_APPLICATION_ID}; PRAGMA user_version={_USER_VERSION};"
        )
        db.execute("BEGIN")
        for statement in _SCHEMA.split(";\n"):
            if statement.strip():
                db.execute(statement)
        db.executemany(
            "INSERT INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)",
            [
                ("WGS 84", 4326, "EPSG", 4326, _WGS84_WKT, "longitude, latitude"),
                ("Undefined cartesian SRS", -1, "NONE", -1, "undefined", None),
                ("Undefined geographic SRS", 0, "NONE", 0, "undefined", None),
            ],
        )
        manifest = [_write_frame(db, name, frame, stamp) for name, frame in _frames(tables)]
        _write_frame(db, _MANIFEST, _table(dict(zip(_MANIFEST_COLUMNS, zip(*manifest, strict=True), strict=True))), stamp)
        db.execute("COMMIT")


_MANIFEST_COLUMNS = ("table_name", "rows", "columns")


def read_plan(path: str | Path) -> PlanTables:
    """Read a plan file back, equal to what was stored.

    Parameters
    ----------
    path : str or Path
        A file written by `store_plan`.  It is opened read-only.

    Returns
    -------
    PlanTables
        The plan.

    Raises
    ------
    InputError
        The file is missing, damaged, cut short, of another version, or not a plan.
    """
    file = Path(path)
    if not file.is_file():
        raise InputError(
            f"there is no plan file {file}", remedy="give the plan.gpkg of an earlier run"
        )
    with _refusing(file), closing(_open(file)) as db:
        manifest = _checked_manifest(db, file)
        frames = {name: _read_frame(db, name, columns) for name, columns in manifest.items()}
        notes = {k: json.loads(v) for k, v in frames["plan"].itertuples(index=False)}
        problem = _problem_from(frames, notes)
        if problem.fingerprint() != notes["fingerprint"]:
            raise _damaged(file, "its numbers do not match their own digest")
        return PlanTables(
            **{name: frames[name] for name in (*_FEATURES, "members")},  # type: ignore[arg-type]
            base={name: frames[name] for name in BASE_LAYERS},  # type: ignore[misc]
            problem=problem,
            certificate=_certificate_from(notes["certificate"]),
            parts=tuple(Part(**p) for p in notes["parts"]),
            rules=RuleBook.from_mapping(notes["rules"], where=str(file)),
            findings=tuple(
                Finding(**{**f, "severity": Severity(f["severity"])}) for f in notes["findings"]
            ),
            provenance=notes["provenance"],
        )


# --- what goes in -------------------------------------------------------------------------------


def _frames(tables: PlanTables) -> Iterator[tuple[str, pd.DataFrame]]:
    for name in _FEATURES:
        yield name, getattr(tables, name)
    yield "members", tables.members
    for name in BASE_LAYERS:
        yield name, tables.base[name]
    problem = tables.problem
    columns = {"load": problem.load, "households": problem.households, "fence": problem.fence}
    for i, rule in enumerate(problem.rules):
        columns[f"amount_{i}"] = rule.amount
        if rule.per is not None:
            columns[f"per_{i}"] = rule.per
    yield "problem_units", _table(columns)
    yield "problem_centres", _table({"home": problem.home})
    pairs = {
        "unit": problem.pair_unit,
        "centre": problem.pair_centre,
        "walk_m": problem.walk_m,
        "penalty_m": problem.penalty_m,
        "change_m": problem.change_m,
    }
    yield "pairs", _table(pairs)
    edges = problem.adjacency
    yield "adjacency", _table({"unit": edges[:, 0], "neighbour": edges[:, 1]})
    notes = _notes(tables)
    yield (
        "plan",
        _table(
            {
                "name": list(notes),
                "value": [
                    json.dumps(v, ensure_ascii=False, sort_keys=False) for v in notes.values()
                ],
            }
        ),
    )


def _notes(tables: PlanTables) -> dict[str, Any]:
    """Give all that is no table, as plain values."""
    problem = tables.problem
    return {
        "format": FORMAT_VERSION,
        "fingerprint": problem.fingerprint(),
        "unserved_m": problem.unserved_m,
        "zone_rules": [
            {
                "name": r.name,
                "low": r.low,
                "high": r.high,
                "hard": r.hard,
                "price_m": r.price_m,
                "has_per": r.per is not None,
            }
            for r in problem.rules
        ],
        "rules": tables.rules.to_mapping(),
        "certificate": _plain(asdict(tables.certificate)),
        "parts": [_plain(asdict(p)) for p in tables.parts],
        "findings": [_plain(asdict(f)) for f in tables.findings],
        "provenance": _plain(dict(tables.provenance)),
    }


def _plain(value: Any) -> Any:
    """Turn NumPy numbers, tuples and mappings into what JSON holds."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value.item() if isinstance(value, np.generic) else value


def _table(columns: Mapping[str, Any]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(dict(columns))


def _timestamp(created: object) -> str:
    day = str(created or "")[:10]
    return (day if len(day) == 10 and day[4] == "-" else "2000-01-01") + "T00:00:00.000Z"


def _write_frame(
    db: sqlite3.Connection, name: str, frame: pd.DataFrame, stamp: str
) -> tuple[str, int, str]:
    geometry = _geometry_name(frame)
    kinds = {c: _kind(frame[c]) for c in frame.columns if c != geometry}
    declared = ["fid INTEGER PRIMARY KEY NOT NULL"]
    if geometry:
        declared.append(f'"geom" {_geometry_type(frame)}')
    declared += [f"{_quoted(c)} {kind}" for c, kind in kinds.items()]
    db.execute(f"CREATE TABLE {_quoted(name)} ({', '.join(declared)})")
    _register(db, name, frame, stamp)
    columns: list[list[Any]] = [list(range(1, len(frame) + 1))]
    if geometry:
        columns.append(_blobs(frame))
    columns += [_values(frame[c], kind) for c, kind in kinds.items()]
    marks = ",".join("?" * len(columns))
    db.executemany(
        f"INSERT INTO {_quoted(name)} VALUES ({marks})",  # noqa: S608 - quoted, and only marks
        zip(*columns, strict=True),
    )
    written = {c: "geometry" if c == geometry else str(frame[c].dtype) for c in frame.columns}
    return name, len(frame), json.dumps(written, ensure_ascii=False)


def _register(db: sqlite3.Connection, name: str, frame: pd.DataFrame, stamp: str) -> None:
    if not _geometry_name(frame):
        row = (name, "attributes", name, stamp, None, None, None, None, None)
    else:
        bounds = [float(b) for b in getattr(frame, "total_bounds")]  # noqa: B009
        known = bounds if np.isfinite(bounds).all() else [None] * 4
        row = (name, "features", name, stamp, *known, 4326)
    db.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change, "
        "min_x, min_y, max_x, max_y, srs_id) VALUES (?,?,?,?,?,?,?,?,?)",
        row,
    )
    if _geometry_name(frame):
        db.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4326, 0, 0)",
            (name, _geometry_type(frame)),
        )


def _geometry_name(frame: pd.DataFrame) -> str:
    return str(getattr(frame, "_geometry_column_name", None) or "")


def _geometry_type(frame: Any) -> str:
    kinds = {str(k).upper() for k in frame.geometry.geom_type.dropna().unique()}
    return kinds.pop() if len(kinds) == 1 else "GEOMETRY"


def _quoted(name: object) -> str:
    return '"' + str(name).replace('"', '""') + '"'


def _kind(column: pd.Series[Any]) -> str:
    kind = getattr(column.dtype, "kind", "O")
    return {"i": "INTEGER", "u": "INTEGER", "b": "BOOLEAN", "f": "DOUBLE"}.get(kind, "TEXT")


def _values(column: pd.Series[Any], kind: str) -> list[Any]:
    if kind == "BOOLEAN":
        return column.astype(int).tolist()
    if kind != "TEXT":
        return column.tolist()
    return [_storable(v) for v in column.astype(object).tolist()]


def _storable(value: Any) -> str | None:
    if value is None or value != value:
        return None
    return str(value).encode("utf-8", "replace").decode("utf-8")


def _blobs(frame: Any) -> list[bytes | None]:
    """Give geometries as GeoPackage blobs: "GP", version 0, flags, SRS, then WKB."""
    import shapely

    shapes = frame.geometry.to_numpy()
    wkb = shapely.to_wkb(shapes, byte_order=1, output_dimension=2)
    empty = shapely.is_empty(shapes)
    srs = (4326).to_bytes(4, "little")
    heads = {False: b"GP\x00\x01" + srs, True: b"GP\x00\x11" + srs}
    return [None if w is None else heads[bool(e)] + w for w, e in zip(wkb, empty, strict=True)]


# --- what comes out -----------------------------------------------------------------------------


@contextmanager
def _refusing(file: Path) -> Iterator[None]:
    """Say of any damage that it is damage, not how it made the reader stumble."""
    try:
        yield
    except InputError:
        raise
    except (sqlite3.Error, PlannerError, ValueError, KeyError, TypeError, IndexError, OSError) as e:
        raise _damaged(file, str(e).splitlines()[0] if str(e) else type(e).__name__) from e
    except Exception as error:
        if not type(error).__module__.startswith(("shapely", "pandas", "geopandas")):
            raise
        raise _damaged(file, str(error)) from error


def _damaged(file: Path, why: str) -> InputError:
    return InputError(
        f"{file} cannot be read as a plan: {why}",
        remedy="take the file from a backup, or plan again and keep the new plan.gpkg",
    )


def _open(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
    try:
        db.execute("PRAGMA trusted_schema=OFF")
        if db.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
            raise InputError(
                f"{file} is no GeoPackage", remedy="give the plan.gpkg of an earlier run"
            )
        verdict = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise _damaged(file, "the database is damaged")
    except BaseException:
        db.close()
        raise
    return db


def _checked_manifest(db: sqlite3.Connection, file: Path) -> dict[str, dict[str, str]]:
    """Compare each table with the manifest and give its columns."""
    names = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if _MANIFEST not in names:
        raise InputError(
            f"{file} is a GeoPackage, but not a plan (it has no table {_MANIFEST})",
            remedy="give the plan.gpkg of an earlier run",
        )
    found: dict[str, dict[str, str]] = {}
    for name, rows, columns in db.execute(
        f"SELECT table_name, rows, columns FROM {_MANIFEST} ORDER BY fid"  # noqa: S608
    ):
        if name not in names:
            raise _damaged(file, f"the table {name} is missing")
        count = db.execute(f"SELECT count(*) FROM {_quoted(name)}").fetchone()[0]  # noqa: S608
        if count != rows:
            raise _damaged(file, f"the table {name} has {count} rows instead of {rows}")
        found[name] = json.loads(columns)
    version = db.execute("SELECT value FROM plan WHERE name = 'format'").fetchone()
    if version is None or json.loads(version[0]) != FORMAT_VERSION:
        raise InputError(
            f"{file} was written by another version of the planner",
            remedy="plan again with this version and keep the new plan.gpkg",
        )
    return found


def _read_frame(db: sqlite3.Connection, name: str, columns: Mapping[str, str]) -> Any:
    import pandas as pd

    wanted = ["geom" if kind == "geometry" else c for c, kind in columns.items()]
    listed = ", ".join(_quoted(c) for c in wanted)
    rows = db.execute(f"SELECT {listed} FROM {_quoted(name)} ORDER BY fid").fetchall()  # noqa: S608
    values = list(zip(*rows, strict=True)) if rows else [()] * len(wanted)
    made: dict[str, Any] = {}
    geometry = ""
    for (column, kind), column_values in zip(columns.items(), values, strict=True):
        if kind == "geometry":
            geometry, made[column] = column, _shapes(column_values)
        else:
            made[column] = pd.Series(list(column_values), dtype=object).astype(kind)  # type: ignore[call-overload]
    frame = pd.DataFrame(made, index=pd.RangeIndex(len(rows)))
    return _with_geometry(frame, geometry) if geometry else frame


def _with_geometry(frame: pd.DataFrame, column: str) -> gpd.GeoDataFrame:
    import geopandas as gpd

    return gpd.GeoDataFrame(frame, geometry=column, crs="EPSG:4326")


def _shapes(blobs: Any) -> Any:
    import shapely

    offsets = (8, 40, 56, 56, 72)  # after the header, by the kind of envelope
    wkb = [None if b is None else b[offsets[(b[3] >> 1) & 7] :] for b in blobs]
    return shapely.from_wkb(np.array(wkb, dtype=object))


def _problem_from(frames: Mapping[str, Any], notes: Mapping[str, Any]) -> Problem:
    units, pairs, edges = frames["problem_units"], frames["pairs"], frames["adjacency"]
    counts = np.bincount(pairs["unit"].to_numpy(int), minlength=len(units))
    rules = tuple(
        ZoneRule(
            rule["name"],
            units[f"amount_{i}"].to_numpy(),
            rule["low"],
            rule["high"],
            units[f"per_{i}"].to_numpy() if rule["has_per"] else None,
            rule["hard"],
            rule["price_m"],
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
    )


def _certificate_from(note: Mapping[str, Any]) -> Certificate:
    return Certificate(
        **{
            **note,
            "rules": tuple(RuleOutcome(**r) for r in note["rules"]),
            "violations": tuple(Violation(**v) for v in note["violations"]),
            "disconnected": tuple(note["disconnected"]),
        }
    )

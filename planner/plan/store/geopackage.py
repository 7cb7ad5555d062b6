"""A GeoPackage, written and read row by row through SQLite.

It follows OGC 12-128r18 (GeoPackage 1.3).  SQLite alone, without GDAL, so that one value gives one
sequence of bytes: no clock, no driver version, no order of threads.
"""

from __future__ import annotations

import gc
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.errors import InputError

__all__ = [
    "as_they_were",
    "at_once",
    "begin",
    "of_one_kind",
    "open_bytes",
    "open_package",
    "quoted",
    "read_frame",
    "stamp_package",
    "timestamp",
    "write_frame",
]

# "GPKG" in ASCII, and version 1.3.0: OGC 12-128r18, requirement 2
_APPLICATION_ID = 0x47504B47
_USER_VERSION = 10300
_WGS84_WKT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]'
)
# by the numbers that GEOS gives: point, line, polygon, and many of each
_MANY_OF = {0: 4, 1: 5, 3: 6}
_MAKE = {0: shapely.MultiPoint, 1: shapely.MultiLineString, 3: shapely.MultiPolygon}
_MAKE_ALL = {0: shapely.multipoints, 1: shapely.multilinestrings, 3: shapely.multipolygons}
_EMPTY_LAYERS = {
    **dict.fromkeys(("units", "households", "centres", "gaps"), "POINT"),
    **dict.fromkeys(("rails", "streets", "ways"), "LINESTRING"),
    **dict.fromkeys(("zones", "fences", "water", "green", "buildings"), "MULTIPOLYGON"),
}
_PLAIN = re.compile(r"u?int(8|16|32|64)|float(32|64)")
_EMPTY = {4: shapely.Point(), 5: shapely.LineString(), 6: shapely.Polygon()}
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


def begin(db: sqlite3.Connection) -> None:
    """Make an empty GeoPackage in a new database and open a transaction.

    `db`: opened with ``isolation_level=None``.
    """
    # the file is temporary until it is renamed: a journal would only cost time
    db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=4096;")
    stamp_package(db)
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


def stamp_package(db: sqlite3.Connection) -> None:
    """Mark a database as a GeoPackage."""
    db.executescript(
        f"PRAGMA application_id={_APPLICATION_ID}; PRAGMA user_version={_USER_VERSION};"
    )


def timestamp(created: object) -> str:
    """Give the time that a layer is stamped with: the day of the plan, never the clock."""
    day = str(created or "")[:10]
    return (day if len(day) == 10 and day[4] == "-" else "2000-01-01") + "T00:00:00.000Z"


def write_frame(
    db: sqlite3.Connection, name: str, frame: pd.DataFrame, stamp: str
) -> tuple[str, int, str]:
    """Write a frame as a layer, or as a plain table where it has no geometry.

    `frame`: geometry in EPSG:4326. The index is not kept.
    Gives: the name, the number of rows, and the columns with their dtypes as JSON: what `read_frame`
    needs to give the frame back equal.
    """
    geometry = _geometry_name(frame)
    kinds = {c: _kind(frame[c]) for c in frame.columns if c != geometry}
    declared = ["fid INTEGER PRIMARY KEY NOT NULL"]
    if geometry:
        declared.append(f'"geom" {_geometry_type(name, frame)}')
    declared += [f"{quoted(c)} {kind}" for c, kind in kinds.items()]
    db.execute(f"CREATE TABLE {quoted(name)} ({', '.join(declared)})")
    _register(db, name, frame, stamp)
    columns: list[list[Any]] = [list(range(1, len(frame) + 1))]
    if geometry:
        columns.append(_blobs(frame))
    columns += [_values(frame[c], kind) for c, kind in kinds.items()]
    marks = ",".join("?" * len(columns))
    db.executemany(
        f"INSERT INTO {quoted(name)} VALUES ({marks})",  # noqa: S608 - quoted, and only marks
        zip(*columns, strict=True),
    )
    written = {c: "geometry" if c == geometry else str(frame[c].dtype) for c in frame.columns}
    return name, len(frame), json.dumps(written, ensure_ascii=False)


def of_one_kind(frame: Any) -> tuple[Any, list[int]]:
    """Make single shapes parts of many where a layer has both, as a typed layer must.

    Gives besides the rows that had many; `as_they_were` needs them.
    """
    if not _geometry_name(frame):
        return frame, []
    shapes = frame.geometry.to_numpy()
    kinds = shapely.get_type_id(shapes)
    many = np.isin(kinds, list(_MANY_OF.values()))
    single = kinds[(kinds >= 0) & ~many]
    if not many.any() or not len(single):
        return frame, []
    if {_MANY_OF.get(int(k)) for k in set(single)} != set(kinds[many].tolist()):
        return frame, []  # lines among polygons: no one kind has both
    made = shapes.copy()
    for kind in np.unique(single).tolist():
        rows = np.flatnonzero(kinds == kind)
        bare = shapely.is_empty(shapes[rows])
        made[rows[bare]] = _MAKE[kind]([])
        # all at once: a town has tens of thousands of buildings
        full = rows[~bare]
        made[full] = _MAKE_ALL[kind](shapes[full], indices=np.arange(len(full)))
    return frame.set_geometry(type(frame.geometry)(made, index=frame.index, crs=frame.crs)), (
        np.flatnonzero(many).tolist()
    )


def as_they_were(frame: Any, many: Iterable[int]) -> Any:
    """Undo `of_one_kind`."""
    shapes = frame.geometry.to_numpy().copy()
    rest = np.setdiff1d(np.arange(len(shapes)), list(many))
    rest = rest[~shapely.is_missing(shapes[rest])]
    parts, of = shapely.get_parts(shapes[rest], return_index=True)
    own, first = np.unique(of, return_index=True)
    bare = np.setdiff1d(np.arange(len(rest)), own)
    for row in rest[bare].tolist():
        shapes[row] = _EMPTY[int(shapely.get_type_id(shapes[row]))]
    shapes[rest[own]] = parts[first]
    return frame.set_geometry(type(frame.geometry)(shapes, index=frame.index, crs=frame.crs))


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
            (name, _geometry_type(name, frame)),
        )


def _geometry_name(frame: pd.DataFrame) -> str:
    return str(getattr(frame, "_geometry_column_name", None) or "")


def _geometry_type(name: str, frame: Any) -> str:
    kinds = {str(k).upper() for k in frame.geometry.geom_type.dropna().unique()}
    if not kinds:
        return _EMPTY_LAYERS.get(name, "GEOMETRY")
    return kinds.pop() if len(kinds) == 1 else "GEOMETRY"


def quoted(name: object) -> str:
    """Quote a name for SQL, whatever it holds."""
    return '"' + str(name).replace('"', '""') + '"'


def _kind(column: pd.Series[Any]) -> str:
    kind = getattr(column.dtype, "kind", "O")
    if kind == "O" and len(column) and isinstance(column.iloc[0], bytes):
        return "BLOB"
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
    shapes = frame.geometry.to_numpy()
    wkb = shapely.to_wkb(shapes, byte_order=1, output_dimension=2)
    empty = shapely.is_empty(shapes)
    srs = (4326).to_bytes(4, "little")
    heads = {False: b"GP\x00\x01" + srs, True: b"GP\x00\x11" + srs}
    return [None if w is None else heads[bool(e)] + w for w, e in zip(wkb, empty, strict=True)]


def open_package(file: Path) -> sqlite3.Connection:
    """Open a GeoPackage read-only, check it, and trust nothing that it brings.

    Raises `InputError`: it is no GeoPackage.
    Raises `sqlite3.DatabaseError`: it is damaged.
    """
    return _trusted(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True), file)


def open_bytes(data: bytes, file: Path) -> sqlite3.Connection:
    """Open a GeoPackage that lies in another file, with the same care; `file`: for messages."""
    db = sqlite3.connect(":memory:")
    db.deserialize(data)
    return _trusted(db, file)


def _trusted(db: sqlite3.Connection, file: Path) -> sqlite3.Connection:
    try:
        # a file from elsewhere may bring views and triggers that call functions
        db.execute("PRAGMA trusted_schema=OFF")
        if db.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
            raise InputError.of("not-geopackage", file=file)
        verdict = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise sqlite3.DatabaseError("the database is damaged")
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def at_once() -> Iterator[None]:
    """Read millions of cells without Python looking through all of them again and again for what is waste."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def read_frame(db: sqlite3.Connection, name: str, columns: Mapping[str, str]) -> Any:
    """Read a table as the frame that `write_frame` was given.

    `columns`: each column and its dtype; ``geometry`` for shapes.
    Gives: rows in their stored order.
    """
    wanted = ["geom" if kind == "geometry" else c for c, kind in columns.items()]
    listed = ", ".join(quoted(c) for c in wanted)
    rows = db.execute(f"SELECT {listed} FROM {quoted(name)} ORDER BY fid").fetchall()  # noqa: S608
    values = list(zip(*rows, strict=True)) if rows else [()] * len(wanted)
    made: dict[str, Any] = {}
    geometry = ""
    for (column, kind), column_values in zip(columns.items(), values, strict=True):
        if kind == "geometry":
            geometry, made[column] = column, _shapes(column_values)
        else:
            made[column] = _column(column_values, kind)
    frame = pd.DataFrame(made, index=pd.RangeIndex(len(rows)))
    return gpd.GeoDataFrame(frame, geometry=geometry, crs="EPSG:4326") if geometry else frame


def _column(values: Any, kind: str) -> Any:
    """Give a column its kind: numbers straight from what SQLite gives, all else by way of objects."""
    if _PLAIN.fullmatch(kind):
        return np.array(values, dtype=kind)
    return pd.Series(list(values), dtype=object).astype(kind)  # type: ignore[call-overload]


def _shapes(blobs: Any) -> Any:
    offsets = (8, 40, 56, 56, 72)  # after the header, by the kind of envelope
    wkb = [None if b is None else b[offsets[(b[3] >> 1) & 7] :] for b in blobs]
    return shapely.from_wkb(np.array(wkb, dtype=object))

"""The one door to map layers: what a file holds is looked at before GDAL is, and nothing is fetched.

GDAL guesses among sixty drivers by what a file says of itself; several of them ask servers, follow
pointers to other files or run what they find there, and a coordinate system may be the address of one.
Here the content decides: a few formats are known by their first bytes, everything that could point
elsewhere is refused or dropped, and only the drivers of those formats are there while a file is open.
"""

from __future__ import annotations

import io
import json
import re
import sqlite3
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from planner.errors import InputError, MissingExtraError
from planner.files.untouched import mark_as_read

__all__ = ["guarded", "layer_names", "open_layer", "parquet_bytes"]

_SURVEYED: Final = ("ESRI Shapefile", "FlatGeobuf", "GPX", "MapInfo File")
_DRIVERS: Final = ("GPKG", "GeoJSON", "KML", "LIBKML", *_SURVEYED)
_OFF: Final = {
    # nothing listens there: whatever tried to fetch fails at once
    "GDAL_HTTP_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".nothing",
    "OGR_SQLITE_LOAD_EXTENSIONS": None,
    "LIBKML_RESOLVE_STYLE": "NO",
}
_CRS: Final = re.compile(
    r"(?:urn:(?:x-)?ogc:def:crs:(?:EPSG|OGC|ESRI):[\w.]*:\w+|(?:EPSG|OGC|ESRI):\w+"
    r"|https?://www\.opengis\.net/def/crs/(?:EPSG|OGC)/[\w.]+/\w+)",
    re.IGNORECASE,
)
_PLAIN: Final = ("Point", "LineString", "Polygon")
_JOINED: Final = ("FeatureCollection", "Feature", "GeometryCollection")
_SHAPES: Final = {*_JOINED, *_PLAIN, *(f"Multi{shape}" for shape in _PLAIN)}
_IN_ZIP: Final = (".shp", ".dbf", ".shx", ".prj", ".cpg", ".qpj", ".qmd", ".qix", ".sbn", ".sbx")
_BESIDE: Final = (*_IN_ZIP, ".shp.xml", ".txt", ".md")
_TABLES: Final = re.compile(r"using\s+[\"'`\[]?(?:rtree|fts[345])\b", re.IGNORECASE)
_ROOT: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:\w+:)?(kml|gpx)\b", re.DOTALL
)
_ONE: Final = threading.Lock()


def layer_names(path: str | Path) -> list[tuple[str, str | None]]:
    """Name the layers of a local file, and what shapes each holds; None for a plain table.

    Raises
    ------
    InputError
        The content is not of a known format, or would reach beyond the file.
    """
    import pyogrio

    with guarded(Path(path)) as source:
        return [(str(name), kind) for name, kind in pyogrio.list_layers(source)]


def open_layer(path: str | Path, layer: str | None = None, **how: Any) -> Any:
    """Read a layer of a local file.

    Parameters
    ----------
    path : str or Path
    layer : str, optional
        The first if None.
    **how
        Further arguments of `pyogrio.read_dataframe`.

    Returns
    -------
    GeoDataFrame or DataFrame

    Raises
    ------
    InputError
        As for `layer_names`.
    """
    if _is_parquet(Path(path)):
        return _parquet(Path(path))
    import pyogrio

    with guarded(Path(path)) as source:
        return pyogrio.read_dataframe(source, layer=layer, **how)


def parquet_bytes(frame: Any) -> bytes:
    """Pack a GeoDataFrame as GeoParquet.

    Raises
    ------
    MissingExtraError
        Parquet is written by an optional package.
    """
    plain, marked = io.BytesIO(), io.BytesIO()
    try:
        from pyarrow import parquet  # pyright: ignore[reportMissingImports]

        frame.to_parquet(plain)
    except ImportError:
        raise MissingExtraError("pyarrow", "parquet") from None
    table = parquet.read_table(plain)
    # by which the writer knows a file of its own again
    told = {**(table.schema.metadata or {}), b"made_by": b"zone-planner"}
    parquet.write_table(table.replace_schema_metadata(told), marked)
    return marked.getvalue()


def _is_parquet(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _parquet(path: Path) -> Any:
    """Read GeoParquet; it points nowhere, so there is nothing to guard."""
    import geopandas as gpd

    mark_as_read(path)
    try:
        return gpd.read_parquet(path)
    except ImportError:
        raise MissingExtraError("pyarrow", "parquet") from None
    except Exception:  # noqa: BLE001 - pyarrow has many kinds; the reader needs one
        raise _refused(path, "it is no GeoParquet", "不是 GeoParquet 图层") from None


@contextmanager
def guarded(path: Path, content: bytes | None = None) -> Iterator[Path | bytes]:
    """Give what GDAL may open, while only the drivers of known formats are there and nothing is fetched.

    Parameters
    ----------
    path : Path
    content : bytes, optional
        GeoJSON of that file, where its text had to be put right first.

    Raises
    ------
    InputError
        As for `layer_names`.
    """
    mark_as_read(path)
    source = _checked(path) if content is None else _checked_json(path, content)
    import pyogrio

    register: Any = getattr(import_module("pyogrio._ogr"), "_register_drivers", None)
    # GDAL keeps its drivers and options for the whole process.
    with _ONE:
        others = sorted(set(pyogrio.list_drivers()) - set(_DRIVERS))
        before = {name: pyogrio.get_gdal_config_option(name) for name in ("GDAL_SKIP", *_OFF)}
        pyogrio.set_gdal_config_options({"GDAL_SKIP": ",".join(others), **_OFF})
        try:
            if register is not None:
                register()
            yield source
        finally:
            pyogrio.set_gdal_config_options(before)
            if register is not None:
                register()


def _checked(path: Path) -> Path | bytes:
    """Look at what a file holds; give it, or its cleaned content."""
    if not path.is_file():
        raise _refused(path, "there is no such file", "没有该文件")
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"SQLite format 3\x00"):
        return _checked_database(path)
    if head.startswith((b"\x00\x00\x27\x0a", b"fgb\x03")):
        return path
    if head.startswith(b"PK\x03\x04"):
        return _checked_archive(path)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return _checked_json(path, None)
    if text.startswith(b"<"):
        return _checked_markup(path)
    if re.match(rb"!table\b", text, re.IGNORECASE) and re.search(
        rb"type\s+(?:native|dbf)\b", text, re.IGNORECASE
    ):
        return path
    if re.match(rb"version\s+\d+", text, re.IGNORECASE) and path.suffix.lower() == ".mif":
        return path
    raise _refused(path, "its content is of no format that is read", "内容不是可读取的图层格式")


def _checked_database(path: Path) -> Path:
    """Refuse a database whose tables are made by a module: some of them open other files and servers."""
    try:
        # Immutable: nothing is locked, and no journal that lies beside it is played back.
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as db:
            db.execute("PRAGMA trusted_schema=OFF")
            rows = db.execute("SELECT sql FROM sqlite_master WHERE sql LIKE 'create virtual%'")
            made = [str(sql) for (sql,) in rows]
            known = db.execute(
                "SELECT 1 FROM sqlite_master WHERE name = 'gpkg_contents'"
            ).fetchone()
    except sqlite3.Error:
        raise _refused(path, "the database is damaged", "数据库已损坏") from None
    if known is None or not all(_TABLES.search(sql) for sql in made):
        raise _refused(path, "it is no plain GeoPackage", "不是普通的 GeoPackage")
    return path


def _checked_archive(path: Path) -> Path:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.lower() for name in archive.namelist()]
            names = [n for n in names if not n.startswith("__macosx/") and "/._" not in f"/{n}"]
    except (zipfile.BadZipFile, OSError):
        raise _refused(path, "the archive is damaged", "压缩包已损坏") from None
    if any(n.endswith(".shp") for n in names) and all(n.endswith((*_BESIDE, "/")) for n in names):
        return path
    raise _refused(
        path, "the archive holds other things than a Shapefile", "压缩包中不只是 Shapefile"
    )


def _checked_markup(path: Path) -> Path:
    data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    # Entities may grow without end, or name other files.
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise _refused(path, "it declares entities of its own", "文件含有实体声明")
    if not _ROOT.match(data):
        raise _refused(path, "its content is neither KML nor GPX", "内容不是 KML 或 GPX")
    return path


def _checked_json(path: Path, content: bytes | None) -> Path | bytes:
    """Drop coordinate systems that are an address, or no plain name; without one it is WGS-84."""
    try:
        data = path.read_bytes() if content is None else content
        value = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _refused(path, "it is no JSON", "不是有效的 JSON") from None
    if not isinstance(value, dict) or value.get("type") not in _SHAPES:
        raise _refused(path, "its content is no GeoJSON", "内容不是 GeoJSON")
    if not _has_crs(value):
        return path if content is None else content
    value.setdefault("name", path.stem)  # the layer would be called after a file in memory
    return json.dumps(value, ensure_ascii=False).encode()


def _has_crs(value: dict[str, Any]) -> bool:
    """Tell whether it states a coordinate system anywhere; take foreign ones out, in place."""
    features = value.get("features")
    parts: list[Any] = [value, value.get("geometry")]
    for feature in features if isinstance(features, list) else []:
        if isinstance(feature, dict):
            parts += [feature, feature.get("geometry")]
    stated = False
    for part in parts:
        if isinstance(part, dict) and "crs" in part:
            stated = True
            if not _plain_crs(part["crs"]):
                del part["crs"]
    return stated


def _plain_crs(crs: Any) -> bool:
    if not isinstance(crs, dict) or crs.get("type") != "name":
        return False
    inner = crs.get("properties")
    if not isinstance(inner, dict) or set(inner) != {"name"} or set(crs) != {"type", "properties"}:
        return False
    return isinstance(inner["name"], str) and _CRS.fullmatch(inner["name"]) is not None


def _refused(path: Path, why: str, zh: str) -> InputError:
    return InputError.of("layer-refused", name=path.name, why=why, zh=zh)

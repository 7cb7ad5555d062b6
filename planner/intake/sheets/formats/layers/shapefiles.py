"""Shapefiles, by themselves or packed in an archive, and dBASE tables without shapes."""

from __future__ import annotations

import codecs
import glob
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from planner.errors import Finding, SheetError
from planner.files import guarded
from planner.intake.sheets.formats.charset import CHINESE, WESTERN, likely_encoding
from planner.intake.sheets.formats.guard import damaged
from planner.intake.sheets.formats.layers.dbf import LONGEST_NAME, Dbase, read_dbf
from planner.intake.sheets.formats.layers.vector import (
    VectorLayer,
    read_as,
    shapes_of,
    unscrambled,
)
from planner.model.layers import whole_heading

__all__ = ["shapefile_of", "shapefiles_in_zip", "table_of"]

_PAGES: Final = {"936": "gb18030", "950": "big5hkscs", "65001": "utf-8", "1252": "cp1252"}
# The later standards read all that the earlier ones wrote, and rare characters besides.
_WIDER: Final = {"gbk": "gb18030", "gb2312": "gb18030", "big5": "big5hkscs", "cp950": "big5hkscs"}
Parts = Mapping[str, Callable[[], bytes]]


def shapefile_of(path: Path, encoding: str | None) -> VectorLayer:
    """Read a shapefile; the file that was named may be any of its parts.

    Parameters
    ----------
    path : Path
    encoding : str or None
        Of its text; found by itself if None.

    Raises
    ------
    SheetError
        A part is missing or damaged, or it is not sure in which encoding its text is written.
    """
    beside = {p.suffix.lower(): p for p in path.parent.glob(f"{glob.escape(path.stem)}.*")}
    parts = {ending: own.read_bytes for ending, own in beside.items()}
    return _shapefile(str(beside.get(".shp", path)), path, parts, encoding)


def shapefiles_in_zip(path: Path, data: bytes, encoding: str | None) -> list[VectorLayer]:
    """Read the shapefiles in an archive; see `shapefile_of`."""
    layers: list[VectorLayer] = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [n for n in archive.namelist() if "/._" not in f"/{n}" and "__MACOSX" not in n]
        for name in (n for n in names if n.lower().endswith(".shp")):
            stem = name[:-4]
            parts = {
                n[len(stem) :].lower(): _reading(archive, n)
                for n in names
                if n.startswith(f"{stem}.")
            }
            source = f"/vsizip/{{{path.resolve()}}}/{name}"
            own = _shapefile(source, path, parts, encoding)
            layers.append(replace(own, name=stem.replace("\\", "/").rsplit("/", 1)[-1]))
    return layers


def _reading(archive: zipfile.ZipFile, name: str) -> Callable[[], bytes]:
    return lambda: archive.read(name)


def _shapefile(source: str, path: Path, parts: Parts, encoding: str | None) -> VectorLayer:
    """Take shapes from one part of a shapefile and the table from another."""
    import pyogrio.raw
    import pyproj

    if ".shx" not in parts:
        raise SheetError.of("shx-missing", name=path.name)
    # The table is read apart, byte for byte; the Western page keeps GDAL from refusing its headings.
    with guarded(path):
        meta, _, wkb, _ = pyogrio.raw.read(source, columns=[], encoding="ISO-8859-1")
    shapes, closed = shapes_of(wkb)
    made = VectorLayer(path.stem, (), [[] for _ in shapes])
    if ".dbf" in parts:
        stated = parts[".cpg"]().decode("ascii", "replace").strip() if ".cpg" in parts else ""
        table = parts[".dbf"]()
        made = table_of(table, path, encoding, stated)
        # GDAL reads as many as the shorter of the two has
        if len(made.rows) != len(shapes) or read_dbf(table).count != _indexed(parts[".shx"]()):
            raise damaged(table, path.name)
    crs = pyproj.CRS(meta["crs"]) if meta["crs"] else None
    return replace(made, shapes=shapes, crs=crs, closed=closed)


def _indexed(index: bytes) -> int:
    """Count the shapes that an index lists."""
    return max(0, len(index) - 100) // 8


def table_of(data: bytes, path: Path, encoding: str | None, stated: str = "") -> VectorLayer:
    """Read a dBASE table.

    Parameters
    ----------
    data : bytes
    path : Path
        For messages.
    encoding : str or None
        Of its text; found by itself if None.
    stated : str
        What a ``.cpg`` file beside it says.

    Raises
    ------
    SheetError
        It is damaged, or it is not sure in which encoding its text is written.
    """
    try:
        table = read_dbf(data)
    except ValueError:
        raise damaged(data, path.name) from None
    found, told = _encoding_of(table, path.name, encoding, _named(stated) or table.code_page)
    headers: list[str] = []
    for raw in table.names:
        text = _decoded(raw, found)
        whole = whole_heading(text) if len(raw) >= LONGEST_NAME - 1 else text
        if whole != text:
            place = {"file": path.name, "column": text}
            told.append(Finding.of("heading-cut", place, text=text, most=LONGEST_NAME, whole=whole))
        headers.append(whole)
    rows = [[_decoded(v, found) if isinstance(v, bytes) else v for v in row] for row in table.rows]
    layer = VectorLayer(path.stem, tuple(headers), rows, findings=tuple(told), encoding=found)
    return unscrambled(layer, path.name)


def _named(stated: str) -> str:
    """Give the encoding that a .cpg file means, "" for none that is known."""
    page = stated.upper().replace("ANSI", "").replace("OEM", "").replace("CP", "").strip()
    try:
        known = codecs.lookup(_PAGES.get(page, stated)).name
    except LookupError:
        return ""
    return _WIDER.get(known, known)


def _encoding_of(
    table: Dbase, name: str, asked: str | None, stated: str
) -> tuple[str, list[Finding]]:
    """Find the encoding of a table; what the file states of itself only decides between likely ones."""
    pieces = [(raw, len(raw) >= LONGEST_NAME - 1) for raw in table.names]
    pieces += [
        (value, len(value) >= width - 3)
        for row in table.rows
        for value, width in zip(row, table.widths, strict=True)
        if isinstance(value, bytes)
    ]
    foreign = [(raw, cut) for raw, cut in pieces if not raw.isascii()]
    if not foreign or asked is not None:
        return asked or "utf-8", []
    fitting = [e for e in ("utf-8", *CHINESE, WESTERN) if all(_fits(r, c, e) for r, c in foreign)]
    found = "utf-8" if "utf-8" in fitting else None
    if found is None and fitting:
        whole = [r for r, _ in foreign if all(_fits(r, False, e) for e in fitting)]
        likely = likely_encoding(
            whole or [_decoded(r, fitting[0]).encode(fitting[0]) for r, _ in foreign]
        )
        found = likely if likely in fitting else stated if stated in fitting else None
    if found is None:
        raise SheetError.of("table-encoding-unclear", name=name)
    said = [] if found == "utf-8" else [read_as(found, name, "")]
    if n := sum(not _fits(r, False, found) for r, _ in foreign[len(table.names) :]):
        said.append(Finding.of("text-cut", {"file": name}, n=n))
    return found, said


def _fits(raw: bytes, may_be_cut: bool, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError as error:
        return may_be_cut and len(raw) - error.start < 4 and error.start > 0
    return True


def _decoded(raw: bytes, encoding: str) -> str:
    """Decode, without the piece of a character that the width of the column left over."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        return raw[: error.start].decode(encoding, "replace")

"""What GDAL opens, read so that neither a byte of text nor a digit is lost on the way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.errors import Finding, SheetError
from planner.files import guarded
from planner.intake.sheets.formats.charset import likely_encoding
from planner.intake.sheets.formats.layers.vector import (
    VectorLayer,
    plain_value,
    read_as,
    shapes_of,
    unscrambled,
)

__all__ = ["layers_by_gdal"]

EXACT: Final = 2**53  # past this a float leaves whole numbers out


def layers_by_gdal(
    path: Path, content: bytes | None, wanted: str | None, encoding: str | None
) -> list[VectorLayer]:
    """Read the layers of a file; those that were not asked for are empty.

    Parameters
    ----------
    path : Path
    content : bytes or None
        GeoJSON of that file, where its text had to be put right first.
    wanted, encoding
        See `planner.intake.sheets.formats.vectors.read_vectors`.
    """
    import pyogrio

    with guarded(path, content) as opened:
        source = opened if isinstance(opened, bytes) else str(opened)
        names = [str(n) for n, _ in pyogrio.list_layers(source)]
        return [
            _layer(source, path.name, (k, n), encoding)
            if wanted in (None, n)
            else VectorLayer(n, (), [])
            for k, n in enumerate(names)
        ]


def _layer(
    source: str | bytes, file: str, layer: tuple[int, str], encoding: str | None
) -> VectorLayer:
    """Read a layer; its text comes as bytes, one character each, and is decoded here."""
    import pyogrio.raw
    import pyproj

    place, name = layer  # content without a path has another name each time it is opened
    meta, _, wkb, columns = pyogrio.raw.read(source, layer=place, encoding="latin-1")
    raw = [str(h).encode("latin-1") for h in meta["fields"]]
    values = [
        _values(column, str(kind), source, name, header)
        for column, kind, header in zip(columns, meta["dtypes"], raw, strict=True)
    ]
    texts = [v.encode("latin-1") for column in values for v in column if isinstance(v, str)]
    found, told = _encoding_of([*raw, *texts], file, name, encoding)
    headers = [h.decode(found) for h in raw]
    rows = [
        [v.encode("latin-1").decode(found) if isinstance(v, str) else v for v in row]
        for row in zip(*values, strict=True)
    ]
    shapes, closed = (None, ()) if wkb is None else shapes_of(wkb)
    if not columns:
        rows = [[] for _ in range(0 if wkb is None else len(wkb))]
    crs = pyproj.CRS(meta["crs"]) if meta["crs"] else None
    made = VectorLayer(name, tuple(headers), rows, shapes, crs, closed, tuple(told), encoding=found)
    return unscrambled(made, file)


def _encoding_of(
    texts: Sequence[bytes], file: str, layer: str, asked: str | None
) -> tuple[str, list[Finding]]:
    if asked is not None:
        return asked, []
    foreign = [t for t in texts if not t.isascii()]
    try:
        for text in foreign:
            text.decode("utf-8")
    except UnicodeDecodeError:
        found = likely_encoding(foreign)
        if found is None:
            raise SheetError.of("layer-encoding-unclear", file=file, layer=layer) from None
        return found, [read_as(found, file, layer)]
    return "utf-8", []


def _values(
    column: NDArray[Any], kind: str, source: str | bytes, layer: str, header: bytes
) -> list[Any]:
    """Give the values of a column as plain ones: nothing is None, whole numbers keep every digit."""
    if column.dtype.kind == "M":
        day = kind.startswith("datetime64[D")
        return [None if np.isnat(v) else _moment(v, day) for v in column]
    if column.dtype.kind == "f":
        far = "int" in kind and (np.abs(column[np.isfinite(column)]) >= EXACT).any()
        if far and isinstance(source, str):
            return _exact(source, layer, header)
        whole = "int" in kind
        return [None if v != v else int(v) if whole else float(v) for v in column]
    return [v.item() if isinstance(v, np.generic) else plain_value(v) for v in column]


def _moment(value: Any, day: bool) -> Any:
    made = value.astype("datetime64[us]").item()
    return made.date() if day or made.time() == made.min.time() else made


def _exact(source: str, layer: str, header: bytes) -> list[Any]:
    """Read whole numbers as text: beside empty cells they would be rounded to fifteen digits."""
    import pyogrio.raw

    name = header.decode("utf-8").replace('"', '\\"')
    sql = f'SELECT CAST("{name}" AS character(40)) AS v FROM "{layer}"'  # noqa: S608 - names of this file, quoted
    _, _, _, (texts,) = pyogrio.raw.read(source, sql=sql, read_geometry=False)
    return [int(t) if t is not None else None for t in texts]

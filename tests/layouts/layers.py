"""Map layers and dBASE tables written by hand, in encodings that their writers do not state."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely import Point

__all__ = ["layer_of", "points_of", "write_dbf", "write_geojson", "write_kml", "write_shapefile"]

Texts = Sequence[Sequence[str | None]]


def points_of(n: int) -> list[Point]:
    """Give points of a made-up town."""
    return [Point(116.8 + i / 1000, 32.6 + i / 2000) for i in range(n)]


def write_dbf(rows: Texts, encoding: str = "utf-8", *, width: int = 60, page: int = 0) -> bytes:
    """Write a table of texts; headings keep ten bytes and texts as many as a column has, cut anywhere."""
    head, body = rows[0], rows[1:]
    fields = b"".join(
        str(h).encode(encoding)[:10].ljust(11, b"\0")
        + b"C"
        + bytes(4)
        + bytes([width, 0])
        + bytes(14)
        for h in head
    )
    size = 1 + width * len(head)
    start = struct.pack("<BBBBIHH", 3, 126, 3, 2, len(body), 33 + len(fields), size)
    lines = b"".join(
        b" "
        + b"".join(str("" if v is None else v).encode(encoding)[:width].ljust(width) for v in row)
        for row in body
    )
    return start + bytes(17) + bytes([page]) + bytes(2) + fields + b"\r" + lines + b"\x1a"


def write_shapefile(
    folder: Path,
    rows: Texts,
    encoding: str = "utf-8",
    *,
    cpg: str | None = None,
    packed: bool = False,
) -> Path:
    """Write the parts of a shapefile of points, or an archive of them."""
    path = folder / "h.shp"
    frame = gpd.GeoDataFrame(
        {"a": [0] * (len(rows) - 1)}, geometry=points_of(len(rows) - 1), crs=4326
    )
    frame.to_file(path, engine="pyogrio")
    path.with_suffix(".dbf").write_bytes(write_dbf(rows, encoding))
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    if not packed:
        return path
    archive = folder / "h.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for part in sorted(folder.glob("h.*")):
            if part != archive:
                made.write(part, f"数据/{part.name}")
    return archive


def write_geojson(rows: Texts, encoding: str = "utf-8") -> bytes:
    """Write points with properties."""
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(rows[0], row, strict=True)),
            "geometry": {"type": "Point", "coordinates": [p.x, p.y]},
        }
        for row, p in zip(rows[1:], points_of(len(rows) - 1), strict=True)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    return text.encode(encoding)


def write_kml(rows: Texts, encoding: str = "utf-8", *, packed: bool = False) -> bytes:
    """Write placemarks; packed, as Google Earth saves them."""
    marks = "".join(
        "<Placemark>"
        + "<ExtendedData>"
        + "".join(
            f"<Data name='{h}'><value>{v}</value></Data>"
            for h, v in zip(rows[0], row, strict=True)
            if v is not None
        )
        + f"</ExtendedData><Point><coordinates>{p.x},{p.y}</coordinates></Point></Placemark>"
        for row, p in zip(rows[1:], points_of(len(rows) - 1), strict=True)
    )
    text = (
        f"<?xml version='1.0' encoding='{encoding}'?><kml xmlns='http://www.opengis.net/kml/2.2'><Document>"
        f"<Folder><name>住户</name>{marks}</Folder></Document></kml>"
    )
    if not packed:
        return text.encode(encoding)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("doc.kml", text.encode(encoding))
        archive.writestr("files/icon.png", b"\x89PNG")
    return buffer.getvalue()


def layer_of(rows: Texts) -> gpd.GeoDataFrame:
    """Give the same points as a frame."""
    frame = pd.DataFrame(list(rows[1:]), columns=list(rows[0]), dtype=object)
    return gpd.GeoDataFrame(frame, geometry=points_of(len(frame)), crs=4326)

"""KML, as Google Earth, ArcGIS and map apps write it: placemarks, what they say, and their shapes.

GDAL's reader makes underscores of Chinese names in ``Data``, so that columns fall together; hence an own one.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any, Final

import numpy as np
import shapely

from planner.intake.sheets.formats.books.package import Attributes, local, parse
from planner.intake.sheets.formats.layers.vector import VectorLayer

__all__ = ["layers_of_kml"]

_SHAPES: Final = frozenset(("Point", "LineString", "LinearRing", "Polygon"))
_TEXTS: Final = frozenset(("name", "description", "value", "SimpleData", "coordinates"))


def layers_of_kml(text: str, stem: str) -> list[VectorLayer]:
    """Read the placemarks, those of each folder as a layer.

    Parameters
    ----------
    text : str
    stem : str
        Name for what lies in no folder that has one.

    Returns
    -------
    list of VectorLayer
        In WGS-84, as KML is by its rules.  Columns are ``Name`` and all that placemarks hold: ``Data``,
        ``SimpleData``, and tables of two columns in their descriptions.
    """
    import pyproj

    reader = _Reader(stem)
    parse(text.encode("utf-8", "replace"), reader.start, reader.end, reader.text)
    crs = pyproj.CRS("EPSG:4326")
    layers: list[VectorLayer] = []
    for name, marks in reader.folders.items():
        headers = list(dict.fromkeys(h for own, _, _ in marks for h in own))
        rows = [[own.get(h) for h in headers] for own, _, _ in marks]
        shapes = np.array([None] * len(marks), object)
        shapes[:] = [shape for _, shape, _ in marks]
        closed = tuple(k for k, (_, _, opened) in enumerate(marks) if opened)
        layers.append(VectorLayer(name, tuple(headers), rows, shapes, crs, closed))
    return layers


class _Reader:
    """Follows the XML of a document."""

    def __init__(self, stem: str) -> None:
        self.folders: dict[str, list[tuple[dict[str, str], Any, bool]]] = {}
        self.path: list[str] = []
        self.names = [stem]
        self.own: dict[str, str] | None = None
        self.key = ""
        self.pieces: list[str] = []
        self.shapes: list[Any] = []
        self.rings: list[Any] = []
        self.opened = False

    def start(self, tag: str, attributes: Attributes) -> None:
        name = local(tag)
        self.path.append(name)
        if name == "Placemark":
            self.own, self.shapes, self.opened = {}, [], False
        elif name in ("Folder", "Document"):
            self.names.append("")
        elif name in ("Data", "SimpleData"):
            self.key = attributes.get("name", "")
        elif name == "Polygon":
            self.rings = []
        if name in _TEXTS:
            self.pieces = []

    def text(self, piece: str) -> None:
        if self.path and self.path[-1] in _TEXTS:
            self.pieces.append(piece)

    def end(self, tag: str) -> None:
        name = local(tag)
        self.path.pop()
        within = self.path[-1] if self.path else ""
        said = "".join(self.pieces).strip() if name in _TEXTS else ""
        if name in ("Folder", "Document"):
            self.names.pop()
        elif self.own is None:
            if name == "name" and within == "Folder":
                self.names[-1] = said
        elif name == "Placemark":
            self._close(self.own)
            self.own = None
        elif name == "name" and within == "Placemark" and said:
            self.own["Name"] = said
        elif name == "description" and within == "Placemark":
            self.own.update(_table_in(said))
        elif (name == "value" and within == "Data") or name == "SimpleData":
            if self.key and said:
                self.own[self.key] = said
        elif name == "coordinates":
            self._shape(within, _coordinates(said))
        elif name == "Polygon" and self.rings:
            self.shapes.append(shapely.Polygon(self.rings[0], self.rings[1:]))

    def _shape(self, kind: str, at: list[tuple[float, float]]) -> None:
        if kind == "Point" and at:
            self.shapes.append(shapely.Point(at[0]))
        elif kind == "LinearRing":
            # Map apps leave rings open; that it was closed is told with the fences.
            if len(at) > 2 and at[0] != at[-1]:
                at, self.opened = [*at, at[0]], True
            if len(at) > 3:
                self.rings.append(at)
        elif kind == "LineString" and len(at) > 1:
            self.shapes.append(shapely.LineString(at))

    def _close(self, own: dict[str, str]) -> None:
        shape = None
        if len(self.shapes) == 1:
            shape = self.shapes[0]
        elif self.shapes:
            kinds = {s.geom_type for s in self.shapes}
            joined = {
                "Point": shapely.MultiPoint,
                "LineString": shapely.MultiLineString,
                "Polygon": shapely.MultiPolygon,
            }
            make = joined[kinds.pop()] if len(kinds) == 1 else shapely.GeometryCollection
            shape = make(self.shapes)
        folder = next((n for n in reversed(self.names) if n), "")
        self.folders.setdefault(folder, []).append((own, shape, self.opened))


def _coordinates(text: str) -> list[tuple[float, float]]:
    """Read ``lon,lat[,height]`` between blanks."""
    found = []
    # Some apps write a blank behind the comma, though blanks part the points.
    for item in text.replace(", ", ",").split():
        parts = item.split(",")
        if len(parts) > 1:
            found.append((float(parts[0]), float(parts[1])))
    return found


class _Table(HTMLParser):
    """Collects the cells of each row of a table."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002 - the base class names them
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.strip()


def _table_in(description: str) -> dict[str, str]:
    """Read a table of names and values, which ArcGIS writes into the description of each placemark."""
    if "<td" not in description.lower():
        return {}
    table = _Table()
    table.feed(description)
    pairs = {row[0]: row[1] for row in table.rows if len(row) == 2 and row[0]}
    # <Null> is what ArcGIS writes for an empty field.
    return {name: value for name, value in pairs.items() if value and value != "<Null>"}

"""Where addresses are looked up: the numbered points, streets and named places of one area."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from planner.intake.address.named import Names
from planner.intake.gazetteer.western.streets import fold_text, number_key, number_span, street_key
from planner.model.arrays import Bools, Floats, Ints
from planner.model.plane import LocalProjection

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from planner.intake.gazetteer.accepted import Accepted
from planner.intake.gazetteer.aliases import Aliases
from planner.intake.gazetteer.known import DISTRICTS, known_names, spellings

__all__ = ["SAME_SPOT_M", "Gazetteer", "Points", "Street"]

SAME_SPOT_M: Final = 50.0  # doors of one large house lie so far apart, and nobody goes astray by it
RANGE_MOST, BLOCK_SHARE = 40, 0.3  # a range of more numbers than that is block and house


@dataclass(frozen=True, eq=False)
class Points:
    """Places with a name or a number, in a fixed order.

    Parameters
    ----------
    label : ndarray of str objects, shape (n,)
        The place in words, such as ``Mannerheimintie 12``; building level.
    xy : ndarray of float64, shape (n, 2)
        Metres in the gazetteer's plane.
    lon_lat : ndarray of float64, shape (n, 2)
        Degrees WGS-84.
    source : ndarray of str objects, shape (n,)
        ``address point``, ``building``, ``place`` or ``table``.
    place : ndarray of str objects, shape (n,)
        Town or quarter that the source states; ``""`` if none.
    building : ndarray of str objects, shape (n,)
        Identity of the building that holds the point; ``""`` if none.
    """

    label: NDArray[Any]
    xy: Floats
    lon_lat: Floats
    source: NDArray[Any]
    place: NDArray[Any]
    building: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Street:
    """What is known of one street name.

    Parameters
    ----------
    name : str
        As mapped.
    numbers : mapping of str to tuple of int
        Number key -> positions in `Points`.
    block : bool
        Whether numbers such as ``89-15`` name a block and a house, and are no ranges.
    extent : tuple of float
        Smallest x, smallest y, largest x, largest y of its lines and points, metres.
    middle : tuple of float
        A spot on the street near its middle, metres.
    """

    name: str
    numbers: Mapping[str, tuple[int, ...]]
    block: bool
    extent: tuple[float, float, float, float]
    middle: tuple[float, float]

    def side(self, number: str) -> tuple[int, int]:
        """Give block (-1 if the number names none) and house of a number key."""
        first, *more = number_span(number) or (0,)
        return (first, more[0]) if self.block and more else (-1, first)

    @property
    def length_m(self) -> float:
        """Diagonal of the extent, metres."""
        west, south, east, north = self.extent
        return float(np.hypot(east - west, north - south))

    @cached_property
    def series(self) -> Mapping[tuple[int, int], tuple[Ints, Ints]]:
        """Known numbers by (block, odd or even): sorted numbers and their points.

        The block of a plain number is -1.
        """
        found: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
        for key, places in sorted(self.numbers.items()):
            block, number = self.side(key)
            found[block, number % 2].setdefault(number, places[0])
        return {
            side: (np.array(sorted(known)), np.array([known[n] for n in sorted(known)]))
            for side, known in found.items()
        }


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Numbered points, streets and names of one area.

    Parameters
    ----------
    streets : mapping of str to Street
        By street key (see `planner.intake.gazetteer.western.streets.street_key`).
    names : mapping of str to tuple of int
        Folded name of a building or place -> positions in `points`.
    bare_numbers : mapping of str to tuple of int
        Number key of points that state no street -> positions in `points`.
    districts : mapping of str to tuple of int
        Folded name of a town, quarter or village -> positions in `points`.
    known : mapping of str to str
        Name of a street, estate, village or town -> what it is (see `planner.intake.address.named`).
    accepted : mapping of str to Accepted
        Answers of earlier reviews by the identity of the address; they come before all else.
    aliases : Aliases
        Old names, which addresses are read without.
    """

    points: Points
    streets: Mapping[str, Street]
    names: Mapping[str, tuple[int, ...]]
    districts: Mapping[str, tuple[int, ...]]
    projection: LocalProjection
    bare_numbers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    accepted: Mapping[str, Accepted] = field(default_factory=dict)
    aliases: Aliases = field(default_factory=Aliases)

    @classmethod
    def build(
        cls,
        addresses: gpd.GeoDataFrame,
        buildings: gpd.GeoDataFrame,
        streets: gpd.GeoDataFrame,
        places: gpd.GeoDataFrame,
        *,
        table: pd.DataFrame | None = None,
        other_names: Mapping[str, Sequence[str]] | None = None,
    ) -> Self:
        """Build a gazetteer from map layers.

        Parameters
        ----------
        addresses : GeoDataFrame
            Points: ``street, number, name, place, source`` (``address point`` or ``building``).
        buildings : GeoDataFrame
            Polygons: ``name, street, number``.
        streets : GeoDataFrame
            Lines: ``name``.
        places : GeoDataFrame
            Points: ``name, kind``.
        table : DataFrame, optional
            The office's own buildings: ``address, lon, lat`` or ``name, building, lon, lat``.
        other_names : mapping of str to sequence of str, optional
            Old and alternative names of what is called so.

        Returns
        -------
        Gazetteer
            The same whatever the order of the rows.
        """
        others = {**(other_names or {})}
        rows = _Rows(others)
        rows.add_layer(addresses, "address", "")
        rows.add_layer(buildings[buildings["name"] != ""], "name", "building")
        rows.add_layer(places[places["name"] != ""], "name", "place")
        if table is not None:
            rows.add_table(table)
        points, kinds = rows.sorted()
        plane = _plane(points, streets)
        xy = plane.to_xy(points["lon"], points["lat"]) if len(kinds) else np.zeros((0, 2))
        lon_lat = np.column_stack([points["lon"], points["lat"]])
        words = {name: points[name] for name in ("label", "source", "place", "building")}
        made = Points(xy=xy, lon_lat=lon_lat, **words)
        streets_by_key = _streets(points, xy, _line_extents(streets, plane), others)
        known = known_names(streets_by_key.values(), places, table, others)
        return cls(
            made,
            streets_by_key,
            _by_name(points, kinds != "district"),
            _by_name(points, kinds == "district"),
            plane,
            _bare_numbers(points),
            known=known,
        )

    @cached_property
    def names_known(self) -> Names:
        """The Chinese names of here, to be tried before grammar cuts a line."""
        return Names.of(self.known)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over everything that can be looked up."""
        digest = hashlib.sha256()
        digest.update(
            np.round(self.points.lon_lat, 7).tobytes()
        )  # a centimetre: readers may differ in the last bits
        for text in (*self.points.label, *self.points.source, *sorted(self.streets)):
            digest.update(str(text).encode("utf-8", "replace") + b"\x1f")
        return digest.hexdigest()

    def away_m(self, these: Sequence[int], those: Sequence[int]) -> Floats:
        """Give how far each of some points is from the nearest of others, metres."""
        xy = self.points.xy
        step = xy[list(these)][:, None] - xy[list(those)][None]
        return np.hypot(step[..., 0], step[..., 1]).min(axis=1)

    def apart_m(self, positions: Sequence[int]) -> float:
        """Give the largest side of the box around some points, metres."""
        return float(np.ptp(self.points.xy[list(positions)], axis=0).max()) if positions else 0.0


class _Rows:
    """Collects what can be found, one row a place."""

    def __init__(self, others: Mapping[str, Sequence[str]]) -> None:
        self._others = others
        self._rows: list[tuple[str, str, str, str, str, str, str, str, float, float]] = []

    def add_layer(self, layer: gpd.GeoDataFrame, kind: str, source: str) -> None:
        """Take a layer over; what has no place is left out."""
        layer = layer[~(layer.geometry.isna() | layer.geometry.is_empty)]
        if not len(layer):
            return
        at = layer.geometry.representative_point()
        columns = ("street", "number", "name", "place", "source", "building", "kind")
        told_of = layer.reindex(columns=columns).astype("string").fillna("").to_numpy(object)
        for values, lon, lat in zip(told_of.tolist(), at.x, at.y, strict=True):
            street, number, name, place, from_, building, sort = values
            street, number = (street, number) if kind == "address" else ("", "")
            told = "district" if sort in DISTRICTS and kind == "name" else kind
            label = f"{street} {number}".strip() if kind == "address" and street else name
            rest = (place, source or from_, building, lon, lat)
            self._rows.append((told, label or number, street, number, name, *rest))
            # Another spelling is no second door of the same number.
            for other in spellings(name, self._others):
                sort = "name" if kind == "address" else told
                self._rows.append((sort, label, "", "", other, *rest))

    def add_table(self, table: pd.DataFrame) -> None:
        """Take the office's own buildings over."""
        for row in table.to_dict("records"):
            lon, lat = float(row.get("lon", np.nan)), float(row.get("lat", np.nan))
            if not (np.isfinite(lon) and np.isfinite(lat)):
                continue
            compound, building = str(row.get("name", "") or ""), str(row.get("building", "") or "")
            address, place = str(row.get("address", "") or ""), str(row.get("community", "") or "")
            stairwell = str(row.get("stairwell", "") or "")
            if stairwell and building:
                building += f"{stairwell}单元" if stairwell.isdecimal() else stairwell
            told = [
                compound + building if compound else "",
                address if not building else address + building,
            ]
            for name in dict.fromkeys(n for n in (*told, address) if n):
                self._rows.append(("table", name, "", "", name, place, "table", "", lon, lat))

    def sorted(self) -> tuple[dict[str, NDArray[Any]], NDArray[Any]]:
        """Give columns in an order that does not depend on the input's."""
        rows = sorted(set(self._rows), key=lambda r: (r[1:8], r[8], r[9], r[0]))
        names = ("kind", "label", "street", "number", "name", "place", "source", "building")
        columns: dict[str, NDArray[Any]] = {
            n: np.array([r[k] for r in rows], object) for k, n in enumerate(names)
        }
        columns["lon"] = np.array([r[8] for r in rows], float)
        columns["lat"] = np.array([r[9] for r in rows], float)
        return columns, columns["kind"]


def _plane(points: Mapping[str, NDArray[Any]], streets: gpd.GeoDataFrame) -> LocalProjection:
    if len(points["lon"]):
        return LocalProjection.around(points["lon"], points["lat"])
    bounds = streets.total_bounds if len(streets) else np.zeros(4)
    return LocalProjection.around(bounds[::2].mean(keepdims=True), bounds[1::2].mean(keepdims=True))


def _line_extents(
    streets: gpd.GeoDataFrame, plane: LocalProjection
) -> dict[str, tuple[str, Floats]]:
    """Street key -> (name as mapped, vertices in metres)."""
    import shapely

    named = streets[streets["name"].astype("string").fillna("") != ""] if len(streets) else streets
    if not len(named):
        return {}
    vertices, which = shapely.get_coordinates(named.geometry.to_numpy(), return_index=True)
    xy = plane.to_xy(vertices[:, 0], vertices[:, 1])
    names = named["name"].to_numpy(object)
    found: dict[str, list[int]] = defaultdict(list)
    for i, name in enumerate(names):
        found[street_key(str(name))].append(i)
    order = np.argsort(which, kind="stable")
    start = np.searchsorted(which[order], np.arange(len(names) + 1))
    out: dict[str, tuple[str, Floats]] = {}
    for key, lines in found.items():
        if key:
            spots = np.concatenate([xy[order[start[i] : start[i + 1]]] for i in lines])
            out[key] = (min(str(names[i]) for i in lines), spots)
    return out


def _streets(
    points: Mapping[str, NDArray[Any]],
    xy: Floats,
    lines: Mapping[str, tuple[str, Floats]],
    others: Mapping[str, Sequence[str]],
) -> dict[str, Street]:
    numbered: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    name_of: dict[str, str] = {key: name for key, (name, _) in lines.items()}
    for i, (street, number) in enumerate(zip(points["street"], points["number"], strict=True)):
        if not street:
            continue
        key = street_key(str(street))
        name_of.setdefault(key, str(street))
        for told in _numbers_of(str(number)):
            numbered[key][told].append(i)
    out: dict[str, Street] = {}
    for key in sorted(set(numbered) | set(lines)):
        known = numbered.get(key, {})
        spots = [xy[sorted({i for places in known.values() for i in places})]] if known else []
        if key in lines:
            spots.append(lines[key][1])
        out[key] = _street(name_of[key], known, np.concatenate(spots))
    for key in list(out):
        for other in spellings(out[key].name, others):
            out.setdefault(street_key(other), out[key])
    out.pop("", None)
    return out


_LISTED = re.compile(r"[;,/、&]\s*")
_PLAIN = re.compile(r"\d+\s?[^\W\d_]?(\s?[-–]\s?\d+\s?[^\W\d_]?)?")


def _numbers_of(text: str) -> list[str]:
    """Give the keys of ``12``, ``12;14`` or ``12, 3rd floor``: what is no plain number says no more."""
    parts = _LISTED.split(text.strip())
    plain = all(_PLAIN.fullmatch(part) for part in parts)
    keys = [number_key(part) for part in (parts if plain else parts[:1])]
    return [key for key in keys if key]


def _street(name: str, known: Mapping[str, Sequence[int]], spots: Floats) -> Street:
    spans = [s for s in map(number_span, known) if len(s) == 2]
    ranges = sum(0 < b - a <= RANGE_MOST for a, b in spans)
    # 89-15 is a house of block 89 where many numbers look so and few could be ranges.
    block = len(spans) > BLOCK_SHARE * len(known) and ranges < 0.5 * len(spans)
    numbers = {number: tuple(places) for number, places in known.items()}
    if not block:
        for number in sorted(known):
            span = number_span(number)
            if len(span) == 2 and 0 < span[1] - span[0] <= RANGE_MOST:
                step = 2 if span[0] % 2 == span[1] % 2 else 1
                for inner in range(span[0], span[1] + 1, step):
                    numbers.setdefault(str(inner), tuple(known[number]))
    west, south, east, north = (*spots.min(axis=0).tolist(), *spots.max(axis=0).tolist())
    # A vertex near the middle, not the middle: of a bent street that may lie in another one.
    centre = np.median(spots, axis=0)
    x, y = spots[int(np.argmin(((spots - centre) ** 2).sum(axis=1)))].tolist()
    return Street(name, numbers, block, (west, south, east, north), (x, y))


def _bare_numbers(points: Mapping[str, NDArray[Any]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = defaultdict(list)
    # What stands on no street is numbered in its place.
    free = (points["street"] == "") | (points["street"] == points["place"])
    for i in np.flatnonzero(free & (points["number"] != "")):
        for told in _numbers_of(str(points["number"][i])):
            found[told].append(int(i))
    return {number: tuple(places) for number, places in sorted(found.items())}


def _by_name(points: Mapping[str, NDArray[Any]], wanted: Bools) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = defaultdict(list)
    for i in np.flatnonzero(wanted):
        name = fold_text(str(points["name"][i])).strip()
        if name:
            found[name].append(int(i))
    return {name: tuple(places) for name, places in sorted(found.items())}

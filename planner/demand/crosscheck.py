"""Layers held against each other: what lies wrong as a whole looks perfectly healthy by itself.

A fence file with the wrong central meridian, or drawn on a web map, is a valid file; only the homes that
should lie inside, and the community that each of them names, give it away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from planner.errors import DatumError, Finding
from planner.intake.coordinates.datum import Datum, convert
from planner.intake.coordinates.detect import detect_datum
from planner.intake.coordinates.nearest import NearestGeometry
from planner.intake.coordinates.pairs import metres_outside

__all__ = ["buildings_among_streets", "held_against_fences", "witnesses"]

FEWEST = 10  # fewer people say nothing about a layer
# With fewer inside, or fewer in the community that they name, a layer is refused; with more, all is well.
HALF, SOUND = 0.5, 0.98
# A reading that explains a fault puts so many right, and so many more than before.
FITS, BETTER = 0.9, 0.1
NAMED = 0.3  # share of people whose community is a fence's name, above which the two are compared
SLACK_DEG = 0.0005  # about 50 m: walls and street middles are drawn loosely
# Codes of the zones of one family of grids follow each other, one central meridian a code.
NEIGHBOURS = (-1, 1, -2, 2, -3, 3)
LISTED = 5
_ENDINGS = (
    *("社区居民委员会", "社区居委会", "居民委员会", "村民委员会"),
    *("社区", "居委会", "村委会", "网格", "村"),
)

GROUND_BUILDINGS = 200  # with fewer buildings on the map its streets are asked as well
Shapes = NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well fences hold people: shares inside any, and inside the one that they name (NaN: unknown)."""

    inside: float
    agrees: float

    @property
    def score(self) -> float:
        return self.inside if np.isnan(self.agrees) else min(self.inside, self.agrees)


# Another way to read a layer, and what would be wrong with it.
_Reading = tuple[Callable[[], Shapes], Finding]


def held_against_fences(
    homes: pd.DataFrame, members: pd.DataFrame, fences: gpd.GeoDataFrame
) -> list[Finding]:
    """Hold people against the fences: whether they lie inside, and in the one that they name.

    `homes` and `members`: ``lon, lat`` (NaN where there is no place) and ``community`` ("" if not
    given).
    `fences`: EPSG:4326, with ``fence``; ``attrs["crs"]`` is the CRS that the file states, if it is
    known.
    Gives: a warning where some people contradict the fence they fall in.
    Raises `DatumError`: most lie outside, most name another community, or another reading of the fences
    puts nearly all of them right: with the likely cause and the remedy.
    """
    people = pd.concat([homes, members], ignore_index=True)
    people = people[np.isfinite(people["lon"]) & np.isfinite(people["lat"])]
    unknown = _unknown(people, fences)
    if len(people) < FEWEST:
        return unknown
    names = [_bare(name) for name in fences["fence"].astype(str)]
    said = np.array([_bare(text) for text in people["community"].astype(str)], object)
    points = shapely.points(people["lon"].to_numpy(float), people["lat"].to_numpy(float))

    def fit(shapes: Shapes) -> _Fit:
        return _fit(shapes, names, points, said)

    now = fit(fences.geometry.to_numpy())
    if now.score >= SOUND:
        return unknown
    best, likely = now, None
    for shapes, wrong in _readings(fences):
        found = fit(shapes())
        if found.score >= max(FITS, best.score + (BETTER if likely is None else 1e-9)):
            best, likely = found, wrong
    told, told_zh = _told(now, len(people))
    if likely is not None:
        raise DatumError(
            f"{told}; {likely.what}: then {100 * best.score:.0f} % would fit",
            remedy=likely.remedy,
            zh=f"{told_zh}；{likely.what_zh}，则{100 * best.score:.0f}%相符",
            remedy_zh=likely.remedy_zh,
        )
    if now.inside < HALF or now.agrees < HALF:
        apart_zh, apart = _apart(fences, people)
        raise DatumError(
            f"{told}: {apart}",
            remedy="look at both layers on one map: the fences are of another place, in another datum, or "
            "named after other communities",
            zh=f"{told_zh}：{apart_zh}",
            remedy_zh="请在同一地图上核对两个图层：边界可能属于其他地区、坐标基准不同，或社区名称不一致",
        )
    if now.agrees < SOUND:
        off = round((1 - now.agrees) * len(people))
        return [*unknown, Finding.of("community-disagrees", {"column": "社区"}, n=off)]
    return unknown


def _unknown(people: pd.DataFrame, fences: gpd.GeoDataFrame) -> list[Finding]:
    """Tell of communities that rows name and no fence is called: their people come into another."""
    drawn = fences["fence"].astype(str)
    bare, kinds = {_bare(name) for name in drawn}, {_sort(name) for name in drawn} - {""}
    said = people["community"].astype(str)
    # a column of grids says nothing where the fences are communities
    odd = said[[_sort(text) in kinds and _bare(text) not in bare for text in said]]
    if odd.empty:
        return []
    names = sorted(set(odd))
    told = "、".join(names[:LISTED]) + (" ..." if len(names) > LISTED else "")
    return [Finding.of("community-unknown", {"column": "社区"}, n=len(odd), names=told)]


def _sort(name: str) -> str:
    """Tell what kind of place a name says it is, "" if it does not say."""
    if name.endswith("网格"):
        return "grid"
    return "community" if name.endswith(_ENDINGS) else ""


def _bare(name: str) -> str:
    text = "".join(name.split()).lower()
    for ending in _ENDINGS:
        if text.endswith(ending) and len(text) > len(ending):
            return text.removesuffix(ending)
    return text


def _fit(shapes: Shapes, names: list[str], points: Shapes, said: NDArray[Any]) -> _Fit:
    tree = shapely.STRtree(shapes)
    point, shape = tree.query(points, predicate="dwithin", distance=SLACK_DEG)
    inside = np.zeros(len(points), bool)
    inside[point] = True
    own = np.array(names, object)[shape] == said[point]
    agrees = np.zeros(len(points), bool)
    agrees[point[own]] = True
    compared = np.isin(said, list(set(names) - {""}))
    share = float(agrees[compared].mean()) if compared.mean() >= NAMED else float("nan")
    return _Fit(float(inside.mean()), share)


def _readings(fences: gpd.GeoDataFrame) -> Iterator[_Reading]:
    """Give what office files are known to suffer from, one after another."""
    shapes = fences.geometry.to_numpy()

    def turned(change: Callable[[NDArray[Any]], NDArray[Any]]) -> Callable[[], Shapes]:
        return lambda: shapely.make_valid(shapely.transform(shapes, change))

    yield turned(lambda c: c[:, ::-1]), Finding.of("fences/swapped")
    for datum, name in (("gcj02", "GCJ-02"), ("bd09", "BD-09")):
        for key, one, other in (
            ("fences/datum", datum, "wgs84"),
            ("fences/homes-datum", "wgs84", datum),
        ):
            change = partial(_shifted, own=one, to=other)
            yield turned(change), Finding.of(key, name=name, datum=datum)
    yield from _other_grids(fences)


def _shifted(degrees: NDArray[Any], own: str, to: str) -> NDArray[Any]:
    return convert(degrees[:, 0], degrees[:, 1], own, to)


def _other_grids(fences: gpd.GeoDataFrame) -> Iterator[_Reading]:
    """Read metres by the neighbouring central meridians of the grid that the file states."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    stated = fences.attrs.get("crs")
    code = None if not stated else CRS.from_user_input(stated).to_epsg()
    if code is None:
        return
    own = CRS.from_epsg(code)
    if own.is_geographic:
        return
    for step in NEIGHBOURS:
        try:
            other = CRS.from_epsg(code + step)
        except CRSError:
            continue
        if other.is_geographic or other.name.split(" /")[0] != own.name.split(" /")[0]:
            continue
        names = {"own": own.name, "other": other.name, "code": code, "better": code + step}
        yield partial(_as_grid, fences, own, other), Finding.of("fences/grid", **names)


def _as_grid(fences: gpd.GeoDataFrame, own: Any, other: Any) -> Shapes:
    metres = fences.geometry.to_crs(own).set_crs(other, allow_override=True)
    return np.asarray(metres.to_crs(4326).to_numpy())


def _told(fit: _Fit, n: int) -> tuple[str, str]:
    """Say in English and Chinese how well the fences fit."""
    en = f"only {100 * fit.inside:.0f} % of {n} homes and members lie inside the fences"
    zh = f"{n}名住户和党员中仅{100 * fit.inside:.0f}%位于边界内"
    if not np.isnan(fit.agrees) and fit.agrees < fit.inside:
        en += f", and {100 * fit.agrees:.0f} % in the community that their row names"
        zh += f"，{100 * fit.agrees:.0f}%位于所填社区"
    return en, zh


def _apart(fences: gpd.GeoDataFrame, people: pd.DataFrame) -> tuple[str, str]:
    west, south, east, north = fences.total_bounds
    lon, lat = people["lon"].median(), people["lat"].median()
    reach = f"{west:.3f}, {south:.3f}", f"{east:.3f}, {north:.3f}"
    return (
        f"边界范围为 {reach[0]} 至 {reach[1]}，住户在 {lon:.2f}, {lat:.2f} 一带",
        f"the fences reach from {reach[0]} to {reach[1]}, the people live around {lon:.2f}, {lat:.2f}",
    )


def witnesses(base: Mapping[str, gpd.GeoDataFrame]) -> NearestGeometry | None:
    """Take what stands on the map to ask where homes are: buildings where there are enough, else streets too.

    `base`: layers ``buildings, streets``, EPSG:4326; others are not asked.
    """
    layers = [base[name] for name in ("buildings", "streets") if name in base]
    if layers and len(layers[0]) >= GROUND_BUILDINGS:
        layers = layers[:1]
    shapes = [g for layer in layers for g in layer.geometry if g is not None and not g.is_empty]
    return NearestGeometry(shapes) if shapes else None


def buildings_among_streets(
    table: pd.DataFrame,
    area: tuple[float, float, float, float] | None,
    base: Mapping[str, gpd.GeoDataFrame],
    stated: Datum | str,
) -> None:
    """Hold the office's table of buildings against the streets.

    `table`: ``lon, lat``, degrees WGS-84.
    `stated`: what the table was said to be in, before it was turned.
    Raises `DatumError`: most buildings lie elsewhere, or the map says that the table is in another
    datum.
    """
    lon, lat = table["lon"].to_numpy(float), table["lat"].to_numpy(float)
    if area is None or len(table) < FEWEST:
        return
    inside = float((metres_outside(lon, lat, area) == 0).mean())
    if inside < HALF:
        raise DatumError.of("buildings-outside-streets", share=100 * inside, n=len(table))
    nearest, own = witnesses(base), Datum(stated)
    if nearest is None:
        return
    lon, lat = convert(lon, lat, Datum.WGS84, own).T
    seen = detect_datum(lon, lat, nearest.distance_m, declared=own)
    if seen.contradicts:
        shift, fits = f"{seen.shift_m:,.0f}", seen.best
        raise DatumError.of(
            "buildings-shifted", shift=shift, name=own.name, better=fits.name, value=fits.value
        )

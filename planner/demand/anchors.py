"""Where the addresses say that homes are: a witness of their datum that needs no pattern on the ground.

A home at 建设路12号 stands by 建设路; in another datum half a kilometre off, by a street of another name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from planner.intake.address.canonical import canonical_field
from planner.intake.address.parse import parse_each
from planner.intake.coordinates.datum import Datum, convert
from planner.intake.coordinates.nearest import NearestGeometry
from planner.intake.gazetteer.geocode import geocode
from planner.intake.gazetteer.index import Gazetteer
from planner.model.arrays import Floats
from planner.model.plane import LocalProjection
from planner.model.schema import header_key

__all__ = ["names_of_lines", "told_by_addresses"]

FEWEST: Final = 10  # addresses that say where; fewer say nothing
SAMPLE: Final = 600
# Half of the homes are nearer to where their address lies than the first in a right reading, and none
# but a wrong one leaves half of them farther off than the second.
NEAR_M, OFF_M = 100.0, 180.0
SURE: Final = 0.8
_DOORS: Final = ("address point", "building", "stairwell")
_HEADINGS: Final = tuple(
    header_key(h)
    for h in ("道路名称", "道路名", "路名", "街道名称", "名称", "name", "road", "street", "rname")
)
_READINGS: Final = tuple(Datum)


def names_of_lines(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """Give lines of one's own with ``name``, EPSG:4326; None where no column names them."""
    if frame.crs is None:
        return None
    keys = {header_key(str(c)): c for c in frame.columns}
    column = next((keys[h] for h in _HEADINGS if h in keys), None)
    if column is None:
        return None
    lines = frame[frame.geometry.notna() & frame[column].notna()].to_crs("EPSG:4326")
    return gpd.GeoDataFrame({"name": lines[column].astype(str)}, geometry=lines.geometry)


def told_by_addresses(
    homes: pd.DataFrame,
    streets: gpd.GeoDataFrame | None,
    gazetteer: Gazetteer | None,
) -> Datum | None:
    """Say which reading puts homes where their addresses lie, if that is plain.

    Parameters
    ----------
    homes : DataFrame
        ``lon, lat`` (degrees as written), ``address, community``.
    streets : GeoDataFrame, optional
        ``name`` and lines, EPSG:4326.
    gazetteer : Gazetteer, optional
        Doors that a map or a table of buildings knows come before streets.

    Returns
    -------
    Datum or None
        None where too few addresses say where they are, or no reading fits them alone.
    """
    asked = homes[homes["address"] != ""].drop_duplicates(["lon", "lat", "address"])
    if len(asked) < FEWEST:
        return None
    asked = asked.iloc[np.linspace(0, len(asked) - 1, min(len(asked), SAMPLE)).astype(int)]
    written = asked[["lon", "lat"]].to_numpy(float)
    places = [convert(written[:, 0], written[:, 1], d, Datum.WGS84) for d in _READINGS]
    away = np.full((len(asked), len(_READINGS)), np.nan)
    if gazetteer is not None:
        _from_doors(away, asked, places, gazetteer)
    if streets is not None and len(streets):
        _from_streets(away, asked, places, streets)
    away = away[np.isfinite(away).all(axis=1)]
    if len(away) < FEWEST:
        return None
    middle = np.median(away, axis=0)
    best = int(np.argmin(middle))
    others = np.delete(middle, best)
    return _READINGS[best] if middle[best] <= NEAR_M and others.min() >= OFF_M else None


def _from_doors(
    away: Floats, asked: pd.DataFrame, places: list[Floats], gazetteer: Gazetteer
) -> None:
    """Measure to the doors that a map or table knows, in place."""
    found = geocode(asked["address"], gazetteer, community=asked["community"])
    sure = (found["confidence"].to_numpy(float) >= SURE) & found["precision"].isin(_DOORS)
    rows = np.flatnonzero(sure.to_numpy())
    if not len(rows):
        return
    lon, lat = found[["lon", "lat"]].to_numpy(float)[rows].T
    plane = LocalProjection.around(lon, lat)
    there = plane.to_xy(lon, lat)
    for k, place in enumerate(places):
        away[rows, k] = np.hypot(*(plane.to_xy(*place[rows].T) - there).T)


def _from_streets(
    away: Floats, asked: pd.DataFrame, places: list[Floats], streets: gpd.GeoDataFrame
) -> None:
    """Measure to the street that an address names, where its door is not known, in place."""
    texts = [str(text) for text in asked["address"]]
    read = parse_each(texts)
    named = np.array([read[text].street for text in texts], object)
    known = _by_name(streets, set(named[np.isnan(away[:, 0])].tolist()) - {""})
    for name, lines in known.items():
        rows = np.flatnonzero((named == name) & np.isnan(away[:, 0]))
        for k, place in enumerate(places):
            away[rows, k] = lines.distance_m(*place[rows].T)


def _by_name(streets: gpd.GeoDataFrame, wanted: set[str]) -> Mapping[str, NearestGeometry]:
    texts = [str(text) for text in streets["name"]]
    keys = {text: canonical_field("road", text) for text in dict.fromkeys(texts) if text}
    own = np.array([keys.get(text, "") for text in texts], object)
    found: dict[str, NearestGeometry] = {}
    for name in sorted(wanted & set(keys.values())):
        found[name] = NearestGeometry(list(streets.geometry[own == name]))
    return found

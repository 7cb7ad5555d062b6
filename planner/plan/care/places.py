"""What would mend the gaps of homes without a unit, or outside every fence: an address, a path, a border."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import shapely

from planner.intake.gazetteer.geocode import find_places
from planner.intake.gazetteer.index import Gazetteer
from planner.model.arrays import Ints
from planner.plan.care.mending import Mend
from planner.plan.care.onstreets import OnStreets

__all__ = ["mends_of_places"]

_LOOKED_UP = ("address_not_found", "outside_streets")


def mends_of_places(
    ground: OnStreets, homes: pd.DataFrame | None, gazetteer: Gazetteer | None
) -> Iterator[Mend]:
    """Look for what would bring homes onto the map that have no place on it.

    Parameters
    ----------
    homes : DataFrame or None
        ``id, address, community`` as the office's sheet has them; None where it is not at hand.
    gazetteer : Gazetteer or None
        Where candidates for an address are known.
    """
    plan = ground.plan
    cause = plan.households["gap"].to_numpy(str)
    if homes is not None and gazetteer is not None:
        yield from _addresses(ground, np.flatnonzero(np.isin(cause, _LOOKED_UP)), homes, gazetteer)
    yield from _paths(ground, np.flatnonzero(cause == "far_from_streets"))
    yield from _borders(ground, np.flatnonzero(cause == "outside_fences"))


def _addresses(
    ground: OnStreets, lost: Ints, homes: pd.DataFrame, gazetteer: Gazetteer
) -> Iterator[Mend]:
    """Place each open address at each of its candidates, and measure the walk from there."""
    wanted = dict(zip(ground.plan.households["household_id"].iloc[lost], lost, strict=True))
    asked = homes[homes["id"].isin(wanted) & (homes["address"] != "")]
    if not len(asked):
        return
    matches = find_places(asked["address"].tolist(), asked["community"].tolist(), gazetteer)
    spots = [
        (home, community, candidate)
        for home, community, match in zip(asked["id"], asked["community"], matches, strict=True)
        for candidate in match.candidates
    ]
    if not spots:
        return
    xy = np.array([candidate.xy for _, _, candidate in spots])
    lon, lat = gazetteer.projection.to_lon_lat(xy).T
    walk = _to_centres(ground, lon, lat)
    limit = ground.plan.rules.walk.limit_m
    best: dict[str, tuple[float, str, str]] = {}
    for (home, community, candidate), metres in zip(spots, walk.tolist(), strict=True):
        if metres <= limit and metres < best.get(home, (np.inf, "", ""))[0]:
            best[home] = metres, candidate.label, community
    for home, (metres, label, community) in best.items():
        at = (int(wanted[home]),)
        yield Mend("address", label, community, at, metres, 0, 0.0, tried="walked")


def _to_centres(ground: OnStreets, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    spots = ground.network.snap(lon, lat)
    return ground.network.nearest(ground.snaps.take(ground.centre_units), spots)[1]


def _paths(ground: OnStreets, far: Ints) -> Iterator[Mend]:
    """Measure how long a path to the nearest street is, and the walk with it."""
    points = ground.plan.households.geometry.to_numpy()[far]
    known = ~(shapely.is_missing(points) | shapely.is_empty(points))
    far, points = far[known], points[known]
    if not len(far):
        return
    lon, lat = shapely.get_x(points), shapely.get_y(points)
    walk = _to_centres(ground, lon, lat)
    fence = ground.plan.households["fence"].to_numpy(str)
    columns = (far.tolist(), lon.tolist(), lat.tolist(), walk.tolist())
    for at, x, y, metres in zip(*columns, strict=True):
        if metres <= ground.plan.rules.walk.limit_m:
            yield Mend("link", f"{x:.6f},{y:.6f}", fence[at], (at,), metres, 0, None, "walked")


def _borders(ground: OnStreets, outside: Ints) -> Iterator[Mend]:
    """Say within which fence the homes outside all of them would be served."""
    outside = outside[ground.home_unit[outside] >= 0]
    if not len(outside):
        return
    home, unit = ground.plan.problem.home.astype(np.int64), ground.home_unit[outside]
    centre, walk = ground.network.nearest(ground.snaps.take(home), ground.snaps.take(unit))
    fences = ground.plan.centres["fence"].to_numpy(str)
    good = (centre >= 0) & (walk <= ground.plan.rules.walk.limit_m)
    named = np.where(good, fences[centre], "")
    for name in np.unique(named[good]).tolist():
        own = named == name
        at = tuple(outside[own].tolist())
        yield Mend("fence", name, name, at, float(walk[own].mean()), None, None, "walked")

"""The share of homes within so many minutes of a centre and of a serving member; the ground of each band."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.model.arrays import Bools, Floats
from planner.model.caring import CareKind, Pace, kinds_in
from planner.model.tables import PlanTables
from planner.network.isochrones import band_shapes
from planner.plan.care.onstreets import OnStreets
from planner.plan.frames import positions

__all__ = ["SOURCES", "Needs", "bands", "open_shares", "own_walks", "shares", "walks_to"]

SOURCES: Mapping[str, tuple[str, str]] = {
    "centre": ("最近的中心户", "nearest centre"),
    "own_centre": ("所属中心户", "own centre"),
    "member": ("最近的联系党员", "nearest serving member"),
    "own_member": ("本户联系党员", "own serving member"),
}
"""What walks are measured to."""


@dataclass(frozen=True, eq=False)
class Needs:
    """Which households need more than others, by position in the plan.

    `care`, shape (n_households,): whether anything marks it.
    `slow`: whether whoever lives there walks at the elders' pace.
    `kinds`: codes of what marks each, in the order of the table of kinds; () for most.
    `doubtful`: households of which a cell about care says neither yes nor no nor what it is.
    """

    care: Bools
    slow: Bools
    kinds: tuple[tuple[str, ...], ...]
    doubtful: int = 0

    @classmethod
    def of(
        cls, ids: Iterable[str], said: Mapping[str, tuple[str, ...]], known: tuple[CareKind, ...]
    ) -> Needs:
        """Read it off what the sheets say of each household.

        `ids`: of the households, in the order of the plan.
        `said`: id -> headings that are marked, or cells, of the columns about care.
        """
        slow = {kind.code for kind in known if kind.slow}
        found = tuple(kinds_in(said[home], known) if home in said else () for home in ids)
        care = np.array([bool(kinds) for kinds in found], bool)
        walks_slowly = np.array([bool(slow.intersection(kinds)) for kinds in found], bool)
        return cls(care, walks_slowly, found)


def own_walks(plan: PlanTables) -> dict[str, Floats]:
    """Give each household's walk to its own centre and member, metres, infinite where there is none."""
    homes = plan.households
    columns = {"own_centre": "walk_m", "own_member": "member_walk_m"}
    walks = {name: homes[column].to_numpy(float) for name, column in columns.items()}
    return {name: np.where(np.isnan(walk), np.inf, walk) for name, walk in walks.items()}


def walks_to(ground: OnStreets, needs: Needs, pace: Pace) -> dict[str, Floats]:
    """Give each household's walk to each of `SOURCES`, metres, infinite where there is none.

    Who cannot climb walks round the steps, to the nearest ones; the walks to the own centre and member are
    those that the plan was made with.  With slopes all are metres on the level that take as long, and those
    beyond every band infinite.
    """
    climbs = pace.elders_climb or not needs.slow.any()
    level, found = None if climbs else ground.without_steps(), own_walks(ground.plan)
    if pace.slopes:
        level, sloping = level and level.on_slopes(), ground.on_slopes()
        if sloping is not ground:
            found, ground = _own_anew(sloping, pace.limits_m()[-1]), sloping
    unit = ground.home_unit
    for name in ("centre", "member"):
        units = ground.centre_units if name == "centre" else ground.serving_units
        walk = np.append(ground.nearest_m(units), np.inf)[unit]
        if level is not None:
            walk = np.where(needs.slow, np.append(level.nearest_m(units), np.inf)[unit], walk)
        found[name] = walk
    return {name: found[name] for name in SOURCES}


def _own_anew(ground: OnStreets, limit_m: float) -> dict[str, Floats]:
    """Measure each household's walk to its own centre and member again."""
    homes, members = ground.plan.households, ground.plan.members["member_id"]
    unit, member = ground.home_unit, np.append(ground.member_unit, -1)
    found: dict[str, Floats] = {}
    for name, column in (("own_centre", "zone"), ("own_member", "member")):
        to = member[positions(members, homes[column])]
        walk = np.full(len(unit), np.inf)
        known = np.flatnonzero((unit >= 0) & (to >= 0))
        sources, at = np.unique(to[known], return_inverse=True)
        walks = ground.walks(sources, np.arange(len(ground.snaps)), limit_m)
        n = len(ground.snaps)
        key = walks.source.astype(np.int64) * n + walks.target
        asked = at.astype(np.int64) * n + unit[known]
        place = np.minimum(np.searchsorted(key, asked), max(len(key) - 1, 0))
        if len(key):
            walk[known] = np.where(key[place] == asked, walks.walk_m[place], np.inf)
        found[name] = walk
    return found


def shares(walks: Mapping[str, Floats], needs: Needs, pace: Pace) -> pd.DataFrame:
    """Count the homes within each band.

    Gives: ``source`` (a key of `SOURCES`)``, group`` (``all`` or ``care``)``, minutes, households`` (within
    so many minutes, at each one's own pace)``, of`` (households of the group, those without a place among
    them)``, share``.
    """
    groups = {"all": np.ones(len(needs.care), bool), "care": needs.care}
    rows = list(_counted(walks, groups, needs, pace))
    columns = ["source", "group", "minutes", "households", "of", "share"]
    return pd.DataFrame(rows, columns=columns)


def open_shares(plan: PlanTables, needs: Needs, pace: Pace) -> pd.DataFrame:
    """Count the homes within each band of their own centre and member, for files that others read.

    Who walks slowly counts among care households alone: were it seen in the share of all, two files of one
    plan would tell how many walk slowly.

    Gives: as `shares`.
    """
    walks, nobody = own_walks(plan), np.zeros(len(needs.care), bool)
    plain = shares(walks, Needs(nobody, nobody, ((),) * len(nobody)), pace)
    own = shares(walks, needs, pace)
    return pd.concat(
        [plain[plain["group"] == "all"], own[own["group"] == "care"]], ignore_index=True
    )


def _counted(
    walks: Mapping[str, Floats], groups: Mapping[str, Bools], needs: Needs, pace: Pace
) -> Iterator[tuple[str, str, float, int, int, float]]:
    quick, slow = pace.limits_m(), pace.limits_m(slow=True)
    for source, walk in walks.items():
        for group, rows in groups.items():
            total = int(rows.sum())
            for at, minutes in enumerate(pace.minutes):
                within = walk <= np.where(needs.slow, slow[at], quick[at])
                count = int((within & rows).sum())
                yield source, group, minutes, count, total, count / total if total else np.nan


def bands(ground: OnStreets, pace: Pace) -> gpd.GeoDataFrame:
    """Draw the ground within so many minutes of a centre, and of a serving member, along the streets.

    Gives: ``source`` (``centre`` or ``member``)``, from_min, to_min, walk_m`` (longest)``, area_m2``;
    EPSG:4326.  The bands of one source do not overlap.
    """
    rows, shapes = [], []
    ground = ground.on_slopes() if pace.slopes else ground
    for source, units in (("centre", ground.centre_units), ("member", ground.serving_units)):
        limits = pace.limits_m()
        made = band_shapes(ground.network, ground.snaps.take(units), limits)
        starts = (0.0, *pace.minutes[:-1])
        for start, end, limit, shape in zip(starts, pace.minutes, limits, made, strict=True):
            rows.append((source, start, end, round(limit, 1), round(float(shape.area), 1)))
            shapes.append(shape)
    frame = pd.DataFrame(rows, columns=["source", "from_min", "to_min", "walk_m", "area_m2"])
    layer = gpd.GeoDataFrame(frame, geometry=shapes, crs=ground.network.projection.crs)
    degrees = layer.to_crs("EPSG:4326")
    # Corners that rounding to degrees brought over an edge would be refused by a map.
    return degrees.set_geometry(shapely.make_valid(degrees.geometry.to_numpy()), crs=degrees.crs)

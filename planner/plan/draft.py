"""What a first plan stands on: located people, their units and the whole network around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from planner.demand.demand import Demand
from planner.demand.ground import Ground
from planner.demand.locate import Located
from planner.demand.ties.bind import Cared
from planner.demand.ties.wishes import Wished
from planner.demand.units import floor_number
from planner.model.arrays import Bools, Floats, Geometries, Ints
from planner.model.certificate import Certificate
from planner.model.plane import LocalProjection
from planner.model.rules import RuleBook
from planner.model.tables import BASE_LAYERS, PlanTables
from planner.model.ties import Helpers
from planner.network.streets.ways import walked_ways
from planner.plan.frames import WGS84, WISHES, gap_layer, geo_frame, points_at, positions, taken
from planner.plan.ledger import Ledger
from planner.plan.previous import Placed
from planner.plan.shapes import zone_shapes
from planner.plan.staffing import Walks
from planner.solve.rezone import Previous

__all__ = ["LAYER_COLUMNS", "Survey", "bearing_on"]

LAYER_COLUMNS = {
    "streets": ["name", "highway", "walkable"],
    "buildings": ["name", "street", "number"],
    "fences": ["fence"],
}
# Why a row was set aside -> cause of the gap; any other row has an address that was not found.
MARGIN_M = 300.0  # what is farther from a zone than this leaves no trace in its outline
CAUSE_OF = {"outside": "outside_streets", "bad-load": "refused_load"}


@dataclass(frozen=True, eq=False)
class Survey:
    """People, units and ground before anybody is served: a terrain of `planner.plan.build.assemble`.

    `demand`: units and centres; `Demand.problem` is the one that is solved.
    `ground`: network, base layers, rivers and railways.
    `fences`: polygons with a column ``fence``.
    `standing`, shape (n_centres,): in degrees, the ground of zones that nothing happened to, and that are not
    drawn again; None of any other.
    """

    located: Located
    demand: Demand
    ground: Ground
    fences: gpd.GeoDataFrame | None
    rules: RuleBook
    standing: Geometries | None = None

    @property
    def plane(self) -> LocalProjection:
        """The plane of the network."""
        return self.ground.network.projection

    @property
    def floors(self) -> Floats:
        """Height of each household."""
        return self.located.households["floor"].map(floor_number).to_numpy(float)

    def draft(
        self,
        before: Previous | None = None,
        helpers: Helpers | None = None,
        cared: Sequence[Cared] = (),
        wished: Wished | None = None,
    ) -> PlanTables:
        """Lay out the tables of a plan in which nobody is served yet.

        `helpers`: households that a member looks after already.
        `cared`: who counts for which share of care households.
        `wished`: who wishes for which centre.
        Gives: `provenance` holds ``ledger, since, stopped, move_price_m, homes_moved, staffing`` only.
        """
        homes, detail = self._households(before)
        price = None if before is None else before.move_price_m
        moved = None if before is None else 0
        centres, last = self._centres(before)
        return PlanTables(
            units=self._units(),
            households=homes,
            members=self._members(),
            centres=centres,
            zones=_blank_zones(centres, before),
            gaps=_known_gaps(homes, detail),
            base=self._base(),
            problem=self.demand.problem,
            certificate=Certificate(0.0, 0.0, 0.0, 0.0, (), (), (), len(self.demand.units)),
            parts=(),
            rules=self.rules,
            findings=(*self.located.findings, *self.demand.findings),
            provenance={
                "ledger": Ledger.of(self.located, self.demand).to_mapping(),
                "since": dict(before.since) if isinstance(before, Placed) else {},
                "stopped": "",
                "move_price_m": price,
                "homes_moved": moved,
                "staffing": {},
                "last_number": last,
            },
            helpers=self._helpers(helpers),
            cared=self._cared(cared),
            wished=None if wished is None else self._wished(wished),
            **self._ways(),
        )

    def walks(self, assignment: Ints) -> Walks:
        """Measure walks between members and units of one zone on the network."""
        demand, problem = self.demand, self.demand.problem
        homes = np.unique(demand.member_unit[demand.member_unit >= 0])
        found = self.ground.network.walks(
            demand.snaps.take(homes), demand.snaps, limit_m=self.rules.walk.limit_m
        )
        source, n = homes[found.source].astype(np.int64), problem.n_units
        same = assignment[source] == assignment[found.target]
        key = source[same] * n + found.target[same]
        order = np.argsort(key, kind="stable")
        # One more than there is, so that every search ends on an entry.  A dense table of units and
        # members would hold 5,600 x 2,300 numbers for a district; a zone asks for some 30 x 10.
        key, walk = np.append(key[order], -1), np.append(found.walk_m[same][order], np.nan)

        def direct(units: Ints, members: Ints) -> Floats:
            wanted = members[None, :].astype(np.int64) * n + units[:, None]
            at = np.searchsorted(key[:-1], wanted)
            return np.where(key[at] == wanted, walk[at], np.nan)

        return Walks.of(problem, assignment, direct)

    def shapes(self, assignment: Ints, touched: Ints) -> NDArray[Any]:
        """Draw the ground of some zones, in the plane."""
        units, network = self.demand.units, self.ground.network
        # Each fence has a territory of its own: a street along a border is walked from both sides.
        group = pd.factorize(units["fence"], sort=True)[0].astype(np.int32)
        territory = network.territory(self.demand.snaps, group=group)
        fences = None
        if self.fences is not None:
            drawn = self.fences.to_crs(self.plane.crs)
            fences = dict(zip(drawn["fence"], drawn.geometry, strict=True))
        xy = self.plane.to_xy(units["lon"], units["lat"])
        owner, lines = np.append(assignment, -1)[territory.owner], np.asarray(territory.lines)
        still = np.zeros(self.demand.problem.n_centres, bool)
        homes, along = np.ones(len(xy), bool), np.ones(len(lines), bool)
        if self.standing is not None:
            still = ~shapely.is_missing(self.standing)
            homes, along = bearing_on(xy, assignment, lines, owner, ~still)
        made = zone_shapes(
            xy[homes],
            assignment[homes],
            len(still),
            territory=(owner[along], lines[along]),
            cuts=self.ground.cuts,
            fences=fences,
            fence_of_zone=self.demand.centres["fence"].to_numpy(object),
        )
        if self.standing is not None and still.any():
            made[still] = shapely.transform(
                self.standing[still], lambda at: self.plane.to_xy(at[:, 0], at[:, 1])
            )
        return made[touched]

    def _units(self) -> gpd.GeoDataFrame:
        units = self.demand.units
        kept = ("unit_id", "label", "building", "building_id", "fence", "households", "members")
        columns = {name: units[name].to_numpy() for name in (*kept, "load")} | {
            "zone": np.full(len(units), "", object),
            "walk_m": np.full(len(units), np.nan),
            "access_m": np.round(units["access_m"].to_numpy(float), 2),
            "moved": np.zeros(len(units), np.int64),
        }
        return geo_frame(columns, points_at(units["lon"], units["lat"]))

    def _households(self, before: Previous | None) -> tuple[gpd.GeoDataFrame, NDArray[Any]]:
        """Lay out the homes, and what is said of those that nobody may serve."""
        homes, n = self.located.households, len(self.located.households)
        was = taken(
            self.demand.centres["centre_id"], np.full(n, -1) if before is None else before.zone[:n]
        )
        if isinstance(before, Placed):
            was = before.was[:n]
        cause, detail = self._causes()
        columns = {
            "household_id": homes["id"].to_numpy(str).astype(object),
            "unit_id": taken(self.demand.units["unit_id"], self.demand.household_unit),
            "fence": homes["fence"].to_numpy(object),
            "zone": np.full(n, "", object),
            "walk_m": np.full(n, np.nan),
            "load": homes["load"].to_numpy(float),
            "precision": homes["precision"].to_numpy(object),
            "confidence": np.round(homes["confidence"].to_numpy(float), 3),
            "matched": homes["label"].to_numpy(object),
            "gap": cause,
            "previous_zone": was,
            "moved": np.zeros(n, bool),
            "member": _served_by(homes["id"], before),
            "member_walk_m": np.full(n, np.nan),
        }
        return geo_frame(columns, points_at(homes["lon"], homes["lat"])), detail

    def _causes(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Give each home the cause that is known before anything is solved, and what is said of it."""
        homes, unit, units = self.located.households, self.demand.household_unit, self.demand.units
        code = homes["code"].map(CAUSE_OF).fillna("") if "code" in homes else homes["cause"]
        cause = np.where(code != "", code, homes["cause"])
        cause = np.where((cause == "") & (unit < 0), "far_from_streets", cause)
        nearest = np.append(units["nearest_m"].to_numpy(float), np.nan)[unit]
        placed = taken(units["cause"], unit)
        limit = self.rules.walk.limit_m
        detail = [
            text if not np.isfinite(m) else f"{m:.0f} m > {limit:.0f} m"
            for text, m in zip(homes["detail"], nearest, strict=True)
        ]
        known = np.where(unit >= 0, placed, cause)
        return known.astype(object), np.array(detail, object)

    def _members(self) -> pd.DataFrame:
        people = self.located.members
        # a plan in which nobody has a ceiling of its own says nothing of ceilings
        own = {"most": people["most"].to_numpy(float)} if "most" in people else {}
        return pd.DataFrame(
            {
                "member_id": people["id"].to_numpy(object),
                "unit_id": taken(self.demand.units["unit_id"], self.demand.member_unit),
                "fence": people["fence"].to_numpy(object),
                "zone": np.full(len(people), "", object),
                "is_centre": people["is_centre"].to_numpy(bool),
                "precision": people["precision"].to_numpy(object),
                "matched": people["label"].to_numpy(object),
                "households": np.zeros(len(people), np.int64),
                **own,
            }
        )

    def _centres(self, before: Previous | None) -> tuple[gpd.GeoDataFrame, int]:
        centres, n = self.demand.centres, len(self.demand.centres)
        number, last = _numbers(centres["centre_id"], before)
        columns = {
            "centre_id": centres["centre_id"].to_numpy(object),
            "number": number,
            "unit_id": centres["unit_id"].to_numpy(object),
            "fence": centres["fence"].to_numpy(object),
            "label": centres["label"].to_numpy(object),
            "households": np.zeros(n, np.int64),
            "members": np.zeros(n, np.int64),
            "load": np.zeros(n),
            **{name: np.zeros(n) for name in ("walk_mean_m", "walk_p90_m", "walk_max_m")},
            "broken": np.full(n, "", object),
        }
        return geo_frame(columns, points_at(centres["lon"], centres["lat"])), last

    def _helpers(self, helpers: Helpers | None) -> pd.DataFrame | None:
        if helpers is None or not len(helpers):
            return None
        homes, people = (
            f["id"].to_numpy(object) for f in (self.located.households, self.located.members)
        )
        return pd.DataFrame(
            {
                "household_id": homes[helpers.household],
                "member_id": people[helpers.member],
                "price_m": helpers.price_m,
            }
        )

    def _cared(self, cared: Sequence[Cared]) -> pd.DataFrame | None:
        if not cared:
            return None
        homes, people = (
            f["id"].to_numpy(object) for f in (self.located.households, self.located.members)
        )
        return pd.concat(
            [
                pd.DataFrame({"rule": rule, "person_id": names[at], "member": member})
                for rule, counted, able in cared
                for member, names, at in ((0, homes, counted), (1, people, able))
            ],
            ignore_index=True,
        )

    def _wished(self, wished: Wished) -> pd.DataFrame:
        ids = self.demand.centres["centre_id"]
        columns = {name: taken(ids, wished.centre[:, k]) for k, name in enumerate(WISHES)}
        unit = taken(self.demand.units["unit_id"], wished.unit)
        made = pd.DataFrame({"unit_id": unit, "member": wished.member.astype(int), **columns})
        # sorted, the rows tell nothing of whose they are
        return made.sort_values(list(made.columns), kind="stable", ignore_index=True)

    def _ways(self) -> dict[str, Any]:
        """Keep the streets that the walks follow, so that each can be drawn from the plan alone."""
        problem = self.demand.problem
        pairs = (problem.pair_unit, problem.pair_centre, problem.walk_m)
        found = walked_ways(self.ground.network, self.demand.snaps, problem.home, pairs)
        if found is None:
            return {}
        columns = {"start": found.start, "end": found.end, "length_m": found.length_m}
        joins = {"way": found.join, "along_m": found.along_m}
        return {"ways": geo_frame(columns, found.lines), "joins": pd.DataFrame(joins)}

    def _base(self) -> dict[str, gpd.GeoDataFrame]:
        layers = dict(self.ground.base)
        if self.fences is not None:
            layers["fences"] = self.fences
        made: dict[str, gpd.GeoDataFrame] = {}
        for name in BASE_LAYERS:
            columns = LAYER_COLUMNS.get(name, ["name"])
            layer = layers.get(name)
            if layer is None:
                layer = gpd.GeoDataFrame({c: [] for c in columns}, geometry=[], crs=WGS84)
            missing = dict.fromkeys(set(columns) - set(layer.columns), "")
            made[name] = layer.assign(**missing)[[*columns, "geometry"]].reset_index(drop=True)
        return made


def _tables(before: Previous | None) -> PlanTables | None:
    return before.tables if isinstance(before, Placed) else None


def _numbers(ids: pd.Series, before: Previous | None) -> tuple[Ints, int]:
    """Give numbers to centres: who had one keeps it, and none is given twice, not even a retired one.

    Gives besides the last number that was ever given.
    """
    tables = _tables(before)
    if tables is None:
        return np.arange(1, len(ids) + 1), len(ids)
    had = tables.centres["number"].to_numpy(np.int64)
    last = max(int(tables.provenance.get("last_number") or 0), int(had.max(initial=0)))
    number = np.append(had, 0)[positions(tables.centres["centre_id"], ids)]
    new = np.flatnonzero(number == 0)
    number[new] = last + 1 + np.arange(len(new))
    return number, last + len(new)


def bearing_on(
    xy: Floats, zone: Ints, lines: Geometries, along: Ints, moving: Bools
) -> tuple[Bools, Bools]:
    """Tell which homes and pieces of street bear on the ground of some zones: their own, and what is near.

    `moving`, shape (n_centres,): the zones that are drawn.
    """
    drawn, points = np.append(moving, False), np.asarray(shapely.points(xy), object)
    near = [drawn[zone], drawn[along]]
    tree = shapely.STRtree(np.concatenate([points[near[0]], lines[near[1]]]))
    for shapes, found in zip((points, lines), near, strict=True):
        others = np.flatnonzero(~found)
        if len(others) and len(tree):
            # the nearest alone: all that are near would be hundreds for each
            hit = tree.query_nearest(shapes[others], max_distance=MARGIN_M, all_matches=False)
            found[others[hit[0]]] = True
    return near[0], near[1]


def _blank_zones(centres: gpd.GeoDataFrame, before: Previous | None) -> gpd.GeoDataFrame:
    names = ("centre_id", "number", "fence", "households", "members", "walk_mean_m", "walk_max_m")
    tables = _tables(before)
    colour = np.full(len(centres), -1)
    if tables is not None:
        at = positions(tables.centres["centre_id"], centres["centre_id"])
        colour = np.append(tables.zones["colour"].to_numpy(np.int64), -1)[at]
    columns = {name: centres[name].to_numpy() for name in (*names, "broken")} | {
        "colour": colour,
        "gaps": np.zeros(len(centres), np.int64),
        "area_m2": np.zeros(len(centres)),
    }
    return geo_frame(columns, np.full(len(centres), shapely.MultiPolygon(), dtype=object))


def _served_by(ids: pd.Series, before: Previous | None) -> NDArray[Any]:
    """Give the member that each home had: staffing leaves it so where it can."""
    tables = _tables(before)
    if tables is None:
        return np.full(len(ids), "", object)
    homes = tables.households
    return taken(homes["member"], positions(homes["household_id"], ids))


def _known_gaps(homes: gpd.GeoDataFrame, detail: NDArray[Any]) -> gpd.GeoDataFrame:
    """List who has no unit, and what was said of it."""
    rows = np.flatnonzero(homes["gap"].to_numpy() != "")
    return gap_layer(homes.iloc[rows], homes["gap"].to_numpy()[rows], detail[rows])

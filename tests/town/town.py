"""A made-up mining town: an invented street plan, compounds, walls and gates, a river and a railway.

Community names are those of the real list of Bagongshan; streets, compounds, buildings and residents are
invented, and every file says so.  The same seed writes the same bytes.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from tests.town.plan import (
    AREAS,
    COMMUNITIES,
    LANES,
    LOTS,
    MIDDLE,
    RAIL_Y,
    RIVER_X,
    ROADS,
    Lane,
    Lot,
    Road,
    bend,
    bent_line,
)
from tests.town.sketch import Sketch

__all__ = ["Block", "Building", "Town", "borders", "build_town", "street_plan", "town_lon_lat"]

STAIRWELL_M, DEPTH_M, PATH_M, SPINE_M, GAP_M = 17.0, 12.0, 12.0, 14.0, 8.0
HOUSE_PITCH_M = 14.0
HALLS = {
    "school": "school", "hospital": "hospital", "marketplace": "retail", "residential": "apartments",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Building:
    """One block of flats, or one house of an old lane.

    Parameters
    ----------
    number : int
        As painted on its wall; the house number in a lane.
    x, y, width, depth : float
        Centre on the paper, and size, metres.
    stairwells, floors, flats : int
        Stairwells, floors, and flats on each floor of a stairwell.
    """

    number: int
    x: float
    y: float
    width: float
    depth: float
    stairwells: int
    floors: int
    flats: int

    @property
    def homes(self) -> int:
        """Flats in all."""
        return self.stairwells * self.floors * self.flats


@dataclass(frozen=True, slots=True)
class Block:
    """A walled compound, or an old lane, with its buildings.

    Parameters
    ----------
    name : str
        Of the compound; "" for a lane.
    community : str
        Community that it belongs to.
    road, number : str, int
        Its address on the street; of a lane its name, and 0.
    box : tuple of float
        West, south, east, north on the paper.
    gates : tuple of (float, float)
        Where one may pass the wall, on the paper.
    buildings : tuple of Building
        In the order of their numbers.
    greens : tuple of tuple of float
        Boxes of its gardens.
    """

    name: str
    community: str
    road: str
    number: int
    box: tuple[float, float, float, float]
    gates: tuple[tuple[float, float], ...]
    buildings: tuple[Building, ...]
    greens: tuple[tuple[float, float, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Town:
    """The whole town: its blocks and the borders of its communities, on the paper."""

    blocks: tuple[Block, ...]
    communities: tuple[tuple[str, shapely.Polygon], ...]


def build_town(seed: int = 0) -> Town:
    """Invent the blocks of the town.

    Parameters
    ----------
    seed : int
        Same seed, same town.
    """
    rng = random.Random(seed)
    house = {road.name: 1 for road in ROADS}
    blocks: list[Block] = []
    for lot in LOTS:
        house[lot.road] += 2 * rng.randrange(2, 9)
        blocks.append(_compound(lot, house[lot.road], rng))
    blocks += [_lane(lane) for lane in LANES]
    united, chemical, victory = COMMUNITIES
    border = {
        chemical: shapely.box(-30, RAIL_Y, RIVER_X, 888),
        united: shapely.box(-30, -32, RIVER_X, RAIL_Y),
        victory: shapely.Polygon(
            [(RIVER_X, -32), (1206, -32), (1206, 690), (905, 690), (905, 985), (RIVER_X, 985)]
        ),
    }
    return Town(tuple(blocks), tuple(border.items()))


def _compound(lot: Lot, number: int, rng: random.Random) -> Block:
    """Rows of slabs to both sides of the path in, numbered row by row; the other rows are green."""
    west, south, east, north = lot.box
    pitch = (north - south - 12) / lot.slots
    built = sorted(rng.sample(range(lot.slots), lot.rows))
    start = (west + east - _row_width(lot)) / 2
    spine = start + lot.slabs[0] * STAIRWELL_M + SPINE_M / 2
    floors = [f for _ in range(lot.rows) for f in _row_floors(len(lot.slabs), rng)]
    buildings: list[Building] = []
    for slot in built:
        x, y = start, south + 11 + pitch * (slot + 0.5)
        for nth, stairwells in enumerate(lot.slabs):
            width = stairwells * STAIRWELL_M
            n = len(buildings)
            buildings.append(
                Building(n + 1, x + width / 2, y, width, DEPTH_M, stairwells, floors[n], 2)
            )
            x += width + (SPINE_M if nth == 0 else GAP_M)
    gates = [(spine, south)] + ([] if math.isnan(lot.north) else [(spine, north)])
    greens = tuple(
        (west + 12, south + 6 + pitch * (slot + 0.25), east - 12, south + 6 + pitch * (slot + 0.9))
        for slot in range(lot.slots)
        if slot not in built
    )
    return Block(
        lot.name, lot.community, lot.road, number, lot.box, tuple(gates), tuple(buildings), greens
    )


def _row_floors(slabs: int, rng: random.Random) -> list[int]:
    """Give the storeys of the slabs of a row: fives and sixes, so that rows house about as many."""
    return [*rng.sample((5, 6), 2), 5][:slabs]


def _row_width(lot: Lot) -> float:
    return sum(lot.slabs) * STAIRWELL_M + SPINE_M + GAP_M * (len(lot.slabs) - 2)


def _lane(lane: Lane) -> Block:
    """Low houses, odd numbers on one side and even on the other."""
    buildings: list[Building] = []
    for i, along in enumerate(np.arange(lane.first, lane.last, HOUSE_PITCH_M).tolist()):
        for side in (0, 1):
            off = lane.at + (-10.0 if side == 0 else 10.0)
            x, y = (along, off) if lane.across else (off, along)
            width, depth = (11.0, 9.0) if lane.across else (9.0, 11.0)
            buildings.append(Building(2 * i + 1 + side, x, y, width, depth, 1, 1, 1))
    ends = (lane.first, lane.at - 16, lane.last, lane.at + 16)
    box = ends if lane.across else (ends[1], ends[0], ends[3], ends[2])
    return Block("", lane.community, lane.name, 0, box, (), tuple(buildings))


def borders(town: Town) -> str:
    """Draw the borders of the communities as GeoJSON text, WGS-84."""
    features = []
    for name, polygon in town.communities:
        corners = [(float(x), float(y)) for x, y in shapely.get_coordinates(polygon)]
        ring = np.round(MIDDLE.to_lon_lat(np.array(bent_line(corners))), 7).tolist()
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"社区": name}, "geometry": shape})
    layer = {"type": "FeatureCollection", "name": "SYNTHETIC communities", "features": features}
    return json.dumps(layer, ensure_ascii=False) + "\n"


def town_lon_lat(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put the town's paper on the globe.

    Parameters
    ----------
    xy : ndarray of float, shape (n, 2)
        Points on the paper, metres.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        lon and lat, degrees, WGS-84.
    """
    return MIDDLE.to_lon_lat(bend(xy))


def street_plan(town: Town) -> str:
    """Draw the town as an OpenStreetMap XML text.

    Parameters
    ----------
    town : Town
        From `build_town`.

    Returns
    -------
    str
        Streets, lanes, walls, gates, buildings, river and railway, all of them invented.
    """
    sketch = Sketch(MIDDLE)
    _draw_roads(sketch, town)
    for block in town.blocks:
        _draw_block(sketch, block)
    for box, tags, halls in AREAS:
        sketch.area(bent_line(_corners(box))[:-1], **tags)
        for hall in halls:
            x, y = (hall[0] + hall[2]) / 2, (hall[1] + hall[3]) / 2
            kind = HALLS.get(tags.get("amenity", tags.get("landuse", "")), "industrial")
            sketch.area(_rectangle(x, y, hall[2] - hall[0], hall[3] - hall[1]), building=kind)
    _draw_river_and_rail(sketch)
    return sketch.xml("zone-planner: SYNTHETIC TOWN")


def _corners(box: tuple[float, float, float, float]) -> list[tuple[float, float]]:
    west, south, east, north = box
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def _rectangle(x: float, y: float, width: float, depth: float) -> list[tuple[float, float]]:
    """Corners of a house: bent streets, but right angles."""
    (cx, cy), (tx, ty) = bend([(x, y), (x + 1.0, y)]).tolist()
    length = math.hypot(tx - cx, ty - cy)
    cos, sin = (tx - cx) / length, (ty - cy) / length
    w, d = width / 2, depth / 2
    return [
        (cx + a * cos - b * sin, cy + a * sin + b * cos)
        for a, b in ((-w, -d), (w, -d), (w, d), (-w, d))
    ]


def _draw_roads(sketch: Sketch, town: Town) -> None:
    gates = [(g[0], _street_of(block, g[1])) for block in town.blocks for g in block.gates]
    for road in ROADS:
        stops = {road.start, road.end, *_meetings(road)}
        for x, y in gates:
            if road.across and y == road.at and road.start <= x <= road.end:
                stops.add(x)
        line = [(s, road.at) if road.across else (road.at, s) for s in sorted(stops)]
        sketch.way(bent_line(line), highway=road.kind, name=road.name)


def _street_of(block: Block, y: float) -> float:
    """Give the y of the street on which a gate opens."""
    return y - 11.0 if y == block.box[1] else y + 11.0


def _meetings(road: Road) -> Iterator[float]:
    """Give where other streets, lanes and the railway meet a street."""
    for other in ROADS:
        if other.across == road.across:
            continue
        if other.start <= road.at <= other.end and road.start <= other.at <= road.end:
            yield other.at
    for lane in LANES:
        if lane.across != road.across and road.at in (lane.start, lane.end):
            yield lane.at
    if not road.across and road.start < RAIL_Y < road.end:
        yield RAIL_Y


def _draw_block(sketch: Sketch, block: Block) -> None:
    for b in block.buildings:
        tags = {"building": "house", "building:levels": "1"}
        if block.name:
            tags = {"building": "apartments", "building:levels": str(b.floors)}
            tags["name"] = f"{block.name}{b.number}栋"
        sketch.area(_rectangle(b.x, b.y, b.width, b.depth), **tags)
    for box in block.greens:
        sketch.area(bent_line(_corners(box))[:-1], leisure="garden")
    if block.name:
        _draw_compound(sketch, block)
    else:
        _draw_lane(sketch, block)


def _draw_lane(sketch: Sketch, block: Block) -> None:
    key = (block.road, block.community)
    lane = next(lane for lane in LANES if (lane.name, lane.community) == key)
    if any(road.name == lane.name for road in ROADS):
        return
    xs = sorted({lane.start, lane.end, *(b.x for b in block.buildings)})
    sketch.way(bent_line([(x, lane.at) for x in xs]), highway="living_street", name=lane.name)


def _draw_compound(sketch: Sketch, block: Block) -> None:
    """Paths, then the wall with its gates, then the compound's name."""
    west, south, east, north = block.box
    spine = block.gates[0][0]
    for gate in block.gates:
        sketch.node(bent_line([gate, gate])[0], barrier="gate")
    rows = sorted({b.y - PATH_M for b in block.buildings})
    ends = [south - 11.0, south, *rows]
    if len(block.gates) > 1:
        ends += [north, north + 11.0]
    sketch.way(bent_line([(spine, y) for y in ends]), highway="service", service="alley")
    for y in rows:
        row = [b for b in block.buildings if b.y - PATH_M == y]
        xs = {spine, *(b.x + side * b.width / 2 for b in row for side in (-0.8, 0.0, 0.8))}
        sketch.way(bent_line([(x, y) for x in sorted(xs)]), highway="footway")
    wall = [(spine, south), (east, south), (east, north)]
    wall += [(spine, north)] if len(block.gates) > 1 else []
    wall += [(west, north), (west, south), (spine, south)]
    sketch.way(bent_line(wall), barrier="wall")
    sketch.area(bent_line(_corners(block.box))[:-1], landuse="residential", name=block.name)


def _draw_river_and_rail(sketch: Sketch) -> None:
    west = [(RIVER_X - 20.0, -150.0), (RIVER_X - 20.0, 1100.0)]
    east = [(RIVER_X + 20.0, 1100.0), (RIVER_X + 20.0, -150.0)]
    sketch.area([*bent_line(west), *bent_line(east)], natural="water", water="river", name="示例河")
    sketch.way(bent_line([(RIVER_X, -150.0), (RIVER_X, 1100.0)]), waterway="river", name="示例河")
    crossings = [r.at for r in ROADS if not r.across and r.start < RAIL_Y < r.end]
    for x in crossings:
        sketch.node(bent_line([(x, RAIL_Y)] * 2)[0], railway="level_crossing")
    xs = sorted({-330.0, *crossings, 1480.0})
    sketch.way(bent_line([(x, RAIL_Y) for x in xs]), railway="rail", name="矿区铁路(示例)")
    spur = [(-140.0, RAIL_Y), (-40.0, 436.0), (14.0, 462.0), (26.0, 500.0), (28.0, 610.0)]
    sketch.way(bent_line(spur), railway="rail", service="spur")

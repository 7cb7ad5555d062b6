"""A made-up mining town: an invented street plan, compounds, walls and gates, a river and a railway.

Community names are those of the real list of Bagongshan; streets, compounds, buildings and residents are
invented, and every file says so.  The same seed writes the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import quoteattr

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.projection import LocalProjection

__all__ = ["Block", "Building", "Town", "borders", "build_town", "street_plan", "town_lon_lat"]

MIDDLE = LocalProjection(116.83, 32.64)
EAST_WEST = (
    (0.0, "南环路"),
    (260.0, "建设路"),
    (500.0, "铁南路"),
    (580.0, "铁北路"),
    (840.0, "文化路"),
    (1080.0, "北环路"),
)
NORTH_SOUTH = (
    (0.0, "西环路"),
    (320.0, "矿工路"),
    (640.0, "和平路"),
    (940.0, "滨河西路"),
    (1060.0, "滨河东路"),
    (1360.0, "东环路"),
)
RAIL_Y, RIVER_X = 540.0, 1000.0
BRIDGES = (260.0, 840.0)
CROSSINGS = (320.0, 940.0, 1060.0)
COMPOUNDS = (
    "向阳小区", "矿东新村", "安康苑", "曙光里", "惠民家园", "育才小区", "春晖苑", "前锋新村",
    "友谊里", "青松园", "银河小区", "新星家园", "光明新村", "翠湖苑", "兴隆里",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Building:
    """One block of flats, or one house of the old street.

    Parameters
    ----------
    number : int
        As painted on its wall; the house number in the old street.
    x, y, width, depth : float
        Centre and size, metres in the town's plane.
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
    """A walled compound, or the old street, with its buildings.

    Parameters
    ----------
    name : str
        Of the compound; "" for the old street.
    community : str
        Community that it belongs to.
    road, number : str, int
        Its address on the street.
    box : tuple of float
        West, south, east, north, metres.
    gates : tuple of (float, float)
        Where one may pass the wall.
    buildings : tuple of Building
        In the order of their numbers.
    """

    name: str
    community: str
    road: str
    number: int
    box: tuple[float, float, float, float]
    gates: tuple[tuple[float, float], ...]
    buildings: tuple[Building, ...]


@dataclass(frozen=True, slots=True)
class Town:
    """The whole town: its blocks and the borders of its communities."""

    blocks: tuple[Block, ...]
    communities: tuple[tuple[str, shapely.Polygon], ...]


def build_town(seed: int = 0) -> Town:
    """Invent the blocks of the town.

    Parameters
    ----------
    seed : int
        Same seed, same town.
    """
    rng = np.random.default_rng(seed)
    blocks: list[Block] = []
    names = iter(COMPOUNDS)
    house = dict.fromkeys((name for _, name in EAST_WEST), 1)
    for (south, road), (north, _) in pairwise(EAST_WEST):
        for (west, _), (east, _) in pairwise(NORTH_SOUTH):
            if north - south < 150 or east - west < 150:
                continue
            house[road] += 2 * int(rng.integers(1, 9))
            box = (west + 14, south + 14, east - 14, north - 14)
            old = (west, south) == (320.0, 260.0)
            name = "" if old else next(names)
            blocks.append(_block(name, _community(west, south), road, house[road], box, rng))
    border = {
        "化工社区": shapely.box(-40, RAIL_Y, RIVER_X, 1120),
        "团结社区": shapely.box(-40, -40, RIVER_X, RAIL_Y),
        "胜利社区": shapely.box(RIVER_X, -40, 1400, 1120),
    }
    return Town(tuple(blocks), tuple(border.items()))


def _community(west: float, south: float) -> str:
    if west >= RIVER_X:
        return "胜利社区"
    return "化工社区" if south >= RAIL_Y else "团结社区"


def _block(
    name: str,
    community: str,
    road: str,
    number: int,
    box: tuple[float, float, float, float],
    rng: np.random.Generator,
) -> Block:
    west, south, east, north = box
    middle = (west + east) / 2
    gates = [(middle, south)] + ([(middle, north)] if rng.random() < 0.6 else [])
    buildings = _flats(box, rng) if name else _houses(box)
    return Block(name, community, road, number, box, tuple(gates), tuple(buildings))


def _flats(box: tuple[float, float, float, float], rng: np.random.Generator) -> Iterator[Building]:
    """Four rows of slabs to both sides of the spine, numbered row by row: flats for two or three zones."""
    west, south, east, north = box
    middle = (west + east) / 2
    stairwells = int(rng.choice([2, 3], p=[0.8, 0.2]))
    floors = rng.permutation([5, 6] * 4)
    step = (north - south - 20) / 4
    for n in range(8):
        row, side = divmod(n, 2)
        width = 16.0 * stairwells
        setback = 14 + width / 2 + float(rng.integers(0, 8))
        x = middle - setback if side == 0 else middle + setback
        y = south + 10 + step * (row + 0.5) + 6
        yield Building(n + 1, x, y, width, 12.0, stairwells, int(floors[n]), 2)


def _houses(box: tuple[float, float, float, float]) -> Iterator[Building]:
    """Low houses along a lane, odd numbers on one side and even on the other."""
    west, south, east, north = box
    y = (south + north) / 2
    for i, x in enumerate(np.arange(west + 20, east - 20, 14.0)):
        yield Building(2 * i + 1, float(x), y - 12, 10.0, 9.0, 1, 1, 1)
        yield Building(2 * i + 2, float(x), y + 12, 10.0, 9.0, 1, 1, 1)


def borders(town: Town) -> str:
    """Draw the borders of the communities as GeoJSON text, WGS-84."""
    features = []
    for name, polygon in town.communities:
        ring = np.round(town_lon_lat(shapely.get_coordinates(polygon)), 7).tolist()
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"社区": name}, "geometry": shape})
    layer = {"type": "FeatureCollection", "name": "SYNTHETIC communities", "features": features}
    return json.dumps(layer, ensure_ascii=False) + "\n"


def town_lon_lat(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put the town's plane on the globe.

    Parameters
    ----------
    xy : ndarray of float, shape (n, 2)
        Metres from the town's south-west corner.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        lon and lat, degrees, WGS-84.
    """
    return MIDDLE.to_lon_lat(xy - [700.0, 540.0])


@dataclass(eq=False)
class _Sketch:
    """Collects nodes and ways; a node stands once however many ways meet in it."""

    ids: dict[tuple[float, float], int] = field(default_factory=dict)
    tags: dict[int, dict[str, str]] = field(default_factory=dict)
    ways: list[tuple[list[int], dict[str, str]]] = field(default_factory=list)

    def node(self, x: float, y: float, **tags: str) -> int:
        key = (round(x, 2), round(y, 2))
        number = self.ids.setdefault(key, len(self.ids) + 1)
        if tags:
            self.tags.setdefault(number, {}).update(tags)
        return number

    def way(self, points: list[tuple[float, float]], **tags: str) -> None:
        self.ways.append(([self.node(x, y) for x, y in points], tags))

    def xml(self) -> Iterator[str]:
        """Write the town as OpenStreetMap XML."""
        yield '<?xml version="1.0" encoding="UTF-8"?>\n'
        yield '<osm version="0.6" generator="zone-planner: SYNTHETIC TOWN">\n'
        places = town_lon_lat(np.array(list(self.ids)))
        for (lon, lat), number in zip(places.tolist(), self.ids.values(), strict=True):
            tags = self.tags.get(number, {})
            yield f'<node id="{number}" version="1" lat="{lat:.7f}" lon="{lon:.7f}"'
            yield f">{_tags(tags)}</node>\n" if tags else "/>\n"
        for number, (nodes, tags) in enumerate(self.ways, start=1):
            refs = "".join(f'<nd ref="{n}"/>' for n in nodes)
            yield f'<way id="{number}" version="1">{refs}{_tags(tags)}</way>\n'
        yield "</osm>\n"


def _tags(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())


def street_plan(town: Town) -> str:
    """Draw the town as an OpenStreetMap XML text.

    Parameters
    ----------
    town : Town
        From `build_town`.

    Returns
    -------
    str
        Streets, lanes, walls, gates, buildings, river and railway; names as in the real world, ids not.
    """
    sketch = _Sketch()
    _roads(sketch, town)
    for block in town.blocks:
        _draw_block(sketch, block)
    _river_and_rail(sketch)
    return "".join(sketch.xml())


def _roads(sketch: _Sketch, town: Town) -> None:
    xs, ys = [x for x, _ in NORTH_SOUTH], [y for y, _ in EAST_WEST]
    gates = {
        (round(x, 2), y)
        for b in town.blocks
        for x, y in ((g[0], _street(b, g[1])) for g in b.gates)
    }
    for y, name in EAST_WEST:
        on_line = sorted({*xs, *(x for x, at in gates if at == y)})
        sides = [[x for x in on_line if x < RIVER_X], [x for x in on_line if x > RIVER_X]]
        for part in [on_line] if y in BRIDGES else sides:
            sketch.way([(x, y) for x in part], highway="residential", name=name)
    for x, name in NORTH_SOUTH:
        sides = [[y for y in ys if y < RAIL_Y], [y for y in ys if y > RAIL_Y]]
        for part in [ys] if x in CROSSINGS else sides:
            points = [(x, y) for y in part]
            if len(part) == len(ys):
                points.insert(sum(y < RAIL_Y for y in ys), (x, RAIL_Y))
            sketch.way(points, highway="residential", name=name)


def _street(block: Block, y: float) -> float:
    """Find the street on which a gate opens."""
    return block.box[1] - 14 if y == block.box[1] else block.box[3] + 14


def _draw_block(sketch: _Sketch, block: Block) -> None:
    west, south, east, north = block.box
    middle = (west + east) / 2
    for b in block.buildings:
        _draw_building(sketch, block, b)
    if not block.name:
        lane = (south + north) / 2
        xs = sorted({b.x for b in block.buildings} | {middle})
        sketch.way([(x, lane) for x in xs], highway="living_street", name="老井巷")
        sketch.way([(middle, y) for y in (south - 14, south, lane)], highway="service")
        sketch.way([(middle, y) for y in (lane, north, north + 14)], highway="service")
        return
    ends = [(middle, g[1]) for g in block.gates]
    for x, y in ends:
        sketch.node(x, y, barrier="gate")
    rows = sorted({b.y - 12 for b in block.buildings})
    spine = [south - 14, south, *rows] + ([north, north + 14] if len(ends) > 1 else [])
    sketch.way([(middle, y) for y in spine], highway="service", service="alley")
    for y in rows:
        row = [b for b in block.buildings if b.y - 12 == y]
        xs = sorted({middle, *(b.x + side * b.width / 2 for b in row for side in (-1, 1))})
        sketch.way([(x, y) for x in xs], highway="footway")
    wall = [(middle, south), (east, south), (east, north)]
    wall += [(middle, north)] if len(ends) > 1 else []
    wall += [(west, north), (west, south), (middle, south)]
    sketch.way(wall, barrier="wall")
    sketch.way([(west, south), (middle, south), (east, south), (east, north), (west, north), (west, south)],
               landuse="residential", name=block.name)  # fmt: skip


def _draw_building(sketch: _Sketch, block: Block, b: Building) -> None:
    w, d = b.width / 2, b.depth / 2
    ring = [(b.x - w, b.y - d), (b.x + w, b.y - d), (b.x + w, b.y + d), (b.x - w, b.y + d)]
    tags = {"building": "apartments" if block.name else "house", "building:levels": str(b.floors)}
    if block.name:
        tags["name"] = f"{block.name}{b.number}栋"
    sketch.way([*ring, ring[0]], **tags)


def _river_and_rail(sketch: _Sketch) -> None:
    bank = [(RIVER_X - 18, -80), (RIVER_X + 18, -80), (RIVER_X + 18, 1160), (RIVER_X - 18, 1160)]
    sketch.way([*bank, bank[0]], natural="water", water="river", name="示例河")
    sketch.way([(RIVER_X, -80), (RIVER_X, 1160)], waterway="river", name="示例河")
    points = sorted({-80.0, *CROSSINGS, 1440.0})
    for x in CROSSINGS:
        sketch.node(x, RAIL_Y, railway="level_crossing")
    sketch.way([(x, RAIL_Y) for x in points], railway="rail", name="矿区铁路(示例)")

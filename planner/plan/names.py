"""A plan's places by what they are called, and by where they lie.

The names that the plan keeps, of units and of the buildings beneath them, make a gazetteer of its own:
an address is looked up in it as residents' addresses were, without any other file.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.intake.address.door import door_of
from planner.intake.address.parse import Address, parse_address
from planner.intake.gazetteer.found import Candidate
from planner.intake.gazetteer.index import Gazetteer
from planner.model.arrays import Floats
from planner.model.measures import METRES_A_MINUTE
from planner.model.plane import LocalProjection
from planner.model.tables import PlanTables
from planner.plan.venues import Venue

__all__ = ["CHINESE", "NameBook", "Place", "estates_told", "name_book"]

NEAR_M = 60.0  # A place farther than this from every unit of the plan has no walk of its own
SURE_M = 15.0  # within this of a unit's door its zone holds, wherever the border is drawn
LONGEST_FLAT = 3  # letters and digits of a stairwell or flat at the end of a western address
CHINESE = re.compile("[\u3400-\u9fff]")
_NUMBERED = re.compile(r"(?P<street>.*[^\W\d_].*?)\s+(?P<number>\d[\w/-]*)(?:\s+\w{1,2})?")


@dataclass(frozen=True)
class Place:
    """One place of a plan, and whose zone it lies in.

    Parameters
    ----------
    label : str
        The place in words, building or stairwell; "" where only a spot was asked about.
    zone : int
        Number of the zone as drawn; 0 where no centre serves the place.
    centre_id, centre : str
        The centre, and where it is.
    fence : str
        Community of the place; "" if none.
    walk_m : float or None
        The plan's walk from there to the centre, metres; None where it has none.
    precision : str
        How near the place is known: ``stairwell, building, interpolated, street, compound, given``...
    confidence : float
        0 to 1: how sure the text means this place.
    away_m : float
        Metres from the spot that was found to the unit that answers for it; 0 for the unit itself.
    unit_id : str
        Demand unit; "" where the place lies at none.
    lon, lat : float
        Degrees WGS-84.
    venue : Venue or None
        The venue that is nearest to the unit, where the plan knows of venues.
    """

    label: str
    zone: int
    centre_id: str
    centre: str
    fence: str
    walk_m: float | None
    precision: str
    confidence: float
    away_m: float
    unit_id: str
    lon: float
    lat: float
    venue: Venue | None = None

    @property
    def minutes(self) -> float | None:
        """Walk in minutes, at 60 m a minute (GB 50180-2018)."""
        return None if self.walk_m is None else self.walk_m / METRES_A_MINUTE


@dataclass(frozen=True, eq=False)
class NameBook:
    """A plan's places by what they are called and where they lie."""

    tables: PlanTables
    gazetteer: Gazetteer
    plane: LocalProjection
    xy: Floats
    lon_lat: Floats
    names: Mapping[str, frozenset[int]]
    keys: Mapping[str, frozenset[int]]
    areas: Mapping[str, frozenset[int]]
    stairwell: Mapping[int, frozenset[str]]
    zone: Mapping[str, int]
    precision: Mapping[str, str] = field(default_factory=dict)

    def known_as(self, unit: int) -> str:
        """How precisely the homes of a unit were placed."""
        return self.precision.get(str(self.tables.units["unit_id"].iloc[unit]), "building")

    def units_of(self, text: str) -> list[int]:
        """Units that the text names, by their whole name or by their building; sorted."""
        named = self.names.get(_folded(text))
        if named:  # homes of which only the estate is known are called like the estate
            return sorted(named | self.areas.get(_folded(text), frozenset()))
        if not CHINESE.search(text):
            return sorted(self._without_home(_folded(text)))
        address = parse_address(text)
        found: frozenset[int] = frozenset()
        for key in (*address.building_keys, door_of(address).building_key):
            found = self.keys.get(key, frozenset())
            if found:
                break
        if not found:
            return [] if address.building else sorted(self.area(address))
        return sorted(self._in_community(self._at_stairwell(found, address), address))

    def _without_home(self, text: str) -> frozenset[int]:
        """Units of a western line, its flat and stairwell left out one after the other; or of a street."""
        words = text.split()
        # A western line ends in stairwell and flat, "Mannerheimintie 12 A 5": they are left out
        # from the end until the plan knows the rest.
        while words and len(words[-1]) <= LONGEST_FLAT and re.search(r"\d", " ".join(words[:-1])):
            words.pop()
            found = self.names.get(" ".join(words))
            if found:
                return found
        return self.areas.get(text, frozenset())

    def area(self, address: Address) -> frozenset[int]:
        """Units of an estate, or of a road of which no number is named."""
        for name in ("compound", "road"):
            found = self.areas.get(address.canonical(name)) if getattr(address, name) else None
            if found and not (name == "road" and address.road_number):
                return self._in_community(found, address)
        return frozenset()

    def _at_stairwell(self, found: frozenset[int], address: Address) -> frozenset[int]:
        asked = door_of(address).stairwell
        at = frozenset(u for u in found if asked and asked in self.stairwell.get(u, ()))
        plain = frozenset(u for u in found if not self.stairwell.get(u))
        # A stairwell that the plan does not know may lie in a building that it keeps whole.
        return at or (plain if asked and plain else found)

    def _in_community(self, found: frozenset[int], address: Address) -> frozenset[int]:
        said = address.canonical("community")
        fences = self.fences if said else []
        inside = frozenset(
            u for u in found if said and parse_address(fences[u]).canonical("community") == said
        )
        return inside or found

    def agrees(self, text: str, units: Iterable[int]) -> bool:
        """Tell whether the community that a text names, if the plan knows it, is that of the units."""
        said = parse_address(text).canonical("community") if CHINESE.search(text) else ""
        # A fence named "南塘村" and an address in 南塘社区 speak of one community.
        known = {f: parse_address(f).canonical("community") or f for f in set(self.fences)}
        if said not in known.values():
            return True
        return all(known[self.fences[u]] == said for u in units)

    @cached_property
    def fences(self) -> list[str]:
        """Community of each unit."""
        return [str(f) for f in self.tables.units["fence"]]

    def place(
        self, unit: int, precision: str, confidence: float, *, label: str = "", away_m: float = 0.0
    ) -> Place:
        """Tell of one unit."""
        row = self.tables.units.iloc[unit]
        zone, walk = self.zone.get(str(row["zone"]), -1), float(row["walk_m"])
        return self._placed(
            zone,
            self.lon_lat[unit],
            label=label or str(row["label"]),
            fence=str(row["fence"]),
            walk_m=walk if np.isfinite(walk) and zone >= 0 else None,
            precision=precision,
            confidence=round(confidence, 3),
            away_m=round(away_m, 1),
            unit_id=str(row["unit_id"]),
        )

    def _placed(self, zone: int, spot: Iterable[float], **told: Any) -> Place:
        """Tell of a spot in a zone; -1 for none."""
        lon, lat = (round(float(v), 6) for v in spot)
        row = (
            self.tables.centres.iloc[zone]
            if zone >= 0
            else {"number": 0, "centre_id": "", "label": ""}
        )
        whose = {"centre_id": str(row["centre_id"]), "centre": str(row["label"])}
        return Place(zone=int(row["number"]), lon=lon, lat=lat, **whose, **told)

    def around(self, candidate: Candidate, confidence: float) -> list[Place]:
        """Tell of the units called like a candidate, else of what lies at its spot."""
        named = self.names.get(_folded(candidate.label))
        if named:
            return [self.place(u, candidate.precision, confidence) for u in sorted(named)]
        lon, lat = self.gazetteer.projection.to_lon_lat([candidate.xy])[0]
        return self.at(lon, lat, candidate.precision, confidence, candidate.label)

    def at(
        self, lon: float, lat: float, precision: str, confidence: float, label: str = ""
    ) -> list[Place]:
        """Tell of the nearest units, and of the zone in which a spot is drawn if that is another."""
        x, y = self.plane.to_xy([lon], [lat])[0]
        away = np.hypot(self.xy[:, 0] - x, self.xy[:, 1] - y)
        drawn = self._drawn(lon, lat)
        least = float(away.min()) if len(away) else np.inf
        found = [
            self.place(int(u), precision, confidence, label=label, away_m=float(away[u]))
            for u in np.flatnonzero(away <= least + 1.0)
            if least <= NEAR_M
        ]
        if drawn >= 0:
            other = self._placed(
                drawn,
                (lon, lat),
                label=label,
                fence=str(self.tables.zones["fence"].iloc[drawn]),
                walk_m=None,
                precision=precision,
                confidence=confidence,
                away_m=round(least, 1),
                unit_id="",
            )
            found += [] if other.zone in {p.zone for p in found} else [other]
        # At a door its unit's zone holds: borders are smoothed, and may pass a house on the wrong side.
        if least <= SURE_M:
            found = [p for p in found if p.unit_id]
        return found

    def _drawn(self, lon: float, lat: float) -> int:
        inside = shapely.intersects_xy(self.tables.zones.geometry.to_numpy(), lon, lat)
        return int(np.flatnonzero(inside)[0]) if inside.any() else -1


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace(",", " ").split())


@lru_cache(maxsize=2)
def name_book(tables: PlanTables) -> NameBook:
    """Gather what the places of a plan are called; kept for the two plans asked last."""
    units = tables.units
    lon_lat = shapely.get_coordinates(units.geometry.to_numpy())
    plane = LocalProjection.around(lon_lat[:, 0], lon_lat[:, 1])
    called = _called(tables)
    names: dict[str, set[int]] = defaultdict(set)
    keys: dict[str, set[int]] = defaultdict(set)
    areas: dict[str, set[int]] = defaultdict(set)
    stairwell: dict[int, set[str]] = defaultdict(set)
    for label, at in called.items():
        names[_folded(label)] |= at
        if not CHINESE.search(label):
            numbered = _NUMBERED.fullmatch(label)
            areas[_folded(numbered["street"]) if numbered else ""] |= at
            continue
        address = parse_address(label)
        door = door_of(address)
        for key in {*address.building_keys, door.building_key} - {""}:
            keys[key] |= at
        for name in (address.canonical("compound"), address.canonical("road")):
            if name:
                areas[name] |= at
        if door.stairwell:
            for unit in at:
                stairwell[unit].add(door.stairwell)
    areas.pop("", None)
    zone = {str(c): i for i, c in enumerate(tables.centres["centre_id"])}
    known = _gazetteer(tables, called, lon_lat)
    xy = plane.to_xy(*lon_lat.T)
    return NameBook(
        tables,
        known,
        plane,
        xy,
        lon_lat,
        _fixed(names),
        _fixed(keys),
        _fixed(areas),
        _fixed(stairwell),
        zone,
        _precisions(tables),
    )


def _fixed(found: Mapping[Any, set[Any]]) -> dict[Any, frozenset[Any]]:
    return {key: frozenset(values) for key, values in found.items()}


def _called(tables: PlanTables) -> dict[str, set[int]]:
    """Give the units of each name: their labels, and the places that their homes were matched to."""
    place = {u: i for i, u in enumerate(tables.units["unit_id"])}
    called: dict[str, set[int]] = defaultdict(set)
    for unit, label in enumerate(tables.units["label"]):
        called[str(label)].add(unit)
    homes = tables.households[["matched", "unit_id"]].drop_duplicates()
    for matched, unit_id in homes.itertuples(index=False):
        if unit_id in place:
            called[str(matched)].add(place[unit_id])
    called.pop("", None)
    return called


def _precisions(tables: PlanTables) -> dict[str, str]:
    """How precisely the homes of each unit were placed: what holds for most of them."""
    homes = tables.households[["unit_id", "precision"]].value_counts().reset_index()
    homes = homes.sort_values(["count", "precision"], ascending=[False, True])
    first = homes.drop_duplicates("unit_id")
    return {str(u): str(p) for u, p in zip(first["unit_id"], first["precision"], strict=True)}


def estates_told(tables: PlanTables, smallest: int) -> list[list[str]]:
    """Name the estates (小区) of each zone, of which so many homes at least are in it.

    Only names that the map or the office's table of buildings gives: what people write of their homes may
    name people.

    Gives: names in the order of the homes that they have there, for the zones in their order.
    """
    known = {_estate(str(name))[0] for name in tables.base["buildings"]["name"].dropna().unique()}
    label = tables.units["building"].astype(str)
    found = {text: _estate(text) for text in label.unique()}
    estate = label.map(lambda text: found[text][0])
    homes = pd.DataFrame(
        {"zone": tables.units["zone"], "estate": estate, "homes": tables.units["households"]}
    )
    homes["called"] = label.map(lambda text: found[text][1])
    homes = homes[homes["estate"].isin(known - {""}) & (homes["zone"] != "")]
    summed = homes.groupby(["zone", "estate"], sort=True).agg({"homes": "sum", "called": "min"})
    told = summed[summed["homes"] >= smallest].reset_index()
    told = told.sort_values(["homes", "estate"], ascending=[False, True], kind="stable")
    by_zone = told.groupby("zone")["called"].agg(list).to_dict()
    return [by_zone.get(centre, []) for centre in tables.zones["centre_id"]]


def _estate(text: str) -> tuple[str, str]:
    """Give the estate of a Chinese address, as it is compared and as it is written; "" for none."""
    if not CHINESE.search(text):
        return "", ""
    address = parse_address(text)
    return address.canonical("compound"), str(address.compound or "")


def _gazetteer(tables: PlanTables, called: Mapping[str, set[int]], lon_lat: Floats) -> Gazetteer:
    """Make what is looked up in: the plan's units, and the named buildings and streets beneath them."""
    rows: list[tuple[str, str, str, float, float]] = []
    told: list[tuple[str, float, float]] = []
    for label, units in sorted(called.items()):
        found = None if CHINESE.search(label) else _NUMBERED.fullmatch(label)
        for lon, lat in lon_lat[sorted(units)].tolist():
            if found:
                rows.append((found["street"], found["number"], label, lon, lat))
            else:
                told.append((label, lon, lat))
    base = tables.base["buildings"]
    base = base.assign(
        **{c: base[c].astype("string").fillna("") for c in ("name", "street", "number")}
    )
    spots = shapely.get_coordinates(shapely.centroid(base.geometry.to_numpy()))
    numbered = base.assign(lon=spots[:, 0], lat=spots[:, 1])[base["number"] != ""]
    columns = ["street", "number", "name", "lon", "lat"]
    rows += numbered[columns].itertuples(index=False, name=None)
    points = pd.DataFrame(rows, columns=columns)
    # where there is a street, the gazetteer makes the name of street and number
    named = points["name"].where(points["street"] == "", "")
    return Gazetteer.build(
        _layer(points.assign(name=named, place="", source="address point")),
        base,
        tables.base["streets"],
        _layer(pd.DataFrame(columns=["name", "kind", "lon", "lat"])),
        table=pd.DataFrame(told, columns=["address", "lon", "lat"]),
    )


def _layer(rows: pd.DataFrame) -> gpd.GeoDataFrame:
    """Make a map layer of rows with ``lon, lat`` and texts."""
    spots = gpd.points_from_xy(rows["lon"].astype(float), rows["lat"].astype(float))
    texts = rows.drop(columns=["lon", "lat"]).astype("string")
    return gpd.GeoDataFrame(texts, geometry=spots, crs="EPSG:4326")

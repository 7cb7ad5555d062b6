"""Whatever a map holds is found by its own name and by its own address."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest

from planner.intake.gazetteer.found import Cause, Match
from planner.intake.gazetteer.geocode import find_places
from planner.intake.gazetteer.index import Gazetteer
from planner.network.streets.osm import Extract, read_extract
from tests.conftest import ReadOnce

EXTRACTS = (
    "beijing_haidian_zhongguancun_2017", "hangzhou_zijingang", "jiangxi_guixi_2025", "liechtenstein_south",
    "queens_village_ny",
)  # fmt: skip
CJK = re.compile("[\u3400-\u9fff]")
NEAR_M = 50.0
SHARE = 0.995
MOST = 4_000
"""Of more address points, every nth is asked."""
READ: dict[str, tuple[Extract, Gazetteer]] = {}


def opened(path: Path, read_once: ReadOnce) -> tuple[Extract, Gazetteer]:
    """Read an extract once."""
    if path.name not in READ:
        e = read_once(path)
        made = Gazetteer.build(
            e.addresses, e.buildings, e.streets, e.places, other_names=e.other_names
        )
        READ[path.name] = e, made
    return READ[path.name]


def found_at(match: Match, xy: np.ndarray) -> bool:
    """Tell whether a spot is among what was found, or its name is told as that of several places."""
    if match.code is Cause.AMBIGUOUS:
        return True
    return any(np.hypot(*(np.array(c.xy) - xy)) <= NEAR_M for c in match.candidates)


def unfound_names(extract: Extract, gazetteer: Gazetteer) -> list[str]:
    """Ask every named street, building and place by its exact name."""
    lost: list[str] = []
    for layer in (extract.streets, extract.buildings, extract.places):
        named = layer[layer["name"].fillna("") != ""]
        names = list(dict.fromkeys(named["name"]))
        match = dict(zip(names, find_places(names, [""] * len(names), gazetteer), strict=True))
        if layer is extract.streets:
            lost += [n for n in names if not match[n].candidates]
            continue
        at = named.geometry.representative_point()
        spots = gazetteer.projection.to_xy(at.x.to_numpy(), at.y.to_numpy())
        # Of two shops of one name under one roof, one answers for both.
        rows = zip(named["name"], spots, strict=True)
        known = {n for n, xy in rows if found_at(match[n], xy)}
        lost += [n for n in names if n not in known]
    return lost


def asked(points: gpd.GeoDataFrame) -> list[str]:
    """Write the full address of each address point, as people of its country do."""
    lines = []
    for street, number, place in zip(
        points["street"], points["number"], points["place"], strict=True
    ):
        if CJK.search(street):
            lines.append(f"{street}{number}" + ("号" if number[-1:].isdigit() else ""))
        else:
            lines.append(f"{street} {number}" + (f", {place}" if place and place != street else ""))
    return lines


def unfound_addresses(extract: Extract, gazetteer: Gazetteer) -> tuple[list[str], int]:
    """Ask address points by their full address; also count them."""
    points = extract.addresses
    points = points[(points["street"] != "") & (points["number"] != "")]
    points = points.iloc[:: -(-len(points) // MOST) or 1]
    if not len(points):
        return [], 0
    lines = asked(points)
    spots = gazetteer.projection.to_xy(points.geometry.x.to_numpy(), points.geometry.y.to_numpy())
    matches = find_places(lines, [""] * len(lines), gazetteer)
    # Shops of one large building share its address: any of the points that carry it is right.
    alike: dict[str, list[Any]] = {}
    for line, xy in zip(lines, spots, strict=True):
        alike.setdefault(line, []).append(xy)
    rows = zip(lines, matches, strict=True)
    return [
        line for line, match in rows if not any(found_at(match, xy) for xy in alike[line])
    ], len(lines)


@pytest.mark.parametrize("name", EXTRACTS)
def test_every_named_object_is_found_by_its_name(
    shared_data: Path, name: str, read_once: ReadOnce
) -> None:
    """Streets, buildings, estates, quarters and amenities, in any script: all of them."""
    assert unfound_names(*opened(shared_data / "osm" / f"{name}.osm.pbf", read_once)) == []


@pytest.mark.parametrize("name", EXTRACTS)
def test_address_points_are_found_by_their_address(
    shared_data: Path, name: str, read_once: ReadOnce
) -> None:
    """Of all address points at least 99.5 %; what is not found is listed."""
    lost, count = unfound_addresses(*opened(shared_data / "osm" / f"{name}.osm.pbf", read_once))
    assert len(lost) <= (1 - SHARE) * count, lost


def test_the_demo_town_finds_itself(helsinki_pbf: Path, read_once: ReadOnce) -> None:
    """The extract that the first demo town stands on, names and addresses."""
    extract, gazetteer = opened(helsinki_pbf, read_once)
    assert unfound_names(extract, gazetteer) == []
    lost, count = unfound_addresses(extract, gazetteer)
    assert len(lost) <= (1 - SHARE) * count, lost


def test_the_made_up_town_finds_itself() -> None:
    """The streets, estates and buildings of the second demo town, each by its name."""
    streets = Path(__file__).parents[3] / "data" / "bagongshan" / "streets.osm"
    extract, gazetteer = opened(streets, read_extract)
    assert unfound_names(extract, gazetteer) == []
    assert unfound_addresses(extract, gazetteer) == ([], 0)

"""The map of a review: small, without a network, and nothing that is written in a sheet can run in it."""

from __future__ import annotations

import json
import re

import geopandas as gpd
from shapely.geometry import LineString, box

from planner.render.books.review_book import Line, Option
from planner.render.map.review_page import review_page

HOSTILE = "</script><script>alert(1)</script>\u2028"
LINE = Line("k", HOSTILE, "社区", 3, "a.xlsx 2", "未找到", "not found",
            (Option("甲苑3号楼", "building", 0.0, 117.0, 32.6),), ("甲苑3楼",))  # fmt: skip
BASE = {
    "streets": gpd.GeoDataFrame(geometry=[LineString([(117, 32.6), (117.001, 32.6)])], crs=4326),
    "buildings": gpd.GeoDataFrame(geometry=[box(117, 32.6, 117.0001, 32.6001)], crs=4326),
}


def data(page: str) -> dict[str, object]:
    """Read what the page carries."""
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.S)
    assert found is not None
    return json.loads(found[1])


def test_it_holds_the_lines_and_the_ground() -> None:
    """Candidates with their distances, the address as written, streets and buildings near it."""
    told = data(review_page([LINE], BASE, (116.999, 32.599, 117.001, 32.601)).decode())
    (line,) = told["lines"]  # type: ignore[misc]
    assert line["text"] == HOSTILE
    assert line["written"] == ["甲苑3楼"]
    assert line["options"] == [{"label": "甲苑3号楼", "apart": 0.0, "lon": 117.0, "lat": 32.6}]
    assert told["at"] == [117.0, 32.6]
    assert told["streets"] == [[0, 0, 1000, 0]]
    assert len(told["buildings"][0]) == 10  # type: ignore[index]


def test_it_asks_nobody_and_runs_nothing_of_a_sheet() -> None:
    """No address of another place, a policy that lets none in, and two scripts whatever is written."""
    page = review_page([LINE], {}, None).decode()
    assert "default-src 'none'" in page
    assert not re.search(r"https?://", page)
    assert page.count("<script") == 2
    assert data(page)["streets"] == []
    assert review_page([LINE], BASE, None) == review_page([LINE], BASE, None)

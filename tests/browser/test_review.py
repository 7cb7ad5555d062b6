"""The map of a review, used as a clerk does: choose a line, click its place, download the answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely.geometry import LineString

from planner.api.review.answers import read_choices
from planner.intake.coordinates.datum import convert
from planner.render.books.review_book import Line, Option
from planner.render.map.review_page import review_page
from tests.browser.conftest import handed_out

SPOTS = [(117.0, 32.6), (117.004, 32.602)]
OPTIONS = tuple(Option(f"甲苑{k}号楼", "building", 0.0, *at) for k, at in enumerate(SPOTS))
LINES = [
    Line("k1", "甲苑3号楼", "甲社区", 3, "", "未找到", "", OPTIONS, ("甲苑3楼",)),
    Line("k2", "=乙苑,5号楼", "", 1, "", "未找到", ""),
]
BASE = {"streets": gpd.GeoDataFrame(geometry=[LineString(SPOTS)], crs=4326)}


def test_places_are_clicked_pasted_and_read_back(browser: Any, tmp_path: Path) -> None:
    """The middle of the page is the middle of the candidates; a pasted pair of Amap is turned."""
    path = tmp_path / "review.html"
    path.write_bytes(review_page(LINES, BASE, (116.99, 32.59, 117.01, 32.61)))
    faults: list[str] = []
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(path.as_uri())
    page.locator("button.line").first.click()
    box = page.locator("canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    lon, lat = map(float, page.locator("#at").input_value().split(","))
    assert (lon, lat) == pytest.approx((117.002, 32.601), abs=2e-5)
    page.locator("#datum").select_option("gcj02")
    shown = [float(v) for v in page.locator("#at").input_value().split(",")]
    assert shown == pytest.approx(convert(lon, lat, "wgs84", "gcj02")[0].tolist(), abs=2e-6)
    page.locator("button.line").nth(1).click()
    amap = convert(117.003, 32.6005, "wgs84", "gcj02")[0]
    page.locator("#at").fill(f"{amap[0]:.7f},{amap[1]:.7f}")
    page.locator("#at").press("Enter")
    told = tmp_path / "review.csv"
    told.write_bytes(handed_out(page, page.locator("#save").click, "review.csv"))
    first, second = read_choices(told, None)[0]
    assert (first.key, second.key) == ("k1", "k2")
    assert (first.lon, first.lat) == pytest.approx((lon, lat), abs=2e-6)
    assert (second.lon, second.lat) == pytest.approx((117.003, 32.6005), abs=2e-6)
    assert not faults
    page.close()

"""A plan at a glance: small, of outlines alone, with nothing fetched."""

from __future__ import annotations

import re
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

from planner.errors import MissingExtraError, PrivacyError
from planner.model.palette import ZONE_COLOURS
from planner.model.tables import PlanTables
from planner.privacy.audience import Audience
from planner.render import card
from planner.render.card import card_html, explored, plotted, zones_svg
from planner.render.map.page import map_page
from tests.plans import make_plan_tables


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan of a small town."""
    return make_plan_tables(nx=8, ny=6, nc=8)


def test_a_card_is_small(tables: PlanTables) -> None:
    """Some kilobytes, where the whole map has hundreds: a notebook may show a plan many times."""
    shown = card_html(tables)
    assert len(shown) < 20_000 < len(map_page(tables).html) / 5
    assert shown.count("<path") == len(tables.zones)
    for number in tables.zones["number"]:
        assert f">{number}</text>" in shown
    assert "http" not in shown.replace("http://www.w3.org/2000/svg", "")
    assert "<script" not in shown


def test_no_home_and_no_hostile_text(tables: PlanTables) -> None:
    """Ids, addresses and labels are not in it; markup of a title is shown, not run."""
    shown = card_html(make_plan_tables(nx=5, ny=4, hostile=True))
    assert "<img" not in shown
    assert "<svg/onload" not in shown
    plain = card_html(tables)
    assert not re.search(r"H\d{5}|P\d{4}|新村路", plain)


def test_the_gate_reads_the_card(tables: PlanTables) -> None:
    """A title with a citizen's number is not shown."""
    named = replace(tables, provenance={**tables.provenance, "title": "11010519491231002X"})
    with pytest.raises(PrivacyError):
        card_html(named)


def test_a_plan_without_zones_has_no_picture(tables: PlanTables) -> None:
    """Nothing was drawn, so nothing is shown; the figures are."""
    none = gpd.GeoSeries([shapely.MultiPolygon()] * len(tables.zones), crs=4326)
    bare = replace(tables, zones=tables.zones.set_geometry(none))
    assert zones_svg(bare) == ""
    assert "<li>" in card_html(bare)


def test_axes_have_every_zone(tables: PlanTables) -> None:
    """In its colour, with its number; axes of one's own are used, and looks of one's own count."""
    pyplot = pytest.importorskip("matplotlib.pyplot")
    figure, own = pyplot.subplots()
    ax = plotted(tables, Audience.MEETING, own, alpha=0.9)
    assert ax is own
    assert {t.get_text() for t in ax.texts} >= {str(n) for n in tables.zones["number"]}
    (patches,) = ax.collections
    assert len(patches.get_paths()) >= len(tables.zones)
    assert patches.get_alpha() == 0.9
    pyplot.close(figure)
    pyplot.close(plotted(tables, Audience.PUBLIC).figure)


def test_letters_that_no_font_has_are_no_boxes(tables: PlanTables, monkeypatch) -> None:
    """An attribution in Chinese is drawn where a font has its letters, else in what is left of it."""
    pyplot = pytest.importorskip("matplotlib.pyplot")
    named = replace(tables, provenance={**tables.provenance, "attribution": "streets 路网"})
    for font, told in ((None, "streets"), ("DejaVu Sans", "streets 路网")):
        monkeypatch.setattr(card, "_chinese_font", lambda font=font: font)
        ax = plotted(named, Audience.MEETING)
        assert told in {t.get_text() for t in ax.texts}
        pyplot.close(ax.figure)


def test_without_matplotlib_the_extra_is_named(tables: PlanTables, monkeypatch) -> None:
    """The message says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match="notebook"):
        plotted(tables, Audience.MEETING)


def test_a_map_to_add_to(tables: PlanTables) -> None:
    """It is folium's own, and asks no server for anything."""
    import folium

    chart = explored(tables, Audience.MEETING)
    assert isinstance(chart, folium.Map)
    folium.Marker([32.62, 117.02]).add_to(chart)
    html = chart.get_root().render()
    sources = re.findall(r"<(?:script|link|img)[^>]+https?:", html)
    assert sources == []
    assert "OpenStreetMap" in html
    assert html.count('"number"') >= len(tables.zones)
    assert any(colour in html for colour in ZONE_COLOURS)

"""Online tiles: only where asked for, on the right datum, and said on the page; else no address at all."""

from __future__ import annotations

import re

import pytest

from planner.api.plan import Plan
from planner.errors import ConfigError, PrivacyError
from planner.model.tables import PlanTables
from planner.privacy.audience import Audience
from planner.privacy.pages import check_structure
from planner.render.map.basemap import TIANDITU_KEY, basemap_of
from planner.render.map.page import map_page
from tests.plans import make_plan_tables

TILES = "https://tiles.example.org/{z}/{x}/{y}.png"
POLICY = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]*)"')


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan."""
    return make_plan_tables()


def policy_of(html: str) -> str:
    """Give the content security policy of a page."""
    found = POLICY.search(html)
    assert found
    return found[1]


@pytest.mark.parametrize("audience", list(Audience))
def test_without_it_a_page_asks_nobody(tables: PlanTables, audience: Audience) -> None:
    """By default the policy allows no host, and no address stands in what the page reads or draws."""
    html = map_page(tables, audience=audience).html
    assert "://" not in policy_of(html)
    own = re.sub(r"/\*.*?\*/", "", html, flags=re.DOTALL)
    addresses = set(re.findall(r"https?://[^\s\"'<>)]+", own))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"} | {
        a for a in addresses if a.startswith("https://leafletjs.com")
    }


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.MEETING])
def test_tiles_are_told_and_allowed(tables: PlanTables, audience: Audience) -> None:
    """The page names the host, credits it, and its policy allows that host and no other."""
    page = Plan.of(tables).map(audience=audience, basemap=TILES)
    assert "img-src data: https://tiles.example.org;" in policy_of(page.html)
    assert '"host":"tiles.example.org"' in page.html.replace(" ", "")


def test_an_internal_map_asks_nobody(tables: PlanTables) -> None:
    """The roster is never drawn on somebody else's tiles; nor are two plans compared on them."""
    with pytest.raises(ConfigError, match="internal"):
        map_page(tables, audience=Audience.INTERNAL, basemap=basemap_of(TILES))
    with pytest.raises(ConfigError, match="compared"):
        Plan.of(tables).map(against=tables, basemap=TILES)


def test_tianditu_needs_a_key_for_browsers() -> None:
    """Without a key it is refused; with one, roads and names are asked of its eight hosts."""
    for environ in ({}, {TIANDITU_KEY: "x y"}, {TIANDITU_KEY: "a'b" * 9}):
        with pytest.raises(ConfigError, match=TIANDITU_KEY) as caught:
            basemap_of("tianditu", environ)
        assert "x y" not in str(caught.value)
    tiles = basemap_of("tianditu", {TIANDITU_KEY: "0123456789abcdef"})
    assert len(tiles.layers) == 2
    assert len(tiles.origins) == 8
    assert all("{z}" in a and "{x}" in a and "{y}" in a and "{s}" in a for a in tiles.layers)


@pytest.mark.parametrize(
    "host",
    ["webrd01.is.autonavi.com", "mt0.google.cn", "rt0.map.gtimg.com", "maponline0.bdimg.com"],
)
def test_shifted_tiles_are_refused(host: str) -> None:
    """Tiles on GCJ-02 or BD-09 would lie beside the plan: refused, with the reason and the way out."""
    with pytest.raises(ConfigError, match=r"GCJ-02|BD-09") as caught:
        basemap_of(f"https://{host}/{{z}}/{{x}}/{{y}}")
    assert "tianditu" in str(caught.value.remedy)


@pytest.mark.parametrize(
    "text",
    [
        "", "osm", "https://tiles.example.org/1/2/3.png", "http://tiles.example.org/{z}/{x}/{y}",
        "javascript:{x}{y}{z}", "https://a b/{z}/{x}/{y}", "https://u:p@host/{z}/{x}/{y}",
        "https://x.org;script-src *;/{z}/{x}/{y}", 'https://x.org/{z}/{x}/{y}"><script>', "data:{x}{y}{z}",
        "https://x.org/{z}/{x}/{y}'", "https:///{z}/{x}/{y}", "https://x.org/{z}/{x}/{y}" + "a" * 600,
    ],
)  # fmt: skip
def test_strange_addresses_are_refused(text: str) -> None:
    """What is no address of tiles, or could reach into the policy or the page, is refused."""
    with pytest.raises(ConfigError):
        basemap_of(text)


@pytest.mark.parametrize("host", ["localhost:8080", "10.1.2.3", "tiles", "192.168.0.9:81"])
def test_an_office_may_have_its_own(host: str) -> None:
    """A host of one's own network may be asked without encryption."""
    tiles = basemap_of(f"http://{host}/{{z}}/{{x}}/{{-y}}.png")
    assert tiles.origins == (f"http://{host}",)


def test_the_gate_refuses_requests_that_are_not_told(tables: PlanTables) -> None:
    """A page whose policy allows a host that its data do not name is not released, nor one without policy."""
    html = map_page(tables).html
    opened = html.replace("img-src data:;", "img-src data: https://x.example;")
    assert opened != html
    for page in (opened, POLICY.sub("", html)):
        with pytest.raises(PrivacyError, match="requests"):
            check_structure(page, Audience.MEETING, "map.html")

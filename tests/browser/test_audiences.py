"""The public and the internal page in a real browser: they draw, answer, print, and ask for nothing."""

# ruff: noqa: E501 - scripts

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from planner.model.tables import PlanTables
from planner.plan.compare import compared
from planner.privacy.audience import INTERNAL_WORDS, Audience
from planner.privacy.person import People, Person
from planner.render.map.basemap import basemap_of
from planner.render.map.page import map_page
from planner.render.map.pair import compare_page
from tests.browser.conftest import Opener, wait_until
from tests.browser.test_page import COLOURS
from tests.plan.test_compare import movable, recut
from tests.plans import HOSTILE, make_plan_tables


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan."""
    return make_plan_tables()


@pytest.fixture(scope="module")
def people(tables: PlanTables) -> People:
    """Give names, some of which try to run."""
    return People(
        {h: Person(HOSTILE[i % len(HOSTILE)], room="502") for i, h in enumerate(tables.households["household_id"])},
        {m: Person(HOSTILE[i % len(HOSTILE)], office_phone="0554-6601234") for i, m in enumerate(tables.members["member_id"])},
    )  # fmt: skip


@pytest.fixture(scope="module")
def public_file(
    tables: PlanTables, people: People, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Give the public page as a file."""
    page = map_page(tables, audience=Audience.PUBLIC, people=people)
    return page.save(tmp_path_factory.mktemp("public") / "map.html")


@pytest.fixture(scope="module")
def internal_file(
    tables: PlanTables, people: People, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Give the internal page as a file."""
    page = map_page(tables, audience=Audience.INTERNAL, people=people, day=date(2026, 5, 18))
    return page.save(tmp_path_factory.mktemp("internal") / "map.html")


def test_the_public_page_draws_and_answers(
    open_page: Opener, public_file: Path, tables: PlanTables
) -> None:
    """Zones, a list, a card with whom to call; no editor, no search, no homes; both languages."""
    with open_page(public_file) as page:
        assert page.evaluate(COLOURS) > 8
        assert page.locator("tr[data-zone]").count() == len(tables.zones)
        assert page.locator("#edit, #find, .layers").count() == 0
        assert "公开版" in page.inner_text("aside")
        page.click("tr[data-zone='2'] .badge")
        card = page.inner_text("[data-kind=zone]")
        assert "0554-6601234" in card
        assert "约" in card or "不足" in card
        page.click("#language")
        assert "Public edition" in page.inner_text("aside")
        assert "Office phone" in page.inner_text("[data-kind=zone]")
        box = page.locator(".folium-map").bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        assert page.locator("[data-kind=zone]").count() == 1
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")


@pytest.mark.parametrize("size", [(1024, 768), (3840, 2160)])
def test_the_public_page_fits(open_page: Opener, public_file: Path, size: tuple[int, int]) -> None:
    """From a small screen to a wall the window never scrolls."""
    with open_page(public_file, size=size) as page:
        sizes = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        assert tuple(page.evaluate(sizes)) == size


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.MEETING])
def test_a_phone(
    open_page: Opener,
    public_file: Path,
    tables: PlanTables,
    audience: Audience,
    language: str,
    tmp_path: Path,
) -> None:
    """At 390 px the map is as wide as the window and half as high, the list below it; a row shows its zone."""
    file = public_file
    if audience is Audience.MEETING:
        file = map_page(tables).save(tmp_path / "map.html")
    with open_page(file, f"?lang={language}", size=(390, 844)) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        box = page.locator(".stage").bounding_box()
        assert box["width"] == 390
        assert 350 < box["height"] < 480
        assert page.locator(".panel").bounding_box()["y"] > box["y"] + box["height"]
        row = page.locator("section.zones tr[data-zone]").last
        row.scroll_into_view_if_needed()
        row.click()
        card = page.locator("[data-kind=zone]").bounding_box()
        assert 0 <= card["y"] < card["y"] + card["height"] <= 844
        assert page.evaluate("scrollY") == 0
        assert str(tables.zones["number"].iloc[-1]) in page.inner_text("[data-kind=zone] h2")


def test_the_public_list_can_be_searched(
    open_page: Opener, public_file: Path, tables: PlanTables
) -> None:
    """By number, phone and community, in both languages; what is not there is said."""
    with open_page(public_file, "?lang=en") as page:
        shown = "Array.from(document.querySelectorAll('section.zones tr[data-zone]')).filter((r) => r.offsetParent).length"
        page.fill(".zones .find input", "7")
        assert page.evaluate(shown) == 1
        page.fill(".zones .find input", "6601234")
        assert page.evaluate(shown) == len(tables.zones)
        page.fill(".zones .find input", "幸福社区")
        assert page.evaluate(shown) == (tables.zones["fence"] == "幸福社区").sum()
        page.fill(".zones .find input", "nowhere")
        assert page.evaluate(shown) == 0
        assert page.inner_text(".zones [role=status]") == "No such zone"


def test_a_long_list_comes_in_slices(open_page: Opener, tmp_path: Path) -> None:
    """A list longer than a screen is whole and in order soon after the picture, or once somebody searches."""
    tables = make_plan_tables(nc=64)
    file = map_page(tables, audience=Audience.PUBLIC).save(tmp_path / "map.html")
    rows = "document.querySelectorAll('section.zones tr[data-zone]').length"
    with open_page(file) as page:
        wait_until(page, f"{rows} === 64")
        numbers = page.locator("section.zones tr[data-zone] .badge").all_text_contents()
        assert numbers == [str(n) for n in tables.zones["number"]]
        # furnished anew, and asked before the slices have come
        searched = f"""() => {{
          document.querySelector('#language').click();
          const first = {rows};
          const input = document.querySelector('.zones .find input');
          input.value = '64';
          input.dispatchEvent(new Event('input'));
          return [first, {rows}];
        }}"""
        first, all_of_them = page.evaluate(searched)
        assert 0 < first < 64
        assert all_of_them == 64
        assert page.locator("section.zones tr[data-zone]:visible").count() == 1
        assert page.evaluate(rows) == 64


def test_the_public_page_tells_estates(
    open_page: Opener, tables: PlanTables, tmp_path: Path
) -> None:
    """A zone's estates stand in the list, on its card and on its sheet, and are searched."""
    buildings = tables.base["buildings"].iloc[[0]].assign(name="甲苑1栋", street="", number="")
    units = tables.units.assign(building="甲苑1号楼")
    made = replace(tables, units=units, base={**tables.base, "buildings": buildings})
    file = map_page(made, audience=Audience.PUBLIC).save(tmp_path / "map.html")
    with open_page(file, size=(390, 844)) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.fill(".zones .find input", "甲苑")
        rows = page.locator("section.zones tr[data-zone]:visible")
        assert rows.count() == (tables.zones["households"] >= 10).sum() > 3
        assert "甲苑" in rows.first.inner_text()
        rows.first.click()
        assert "小区" in page.inner_text("[data-kind=zone]")
        assert "甲苑" in page.inner_text("[data-kind=zone]")


def test_the_internal_page_tells_the_roster(
    open_page: Opener, internal_file: Path, tables: PlanTables
) -> None:
    """The card of a building lists its homes, exact counts and who serves them; the editor is there."""
    with open_page(internal_file) as page:
        unit = int(tables.units["households"].to_numpy().argmax())
        page.evaluate(
            """(u) => {
              const m = window.plannerPage.model;
              const b = m.buildings[m.units[u].building];
              window.plannerPage.map.setView(m.plane.latLng(b.sx, b.sy), 19, { animate: false });
            }""",
            unit,
        )
        box = page.locator(".folium-map").bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        card = page.locator(".roster-box")
        both = tables.units["unit_id"][
            tables.units["building_id"] == tables.units["building_id"][unit]
        ]
        assert card.locator("table.roster tbody tr").count() == (
            tables.households["unit_id"].isin(both).sum()
        )
        page.click(f".stairwells [data-unit='{unit}']")
        homes = tables.households[
            tables.households["unit_id"] == tables.units["unit_id"].iloc[unit]
        ]
        rows = card.locator("table.roster tbody tr")
        assert rows.count() == len(homes)
        assert homes["household_id"].iloc[0] in card.inner_text()
        assert "502" in card.inner_text()
        assert "内部版" in page.inner_text("aside")
        assert page.locator("#edit").count() == 1


def test_the_watermark_cannot_be_switched_off(open_page: Opener, internal_file: Path) -> None:
    """It lies over everything, lets clicks through, stays in both languages and on paper, and is dated."""
    with open_page(internal_file) as page:
        for media in ("screen", "print"):
            page.emulate_media(media=media)
            mark = page.locator(".watermark")
            assert mark.is_visible()
            assert f"{INTERNAL_WORDS} · 2026-05-18" in mark.inner_text()
            style = mark.evaluate(
                "n => { const s = getComputedStyle(n); return [s.pointerEvents, s.position, Number(s.zIndex)]; }"
            )
            assert style[:2] == ["none", "fixed"]
            assert style[2] >= 2000
        page.emulate_media(media="screen")
        page.click("#language")
        assert page.locator(".watermark span").count() >= 40
        assert "Internal edition" in page.inner_text("aside")
        seen = page.evaluate(
            """() => Array.from(document.querySelectorAll('.watermark span')).filter((n) => {
              const b = n.getBoundingClientRect();
              return b.right > 0 && b.bottom > 0 && b.left < innerWidth && b.top < innerHeight;
            }).length"""
        )
        assert seen >= 12


def test_a_meeting_has_no_watermark(open_page: Opener, tables: PlanTables, tmp_path: Path) -> None:
    """What is for a meeting is not marked internal, and holds no roster."""
    path = map_page(tables).save(tmp_path / "map.html")
    with open_page(path) as page:
        assert page.locator(".watermark, .roster-box").count() == 0
        assert INTERNAL_WORDS not in page.content()


@pytest.mark.parametrize("kind", ["public", "meeting", "internal", "compare"])
def test_hostile_texts_everywhere(open_page: Opener, tmp_path: Path, kind: str) -> None:
    """Every text of the plan and of the sheets tries to run, in each edition, both languages and on paper."""
    tables = make_plan_tables(moved=kind != "compare", hostile=True)
    if kind == "compare":
        made = compare_page(compared(tables, recut(tables, movable(tables, 6))), title=HOSTILE[1])
    else:
        people = People(
            {h: Person(HOSTILE[i % 12], room=HOSTILE[(i + 5) % 12], care=(HOSTILE[(i + 7) % 12],)) for i, h in enumerate(tables.households["household_id"])},
            {m: Person(HOSTILE[i % 12], office_phone="0554-6601234") for i, m in enumerate(tables.members["member_id"])},
        )  # fmt: skip
        made = map_page(tables, audience=Audience(kind), people=people, title=HOSTILE[0])
    path = made.save(tmp_path / "map.html")
    with open_page(path) as page:
        for _ in range(2):
            page.locator("tbody tr, [data-row]").first.click()
            page.wait_for_timeout(150)
            page.click("#language")
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        printer = "window.plannerPrint && window.plannerPrint.draw({ paper: 'A4', landscape: false, what: 'printSome', list: '1-2' })"
        page.evaluate(f"Promise.resolve({printer}).then(() => true)")
        markup = "aside img, main img, main svg[onload], header img, body > img, body > svg, script:not([type]) ~ b"
        assert page.locator(markup).count() == 0
        assert page.locator("h1").first.evaluate("n => n.children.length") == 0


def test_online_tiles_lie_beneath_and_are_told(
    browser: object, tables: PlanTables, tmp_path: Path
) -> None:
    """With a base map the page asks its host alone, shows the tiles under the zones, and says so in words."""
    import base64

    pixel = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
    tiles = basemap_of("https://tiles.example.org/{z}/{x}/{y}.png")
    for audience in (Audience.PUBLIC, Audience.MEETING):
        path = map_page(tables, audience=audience, basemap=tiles).save(
            tmp_path / f"{audience}.html"
        )
        context = browser.new_context()  # type: ignore[attr-defined]
        asked: list[str] = []
        page = context.new_page()
        page.on("console", lambda m, asked=asked: asked.append(m.text))
        page.on("request", lambda r, asked=asked: asked.append(r.url))
        page.route(
            "https://tiles.example.org/**",
            lambda route: route.fulfill(body=pixel, content_type="image/png"),
        )
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready]")
        page.wait_for_selector(".leaflet-tile-loaded", state="attached")
        assert {u.split("/")[2] for u in asked[1:]} == {"tiles.example.org"}
        assert "tiles.example.org" in page.inner_text(".banners")
        assert "tiles.example.org" in page.inner_text(".attribution")
        context.close()

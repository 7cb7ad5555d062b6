"""By keyboard and for a screen reader, from 1024 points to 4K: nobody is left out."""

# ruff: noqa: E501 - scripts

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.model.tables import PlanTables
from planner.plan.compare import compared
from planner.render.map.page import map_page
from planner.render.map.pair import compare_page
from tests.browser.conftest import Opener, wait_until
from tests.plan.test_compare import movable, recut
from tests.plans import make_plan_tables

NAMELESS = """() => Array.from(document.querySelectorAll('button, input, select, textarea, summary, [role=slider], [tabindex="0"]'))
  .filter((n) => n.getClientRects().length)
  .filter((n) => {
    const labels = n.labels ? Array.from(n.labels).map((l) => l.textContent).join('') : '';
    return !(n.textContent.trim() || n.getAttribute('aria-label') || n.title || labels.trim());
  }).map((n) => n.cloneNode(false).tagName + '.' + n.className)"""
HIDDEN = """() => Array.from(document.querySelectorAll('canvas')).filter((c) => c.getAttribute('aria-hidden') !== 'true').length"""
OVERFLOWING = """() => Array.from(document.querySelectorAll('header button, header h1, .key, .panel, .edit, .print-dialog'))
  .filter((n) => {
    const b = n.getBoundingClientRect();
    return b.width && (b.right > window.innerWidth + 1 || b.left < -1 || b.bottom > window.innerHeight + 1);
  }).map((n) => n.tagName + '.' + n.className)"""
SMALLEST = """() => Math.min(...Array.from(document.querySelectorAll('header *, aside *, .key *, .print-dialog *'))
  .filter((n) => n.getClientRects().length && Array.from(n.childNodes).some((c) => c.nodeType === 3 && c.textContent.trim()))
  .map((n) => parseFloat(getComputedStyle(n).fontSize)))"""


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan."""
    return make_plan_tables()


@pytest.fixture(scope="module")
def pages(tables: PlanTables, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give the map and a comparison as files."""
    folder = tmp_path_factory.mktemp("usable")
    old = make_plan_tables(moved=False)
    comparison = compare_page(compared(old, recut(old, movable(old, 9))))
    return {
        "map": map_page(tables).save(folder / "map.html"),
        "compare": comparison.save(folder / "compare.html"),
    }


def focused(page: Any) -> str:
    """Give what has the focus, in words."""
    return page.evaluate(
        "(n => n.id || n.dataset.tool || n.getAttribute('aria-label') || n.textContent.trim())(document.activeElement)"
    )


@pytest.mark.parametrize("query", ["", "?lang=en"])
@pytest.mark.parametrize("name", ["map", "compare"])
def test_everything_has_a_name(
    open_page: Opener, pages: dict[str, Path], name: str, query: str
) -> None:
    """Each control has a name in the page's language, pictures are passed over, and there are landmarks."""
    with open_page(pages[name], query) as page:
        assert page.evaluate(NAMELESS) == []
        assert page.evaluate(HIDDEN) == 0
        assert page.locator("header, main, aside").count() >= 3
        assert page.locator("h1").count() == 1
        assert page.get_attribute("aside", "aria-label")
        assert page.evaluate("map_plan.getContainer().getAttribute('aria-label')")
        if name == "map":
            page.get_by_role("button", name="Print" if query else "打印", exact=True).click()
            assert page.evaluate(NAMELESS) == []
            page.keyboard.press("Escape")
            page.click("#edit")
            assert page.evaluate(NAMELESS) == []


def test_by_keyboard_alone(open_page: Opener, pages: dict[str, Path]) -> None:
    """Find a building, open a zone, print, edit and undo without a pointer; the focus is never lost."""
    with open_page(pages["map"], "?lang=en") as page:
        seen: list[str] = []
        for _ in range(14):
            page.keyboard.press("Tab")
            seen.append(focused(page))
        for wanted in ("edit", "Print", "language", "Zoom in", "Zoom out", "Whole plan"):
            assert wanted in seen
        page.keyboard.press("/")
        assert focused(page) == "find"
        page.keyboard.type("新村路3号1单元")
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)
        assert page.inner_text(".detail h2") == "新村路3号1单元"
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("Escape")
        assert page.locator(".detail").count() == 0
        page.get_by_role("button", name="Print", exact=True).focus()
        page.keyboard.press("Enter")
        dialog = page.locator("dialog.print-dialog")
        assert page.evaluate("document.querySelector('dialog').contains(document.activeElement)")
        page.keyboard.press("Escape")
        dialog.wait_for(state="detached")
        assert focused(page) == "Print"
        page.locator("#edit").focus()
        page.keyboard.press("Enter")
        page.locator(".unit-list summary").focus()
        page.keyboard.press("Enter")
        page.locator(".units").focus()
        page.keyboard.press("ArrowDown")
        assert page.locator(".units .cursor").count() == 1
        assert page.locator(".edit [role=status]").count() == 1


@pytest.mark.parametrize(
    "size", [(1024, 768), (1366, 768), (1920, 1080), (2560, 1440), (3840, 2160)]
)
@pytest.mark.parametrize("name", ["map", "compare"])
def test_from_a_small_window_to_a_wall(
    open_page: Opener, pages: dict[str, Path], name: str, size: tuple[int, int]
) -> None:
    """Nothing overflows, nothing is too small to read, and the map keeps most of the window."""
    with open_page(pages[name], "?lang=en", size=size) as page:
        assert page.evaluate(OVERFLOWING) == []
        assert page.evaluate(SMALLEST) >= 9.5
        assert page.evaluate("map_plan.getContainer().clientWidth") > size[0] * 0.55
        if size[0] >= 3840:
            assert page.evaluate(SMALLEST) >= 14
        if name == "map":
            page.get_by_role("button", name="Print", exact=True).click()
            assert page.evaluate(OVERFLOWING) == []
            page.keyboard.press("Escape")
            page.click("#edit")
            assert page.evaluate(OVERFLOWING) == []


def test_by_finger(browser: Any, pages: dict[str, Path]) -> None:
    """On a touch screen a tap opens a building's card, a drag moves the map, and the lasso chooses."""
    context = browser.new_context(
        has_touch=True, viewport={"width": 1280, "height": 800}, offline=True
    )
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda e: wrong.append(str(e)))
    page.goto(pages["map"].as_uri())
    page.wait_for_selector("html[data-edit=ready]", state="attached")
    box = page.locator(".folium-map").bounding_box()
    spot = page.evaluate(
        """() => {
          const { model, map } = window.plannerPage;
          const far = (one) => model.centres.every((c) => Math.hypot(c.sx - one.sx, c.sy - one.sy) > 150);
          const b = model.buildings.find((one) => one.zone >= 0 && one.together > 0 && far(one));
          map.setView(model.plane.latLng(b.sx, b.sy), 18, { animate: false });
          return b.label;
        }"""
    )
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.touchscreen.tap(*middle)
    page.wait_for_timeout(400)
    assert page.inner_text(".detail h2") == spot
    touch = context.new_cdp_session(page)

    def finger(kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in at]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    page.tap("#edit")
    page.tap("[data-tool=lasso]")
    page.wait_for_timeout(500)
    x, y = box["x"] + box["width"] * 0.48, box["y"] + box["height"] * 0.3
    corners = [(x, y), (x + 300, y), (x + 300, y + 330), (x, y + 330), (x, y + 10)]
    finger("touchStart", corners[0])
    for corner in corners[1:]:
        finger("touchMove", corner)
    finger("touchEnd")
    page.wait_for_timeout(300)
    assert page.evaluate("window.plannerPage.desk.selection.size") > 0
    for _ in range(
        5
    ):  # a browser gives a tap up where the page is busy for a second; a hand taps again
        page.tap("#edit")
        page.wait_for_timeout(1500)
        if page.get_attribute("#edit", "aria-pressed") == "false":
            break
    assert page.evaluate("map_plan.dragging.enabled()")
    page.wait_for_timeout(500)  # or the touch would count as the second of a double tap
    before = page.evaluate("map_plan.getCenter()")
    finger("touchStart", middle)
    for step in range(1, 9):
        finger("touchMove", (middle[0] - 12 * step, middle[1]))
        page.wait_for_timeout(20)  # as a hand does; a busy browser drops what comes all at once
    finger("touchEnd")
    wait_until(page, f"map_plan.getCenter().lng > {before['lng']!r}")
    assert not wrong
    context.close()


def test_the_map_shows_its_focus(open_page: Opener, pages: dict[str, Path]) -> None:
    """The map has a ring as plain as that of a button when the arrow keys go to it, and none otherwise."""
    ring = "getComputedStyle(document.querySelector('.folium-map'), '::after').borderTopWidth"
    with open_page(pages["map"]) as page:
        drawn = "getComputedStyle(document.querySelector('.folium-map'), '::after').content"
        assert page.evaluate(drawn) == "none"
        page.locator("#language").focus()
        page.keyboard.press("Tab")
        assert page.evaluate(ring) == "3px"
        before = page.evaluate("map_plan.getCenter().lng")
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(500)
        assert page.evaluate("map_plan.getCenter().lng") > before


def test_names_are_whole_in_a_small_window(open_page: Opener, pages: dict[str, Path]) -> None:
    """At 1024 px the list of zones cuts no name short, and nothing hangs out of the panel."""
    for query in ("", "?lang=en"):
        with open_page(pages["map"], query, size=(1024, 768)) as page:
            cut = "[...document.querySelectorAll('.place')].filter((e) => e.scrollWidth > e.clientWidth)"
            assert page.evaluate(f"{cut}.length") == 0
            assert page.evaluate(
                "document.querySelector('.panel').scrollWidth <= document.querySelector('.panel').clientWidth"
            )


def test_a_finger_finds_what_it_points_at(browser: Any, pages: dict[str, Path]) -> None:
    """On a touch screen the heads of the list and the numbers of zones are two lines high."""
    context = browser.new_context(has_touch=True, is_mobile=True, offline=True)
    page = context.new_page()
    page.goto(pages["map"].as_uri())
    page.wait_for_selector("html[data-edit=ready]", state="attached")
    for name in (".zones th button", ".zones .badge"):
        assert page.locator(name).first.bounding_box()["height"] >= 28
    context.close()

"""Two plans in one page, in a real browser: switch, slider, list, highlights, keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.model.tables import PlanTables
from planner.plan.compare import compared
from planner.render.map.pair import compare_page
from tests.browser.conftest import Opener
from tests.plan.test_compare import movable, recut
from tests.plans import make_plan_tables


@pytest.fixture(scope="module")
def before() -> PlanTables:
    """Give a plan."""
    return make_plan_tables(moved=False)


@pytest.fixture(scope="module")
def after(before: PlanTables) -> PlanTables:
    """Give it with twelve units moved."""
    return recut(before, movable(before, 12))


@pytest.fixture(scope="module")
def page_file(
    before: PlanTables, after: PlanTables, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Give the page as a file."""
    page = compare_page(compared(before, after))
    return page.save(tmp_path_factory.mktemp("compare") / "compare.html")


def colour(page: Any, share: float) -> bytes:
    """Take the picture of a strip of the map."""
    box = page.locator("main.stage").bounding_box()
    x, height = box["x"] + box["width"] * share - 60, box["height"] - 200
    return page.screenshot(clip={"x": x, "y": box["y"] + 80, "width": 120, "height": height})


def test_the_switch_shows_one_plan_or_both(open_page: Opener, page_file: Path) -> None:
    """Before, after and side by side differ on the map, and each is as it was when it comes back."""
    with open_page(page_file) as page:
        page.click(".layers summary")
        page.uncheck("[data-layer=moved]")
        page.click(".layers summary")
        shots: dict[str, tuple[bytes, bytes]] = {}
        for side in ("planBefore", "planAfter", "planBoth"):
            page.click(f"[data-side={side}]")
            assert page.get_attribute(f"[data-side={side}]", "aria-pressed") == "true"
            assert page.locator(".swipe").is_visible() == (side == "planBoth")
            shots[side] = (colour(page, 0.38), colour(page, 0.62))
        assert shots["planBefore"] != shots["planAfter"]
        assert shots["planBoth"][0] == shots["planBefore"][0]
        assert shots["planBoth"][1] == shots["planAfter"][1]


def test_the_slider_moves_by_pointer_and_keys(open_page: Opener, page_file: Path) -> None:
    """Dragging and arrow keys move the divide; panning and zooming leave it where it is."""
    with open_page(page_file) as page:
        handle = page.locator(".swipe-handle")
        box = handle.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - 200, y, steps=5)
        page.mouse.up()
        assert abs(handle.bounding_box()["x"] + 200 - box["x"]) < 3
        share = int(handle.get_attribute("aria-valuenow"))
        handle.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        assert int(handle.get_attribute("aria-valuenow")) == share + 4
        page.click(".zoom button >> nth=0")
        page.wait_for_timeout(500)
        cut = page.evaluate(
            """() => {
              const { map, state, scenes } = window.comparePage;
              const edge = map.containerPointToLayerPoint([map.getSize().x * state.share, 0]).x;
              return scenes.map((s) => Math.abs(parseFloat(s.pane.style.clip.match(/[-\\d.]+px/g)[s === scenes[0] ? 1 : 3]) - edge));
            }"""  # noqa: E501
        )
        assert max(cut) <= 1


def test_the_list_says_what_changes_hands(
    open_page: Opener, page_file: Path, before: PlanTables, after: PlanTables
) -> None:
    """Every row with its building, zones, homes and walks; a click flies there and marks it."""
    comparison = compared(before, after)
    with open_page(page_file, "?lang=en") as page:
        rows = page.locator("[data-row]")
        assert rows.count() == len(comparison.rows)
        texts = " ".join(rows.all_inner_texts())
        for row in comparison.table().to_dict("records"):
            assert row["building"] in texts
        data = page.evaluate("JSON.parse(document.getElementById('plan-data').textContent)")
        for unit in comparison.rows["after_unit"]:
            walk = data["blocks"]["walk"][data["units"]["block"][unit]]
            assert f"{walk:,} m" in texts
        marks = "document.querySelector('.compare-marks').toDataURL()"
        empty, zoom = page.evaluate(marks), page.evaluate("map_plan.getZoom()")
        rows.nth(0).click()
        page.wait_for_timeout(600)
        assert page.evaluate(marks) != empty
        assert page.evaluate("map_plan.getZoom()") > zoom
        assert page.locator("[data-row][aria-pressed=true]").count() == 1
        page.keyboard.press("Escape")
        assert page.locator("[data-row][aria-pressed=true]").count() == 0
        assert page.evaluate(
            """() => {
              const c = document.querySelector('.compare-marks');
              const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
              return d.every((v) => v === 0);
            }"""
        )


def test_the_sums_stand_side_by_side(
    open_page: Opener, page_file: Path, before: PlanTables, after: PlanTables
) -> None:
    """Homes moved, metres a home, rules broken and the gap, before and after."""
    comparison = compared(before, after)
    with open_page(page_file, "?lang=en") as page:
        mean = page.locator("[data-sum=mean_m] td").all_inner_texts()
        was, now = comparison.figures()["mean_m"]
        assert mean[1:3] == [f"{was:.0f} m", f"{now:.0f} m"]
        assert page.locator("[data-sum]").count() == 11
        aside = page.inner_text("aside")
        assert f"{comparison.moved} homes change hands" in aside
        for key in ("broken_zones", "optimality_gap", "served"):
            assert page.locator(f"[data-sum={key}] td").count() == 4


def test_both_languages(open_page: Opener, page_file: Path) -> None:
    """Chinese first; the button gives English, and the choice stays."""
    with open_page(page_file) as page:
        assert "变更清单" in page.inner_text("aside")
        page.locator("[data-row]").nth(1).click()
        page.click("#language")
        assert "What changes hands" in page.inner_text("aside")
        assert page.locator("[data-row][aria-pressed=true]").count() == 1
        assert "变更" not in page.inner_text("body")


def test_a_click_on_either_side_tells_of_that_plan(open_page: Opener, page_file: Path) -> None:
    """Left of the divide the card is of the plan before, right of it of the plan after."""
    with open_page(page_file, "?lang=en") as page:
        box = page.locator("main.stage").bounding_box()
        for share, word in ((0.35, "Before"), (0.65, "After")):
            page.mouse.click(box["x"] + box["width"] * share, box["y"] + box["height"] * 0.5)
            assert page.inner_text(".detail h2").startswith(word)


@pytest.mark.parametrize("size", [(1024, 768), (3840, 2160)])
def test_it_fits(open_page: Opener, page_file: Path, size: tuple[int, int]) -> None:
    """From a small screen to a wall the window never scrolls."""
    with open_page(page_file, size=size) as page:
        sizes = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        assert tuple(page.evaluate(sizes)) == size


def test_hostile_texts(open_page: Opener, tmp_path: Path) -> None:
    """Every text of both plans tries to run: none does."""
    old = make_plan_tables(moved=False, hostile=True)
    path = compare_page(compared(old, recut(old, movable(old, 6)))).save(tmp_path / "c.html")
    with open_page(path) as page:
        page.locator("[data-row]").nth(0).click()
        page.click("#language")
        assert page.locator("aside img, main img, main svg, body > img").count() == 0


def test_it_prints_both_sides(open_page: Opener, page_file: Path) -> None:
    """On paper both plans stand beside the divide, and nothing covers them."""
    with open_page(page_file) as page:
        page.locator("[data-row]").nth(0).click()
        page.wait_for_timeout(500)
        page.emulate_media(media="print")
        assert not page.locator(".compare-marks").is_visible()
        assert page.locator(".swipe-name.before").is_visible()
        assert page.locator("canvas.scene").count() == 2
        page.emulate_media(media="screen")
        assert len(page.pdf(prefer_css_page_size=True, print_background=True)) > 60_000

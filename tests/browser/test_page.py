"""The page in a real browser: it draws, answers, speaks two languages, and runs nothing of the input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.model.tables import PlanTables
from planner.render.map.page import map_page
from tests.browser.conftest import Opener
from tests.plans import HOSTILE, make_plan_tables

COLOURS = """() => {
  const c = document.querySelector('canvas.scene');
  const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
  const seen = new Set();
  for (let i = 0; i < d.length; i += 28) {
    seen.add((d[i] >> 4) * 4096 + (d[i + 1] >> 4) * 64 + (d[i + 2] >> 4));
  }
  return seen.size;
}"""


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan."""
    return make_plan_tables()


@pytest.fixture(scope="module")
def page_file(tables: PlanTables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give its page as a file."""
    return map_page(tables).save(tmp_path_factory.mktemp("page") / "map.html")


def at(page: Any, step: tuple[int, int]) -> tuple[float, float]:
    """Find where in the window a place of the data is drawn."""
    x, y = page.evaluate(
        """([sx, sy]) => {
          const data = JSON.parse(document.getElementById('plan-data').textContent);
          const [lon, lat] = [data.origin[0] + sx, data.origin[1] + sy].map((v) => v / data.scale);
          const p = map_plan.latLngToContainerPoint([lat, lon]);
          const box = map_plan.getContainer().getBoundingClientRect();
          return [p.x + box.left, p.y + box.top];
        }""",
        list(step),
    )
    return x, y


def data_of(page: Any) -> dict[str, Any]:
    """Give the data of the page."""
    return page.evaluate("JSON.parse(document.getElementById('plan-data').textContent)")


@pytest.mark.parametrize("size", [(1024, 768), (1440, 900), (3840, 2160)])
def test_it_draws_and_nothing_overflows(
    open_page: Opener, page_file: Path, size: tuple[int, int]
) -> None:
    """From a small screen to a wall the map is drawn, and the window never scrolls."""
    with open_page(page_file, size=size) as page:
        assert page.evaluate(COLOURS) > 12
        width, height = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        )
        assert (width, height) == size
        assert page.evaluate("map_plan.getContainer().clientWidth") > size[0] * 0.55


def test_chinese_first_english_on_demand(open_page: Opener, page_file: Path) -> None:
    """The page opens in Chinese; the button and ?lang=en give English, and back."""
    with open_page(page_file) as page:
        assert page.get_attribute("html", "lang") == "zh-CN"
        assert "责任区一览" in page.inner_text("aside")
        page.click("#language")
        assert page.get_attribute("html", "lang") == "en"
        text = page.inner_text("body")
        assert "All zones" in text
        assert "proven within" in text
        assert "责任区一览" not in text
        page.click("#language")
        assert "责任区一览" in page.inner_text("aside")
    with open_page(page_file, "?lang=en") as page:
        assert "Rules and their worst case" in page.inner_text("aside")


def test_it_says_what_a_meeting_must_know(
    open_page: Opener, page_file: Path, tables: PlanTables
) -> None:
    """Title, dates, attribution, synthetic stamp, rules, proof and gaps can be read."""
    with open_page(page_file, "?lang=en") as page:
        text = page.inner_text("body")
        for part in (
            "示例街道",
            "2026-05-18",
            "2026-04-02",
            "ODbL",
            "SYNTHETIC",
            "households in a zone",
            "75–250",
            "within 0.41 %",
            "Every zone is connected",
            "beyond the walk limit",
            "change hands",
        ):
            assert part in text, part
        assert page.locator("tr[data-zone]").count() == len(tables.zones)
        assert page.locator(".scale").inner_text().endswith("m")
        assert page.locator(".north").is_visible()
        assert "svg" not in page.inner_html(".leaflet-control-container")


def test_the_network_stamp(open_page: Opener, tmp_path: Path) -> None:
    """A plan on straight lines says so across the page."""
    path = map_page(
        make_plan_tables(provenance={"network": "straight x1.30", "detour_factor": 1.3})
    ).save(tmp_path / "m.html")
    with open_page(path, "?lang=en") as page:
        assert "not streets" in page.inner_text(".banner.network")


def test_sorting(open_page: Opener, page_file: Path) -> None:
    """Each column sorts both ways, and says so to a screen reader."""
    with open_page(page_file) as page:
        homes = page.evaluate("window.plannerPage.model.data.zones.map((z) => z.homes)")

        def order() -> list[int]:
            return [
                homes[int(row.get_attribute("data-zone"))]
                for row in page.locator("tr[data-zone]").all()
            ]

        page.click("[data-sort=homes]")
        assert order() == sorted(homes, reverse=True)
        assert page.locator("th[aria-sort=descending]").count() == 1
        page.click("[data-sort=homes]")
        assert order() == sorted(homes)


def test_a_zone_of_the_list(open_page: Opener, page_file: Path, tables: PlanTables) -> None:
    """A zone of the list is zoomed to and told about; Escape closes the card."""
    with open_page(page_file) as page:
        before = page.evaluate("map_plan.getZoom()")
        page.locator("tr[data-zone='4'] button").focus()
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)
        assert page.evaluate("map_plan.getZoom()") > before
        card = page.inner_text(".detail")
        assert str(tables.centres["label"].iloc[4]) in card
        assert str(tables.centres["centre_id"].iloc[4]) in card
        assert "chosen" in page.get_attribute("tr[data-zone='4']", "class")
        page.keyboard.press("Escape")
        assert page.locator(".detail").count() == 0


def test_clicks_on_the_map(open_page: Opener, page_file: Path, tables: PlanTables) -> None:
    """A click on a centre and on a building tells about just that, and lists the stairwells."""
    with open_page(page_file, "?lang=en") as page:
        data = data_of(page)
        centre = data["centres"][3]
        page.mouse.click(*at(page, (centre["x"], centre["y"])))
        assert page.get_attribute(".detail", "data-kind") == "centre"
        assert page.inner_text(".detail h2") == "Zone 4"
        building, unit, spot = page.evaluate(
            """() => {
              const { model } = window.plannerPage;
              const centres = new Set(model.centres.map((c) => c.sx + ' ' + c.sy));
              const quiet = (u) => !u.moved && !u.gaps.length && !centres.has(u.sx + ' ' + u.sy);
              const one = model.buildings.find((b) => b.beside && b.zone >= 0 && b.units.every(quiet));
              return [one.index, one.units[1].index, [one.sx, one.sy]];
            }"""
        )
        page.mouse.click(*at(page, spot))
        assert page.get_attribute(".detail", "data-kind") == "building"
        assert page.inner_text(".detail h2") == tables.units["building"].iloc[unit]
        assert "neighbour" in page.inner_text(".detail")
        assert page.locator(".stairwells [data-unit]").count() == 2
        page.click(f".stairwells [data-unit='{unit}']")
        assert page.inner_text(".detail h2") == tables.units["label"].iloc[unit]
        page.click(f".stairwells [data-unit='{unit}']")
        name = page.evaluate("b => plannerPage.model.buildings[b].label", building)
        assert page.inner_text(".detail h2") == name


def test_a_gap_is_told_with_its_cause(open_page: Opener, page_file: Path) -> None:
    """The sign of a gap answers with its cause and its homes."""
    with open_page(page_file, "?lang=en") as page:
        data = data_of(page)
        unit = next(g[0] for g in data["gaps"] if g[1] == 1)
        seat = "({ units, buildings }, u) => [buildings[units[u].building]].map((b) => [b.sx, b.sy])[0]"
        x, y = at(page, page.evaluate(f"u => ({seat})(plannerPage.model, u)", unit))
        kinds = {}
        for dx in range(4, 18, 2):
            page.mouse.click(x + dx, y - 8)
            if page.locator(".detail").count():
                kinds[page.get_attribute(".detail", "data-kind")] = page.inner_text(".detail")
        assert "no walking path to any centre" in kinds["gap"]


def test_layers_go_and_come_back(open_page: Opener, page_file: Path) -> None:
    """Each switch takes its layer off the picture, and puts it back as it was."""
    picture = "document.querySelector('canvas.scene').toDataURL()"
    with open_page(page_file) as page:
        page.evaluate("document.querySelector('details.layers').open = true")
        whole = page.evaluate(picture)
        boxes = page.locator("[data-layer]")
        assert boxes.count() == 8
        for i in range(boxes.count()):
            boxes.nth(i).uncheck()
            assert page.evaluate(picture) != whole, boxes.nth(i).get_attribute("data-layer")
            boxes.nth(i).check()
            assert page.evaluate(picture) == whole


def test_zooming_redraws(open_page: Opener, page_file: Path) -> None:
    """After zooming and dragging the picture covers the window again."""
    with open_page(page_file) as page:
        page.click(".zoom button >> nth=0")
        page.wait_for_timeout(500)
        page.mouse.move(500, 400)
        page.mouse.down()
        page.mouse.move(300, 300, steps=4)
        page.mouse.up()
        page.wait_for_timeout(400)
        box = page.locator("canvas.scene").bounding_box()
        stage = page.locator("main.stage").bounding_box()
        assert box["x"] <= stage["x"]
        assert box["y"] <= stage["y"]
        assert box["x"] + box["width"] >= stage["x"] + stage["width"]
        assert page.evaluate(COLOURS) > 12


def test_it_prints(open_page: Opener, page_file: Path) -> None:
    """Printing gives few pages, and the screen is as before afterwards."""
    with open_page(page_file) as page:
        before = page.evaluate("[map_plan.getZoom(), map_plan.getContainer().clientWidth]")
        pdf = page.pdf(prefer_css_page_size=True, print_background=True)
        assert pdf.startswith(b"%PDF")
        assert 2 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 4
        assert page.evaluate("[map_plan.getZoom(), map_plan.getContainer().clientWidth]") == before


def test_hostile_texts_are_shown_and_never_run(open_page: Opener, tmp_path: Path) -> None:
    """Every text of the input tries to run as script: none does, and each is shown letter for letter."""
    tables = make_plan_tables(hostile=True)
    path = map_page(tables).save(tmp_path / "hostile.html")
    with open_page(path) as page:
        texts = page.locator("body").evaluate("b => b.textContent")
        for label in tables.centres["label"]:
            assert label in texts
        assert tables.provenance["title"] in page.locator("h1").evaluate("h => h.textContent")
        shown = [p for p in HOSTILE if p in texts]
        assert len(shown) >= len(HOSTILE) // 2
        for i in range(len(tables.zones)):
            page.locator(f"tr[data-zone='{i}'] button").click()
            assert tables.zones["fence"].iloc[i] in page.locator(".detail").evaluate(
                "d => d.textContent"
            )
        page.click("#language")
        data = data_of(page)
        page.evaluate("map_plan.setZoom(18, {animate: false})")
        x, y = at(page, (data["units"]["x"][0], data["units"]["y"][0]))
        page.mouse.move(x, y)
        assert page.locator("aside img, main img, main svg, body > img").count() == 0


def test_a_hostile_title(open_page: Opener, tmp_path: Path) -> None:
    """The title, which also stands in the head of the file, is text wherever it is."""
    title = "</title><script>window.__pwned=1</script>" + " ".join(HOSTILE)
    path = map_page(make_plan_tables(nx=4, ny=2, nc=2), title=title).save(tmp_path / "t.html")
    with open_page(path) as page:
        assert page.locator("h1").evaluate("h => h.textContent") == title
        assert page.title().startswith("</title><script>")

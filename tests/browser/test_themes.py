"""Colour by zone, load, walk and members, with a legend in numbers; names to be read; where zoom stops."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.model.tables import PlanTables
from planner.privacy.audience import Audience
from planner.render.map.page import map_page
from tests.browser.conftest import Opener
from tests.plans import make_plan_tables

PICTURE = "document.querySelector('canvas.scene').toDataURL()"
CLASSES = """(name) => {
  const { model } = window.plannerPage;
  let scene = null;
  map_plan.eachLayer((layer) => { if (layer.findBuilding) scene = layer; });
  const { theme } = scene._state;
  const rows = Array.from(document.querySelectorAll('.legend li')).slice(0, theme.classes.length);
  const homes = model.buildings.map((b) => theme.ink(b, model.zones[0]));
  return { zones: model.zones.map((z) => theme.fill(z)), homes,
    looks: theme.classes.map((c) => c.look), words: rows.map((row) => row.innerText) };
}"""


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan."""
    return make_plan_tables()


@pytest.fixture(scope="module")
def pages(tables: PlanTables, tmp_path_factory: pytest.TempPathFactory) -> dict[Audience, Path]:
    """Give its maps as files."""
    folder = tmp_path_factory.mktemp("themes")
    return {
        audience: map_page(tables, audience=audience).save(folder / f"{audience}.html")
        for audience in (Audience.MEETING, Audience.INTERNAL)
    }


def class_of(words: list[str], value: float) -> int:
    """Find the row of the legend that a number belongs to, as a reader does."""
    for i, text in enumerate(words):
        numbers = [float(n) for n in text.replace("–", " ").replace(",", "").split() if n.isdigit()]
        if text.startswith("below"):
            fits = value < numbers[0]
        elif text.startswith("above"):
            fits = value > numbers[0]
        else:
            fits = numbers[0] <= round(value) <= numbers[-1]
        if fits:
            return i
    raise AssertionError(f"{value} is in no class of {words}")


@pytest.mark.parametrize("name", ["load", "walk", "members"])
def test_each_colour_is_what_the_legend_says(
    open_page: Opener, pages: dict[Audience, Path], tables: PlanTables, name: str
) -> None:
    """Every zone has the colour of its number in the legend, which stands there in words."""
    column = {"load": "households", "walk": "walk_mean_m", "members": "members"}[name]
    with open_page(pages[Audience.INTERNAL], "?lang=en") as page:
        page.evaluate("document.querySelector('details.layers').open = true")
        plain = page.evaluate(PICTURE)
        page.select_option("[data-theme]", name)
        assert page.evaluate(PICTURE) != plain
        told = page.evaluate(CLASSES, name)
        for value, fill in zip(tables.zones[column], told["zones"], strict=True):
            assert fill == told["looks"][class_of(told["words"], float(value))][0]
        if name == "walk":
            far = tables.units.groupby("building_id", sort=False)["walk_m"].max().fillna(-1)
            for value, ink in zip(far, told["homes"], strict=True):
                if value >= 0:
                    assert ink == told["looks"][class_of(told["words"], float(value))][1]
        page.select_option("[data-theme]", "zone")
        assert page.evaluate(PICTURE) == plain


def test_a_meeting_is_not_offered_what_it_may_not_know(
    open_page: Opener, pages: dict[Audience, Path]
) -> None:
    """Members of single zones are few, so there is no colour by them; homes and walks are the blocks'."""
    with open_page(pages[Audience.MEETING]) as page:
        page.evaluate("document.querySelector('details.layers').open = true")
        names = page.evaluate(
            "Array.from(document.querySelector('[data-theme]').options, (o) => o.value)"
        )
        assert names == ["zone", "load", "walk"]


def test_an_edit_changes_the_colour(open_page: Opener, pages: dict[Audience, Path]) -> None:
    """Coloured by homes, a zone that gains or loses is drawn in the colour of its new number."""
    with open_page(pages[Audience.INTERNAL], "?lang=en") as page:
        page.click("#edit")
        page.evaluate("document.querySelector('details.layers').open = true")
        page.select_option("[data-theme]", "load")
        before = page.evaluate(CLASSES, "load")["zones"]
        page.evaluate(
            """() => {
              const { desk, numbers } = window.plannerPage;
              for (let b = 0; b < numbers.n; b += 1) {
                if (!desk.refusal([b]) && numbers.candidates([b]).includes(1)) desk.move(1, [b]);
              }
            }"""
        )
        told = page.evaluate(CLASSES, "load")
        homes = page.evaluate("plannerPage.model.zones[1].homes")
        assert told["zones"][1] != before[1]
        assert told["zones"][1] == told["looks"][class_of(told["words"], homes)][0]


def test_names_and_where_zoom_stops(
    open_page: Opener, pages: dict[Audience, Path], tables: PlanTables
) -> None:
    """Communities when far, numbers of the office's buildings when near; the window never loses the plan."""
    written = """(zoom) => {
      let scene = null;
      map_plan.eachLayer((layer) => { if (layer.findBuilding) scene = layer; });
      const texts = [];
      const own = scene._written;
      scene._written = function (ctx, text, ...rest) {
        texts.push(text);
        return own.call(this, ctx, text, ...rest);
      };
      map_plan.setZoom(zoom, { animate: false });
      scene.redraw();
      scene._written = own;
      return texts;
    }"""
    with open_page(pages[Audience.MEETING]) as page:
        assert set(tables.zones["fence"]) <= set(page.evaluate(written, 15))
        near = page.evaluate(written, 18)
        assert not set(tables.zones["fence"]) & set(near)
        assert sum(text.endswith("号") for text in near) > 3
        least, most = page.evaluate("[map_plan.getMinZoom(), map_plan.getMaxZoom()]")
        page.evaluate("map_plan.setZoom(0, { animate: false })")
        assert page.evaluate("map_plan.getZoom()") == least > 9
        size = page.evaluate(
            """(() => {
              const data = JSON.parse(document.getElementById('plan-data').textContent);
              const [w, s, e, n] = data.view;
              const [a, b] = [[s, e], [n, w]].map((p) => map_plan.latLngToContainerPoint(p));
              return a.distanceTo(b);
            })()"""
        )
        assert size > 200
        page.evaluate("map_plan.setZoom(25, { animate: false })")
        assert page.evaluate("map_plan.getZoom()") == most == 19

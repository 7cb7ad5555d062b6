"""One symbol a building: chosen whole, told with its stairwells, painted into zones, split where cut."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.model.tables import PlanTables
from planner.plan.compare import compared
from planner.plan.frames import geo_frame
from planner.privacy.audience import Audience
from planner.privacy.blocks import FEW
from planner.render.map.page import map_page
from planner.render.map.pair import compare_page
from planner.render.text.shown import Told
from tests.browser.conftest import Opener
from tests.plan.test_compare import movable, recut
from tests.plans import make_plan_tables

WHERE = """(index) => {
  const { map, model } = window.plannerPage;
  const one = model.buildings[index];
  const p = map.latLngToContainerPoint(model.plane.latLng(one.sx, one.sy));
  const box = map.getContainer().getBoundingClientRect();
  return [p.x + box.left, p.y + box.top];
}"""
CUT = """() => {
  const { desk, numbers, model } = window.plannerPage;
  const two = (one) => one.blocks.length === 2 && one.zone >= 0 && !one.beside && !desk.refusal(one.blocks);
  for (const one of model.buildings.filter(two)) {
    const to = numbers.candidates([one.blocks[1]]);
    if (to.length) return [one.index, one.blocks, one.units[1].index, to[0]];
  }
}"""


def _away(one: str, other: str) -> int:
    """How far apart two colours are."""
    return sum(abs(int(one[i : i + 2], 16) - int(other[i : i + 2], 16)) for i in (1, 3, 5))


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan of buildings with two stairwells, each with a point of its own."""
    return make_plan_tables()


@pytest.fixture(scope="module")
def pages(tables: PlanTables, tmp_path_factory: pytest.TempPathFactory) -> dict[Audience, Path]:
    """Give its maps as files."""
    folder = tmp_path_factory.mktemp("buildings")
    return {
        audience: map_page(tables, audience=audience).save(folder / f"{audience}.html")
        for audience in (Audience.MEETING, Audience.INTERNAL)
    }


@pytest.mark.parametrize("audience", [Audience.MEETING, Audience.INTERNAL])
def test_homes_are_the_sum_of_what_is_told(
    open_page: Opener, pages: dict[Audience, Path], tables: PlanTables, audience: Audience
) -> None:
    """A building is the sum of its blocks, or told with its neighbours; the office sees the truth."""
    told = Told(tables, audience.terms).blocks
    script = """plannerPage.model.buildings.map((b) =>
      [b.units.map((u) => u.index), b.homes, b.together, b.beside])"""
    with open_page(pages[audience]) as page:
        found = page.evaluate(script)
        assert len(found) == tables.units["building_id"].nunique()
    for units, homes, together, beside in found:
        assert tables.units["building_id"].iloc[units].nunique() == 1
        blocks = np.unique(told.of[units])
        counts = told.homes[blocks]
        others = np.isin(told.of, blocks).sum() - len(units)
        assert beside == others
        if (counts >= 0).all():
            assert together == counts.sum()
        elif len(counts) == 1:
            assert together == counts[0]
        assert homes == (-3 if others else together)
        if audience is Audience.INTERNAL:
            assert homes == tables.units["households"].iloc[units].sum()
        else:
            assert homes in (-3, -2, FEW) or homes >= 10


def test_a_click_anywhere_on_a_building_is_the_building(
    open_page: Opener, pages: dict[Audience, Path]
) -> None:
    """Its stairwells have no symbols of their own: the dots that are drawn are as many as buildings."""
    with open_page(pages[Audience.INTERNAL]) as page:
        dots = page.evaluate(
            """() => {
              const { map, model } = window.plannerPage;
              let scene = null;
              map.eachLayer((layer) => { if (layer.findBuilding) scene = layer; });
              return [scene._dots().length, model.buildings.filter((one) => !one.empty).length];
            }"""
        )
        assert dots[0] == dots[1] > 50
        page.click("#edit")
        index, blocks, _, _ = page.evaluate(CUT)
        page.mouse.click(*page.evaluate(WHERE, index))
        assert page.evaluate("Array.from(plannerPage.desk.selection)") == blocks
        label = page.evaluate("i => plannerPage.model.buildings[i].label", index)
        assert page.inner_text(".choice b") == label


def test_a_building_that_is_cut_shows_it(
    open_page: Opener, pages: dict[Audience, Path], tables: PlanTables
) -> None:
    """One stairwell is chosen from the card and moved: two colours in one symbol, both zones in the card."""
    with open_page(pages[Audience.INTERNAL], "?lang=en") as page:
        page.click("#edit")
        index, blocks, unit, to = page.evaluate(CUT)
        page.evaluate(
            "i => { const m = plannerPage.model; const b = m.buildings[i];"
            "plannerPage.map.setView(m.plane.latLng(b.sx, b.sy), 19, { animate: false }); }",
            index,
        )
        page.mouse.click(*page.evaluate(WHERE, index))
        page.click(f".edit .stairwells [data-unit='{unit}']")
        assert page.evaluate("Array.from(plannerPage.desk.selection)") == blocks[1:]
        assert page.inner_text(".choice b") == tables.units["label"].iloc[unit]
        page.evaluate("to => plannerPage.desk.move(to)", to)
        told = page.evaluate(
            """(i) => {
              const { model, map } = window.plannerPage;
              const one = model.buildings[i];
              const c = document.querySelector('canvas.scene');
              const box = c.getBoundingClientRect();
              const ratio = c.width / box.width;
              const p = map.latLngToContainerPoint(model.plane.latLng(one.sx, one.sy));
              const own = map.getContainer().getBoundingClientRect();
              const at = [(p.x + own.left - box.left) * ratio, (p.y + own.top - box.top) * ratio];
              const { data, width } = c.getContext('2d').getImageData(0, 0, c.width, c.height);
              let r = 0;
              map.eachLayer((layer) => { if (layer.homeSize) r = 0.7 * layer.homeSize(one.size); });
              let from = -Math.PI / 2;
              const seen = one.parts.map((part) => {
                const mid = from + Math.PI * part.share;
                from += 2 * Math.PI * part.share;
                const [x, y] = [Math.cos, Math.sin].map((f, i) => Math.floor(at[i] + r * ratio * f(mid)));
                const dot = 4 * (y * width + x);
                const two = (v) => v.toString(16).padStart(2, '0');
                return '#' + Array.from(data.slice(dot, dot + 3), two).join('');
              });
              return [one.parts, one.parts.map((part) => model.zones[part.zone].ink), seen];
            }""",
            index,
        )
        parts, inks, seen = told
        assert {p["zone"] for p in parts} == {to, int(np.flatnonzero(tables.centres["centre_id"] == tables.units["zone"].iloc[unit])[0])}  # fmt: skip  # noqa: E501
        homes = {u: int(tables.units["households"].iloc[u]) for u in (unit - 1, unit)}
        assert max(p["share"] for p in parts) == pytest.approx(
            max(homes.values()) / sum(homes.values())
        )
        for colour, ink in zip(seen, inks, strict=True):
            assert min(inks, key=lambda other: _away(other, colour)) == ink
            assert _away(ink, colour) < 120
        page.click("#edit")
        page.mouse.click(*page.evaluate(WHERE, index))
        text = page.inner_text(".detail dl")
        assert text.count("1 stairwell") == 2
        page.keyboard.press("Control+z")  # not while nothing is edited
        page.click("#edit")
        page.keyboard.press("Control+z")
        assert page.evaluate("i => plannerPage.model.buildings[i].parts.length", index) == 1


def test_the_home_of_a_centre_stays(open_page: Opener, pages: dict[Audience, Path]) -> None:
    """A building with the home of a centre is chosen without it, and that is said."""
    script = """() => {
      const { desk, model, numbers } = window.plannerPage;
      const { fixed } = numbers.data;
      const half = (one) => one.blocks.some((b) => fixed[b]) && one.blocks.some((b) => !fixed[b]);
      plannerPage.edit.pick(model.buildings.find(half));
      return [Array.from(desk.selection).map((b) => fixed[b]), document.querySelector('.live').textContent];
    }"""
    with open_page(pages[Audience.INTERNAL]) as page:
        page.click("#edit")
        fixed, said = page.evaluate(script)
        assert fixed == [0]
        assert "中心户住所" in said


@pytest.mark.parametrize("tool", ["brush", "lasso"])
def test_painted_into_a_zone(open_page: Opener, pages: dict[Audience, Path], tool: str) -> None:
    """A stroke from a zone over its neighbours, or a line round them, is one step: and one step back."""
    with open_page(pages[Audience.MEETING]) as page:
        page.click("#edit")
        page.click(f"[data-tool={tool}]")
        target, spots = page.evaluate(
            """() => {
              const { desk, numbers, model, map } = window.plannerPage;
              const edge = (one) => {
                const b = desk.movable(one);
                return one.zone >= 0 && !desk.refusal(b) && numbers.candidates(b)[0] !== undefined;
              };
              const from = model.buildings.find(edge);
              const to = numbers.candidates(desk.movable(from))[0];
              const start = model.buildings.find((one) => one.zone === to && !one.empty);
              const box = map.getContainer().getBoundingClientRect();
              const at = (one) => {
                const p = map.latLngToContainerPoint(model.plane.latLng(one.sx, one.sy));
                return [p.x + box.left, p.y + box.top];
              };
              return [to, [at(start), at(from)]];
            }"""
        )
        if tool == "lasso":
            page.select_option("[data-paint]", str(target))
            x, y = spots[1]
            path = [(x - 9, y - 9), (x + 9, y - 9), (x + 9, y + 9), (x - 9, y + 9)]
        else:
            path = [tuple(spots[0]), tuple(spots[1])]
        page.mouse.move(*path[0])
        page.mouse.down()
        for x, y in path[1:]:
            page.mouse.move(x, y, steps=2)
        page.mouse.up()
        done = page.evaluate("plannerPage.desk.done.map((step) => [step.kind, step.to])")
        assert done == [["move", target]]
        assert "区" in page.inner_text(".live")
        page.keyboard.press("Control+z")
        assert page.inner_text("[data-figure=units]") == "0"


def test_every_building_on_one_point_can_be_reached(
    open_page: Opener, tables: PlanTables, tmp_path: Path
) -> None:
    """Where the sheets know a point for an estate only, the card lists all that stand there."""
    points = tables.units.geometry.to_numpy().copy()
    points[2:8] = points[2]
    crowded = replace(tables, units=tables.units.set_geometry(geo_frame({}, points).geometry))
    path = map_page(crowded).save(tmp_path / "m.html")
    with open_page(path, "?lang=en") as page:
        page.evaluate(
            "plannerPage.map.setView(plannerPage.model.plane.latLng(plannerPage.model.units[2].sx, plannerPage.model.units[2].sy), 19, { animate: false })"  # noqa: E501
        )
        found = set()
        page.mouse.click(*page.evaluate(WHERE, 2))
        for _ in range(3):
            found.add(page.inner_text(".detail h2"))
            assert "2 more on the same point" in page.inner_text(".here")
            fresh = [t for t in page.locator(".here button").all_inner_texts() if t not in found]
            if fresh:
                page.click(f".here button:text-is('{fresh[0]}')")
        assert found == set(tables.units["building"].iloc[2:8])


def test_found_by_name_whole_and_in_part(
    open_page: Opener, pages: dict[Audience, Path], tables: PlanTables
) -> None:
    """The search offers the building before its stairwells, and opens what was chosen of it."""
    with open_page(pages[Audience.MEETING]) as page:
        page.fill("#find", "新村路30号")
        names = page.locator(".find-option .find-label").all_inner_texts()
        assert names[:3] == ["新村路30号", "新村路30号1单元", "新村路30号2单元"]
        page.keyboard.press("Enter")
        assert page.inner_text(".detail h2") == "新村路30号"
        assert page.locator(".stairwells [aria-pressed=true]").count() == 0


def test_both_plans_of_a_comparison(open_page: Opener, tmp_path: Path) -> None:
    """Either side has one symbol a building; the card lists its stairwells and what changes hands of it."""
    old = make_plan_tables(moved=False)
    path = compare_page(compared(old, recut(old, movable(old, 9)))).save(tmp_path / "c.html")
    with open_page(path, "?lang=en") as page:
        told: list[Any] = page.evaluate(
            """() => {
              const { pair, map, turn } = window.comparePage;
              turn('planAfter');
              const seat = (row) => pair.after.buildings[pair.after.units[row.after].building];
              const one = pair.rows.filter((row) => row.after >= 0).map(seat).find((b) => !b.empty);
              map.setView(pair.after.plane.latLng(one.sx, one.sy), 19, { animate: false });
              const box = map.getContainer().getBoundingClientRect();
              const p = map.latLngToContainerPoint(pair.after.plane.latLng(one.sx, one.sy));
              return [one.label, one.zone, p.x + box.left, p.y + box.top, pair.before.buildings.length];
            }"""
        )
        label, zone, x, y, before = told
        assert before == old.units["building_id"].nunique()
        page.mouse.click(x, y)
        assert page.inner_text(".detail h2") == f"After · {label}"
        assert page.locator(".stairwells [data-unit]").count() == 2
        assert "→" in page.inner_text(".detail dl")
        if zone == -2:
            assert page.inner_text(".detail dl").count("stairwell") >= 2

"""Centres in a real browser: moved, a zone split, two merged; undone, kept, and as the engine has them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.model import audit
from planner.model.tables import PlanTables
from planner.plan.changefile import read_changes
from planner.plan.changes import apply_changes, replayed
from planner.plan.reseat import reseated
from planner.privacy.audience import Audience
from planner.privacy.blocks import _told
from planner.render.map.page import map_page
from planner.render.text.shown import Told
from tests.browser.conftest import Opener
from tests.plan.streets import with_streets
from tests.plans import make_plan_tables, unproven

STATE = """() => {
  const { desk, numbers, model } = window.plannerPage;
  const seats = numbers.seats.map((seat) => [seat.home, seat.unit]);
  const at = (z) => [model.zones[z].centre.label, model.centres[z].sx];
  const houses = model.zones.map((zone, z) => [zone.n, zone.closed || false, ...(zone.closed ? [] : at(z))]);
  return [numbers.figures(), Array.from(numbers.zoneOf), seats, houses];
}"""
ALL_THREE = """(seed) => {
  const { desk, numbers, model } = window.plannerPage;
  let state = seed;
  const random = (n) => { state = (state * 48271) % 2147483647; return state % n; };
  const here = (z) => Array.from(numbers.zoneOf.keys()).filter((b) => numbers.zoneOf[b] === z);
  const free = (z) => here(z).filter((b) => !numbers.data.fixed[b]);
  const count = { moveCentre: 0, split: 0, merge: 0 };
  const done = (what) => { if (desk[what](null)) count[what] += 1; };
  for (let k = 0; k < 90; k += 1) {
    const z = random(model.zones.length);
    const blocks = free(z);
    const b = random(numbers.n);
    if (k % 3) {
      const able = desk.refusal([b]) ? [] : numbers.candidates([b]);
      if (able.length) desk.move(able[random(able.length)], [b]);
      continue;
    }
    if (k % 9 === 0) desk.choose(blocks.length ? [blocks[random(blocks.length)]] : []);
    if (k % 9 === 3) desk.choose(blocks.filter((_, i) => i % 2 === 0));
    const other = numbers.neighbours(b).find((v) => numbers.zoneOf[v] !== numbers.zoneOf[b]);
    if (k % 9 === 6) desk.choose(other === undefined ? [] : [b, other]);
    done(['moveCentre', 'split', 'merge'][(k % 9) / 3]);
    if (k % 27 === 9) desk.undo();
  }
  return count;
}"""
END = """() => {
  const { desk, numbers, model } = window.plannerPage;
  return { changes: desk.changes(), figures: numbers.figures(), rules: numbers.ruleOutcomes(),
    zones: model.zones.map((zone, z) => [zone.n, zone.closed || false, numbers.zoneFigures(z).homes]) };
}"""
CHOOSE = """(n) => {
  const { desk, numbers, model } = window.plannerPage;
  const here = (z) => Array.from(numbers.zoneOf.keys()).filter((b) => numbers.zoneOf[b] === z);
  const free = (z) => here(z).filter((b) => !numbers.data.fixed[b]);
  const z = model.zones.findIndex((zone, i) => free(i).length > 3);
  const blocks = free(z).slice(0, n);
  desk.choose(blocks);
  return [z, blocks];
}"""


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan with streets."""
    return unproven(with_streets(make_plan_tables()))


@pytest.fixture(scope="module")
def page_file(tables: PlanTables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give its page as a file."""
    return map_page(tables).save(tmp_path_factory.mktemp("centres") / "map.html")


@pytest.mark.parametrize(
    ("seed", "kind"), [(1, "streets"), (20, "streets"), (4, "straight"), (9, "internal")]
)
def test_the_page_and_the_engine_agree(
    open_page: Opener, tables: PlanTables, page_file: Path, seed: int, kind: str, tmp_path: Path
) -> None:
    """Centres that moved, came and went, and edits between: the same metres, rules and homes in both."""
    audience = Audience.INTERNAL if kind == "internal" else Audience.MEETING
    if kind == "straight":
        tables = replace(tables, ways=None, joins=None)
    if kind != "streets":
        page_file = map_page(tables, audience=audience).save(tmp_path / "map.html")
    with open_page(page_file) as page:
        page.click("#edit")
        start = page.evaluate(STATE)
        count = page.evaluate(ALL_THREE, seed)
        end, found = page.evaluate(STATE), page.evaluate(END)
        page.click("[data-tool=peek]")
        peeked = page.evaluate(STATE)
        page.click("[data-tool=peek]")
        assert page.evaluate(STATE) == end
        page.evaluate("() => { while (plannerPage.desk.done.length) plannerPage.desk.undo(); }")
        back = page.evaluate(STATE)
        page.evaluate("() => { while (plannerPage.desk.undone.length) plannerPage.desk.redo(); }")
        assert page.evaluate(STATE) == end
    assert all(count.values())
    n = len(start[2])
    for other in (peeked, back):
        assert other[1] == start[1]
        assert other[0] == pytest.approx(start[0], abs=1e-6)
        assert (other[2][:n], other[3][:n]) == (start[2], start[3])
        assert all(seat[0] < 0 for seat in other[2][n:])
    changes = read_changes(json.dumps(found["changes"] | {"insist": True}).encode())
    stand = reseated(tables, changes.centres, {m.unit: m.target for m in changes.moves})
    assignment = replayed(tables, changes)
    blocks = Told(tables, audience.terms).blocks
    problem = stand.tables.problem
    if kind != "internal":
        problem, _ = _told(problem, blocks.of, blocks.problem.households, tables.rules.walk)
    zone = np.full(len(blocks.zone), -1)
    zone[blocks.of] = assignment
    own = audit.audit(problem, zone, 0.0)
    figures = found["figures"]
    # what none of its former centres can serve pays for any other alike: then the blocks count nothing
    every = stand.tables.problem
    alike = np.minimum.reduceat(every.change_m, every.pair_start[:-1]).any()
    for name in ("walk", "penalty") if alike else ("walk", "penalty", "change", "value"):
        told = getattr(own, {"walk": "cost_m"}.get(name, f"{name}_m"))
        assert figures[name] == pytest.approx(told, abs=0.6 if kind == "internal" else 0.01)
    assert figures["apart"] == len(own.disconnected)
    for rule, outcome in zip(found["rules"], own.rules, strict=True):
        assert (rule["name"], rule["broken"]) == (outcome.name, outcome.broken)
    after = apply_changes(tables, changes)
    numbers = after.zones["number"].tolist()
    homes = dict(
        zip(
            numbers, (problem.households[zone == c].sum() for c in range(len(numbers))), strict=True
        )
    )
    assert {z: h for z, closed, h in found["zones"] if not closed} == homes


@pytest.mark.parametrize("language", ["zh", "en"])
def test_by_hand(open_page: Opener, page_file: Path, language: str) -> None:
    """A centre moves, a zone is split and merged again: rows, houses and words follow, Ctrl+Z undoes."""
    with open_page(page_file, f"?lang={language}") as page:
        page.click("#edit")
        start = page.evaluate(STATE)
        rows = page.locator("section.zones tbody tr").count()
        z, (block,) = page.evaluate(CHOOSE, 1)
        page.click("[data-tool=moveCentre]")
        assert page.evaluate("z => plannerPage.numbers.seats[z].home", z) == block
        label = page.evaluate("z => plannerPage.model.zones[z].centre.label", z)
        assert label in page.inner_text(f"tr[data-zone='{z}']")
        assert label in page.inner_text(".live")
        assert page.evaluate("b => plannerPage.numbers.data.fixed[b]", start[2][z][0]) != 1
        assert page.inner_text("[data-figure=walk]") != ("±0 米" if language == "zh" else "±0 m")
        source, blocks = page.evaluate(CHOOSE, 2)
        page.keyboard.press("d")
        assert page.locator("section.zones tbody tr").count() == rows + 1
        fresh = page.evaluate("plannerPage.model.zones[plannerPage.model.zones.length - 1].n")
        assert fresh == max(house[0] for house in start[3]) + 1
        assert str(fresh) in page.inner_text(".live")
        other = page.evaluate("z => plannerPage.numbers.seats[z].home", source)
        page.evaluate("blocks => plannerPage.desk.choose(blocks)", [blocks[0], other])
        page.click("[data-tool=merge]")
        assert page.locator("section.zones tbody tr").count() == rows
        for _ in range(3):
            page.keyboard.press("Control+z")
        assert page.evaluate(STATE)[1:3] == [start[1], [*start[2], [-1, -1]]]
        assert page.locator("section.zones tbody tr").count() == rows
        page.evaluate("plannerPage.desk.choose([plannerPage.numbers.seats[0].home])")
        assert page.locator("[data-tool=moveCentre], [data-tool=split]").count() == 0
        page.keyboard.press("h")
        assert page.inner_text(".live") in (
            "中心户已在所选楼栋中",
            "The centre is in what is chosen already",
        )


def test_kept_and_restored(browser: Any, page_file: Path) -> None:
    """Centres are kept in the browser with the moves, and come back as they were."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.wait_for_selector("html[data-edit]")
    page.evaluate(ALL_THREE, 7)
    kept = page.evaluate("plannerPage.desk.changes()")
    assert len(kept["centres"]) > 2
    page.wait_for_timeout(600)
    page.reload()
    page.wait_for_selector("[data-restore=yes]")
    page.click("[data-restore=yes]")
    again = page.evaluate("plannerPage.desk.changes()")
    ordered = [sorted(one["centres"], key=lambda seat: seat["centre"]) for one in (kept, again)]
    assert ordered[0] == ordered[1]
    assert kept["moves"] == again["moves"]
    context.close()

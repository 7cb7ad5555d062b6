"""Editing in a real browser: figures as the engine has them, undo, lasso, keys, keeping, handing out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.errors import InputError
from planner.model import audit
from planner.model.tables import PlanTables
from planner.plan.changefile import read_changes
from planner.plan.changes import replayed
from planner.plan.frames import assignment_of
from planner.privacy.audience import Audience
from planner.render.map.page import map_page
from planner.render.text.shown import Told
from tests.browser.conftest import Opener, handed_out
from tests.plans import make_plan_tables

RANDOM_EDITS = """(seed) => {
  const { desk, numbers } = window.plannerPage;
  let state = seed;
  const random = (n) => { state = (state * 48271) % 2147483647; return state % n; };
  for (let k = 0; k < 60; k += 1) {
    const b = random(numbers.n);
    const able = desk.refusal([b]) ? [] : numbers.candidates([b]);
    if (able.length) desk.move(able[random(able.length)], [b]);
    if (k % 9 === 4) desk.undo();
    if (k % 18 === 4) desk.redo();
  }
  const zones = desk.model.zones.map((z, i) => numbers.zoneFigures(i));
  return { changes: desk.changes(), figures: numbers.figures(), zones, rules: numbers.ruleOutcomes(),
    apart: zones.map((z, i) => (z.apart ? i : -1)).filter((i) => i >= 0) };
}"""
ZONES = "blocks => blocks.map((b) => plannerPage.numbers.zoneOf[b])"
MOVE_ONE = """(() => {
  const { desk, numbers } = window.plannerPage;
  for (let b = 0; b < numbers.n; b += 1) {
    if (desk.refusal([b])) continue;
    for (const c of numbers.candidates([b])) {
      if (!numbers.weigh([b], c).apart.length) { desk.move(c, [b]); return [b, c]; }
    }
  }
})()"""


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan."""
    return make_plan_tables()


@pytest.fixture(scope="module")
def page_file(tables: PlanTables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give its page as a file."""
    return map_page(tables).save(tmp_path_factory.mktemp("edit") / "map.html")


def by_fence(tables: PlanTables) -> PlanTables:
    """Give half of the communities of a plan limits of their own."""
    rules = []
    numbers = sorted({int(f) for f in tables.problem.fence})
    halves = (tuple(numbers[::2]), tuple(numbers[1::2]))
    for rule in tables.problem.rules:
        rules += [
            replace(rule, fences=halves[0]),
            replace(
                rule,
                name=f"{rule.name}@西",
                high=(rule.high or 90.0) / 2,
                low=1.0,
                fences=halves[1],
            ),
        ]
    problem = tables.problem.replace(rules=tuple(rules))
    own = audit.audit(problem, assignment_of(tables), 0.0)
    walk = [r for r in tables.certificate.rules if r.name == "walk_m"]
    return replace(tables, problem=problem, certificate=replace(own, rules=(*own.rules, *walk)))


@pytest.mark.parametrize(("seed", "fences"), [(1, False), (20, False), (300, False), (7, True)])
def test_the_page_and_the_engine_agree(
    open_page: Opener, tables: PlanTables, seed: int, fences: bool, tmp_path: Path
) -> None:
    """Random edits come to the same metres, homes, rules and connection in page and audit."""
    tables = by_fence(tables) if fences else tables
    with open_page(map_page(tables).save(tmp_path / "map.html")) as page:
        found = page.evaluate(RANDOM_EDITS, seed)
    assignment = replayed(tables, read_changes(json.dumps(found["changes"]).encode()))
    moved = (assignment != assignment_of(tables)).sum()
    assert moved == len(found["changes"]["moves"]) > 20
    blocks = Told(tables, Audience.MEETING.terms).blocks
    problem, zone = blocks.problem, blocks.zone.copy()
    zone[blocks.of] = assignment
    assert (zone[blocks.of] == assignment).all()
    own = audit.audit(problem, zone, 0.0)
    figures = found["figures"]
    assert figures["walk"] == pytest.approx(own.cost_m, abs=0.01)
    assert figures["penalty"] == pytest.approx(own.penalty_m, abs=0.01)
    assert figures["change"] == pytest.approx(own.change_m, abs=0.01)
    assert figures["value"] == pytest.approx(own.value_m, abs=0.01)
    assert found["apart"] == list(own.disconnected)
    assert found["apart"] == list(audit.audit(tables.problem, assignment, 0.0).disconnected)
    for rule, outcome in zip(found["rules"], own.rules, strict=True):
        assert (rule["name"], rule["broken"]) == (outcome.name, outcome.broken)
        assert (rule["low"] or 0) == pytest.approx(outcome.lowest)
        if np.isfinite(outcome.highest):
            assert rule["high"] == pytest.approx(outcome.highest)
    pair = problem.pairs_of(zone)
    for c, told in enumerate(found["zones"]):
        inside = zone == c
        homes = problem.households[inside]
        assert told["homes"] == homes.sum()
        assert told["max"] == blocks.far_m[pair[inside]].max()
        assert told["mean"] == pytest.approx(
            np.average(problem.walk_m[pair[inside]], weights=homes)
        )


def test_undo_and_redo_without_limit(open_page: Opener, page_file: Path) -> None:
    """All edits can be taken back to the plan that was opened, and done again."""
    script = """() => {
      const { desk, numbers } = window.plannerPage;
      const start = JSON.stringify([numbers.figures(), Array.from(numbers.zoneOf)]);
      for (let k = 0; k < 400; k += 1) {
        const b = (k * 37) % numbers.n;
        const able = desk.refusal([b]) ? [] : numbers.candidates([b]);
        if (able.length) desk.move(able[k % able.length], [b]);
      }
      const end = JSON.stringify(Array.from(numbers.zoneOf));
      const steps = desk.done.length;
      while (desk.done.length) desk.undo();
      const back = JSON.stringify([numbers.figures(), Array.from(numbers.zoneOf)]);
      while (desk.undone.length) desk.redo();
      return [steps, JSON.parse(start), JSON.parse(back), end === JSON.stringify(Array.from(numbers.zoneOf))];
    }"""
    with open_page(page_file) as page:
        steps, start, back, again = page.evaluate(script)
    assert steps > 200
    assert start[1] == back[1]
    assert start[0] == pytest.approx(back[0], abs=1e-6)
    assert again


def test_by_hand(open_page: Opener, page_file: Path) -> None:
    """Pick on the map, see prices, click a candidate: zone, list and figures follow; Ctrl+Z undoes."""
    with open_page(page_file, "?lang=en") as page:
        page.click("#edit")
        blocks, x, y = page.evaluate(
            """() => {
              const { desk, numbers, map, model } = window.plannerPage;
              const free = (b) => !desk.refusal(b) && numbers.candidates(b).length > 2;
              const one = model.buildings.find((o) => free(desk.movable(o)));
              const p = map.latLngToContainerPoint(model.plane.latLng(one.sx, one.sy));
              const box = map.getContainer().getBoundingClientRect();
              return [desk.movable(one), p.x + box.left, p.y + box.top];
            }"""
        )
        page.mouse.click(x, y)
        assert page.evaluate("Array.from(plannerPage.desk.selection)") == blocks
        assert page.locator(".candidate").count() >= 3
        assert page.locator(".candidate .price").first.inner_text().endswith("m")
        target = int(page.locator(".candidate").first.get_attribute("data-centre"))
        page.locator(".candidate").first.click()
        assert set(page.evaluate(ZONES, blocks)) == {target}
        assert "moved to zone" in page.inner_text(".live")
        homes = page.evaluate("z => plannerPage.numbers.zoneFigures(z).homes", target)
        assert str(homes) in page.inner_text(f"tr[data-zone='{target}']")
        assert page.inner_text("[data-figure=units]") != "0"
        page.keyboard.press("Control+z")
        assert page.inner_text("[data-figure=units]") == "0"
        page.keyboard.press("Control+y")
        assert set(page.evaluate(ZONES, blocks)) == {target}


def test_by_keys_alone(open_page: Opener, page_file: Path) -> None:
    """Arrows choose in the list, M goes to the centres, Enter moves, L locks; each is announced."""
    with open_page(page_file) as page:
        page.focus("#edit")
        page.keyboard.press("Enter")
        page.focus(".unit-list summary")
        page.keyboard.press("Enter")
        page.focus(".units[role=listbox]")
        page.keyboard.press("ArrowDown")
        assert page.locator("[role=option][aria-selected=true]").count() == 1
        assert page.evaluate("document.activeElement.getAttribute('role')") == "listbox"
        page.keyboard.press("m")
        assert "candidate" in page.evaluate("document.activeElement.className")
        page.keyboard.press("Enter")
        assert page.evaluate("plannerPage.desk.done.length") == 1
        assert "调入" in page.inner_text(".live[aria-live]")
        page.keyboard.press("l")
        assert page.evaluate("plannerPage.desk.locked.size") == 1
        assert page.locator(".refused").inner_text().startswith("1")


def test_the_lasso_works_with_a_finger(open_page: Opener, page_file: Path) -> None:
    """A line drawn round some buildings chooses them, for mouse and touch alike."""
    with open_page(page_file) as page:
        page.click("#edit")
        page.click("[data-tool=lasso]")
        page.mouse.move(350, 300)
        page.mouse.down()
        for x, y in ((620, 300), (620, 520), (350, 520)):
            page.mouse.move(x, y, steps=3)
        page.mouse.up()
        chosen = page.evaluate("plannerPage.desk.selection.size")
        assert chosen > 3
        page.evaluate(
            """() => {
              const surface = plannerPage.map.getContainer();
              surface.setPointerCapture = () => {};
              plannerPage.desk.choose([]);
              const send = (name, x, y) => surface.dispatchEvent(new PointerEvent(name, { bubbles: true,
                pointerId: 7, pointerType: 'touch', isPrimary: true, clientX: x, clientY: y }));
              send('pointerdown', 350, 300);
              [[620, 300], [620, 520], [350, 520]].forEach((p) => send('pointermove', p[0], p[1]));
              send('pointerup', 350, 520);
            }"""
        )
        assert page.evaluate("plannerPage.desk.selection.size") == chosen


def test_kept_and_restored(browser: Any, page_file: Path) -> None:
    """Edits are kept in the browser, offered at the next opening, and come back as they were."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.wait_for_selector("html[data-edit]")
    page.evaluate(MOVE_ONE)
    page.evaluate("plannerPage.desk.note([{ lon: 117.02, lat: 32.62, text: '巷口' }])")
    kept = page.evaluate("plannerPage.desk.changes()")
    page.wait_for_timeout(600)
    page.reload()
    page.wait_for_selector("[data-restore=yes]")
    page.click("[data-restore=yes]")
    again = page.evaluate("plannerPage.desk.changes()")
    assert {**kept, "created": ""} == {**again, "created": ""}
    context.close()


def test_no_storage_is_no_fault(browser: Any, page_file: Path) -> None:
    """Where the browser keeps nothing, editing works all the same."""
    context = browser.new_context(offline=True)
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } })"
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda e: faults.append(str(e)))
    page.goto(page_file.as_uri())
    page.wait_for_selector("html[data-edit]")
    page.evaluate(MOVE_ONE)
    page.wait_for_timeout(600)
    assert not faults
    context.close()


def test_the_file_that_is_handed_out(browser: Any, page_file: Path, tables: PlanTables) -> None:
    """The button saves a small JSON that the engine takes."""
    context = browser.new_context(offline=True, accept_downloads=True)
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.wait_for_selector("html[data-edit]")
    page.click("#edit")
    page.evaluate(MOVE_ONE)
    changes = read_changes(handed_out(page, lambda: page.click("[data-tool=exportChanges]")))
    assert (replayed(tables, changes) != assignment_of(tables)).sum() == len(changes.moves) > 0
    context.close()


def test_an_edit_paints_a_part(open_page: Opener, page_file: Path) -> None:
    """A move paints little more than the zones it touches anew; how long that takes, the benchmark tells."""
    with open_page(page_file) as page:
        page.click("#edit")
        shares = page.evaluate(
            """() => {
              const { desk, numbers, model } = window.plannerPage;
              const area = (box) => (box[2] - box[0]) * (box[3] - box[1]);
              const end = (k, pick) => pick(...model.zones.map((zone) => zone.box[k]));
              const whole = [end(0, Math.min), end(1, Math.min), end(2, Math.max), end(3, Math.max)];
              const shares = [];
              for (let k = 0; k < 40; k += 1) {
                const b = (k * 37) % numbers.n;
                const able = desk.refusal([b]) ? [] : numbers.candidates([b]);
                if (!able.length) continue;
                desk.move(able[0], [b]);
                shares.push(area(model.recut.box) / area(whole));
              }
              return shares.sort((a, b) => a - b);
            }"""
        )
        assert len(shares) > 10
        assert 0 < shares[len(shares) // 2] < 0.75


def test_a_note(open_page: Opener, page_file: Path) -> None:
    """A click with the note tool asks for a text in the page, and keeps it with its place."""
    with open_page(page_file) as page:
        page.click("#edit")
        page.click("[data-tool=note]")
        page.mouse.click(500, 400)
        page.fill(".note-card textarea", "<b>巷口在修路</b>")
        page.keyboard.press("Enter")
        (note,) = page.evaluate("plannerPage.desk.notes")
        assert note["text"] == "<b>巷口在修路</b>"
        assert "<b>巷口在修路</b>" in page.inner_text(".notes")


@pytest.mark.parametrize(
    "text",
    [
        "打138" + "00138000找张",
        "１３８００１３８０００",
        "138-0013-8000",
        "11010119900307" + "123X",
    ],
)
def test_a_note_holds_no_phone(open_page: Opener, page_file: Path, text: str) -> None:
    """A number like a phone's or an id is refused where it is written, as `planner apply` would."""
    with open_page(page_file) as page:
        page.click("#edit")
        page.click("[data-tool=note]")
        page.mouse.click(500, 400)
        page.fill(".note-card textarea", text)
        page.keyboard.press("Enter")
        assert page.inner_text(".note-card [role=alert]") == "含电话或身份证号，请删去后再保存"
        assert page.evaluate("plannerPage.desk.notes") == []
        page.fill(".note-card textarea", "路灯12号")
        page.keyboard.press("Enter")
        changes = page.evaluate("plannerPage.desk.changes()")
    assert [note["text"] for note in changes["notes"]] == ["路灯12号"]
    changes["notes"][0]["text"] = text
    with pytest.raises(InputError, match="phone"):
        read_changes(json.dumps(changes).encode())


def test_one_is_not_many(open_page: Opener, page_file: Path) -> None:
    """English counts one unit as one unit."""
    with open_page(page_file, "?lang=en") as page:
        page.click("#edit")
        block, centre = page.evaluate(
            MOVE_ONE.replace("desk.refusal([b])", "desk.unitCount([b]) !== 1 || desk.refusal([b])")
        )
        number = page.evaluate("(c) => plannerPage.model.zones[c].n", centre)
        assert page.inner_text(".live") == f"1 unit moved to zone {number}"
        page.evaluate("(b) => plannerPage.desk.lock([b])", block)
        assert page.inner_text(".live") == "1 unit locked"


def test_editing_begins_with_nothing_dimmed(open_page: Opener, page_file: Path) -> None:
    """What was told of one zone is put away when editing begins; a change of language keeps a card."""
    with open_page(page_file) as page:
        page.evaluate("plannerPage.find.choose({ kind: 'centre', zone: 2 })")
        assert page.locator(".detail").count() == 1
        page.click("#edit")
        assert page.locator(".detail").count() == 0
        page.evaluate("plannerPage.find.choose({ kind: 'centre', zone: 2 })")
        page.click("#language")
        assert page.locator(".detail").count() == 1
        assert page.locator(".block.edit").count() == 1


def test_what_is_kept_is_offered_in_both_languages(browser: Any, page_file: Path) -> None:
    """The offer follows the language, leaves the scale bar free, and discards no newer edits."""
    context = browser.new_context(offline=True, viewport={"width": 1024, "height": 768})
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.wait_for_selector("html[data-edit]")
    page.evaluate(MOVE_ONE)
    page.wait_for_timeout(600)
    page.reload()
    page.wait_for_selector("[data-restore=no]")
    assert "未应用的调整" in page.inner_text(".restore")
    page.click("#language")
    assert page.inner_text("[data-restore=no]") == "Discard"
    bar, scale = (page.locator(name).bounding_box() for name in (".restore", ".corner"))
    assert bar["x"] + bar["width"] <= scale["x"]
    page.evaluate(MOVE_ONE)
    page.wait_for_timeout(600)
    page.click("[data-restore=no]")
    page.reload()
    page.wait_for_selector("[data-restore=yes]")
    context.close()


def test_no_small_count_is_in_the_numbers(open_page: Opener, page_file: Path) -> None:
    """Blocks that can be moved have no homes or at least three."""
    with open_page(page_file) as page:
        homes, fixed = page.evaluate(
            "[plannerPage.numbers.data.homes, plannerPage.numbers.data.fixed]"
        )
    assert all(n == 0 or n >= 3 for n, f in zip(homes, fixed, strict=True) if f != 1)
    assert len(set(homes)) > 5


def test_lock_all_swap_and_look_at_the_plan_as_opened(open_page: Opener, page_file: Path) -> None:
    """Each is one step back; to look at the plan before undoes, saves and loses nothing."""
    state = """() => {
      const { desk, numbers } = window.plannerPage;
      return [Array.from(numbers.zoneOf), desk.locked.size, numbers.figures()];
    }"""
    with open_page(page_file) as page:
        page.click("#edit")
        first = page.evaluate(state)
        page.click("[data-tool=lockAll]")
        served = sum(z >= 0 for z in first[0])
        assert page.evaluate(state)[1] == served
        page.click("[data-tool=unlockAll]")
        assert page.evaluate(state)[1] == 0
        page.keyboard.press("Control+z")
        page.keyboard.press("Control+z")
        assert page.evaluate(state) == first
        pair, zones = page.evaluate(
            """() => {
              const { desk, numbers } = window.plannerPage;
              for (let a = 0; a < numbers.n; a += 1) {
                for (let b = a + 1; b < numbers.n; b += 1) {
                  const [x, y] = [numbers.zoneOf[a], numbers.zoneOf[b]];
                  const able = x >= 0 && y >= 0 && x !== y && !desk.refusal([a], y) && !desk.refusal([b], x);
                  if (able) {
                    desk.choose([a, b]);
                    return [[a, b], [x, y]];
                  }
                }
              }
            }"""
        )
        page.click("[data-tool=swap]")
        assert page.evaluate(ZONES, pair) == zones[::-1]
        swapped = page.evaluate(state)
        changes = page.evaluate("plannerPage.desk.changes().moves")
        page.click("[data-tool=peek]")
        assert page.evaluate(state)[0] == first[0]
        assert "已手工调整" not in page.inner_text("aside .proofs")
        page.click("[data-tool=peek]")
        assert page.evaluate(state)[0] == swapped[0]
        assert page.evaluate("plannerPage.desk.changes().moves") == changes
        assert page.evaluate("plannerPage.desk.done.length") == 1
        page.click("[data-tool=peek]")
        page.keyboard.press("Control+z")
        assert page.evaluate(state)[0] == first[0]
        assert page.evaluate(state)[2] == pytest.approx(first[2], abs=1e-6)

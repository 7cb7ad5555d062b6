"""How well the page completes a community after an edit, beside the engine's own search on the same blocks.

    python -m tests.benchmarks.complete out/plan.gpkg --edits 12

Each edit moves one to six buildings of one community to a zone beside them.  An edit that the engine cannot
complete (it leaves out what it cannot connect) is told and not counted.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from planner.api.plan import Plan
from planner.model import audit
from planner.model.excerpt import of_pairs
from planner.model.project import MOVE_PRICE_M
from planner.privacy.audience import Audience
from planner.render.map.page import map_page
from planner.render.text.shown import Told
from planner.solve.zones.search import Stop, solve
from tests.browser.conftest import ARGUMENTS, chromium

EDIT = """(seed) => {
  const { desk, numbers, model } = window.plannerPage;
  while (desk.done.length) desk.undo();
  let state = seed * 7919 + 1;
  const random = (n) => { state = (state * 48271) % 2147483647; return state % n; };
  const fences = Array.from(new Set(model.zones.map((zone) => zone.fence)));
  const fence = fences[seed % fences.length];
  for (let k = 0; k < 2000 && desk.done.length < 1 + (seed % 6); k += 1) {
    const b = random(numbers.n);
    const z = numbers.zoneOf[b];
    if (z < 0 || model.zones[z].fence !== fence || desk.refusal([b])) continue;
    const beside = Array.from(new Set(numbers.neighbours(b).map((v) => numbers.zoneOf[v])));
    const near = beside.filter((c) => c >= 0 && c !== z && numbers.hasPair(b, c));
    if (near.length) desk.move(near[random(near.length)], [b]);
  }
  const start = Array.from(numbers.zoneOf);
  const edited = desk.movedBlocks();
  const began = performance.now();
  document.querySelector('[data-tool=complete]').click();
  return { fence, start, edited, end: Array.from(numbers.zoneOf), seconds: (performance.now() - began) / 1000,
    said: document.querySelector('.live').textContent };
}"""


def main() -> None:
    """Print a line for each edit, and the mean and the worst of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--edits", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=20.0, help="of the engine's search")
    asked = parser.parse_args()
    plan = Plan.load(asked.plan)
    problem = Told(plan, Audience.MEETING.terms).blocks.problem
    page_file = Path(tempfile.mkdtemp()) / "map.html"
    map_page(plan).save(page_file)
    found: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = browser.new_page()
        page.goto(page_file.as_uri() + "?lang=en")
        page.wait_for_selector("html[data-edit]")
        page.click("#edit")
        for seed in range(101, 101 + asked.edits):
            told = page.evaluate(EDIT, seed)
            mine, engine, lost, took = _both(plan, problem, told, asked.seconds)
            share = (mine - engine) / engine
            if not lost:
                found.append(share)
            words = f"{lost} units left out" if lost else f"page {share:+.2%}"
            print(
                f"{seed}: {words}, {told['seconds']:.1f} s (engine {took:.1f} s): {told['said']}",
                flush=True,
            )
        browser.close()
    print(
        f"{len(found)} edits: mean {np.mean(found):+.2%}, worst {max(found):+.2%} of the engine's plan"
    )


def _both(
    plan: Plan, problem: Any, told: dict[str, Any], seconds: float
) -> tuple[float, float, int, float]:
    """Value of the community as the page completes it and as the engine does, metres."""
    before, unit = np.array(told["start"]), problem.pair_unit
    stays = problem.pair_centre == before[unit]
    inside = (plan.centres["fence"] == told["fence"]).to_numpy()[before] & (before >= 0)
    fixed = np.isin(np.arange(len(before)), [*told["edited"], *problem.home])
    held = (~inside | fixed) & (before >= 0)
    keep = (~held[unit] | stays) & (before[unit] >= 0)
    # to follow costs as much as with `planner apply --complete`
    price = problem.change_m + np.where(stays, 0.0, MOVE_PRICE_M * problem.households[unit])
    task = of_pairs(problem, keep, change_m=price[keep])
    began = time.perf_counter()
    made = solve(task, stop=Stop(seconds=seconds), start=before, seed=0).assignment.astype(np.int64)
    took = time.perf_counter() - began
    own = np.flatnonzero((plan.centres["fence"] == told["fence"]).to_numpy())
    rules = {r.name: r.price_m for r in problem.rules}

    def value(zone: Any) -> float:
        served = inside & (zone >= 0)
        pair = task.pairs_of(zone)[served]
        cost = task.load[task.pair_unit] * task.walk_m + task.penalty_m + task.change_m
        broken = audit.audit(task, zone, 0.0).violations
        return float(cost[pair].sum()) + sum(
            rules[v.rule] * v.excess for v in broken if v.centre in own
        )

    return value(np.array(told["end"])), value(made), int((inside & (made < 0)).sum()), took


if __name__ == "__main__":
    main()

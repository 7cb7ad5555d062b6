"""Three years of months in one plan file: how large it is, how quickly it opens, whether all is gone back on.

    python -m tests.benchmarks.history EXTRACT.osm.pbf [--households N] [--months N] [--share S]

A synthetic register on the extract's own addresses is planned in haste: what is measured is the file.  Each
month a share of the homes leaves, as many come, and as many move; some buildings are given to the next
centre, and what that does to zones, shapes and members is worked out as for a meeting.  Every state is packed
by what differs from the one before, as a re-zoning packs it, with the events of the month in its notes.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from planner.api.demo import Size, write_office
from planner.api.plan import Plan
from planner.api.zone import run
from planner.model import audit
from planner.model.project import Project
from planner.model.tables import PlanTables
from planner.network.streets.osm import read_extract
from planner.plan.changefile import read_changes
from planner.plan.changes import apply_changes
from planner.plan.frames import assignment_of
from planner.plan.store.plans import store_plan
from tests.benchmarks.rezoning import communities
from tests.plan.test_changes import written
from tests.plans import plans_equal

RULES = (
    "members_per_zone = { low = 4, high = 12 }\nhouseholds_per_member = { low = 1, high = 25 }\n"
    "households_per_zone = { low = 30, high = 150 }"
)
GIVEN = 20
"""Buildings that go to another centre in a month."""
ACROSS = 7
"""Communities each way: a district of 35,000 homes has some fifty."""


def month(plan: PlanTables, number: int, share: float, rng: np.random.Generator) -> PlanTables:
    """Let one month happen: the plan before lies in the one that comes of it."""
    moves = given(plan, rng)
    after = apply_changes(plan, read_changes(written(plan, moves)))
    homes: Any = after.households
    free = np.flatnonzero((homes["gap"] == "").to_numpy())
    chosen = rng.choice(free, max(2, round(share * len(homes))), replace=False)
    leaving, moving = np.array_split(chosen, 2)
    # who moves keeps its row in the sheet, and lives where another has lived
    places = [c for c in homes.columns if c != "household_id"]
    at = [homes.columns.get_loc(c) for c in places]
    there = homes.iloc[rng.permutation(moving), at].to_numpy(object)
    frame = pd.DataFrame(homes).astype(object)
    frame.iloc[moving, at] = there
    new = frame.iloc[leaving].assign(household_id=[f"N{number}-{i}" for i in range(len(leaving))])
    made = pd.concat([frame.drop(index=frame.index[leaving]), new], ignore_index=True)
    made = made.astype({c: homes[c].dtype for c in homes.columns if c != "geometry"})
    kept = type(homes)(made, geometry="geometry", crs=homes.crs)
    said = [event("home-out", homes["household_id"].iloc[i], number, i) for i in leaving]
    said += [event("home-in", name, number, i) for i, name in enumerate(new["household_id"])]
    said += [event("home-move", homes["household_id"].iloc[i], number, i) for i in moving]
    events = [*(after.provenance.get("events") or ()), *said]
    return replace(after, households=kept, provenance={**after.provenance, "events": events})


def event(kind: str, home: str, number: int, row: int) -> dict[str, Any]:
    """Note an event as a plan keeps it."""
    told = {"kind": kind, "id": str(home), "file": f"changes{number}.xlsx", "row": int(row) + 2}
    if kind == "home-out":
        return told
    return told | {
        "where": {"address": f"幸福路{row}号{number}栋1单元", "community": f"社区{row % 49}"}
    }


def given(plan: PlanTables, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Choose buildings that can go to another centre, every zone staying connected."""
    problem, now = plan.problem, assignment_of(plan).copy()
    found: list[tuple[int, int]] = []
    free = np.setdiff1d(np.flatnonzero(now >= 0), problem.home)
    for u in rng.permutation(free)[: 20 * GIVEN].tolist():
        near = problem.adjacency[(problem.adjacency == u).any(axis=1)].ravel()
        may = problem.pair_centre[problem.pair_start[u] : problem.pair_start[u + 1]]
        beside = np.intersect1d(np.setdiff1d(now[near], [now[u], -1]), may)
        if not len(beside):
            continue
        was, now[u] = now[u], beside[0]
        if audit.audit(problem, now, 0.0).disconnected:
            now[u] = was
            continue
        found.append((u, int(beside[0])))
        if len(found) == GIVEN:
            break
    return found


def first(extract: Path, households: int, folder: Path) -> Plan:
    """Plan a register in haste, and give it as it comes back from its file."""
    size = Size(households * 5 // 8, households, households // 8, households // 75)
    file = write_office(folder / "input", extract, size, title=extract.name, rules=RULES)
    x, y = read_extract(extract).ways.lon_lat.T
    shapes = json.dumps(communities(x, y, ACROSS), ensure_ascii=False)
    (file.parent / "fences.geojson").write_text(shapes, "utf-8")
    text, line = file.read_text("utf-8"), '# fences = "communities.gpkg"'
    assert line in text
    file.write_text(text.replace(line, 'fences = "fences.geojson"'), "utf-8")
    project = Project.read(file)
    quick = replace(project.search, gap=0.5, seconds=5.0, advice_seconds=0.0)
    plan = run(replace(project, search=quick), allow_missing_centres=True)
    store_plan(plan, folder / "first.gpkg")
    return Plan.load(folder / "first.gpkg")


def main() -> None:
    """Tell size and seconds; fail where a month cannot be undone."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("extract", type=Path)
    parser.add_argument("--households", type=int, default=35_000)
    parser.add_argument("--months", type=int, default=36)
    parser.add_argument("--share", type=float, default=0.01, help="of the homes, a month")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        begun = first(asked.extract, asked.households, folder)
        size = (folder / "first.gpkg").stat().st_size
        print(f"first plan: {begun}, {size / 1e6:.1f} MB", flush=True)
        plan: PlanTables = begun
        for number in range(1, asked.months + 1):
            plan = month(plan, number, asked.share, rng)
            print(f"month {number}: {len(plan.past[-1].data) / 1e3:.0f} kB", flush=True)
        path = folder / "plan.gpkg"
        store_plan(plan, path)
        began = time.perf_counter(), time.process_time()
        loaded = Plan.load(path)
        took = time.perf_counter() - began[0], time.process_time() - began[1]
        size = path.stat().st_size
        print(
            f"{asked.months} months: {size / 1e6:.1f} MB, opens in {took[0]:.1f} s ({took[1]:.1f} s busy)"
        )
        began = time.perf_counter(), time.process_time()
        plans_equal(loaded.undo(to=0), begun)
        took = time.perf_counter() - began[0], time.process_time() - began[1]
        print(
            f"gone back to the first plan in {took[0]:.1f} s ({took[1]:.1f} s busy): it is the same"
        )


if __name__ == "__main__":
    main()

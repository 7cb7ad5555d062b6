"""Coverage of the reference district: bands, shares, equity, every absence and blank spots, timed by part.

    python -m tests.benchmarks.coverage EXTRACT.osm.pbf [--keep FOLDER] [--json FILE] [--strict]
    python -m tests.benchmarks.coverage EXTRACT.osm.pbf --check
    python -m tests.benchmarks.coverage EXTRACT.osm.pbf --keep FOLDER --rounds [--against 8] [--limit 60]

35,000 households, 586 centres and 5,600 members are put on the buildings of an extract and planned briefly
(how good the plan is does not matter here); every tenth household gets a made-up mark of care.  What is timed
runs in a process of its own, so that its memory is its own.  Exit code 1 with --strict where it takes more
than 30 s of processor or 2 GB, reading of the sheets and streets not counted.  With --check the walk of every
home of an extract to the nearest of sixty others is held against networkx instead.  With --rounds every
member of that district serves an even share of its zone: the rounds of all are timed, kept zone by zone on
the disk, and the longest of them, and walks through all doors of the largest zones, held against the best
that OR-Tools finds in so many seconds each.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from tests.benchmarks.table import machine, show

MARKS = ("独居老人", "残疾", "大病", "留守儿童")
MOST_S, MOST_GB = 30.0, 2.0
LEAST_HOMES, MOST_DOORS = 3000, 40
LIMITS_M = [60.0 * minutes * speed for minutes in (3, 5, 10) for speed in (1.0, 0.8)]


def main() -> None:
    """Plan, then measure in another process."""
    options = _options()
    if options.measure:
        _measure(options.keep)
        return
    if options.check:
        _check(options.extract)
        return
    if options.rounds:
        _rounds(options.keep, options.against, options.limit)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        if not (folder / "plan.gpkg").exists():
            _plan(folder, options.extract, options.seconds)
        called = [sys.executable, "-m", "tests.benchmarks.coverage", str(options.extract)]
        ran = subprocess.run(
            [*called, "--measure", "--keep", str(folder)],
            capture_output=True,
            text=True,
            check=True,
        )
    figures = json.loads(ran.stdout)
    show([{"part": name, "seconds": s} for name, s in figures["seconds"].items()])
    print(json.dumps(figures, indent=1, ensure_ascii=False))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False), "utf-8")
    if options.strict and (figures["together_s"] > MOST_S or figures["peak_gb"] > MOST_GB):
        sys.exit(1)


def _plan(folder: Path, extract: Path, seconds: float) -> None:
    from planner.api.zone import run
    from planner.plan.store import store_plan
    from tests.benchmarks.reference import Counts, write_district

    names = [f"合成社区{k + 1:02d}" for k in range(Counts.communities)]
    project = write_district(folder, extract, names, 0)
    homes = pd.read_csv(folder / "households.csv")
    rng = np.random.default_rng(0)
    marked = rng.random(len(homes)) < 0.1
    homes["关爱对象"] = np.where(marked, rng.choice(MARKS, len(homes)), "")
    homes.to_csv(folder / "households.csv", index=False)
    text = project.read_text("utf-8")
    brief = f"[search]\ngap = 0.05\nseconds = {seconds:g}\nadvice_seconds = 0\n"
    project.write_text(text.replace("[search]\n", brief), "utf-8")
    store_plan(run(project), folder / "plan.gpkg")


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    # processor time: others may be busy on the machine, and one thread does it all
    began = time.process_time()
    yield
    seconds[name] = round(time.process_time() - began, 2)


def _measure(folder: Path) -> None:
    from planner.api.opening import open_project
    from planner.api.people import people_in
    from planner.api.plan import Plan
    from planner.api.progress import Clock
    from planner.api.standing import needs_of
    from planner.model.caring import care_kinds
    from planner.model.project import Project
    from planner.plan.care.absences import absences, helped
    from planner.plan.care.blanks import blank_spots
    from planner.plan.care.equity import equity_figures
    from planner.plan.care.mending import mends
    from planner.plan.care.onstreets import on_streets
    from planner.plan.care.patrol import patrols
    from planner.plan.care.shares import bands, shares, walks_to
    from planner.plan.care.visits import helping, rounds

    seconds: dict[str, float] = {}
    with _timed(seconds, "read plan, sheets, streets"):
        plan, project = Plan.load(folder), Project.read(folder)
        opened = open_project(project, Clock.of(None))
        people = people_in(project, (opened.households, opened.members))
        needs = needs_of(plan, project, people)
    with _timed(seconds, "back on the streets"):
        ground = on_streets(plan, opened.ground.network)
    with _timed(seconds, "shares"):
        table = shares(walks_to(ground, needs, project.pace), needs, project.pace)
    with _timed(seconds, "bands"):
        layer = bands(ground, project.pace)
    with _timed(seconds, "equity"):
        even = equity_figures(plan)
    with _timed(seconds, "helpers and absences"):
        near = helped(ground, needs, project.pace)
        away = absences(ground, needs, near)
    with _timed(seconds, "blank spots"):
        blank = blank_spots(plan)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    parts = [v for k, v in seconds.items() if not k.startswith("read")]
    with _timed(seconds, "repairs (not counted)"):
        found = mends(ground, seconds=20.0)
    with _timed(seconds, "helpers of care households (not counted)"):
        told_of = helping(ground, needs, care_kinds(), project.care)
    with _timed(seconds, "rounds of a week (not counted)"):
        ways, _ = rounds(ground, told_of, project.care, project.pace, 1)
    with _timed(seconds, "patrols (not counted)"):
        streets, _ = patrols(ground, project.pace)
    told = {
        "households": len(plan.households),
        "care": int(needs.care.sum()),
        "centres": len(plan.centres),
        "serving": int(ground.serving.sum()),
        "units": len(plan.units),
        "bands": len(layer),
        "share_5_min_of_a_centre": float(table["share"].iloc[1]),
        "gini": even["walk_m"]["gini"],
        "absences": len(away),
        "leaving_somebody": int((away["left"] > 0).sum()),
        "blank_spots": len(blank),
        "gaps": len(plan.gaps),
        "repairs": len(found),
        "rounds": len(ways),
        "patrols": len(streets),
        "seconds": seconds,
        "together_s": round(sum(parts), 1),
        "peak_gb": round(peak, 2),
        "machine": machine(),
    }
    print(json.dumps(told, ensure_ascii=False))


def _everybody(plan: Any) -> Any:
    """Let every member serve: the homes of each zone are shared out in the order of their doors."""
    homes, members = plan.households, plan.members
    taken = homes["member"].to_numpy(object).copy()
    count = np.zeros(len(members), np.int64)
    row_of = {m: k for k, m in enumerate(members["member_id"])}
    by_zone = members.groupby("zone")["member_id"].apply(list)
    for zone, rows in homes.groupby("zone").groups.items():
        who = by_zone.get(zone, []) if zone else []
        at = homes.index.get_indexer(rows)
        at = at[np.argsort(homes["unit_id"].to_numpy(str)[at], kind="stable")]
        for member, part in zip(who, np.array_split(at, max(len(who), 1)), strict=False):
            taken[part] = member
            count[row_of[member]] = len(part)
    return replace(
        plan, households=homes.assign(member=taken), members=members.assign(households=count)
    )


def _rounds(folder: Path, against: int, limit_s: float) -> None:
    """Time the rounds of everybody, and hold the longest against OR-Tools."""
    from planner.api.opening import open_project
    from planner.api.people import people_in
    from planner.api.plan import Plan
    from planner.api.progress import Clock
    from planner.api.rounds_kept import RoundsKept
    from planner.api.standing import needs_of
    from planner.model.caring import care_kinds
    from planner.model.project import Project
    from planner.plan.care.onstreets import on_streets
    from planner.plan.care.visits import _table, helping, rounds

    plan, project = Plan.load(folder), Project.read(folder)
    opened = open_project(project, Clock.of(None))
    needs = needs_of(plan, project, people_in(project, (opened.households, opened.members)))
    ground = on_streets(_everybody(plan), opened.ground.network)
    told = helping(ground, needs, care_kinds(), project.care)
    weeks: list[dict[str, Any]] = []
    long: list[tuple[float, Any]] = []
    for week in (1, 2):
        with tempfile.TemporaryDirectory() as scratch:
            wall, began = time.monotonic(), time.process_time()
            kept = RoundsKept(Path(scratch) / "part")
            table, ways = rounds(ground, told, project.care, project.pace, week, kept=kept)
            used = time.process_time() - began
            weeks.append(
                {
                    "week": week,
                    "serving": int(ground.serving.sum()),
                    "rounds": len(table),
                    "visits": int(table["visits"].sum()),
                    "most_stops": max(len(turn) - 2 for turn in ways.values()),
                    "processor_s": round(used, 1),
                    "wall_s": round(time.monotonic() - wall, 1),
                }
            )
        for turn in ways.values():
            walk = _table(ground, turn[:-1], 5000.0)
            long.append((float(len(turn) - 2), walk))
    show(weeks)
    print(json.dumps({"weeks": weeks, "machine": machine()}, ensure_ascii=False))
    longest = sorted(long, key=lambda pair: -pair[0])[: against // 2]
    # and harder ones than any week has: from door to door through a whole zone
    zones = ground.plan.units.groupby("zone").indices
    for at in sorted((v for k, v in zones.items() if k), key=len, reverse=True)[: against // 2]:
        longest.append(
            (float(min(len(at), MOST_DOORS) - 1), _table(ground, at[:MOST_DOORS], 5000.0))
        )
    # doors at one point need no way between them
    longest = [(n, walk) for n, walk in longest if walk.max() > 0]
    worst = [_held(walk, limit_s) for _, walk in longest]
    if worst:
        told_of = {"rounds": len(worst), "stops": [int(n) for n, _ in longest], "seconds": limit_s}
        told_of["longest_over_ortools"] = round(max(worst), 5)
        print(json.dumps(told_of))
        assert max(worst) <= 1.02


def _held(walk: Any, limit_s: float) -> float:
    """Give the length of our round over that of the best that OR-Tools finds from its own first one."""
    from ortools.constraint_solver import (  # pyright: ignore[reportMissingImports]
        pywrapcp,
        routing_enums_pb2,
    )

    from planner.solve.rounds import round_trip

    manager = pywrapcp.RoutingIndexManager(len(walk), 1, 0)
    model = pywrapcp.RoutingModel(manager)
    whole = np.rint(walk * 1000).astype(np.int64)
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(whole.tolist()))
    told = pywrapcp.DefaultRoutingSearchParameters()
    told.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    told.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    told.time_limit.FromMilliseconds(int(1000 * limit_s))
    found = model.SolveWithParameters(told)
    return round_trip(walk)[1] / (found.ObjectiveValue() / 1000.0)


def _check(extract: Path) -> None:
    """Hold every home's walk to the nearest of sixty against networkx, on the buildings of an extract."""
    import networkx as nx

    from planner.network import WalkingNetwork
    from tests.benchmarks.communities import Place

    place = Place(extract)
    network = WalkingNetwork.from_osm(extract)
    rng = np.random.default_rng(0)
    spots = place.lon_lat
    if len(spots) < LEAST_HOMES:  # an extract with few buildings: homes beside its streets as well
        edge = rng.choice(len(network.edges), LEAST_HOMES - len(spots))
        points = shapely.line_interpolate_point(
            network.edge_lines[edge], rng.random(len(edge)), normalized=True
        )
        beside = shapely.get_coordinates(points) + rng.normal(0.0, 8.0, (len(edge), 2))
        spots = np.concatenate([spots, network.projection.to_lon_lat(beside)])
    homes = network.snap(*spots.T, max_m=250.0)
    homes = homes.take(np.flatnonzero(homes.edge >= 0))
    sources = homes.take(np.sort(rng.choice(len(homes), 60, replace=False)))
    found = network.nearest(sources, homes)[1]
    graph: nx.Graph[object] = nx.Graph()
    for (a, b), length in zip(network.edges.tolist(), network.length_m.tolist(), strict=True):
        if a != b and (not graph.has_edge(a, b) or graph[a][b]["weight"] > length):
            graph.add_edge(a, b, weight=length)
    for k in range(len(sources)):
        e, along, leg = int(sources.edge[k]), float(sources.along_m[k]), float(sources.access_m[k])
        a, b = network.edges[e].tolist()
        # two sources of one edge are told apart by their own nodes; no way leads through a home
        graph.add_edge(("from", k, 0), a, weight=leg + along)
        graph.add_edge(("from", k, 1), b, weight=leg + float(network.length_m[e]) - along)
    starts = {("from", k, side) for k in range(len(sources)) for side in (0, 1)}
    reach = nx.multi_source_dijkstra_path_length(graph, starts)
    worst, apart = 0.0, 0
    by_edge: dict[int, list[int]] = {}
    for k, e in enumerate(sources.edge.tolist()):
        by_edge.setdefault(e, []).append(k)
    for h in range(len(homes)):
        e, along, leg = int(homes.edge[h]), float(homes.along_m[h]), float(homes.access_m[h])
        a, b = network.edges[e].tolist()
        best = min(
            reach.get(a, np.inf) + leg + along,
            reach.get(b, np.inf) + leg + float(network.length_m[e]) - along,
        )
        for k in by_edge.get(e, ()):
            same = (sources.home_xy[k] == homes.home_xy[h]).all()
            step = abs(float(sources.along_m[k]) - along) + float(sources.access_m[k]) + leg
            best = min(best, 0.0 if same else step)
        if np.isfinite(best) or np.isfinite(found[h]):
            worst = max(worst, abs(best - float(found[h])))
        # the band of 3, 5 and 10 minutes at each pace
        apart += any((best <= m) != (found[h] <= m) for m in LIMITS_M)
    told = {"extract": extract.name, "homes": len(homes), "largest_difference_m": worst}
    print(json.dumps({**told, "in_another_band": apart}))
    assert worst < 1e-6
    assert not apart


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("extract", type=Path)
    parser.add_argument(
        "--keep", type=Path, help="folder of the district; used again if it is there"
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="of search for the plan")
    parser.add_argument("--json", type=Path)
    parser.add_argument(
        "--strict", action="store_true", help="exit code 1 where a figure is missed"
    )
    parser.add_argument("--check", action="store_true", help="hold walks against networkx")
    parser.add_argument("--rounds", action="store_true", help="rounds of every member of --keep")
    parser.add_argument("--against", type=int, default=8, help="rounds held against OR-Tools")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds of OR-Tools for each")
    parser.add_argument("--measure", action="store_true", help="measure a plan that is there")
    return parser.parse_args()


if __name__ == "__main__":
    main()

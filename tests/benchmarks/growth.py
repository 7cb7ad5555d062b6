"""How time and memory grow with the number of households: one process a size, an exponent a stage.

    python -m tests.benchmarks.growth EXTRACT.osm.pbf [--sizes 10000 32000 100000] [--gap 0.01]
    python -m tests.benchmarks.growth                  (made-up towns of one piece; the solve alone)

Larger towns are copies of a smaller one, set side by side and joined by one long street each: streets,
homes, members and centres grow alike, and no walk within the limit leads from copy to copy.  Made-up
towns are one connected piece instead.  A stage is near-linear if its exponent is at most 1.2.
Seconds are of the processor, which others on the machine disturb least; the search's is that to the gap.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from planner.api.demo import Size, write_office
from planner.demand.demand import build_demand
from planner.demand.ground import Ground
from planner.demand.locate import locate
from planner.intake.residents import read_households, read_members
from planner.model.audit import check
from planner.model.problem import Problem
from planner.model.project import Project
from planner.network.graph import WalkingNetwork
from planner.network.streets.osm import Extract, StreetWays, read_extract
from planner.solve.zones.search import Progress, Stop, solve
from tests.benchmarks import zoning_arrays

SIZES = (10_000, 32_000, 100_000, 300_000)
ONE_TOWN = 11_000
NEAR_LINEAR = 1.2
STAGES = ("network", "demand", "solve")
PER_MEMBER, PER_ZONE = 6.4, 60.0
RULES = (
    "members_per_zone = { low = 5, high = 12 }\n"
    "households_per_member = { low = 1, high = 25 }\n"
    "households_per_zone = { low = 40, high = 80 }"
)
APART = 0.02


def tiled(extract: Extract, copies: int) -> Extract:
    """Set copies of the streets side by side; one street joins each to the one before."""
    ways, n = extract.ways, len(extract.ways.lon_lat)
    shift = _shifts(extract, copies)
    hub = _hub(ways)
    node = np.concatenate([ways.node + c * n for c in range(copies)])
    step = ways.offset[-1]
    offset = np.concatenate([[0], *(ways.offset[1:] + c * step for c in range(copies))])
    attach = np.tile(ways.attach, copies)
    links = np.array([[hub + (c - 1) * n, hub + c * n] for c in range(1, copies)], np.int64)
    joined = StreetWays(
        np.concatenate([ways.lon_lat + s for s in shift]),
        np.concatenate([node, links.ravel()]).astype(ways.node.dtype),
        np.concatenate([offset, offset[-1] + 2 * np.arange(1, copies)]).astype(ways.offset.dtype),
        np.concatenate([attach, np.zeros(copies - 1, bool)]),
        np.tile(ways.blocked, copies),
        np.tile(ways.private, copies),
    )
    bars = [extract.barriers.assign(geometry=extract.barriers.translate(*s)) for s in shift]
    return replace(extract, ways=joined, barriers=pd.concat(bars, ignore_index=True))


def _shifts(extract: Extract, copies: int) -> NDArray[np.float64]:
    wide = np.ptp(extract.ways.lon_lat, axis=0) + APART
    across = int(np.ceil(np.sqrt(copies)))
    return np.stack(np.divmod(np.arange(copies), across), 1) * wide


def _hub(ways: StreetWays) -> int:
    """Find a node of the largest connected piece."""
    inside = np.ones(len(ways.node), bool)
    inside[ways.offset[1:] - 1] = False
    first = np.flatnonzero(inside)
    a, b = ways.node[first], ways.node[first + 1]
    n = len(ways.lon_lat)
    _, label = connected_components(coo_array((np.ones(len(a)), (a, b)), shape=(n, n)), False)
    largest = np.bincount(label[a]).argmax()
    return int(np.flatnonzero((label == largest) & ~ways.blocked)[0])


def copied(frame: pd.DataFrame, shift: NDArray[np.float64]) -> pd.DataFrame:
    """Set copies of located residents side by side, each with ids and buildings of its own."""
    parts = []
    for c, (lon, lat) in enumerate(shift):
        part = frame.assign(lon=frame["lon"] + lon, lat=frame["lat"] + lat)
        for name in ("id", "fence", "building", "label"):
            text = frame[name].astype(str)
            part[name] = text.where(text == "", text + f"@{c}")
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def measure_extract(job: dict[str, Any]) -> dict[str, Any]:
    """Build and solve one size on copies of an extract."""
    copies = max(round(job["size"] / ONE_TOWN), 1)
    homes = round(job["size"] / copies)
    small = Size(homes, homes, round(homes / PER_MEMBER), round(homes / PER_ZONE))
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(job["extract"])
        project = Project.read(write_office(Path(scratch), path, small, title="", rules=RULES))
        extract = read_extract(path)
        ground = Ground.from_extract(extract)
        read = read_households(project.inputs.households), read_members(project.inputs.members)
        located = locate(*read, ground, None)
    shift = _shifts(extract, copies)
    households, members = copied(located.households, shift), copied(located.members, shift)
    large = tiled(extract, copies)
    figures: dict[str, Any] = {"copies": copies, "memory_before": _peak()}
    began = time.process_time()
    network = WalkingNetwork.from_osm(large)
    figures["network"], figures["memory_network"] = time.process_time() - began, _peak()
    began = time.process_time()
    demand = build_demand(households, members, network, project.rules)
    figures["demand"], figures["memory_demand"] = time.process_time() - began, _peak()
    figures["nodes"] = len(network.node_xy)
    return {**figures, **_solved(demand.problem, job)}


def measure_made_up(job: dict[str, Any]) -> dict[str, Any]:
    """Solve one size on a made-up town of one connected piece."""
    town = zoning_arrays.TOWNS["queens"]
    share = job["size"] / town.households
    numbers = {
        name: round(getattr(town, name) * share)
        for name in ("units", "centres", "households", "members")
    }
    before = _peak()
    return {"memory_before": before, **_solved(zoning_arrays.make(replace(town, **numbers)), job)}


def _solved(problem: Problem, job: dict[str, Any]) -> dict[str, Any]:
    solve(zoning_arrays.make(zoning_arrays.TOWNS["community"]), stop=Stop(0.05, 20.0))
    reached: dict[str, float] = {}

    def tell(p: Progress) -> None:
        if np.isfinite(p.value_m) and (p.value_m - p.bound_m) <= job["gap"] * p.value_m:
            reached.setdefault("solve", time.process_time() - began)
            reached.setdefault("wall", p.seconds)

    began = time.process_time()
    seconds = job["seconds"] * job["size"] / SIZES[0]
    result = solve(problem, stop=Stop(job["gap"], seconds), progress=tell)
    spent = time.process_time() - began
    found = check(problem, result)
    return {
        "solve": reached.get("solve", spent),
        "solve_wall": reached.get("wall", float("nan")),
        "stopped": result.stopped,
        "gap": found.optimality_gap,
        "households": float(problem.households.sum()),
        "units": problem.n_units,
        "pairs": problem.n_pairs,
        "memory_solve": _peak(),
    }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def started(job: dict[str, Any], limit: float) -> dict[str, Any] | None:
    """Run one size in a process of its own; None if it fails or takes too long."""
    command = [sys.executable, "-m", "tests.benchmarks.growth", "--job", json.dumps(job)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        print(f"{job['size']:>8d}  not finished after {limit:.0f} s", flush=True)
        return None
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if not lines:
        print(f"{job['size']:>8d}  failed: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
        return None
    return json.loads(lines[-1].removeprefix("RESULT "))


def exponent(size: list[float], amount: list[float]) -> float:
    """Fit ``amount ~ size ** exponent`` by least squares on logarithms."""
    return float(np.polyfit(np.log(size), np.log(np.maximum(amount, 1e-3)), 1)[0])


def table(rows: list[dict[str, Any]]) -> bool:
    """Print what grew and how fast; give whether every stage is near-linear."""
    stages = [s for s in STAGES if s in rows[0]]
    print(
        f"\n{'households':>10} {'units':>8} {'pairs':>10} "
        + " ".join(f"{s + ' s':>10} {'GB':>6}" for s in stages)
        + f" {'gap':>8}  stopped by"
    )
    for row in rows:
        print(
            f"{row['households']:>10.0f} {row['units']:>8d} {row['pairs']:>10d} "
            + " ".join(f"{row[s]:>10.2f} {row[f'memory_{s}']:>6.2f}" for s in stages)
            + f" {100 * row['gap']:>7.2f}%  {row['stopped']}"
        )
    if len(rows) < 2:
        return True
    sizes = [row["households"] for row in rows]
    fine = True
    print("\nfitted exponent of time, 1 = linear:")
    for stage in stages:
        power = exponent(sizes, [row[stage] for row in rows])
        late = sum(row["stopped"] != "gap" for row in rows) if stage == "solve" else 0
        near = power <= NEAR_LINEAR and not late
        fine &= near
        words = "near-linear" if near else "NOT near-linear"
        if late:
            words = f"not shown: {late} of {len(rows)} sizes stopped by time before the gap"
        print(f"  {stage:12s} {power:5.2f}  {words}")
    more = [row[f"memory_{stages[-1]}"] - row["memory_before"] for row in rows]
    print(f"  {'memory added':12s} {exponent(sizes, more):5.2f}  (beyond what was there before)")
    return fine


def main() -> int:
    """Read the command line; fail when a stage grows too fast."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("extract", nargs="?", type=Path)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, help="households")
    parser.add_argument("--gap", type=float, default=0.01, help="optimality gap to be reached")
    parser.add_argument("--seconds", type=float, default=60.0, help="for the search, per 10,000")
    parser.add_argument("--limit", type=float, default=7200.0, help="seconds for one size in all")
    parser.add_argument("--job", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        measure = measure_extract if options.job["extract"] else measure_made_up
        print("RESULT " + json.dumps(measure(options.job), default=float))
        return 0
    print(
        f"{platform.machine()} {platform.system()}, {os.cpu_count()} cores (load "
        f"{os.getloadavg()[0]:.1f}), Python {platform.python_version()}; each size to a gap of "
        f"{100 * options.gap:g} %, at most {options.seconds:g} s of wall-clock per 10,000; "
        + (f"copies of {options.extract.name}" if options.extract else "made-up, one piece")
    )
    rows = []
    for size in options.sizes:
        extract = str(options.extract.resolve()) if options.extract else ""
        job = {"size": size, "extract": extract, "gap": options.gap, "seconds": options.seconds}
        row = started(job, options.limit)
        if row is not None:
            rows.append(row)
            short = {k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()}
            print(json.dumps(short), flush=True)
    return 0 if rows and table(rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())

"""How time and memory grow with the number of households: one process a size, an exponent a stage.

    python -m tests.benchmarks.growth EXTRACT.osm.pbf [--sizes 10000 32000 100000] [--gap 0.01]
    python -m tests.benchmarks.growth                  (made-up towns of one piece; the solve alone)

Larger towns are copies of a smaller one, set side by side in one street file: streets, homes, members and
centres grow alike, and every stage runs from files to files.  Made-up towns are one connected piece instead.
A stage is near-linear if its exponent is at most 1.1; stages of less than a second are not judged.
Seconds are of the processor, which others on the machine disturb least.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pandas as pd
from numpy.typing import NDArray
from osmium.osm import mutable

from planner.api.zone import run
from planner.model.audit import check
from planner.model.problem import Problem
from planner.model.project import Project
from planner.solve.zones.search import Progress, Stop, solve
from tests.benchmarks import zoning_arrays
from tests.benchmarks.ground import write_case
from tests.benchmarks.stages import ALL, Meter, peak_gb
from tests.benchmarks.table import show

SIZES = (10_000, 32_000, 100_000, 300_000)
ONE_TOWN = 9_000
NEAR_LINEAR = 1.1
LEAST_S = 1.0
"""Seconds at the largest size below which a stage's exponent says nothing."""
APART = 0.02


def write_copies(folder: Path, job: dict[str, Any]) -> Path:
    """Write sheets, streets and project file of copies of one town; give the project file."""
    path, copies = Path(job["extract"]), max(round(job["size"] / ONE_TOWN), 1)
    case = {
        "extract": job["extract"], "seed": 0, "homes": round(job["size"] / copies), "centres": 0,
        "rules": "fit", "ground": "open", "gap": job["gap"],
        "limit": job["seconds"] * job["size"] / SIZES[0],
    }  # fmt: skip
    project = write_case(folder, case)
    shift = _tiled(path, copies, folder / "town.osm.pbf")
    for name in ("households.csv", "members.csv"):
        _copied(folder / name, shift)
    text = project.read_text("utf-8").replace(path.resolve().as_posix(), "town.osm.pbf")
    project.write_text(text, "utf-8")
    return project


def _tiled(path: Path, copies: int, out: Path) -> NDArray[np.float64]:
    """Write copies of a street file side by side into one; give by how many degrees each is moved."""
    nodes, ways = {}, []
    for thing in osmium.FileProcessor(str(path)):
        if isinstance(thing, osmium.osm.Node) and thing.location.valid():
            nodes[thing.id] = (thing.location.lon, thing.location.lat), dict(thing.tags)
        elif isinstance(thing, osmium.osm.Way):
            ways.append((thing.id, [node.ref for node in thing.nodes], dict(thing.tags)))
    wide = np.ptp([place for place, _ in nodes.values()], axis=0) + APART
    across = int(np.ceil(np.sqrt(copies)))
    shift = np.stack(np.divmod(np.arange(copies), across), 1) * wide
    number = {old: i + 1 for i, old in enumerate(sorted(nodes))}
    with osmium.SimpleWriter(str(out), overwrite=True) as writer:
        for c, (lon, lat) in enumerate(shift):
            for old, i in number.items():
                (x, y), tags = nodes[old]
                new = i + c * len(number)
                writer.add_node(mutable.Node(id=new, location=(x + lon, y + lat), tags=tags))
        for c in range(copies):
            for i, (_, refs, tags) in enumerate(sorted(ways)):
                # Nodes that the file lacks stay lacking.
                here = [number[r] + c * len(number) for r in refs if r in number]
                new = 1 + i + c * len(ways)
                writer.add_way(mutable.Way(id=new, nodes=here, tags=tags))
    return shift


def _copied(path: Path, shift: NDArray[np.float64]) -> None:
    """Set copies of the people of a sheet side by side, each with ids and buildings of its own."""
    frame = pd.read_csv(path, dtype={"编号": str, "楼栋": str}, keep_default_na=False)
    parts = []
    for c, (lon, lat) in enumerate(shift):
        part = frame.assign(
            经度=(frame["经度"] + lon).round(7), 纬度=(frame["纬度"] + lat).round(7)
        )
        parts.append(part.assign(编号=part["编号"] + f"-{c}", 楼栋=part["楼栋"] + f"-{c}"))
    pd.concat(parts, ignore_index=True).to_csv(path, index=False)


def measure_extract(job: dict[str, Any]) -> dict[str, Any]:
    """Plan one size on copies of an extract, from files to files, and time every stage."""
    # The compiled code is loaded before anything is timed.
    solve(zoning_arrays.make(zoning_arrays.TOWNS["community"]), stop=Stop(0.05, 20.0))
    with tempfile.TemporaryDirectory() as scratch:
        project = Project.read(write_copies(Path(scratch), job))
        project = replace(project, inputs=replace(project.inputs, cache=None))
        figures: dict[str, Any] = {"memory_before": peak_gb()}
        meter = Meter()
        plan = run(project, listener=meter)
        with meter.stage("write"):
            plan.save(Path(scratch) / "out")
    parts = {name: meter.cpu_s.get(name, 0.0) for name in ALL}
    return {
        **figures,
        "households": float(len(plan.households)),
        "units": plan.problem.n_units,
        "pairs": plan.problem.n_pairs,
        "gap": plan.certificate.gap_objective,
        "stopped": str(plan.provenance.get("stopped", "")),
        "stages": parts,
        "memory": peak_gb(),
    }


def measure_made_up(job: dict[str, Any]) -> dict[str, Any]:
    """Solve one size on a made-up town of one connected piece."""
    town = zoning_arrays.TOWNS["queens"]
    share = job["size"] / town.households
    numbers = {
        name: round(getattr(town, name) * share)
        for name in ("units", "centres", "households", "members")
    }
    before = peak_gb()
    return {"memory_before": before, **_solved(zoning_arrays.make(replace(town, **numbers)), job)}


def _solved(problem: Problem, job: dict[str, Any]) -> dict[str, Any]:
    solve(zoning_arrays.make(zoning_arrays.TOWNS["community"]), stop=Stop(0.05, 20.0))
    reached: dict[str, float] = {}

    def tell(p: Progress) -> None:
        if np.isfinite(p.value_m) and (p.value_m - p.bound_m) <= job["gap"] * p.value_m:
            reached.setdefault("zones", time.process_time() - began)

    began = time.process_time()
    seconds = job["seconds"] * job["size"] / SIZES[0]
    result = solve(problem, stop=Stop(job["gap"], seconds), progress=tell)
    spent = time.process_time() - began
    found = check(problem, result)
    return {
        "households": float(problem.households.sum()),
        "units": problem.n_units,
        "pairs": problem.n_pairs,
        "gap": found.optimality_gap,
        "stopped": result.stopped,
        "stages": {"zones": reached.get("zones", spent)},
        "memory": peak_gb(),
    }


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
    stages = list(rows[0]["stages"])
    show([
        {
            "households": round(row["households"]), "units": row["units"], "pairs": row["pairs"],
            **{stage: round(row["stages"][stage], 1) for stage in stages},
            "GB": round(row["memory"], 2), "gap %": round(100 * row["gap"], 2), "by": row["stopped"],
        }
        for row in rows
    ], title="seconds of the processor by stage")  # fmt: skip
    if len(rows) < 2:
        return True
    sizes = [row["households"] for row in rows]
    fine = True
    print("\nfitted exponent of time, 1 = linear:")
    for stage in stages:
        seconds = [row["stages"][stage] for row in rows]
        power = exponent(sizes, seconds)
        late = sum(row["stopped"] != "gap" for row in rows) if stage == "zones" else 0
        judged = seconds[-1] >= LEAST_S
        near = not judged or (power <= NEAR_LINEAR and not late)
        fine &= near
        words = "near-linear" if near else "NOT near-linear"
        if late:
            words = f"not shown: {late} of {len(rows)} sizes ended before the gap"
        print(f"  {stage:12s} {power:5.2f}  {words if judged else 'too short to be judged'}")
    more = [row["memory"] - row["memory_before"] for row in rows]
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
            print(json.dumps(row), flush=True)
    return 0 if rows and table(rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())

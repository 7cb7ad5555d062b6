"""Our zones of points beside those of others: same points, same run, each in a process of its own.

    python -m tests.benchmarks.peers [EXTRACT.osm.pbf] [--limit 480] [--only small large ...]

Points are the addresses of an extract (its buildings where it has hardly any; copies side by side where
it has too few of both), or made up.  The others live in the extra ``bench``; one that is missing is told
and left out.  Seconds are wall-clock around the fit alone: data and compiled code are loaded before.
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
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.peer_medians import MEDIAN_GAP, our_median, spopt_median
from tests.benchmarks.peer_points import points_of

LOW, HIGH = 45, 74
SMALL, LARGE = (5_000, 84), (35_000, 586)
MEDIANS = (60, 100, 150, 200, 300, 500)
MEDIAN_LOW, MEDIAN_MEAN, MEDIAN_HIGH = 1, 20, 25
NEEDS = {
    "ours": (),
    "k-means-constrained": ("k_means_constrained",),
    "k-means-constrained, 10 starts": ("k_means_constrained",),
    "flow to our centres": ("ortools",),
    "our medians": (),
    "spopt + HiGHS": ("spopt", "pulp", "highspy"),
}
PACKAGES = ("numpy", "scipy", "numba", "scikit-learn", "k-means-constrained", "ortools", "spopt")


@dataclass(frozen=True)
class Contest:
    """One size of one problem.

    Parameters
    ----------
    points, zones, low, high : int
        How many, and the bounds of a zone's size.
    """

    points: int
    zones: int
    low: int = LOW
    high: int = HIGH


def ours(x: NDArray[np.float64], contest: Contest, seed: int) -> dict[str, Any]:
    """Fit the estimator; compiled code is loaded by a tiny fit before the clock starts."""
    from planner.api.estimator import CapacitatedZones

    began = time.perf_counter()
    CapacitatedZones(3, 10, 30, random_state=0).fit(x[:60])
    loading = time.perf_counter() - began
    model = CapacitatedZones(contest.zones, contest.low, contest.high, random_state=seed)
    began = time.perf_counter()
    model.fit(x)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "loading": loading, **judged(x, model.labels_, contest)}


def constrained(
    x: NDArray[np.float64], contest: Contest, seed: int, starts: int = 1
) -> dict[str, Any]:
    """Fit k-means-constrained."""
    from k_means_constrained import KMeansConstrained

    model = KMeansConstrained(
        contest.zones,
        size_min=contest.low,
        size_max=contest.high,
        n_init=starts,
        random_state=seed,
    )
    began = time.perf_counter()
    model.fit(x)
    return {"seconds": time.perf_counter() - began, **judged(x, model.labels_, contest)}


def floor(x: NDArray[np.float64], contest: Contest, seed: int) -> dict[str, Any]:
    """Send households, not buildings, to the centres that we found: what no whole building can beat.

    Each point is a building of 1 to 12 households and the sizes count households.  With the centres
    given, splitting buildings between zones gives the least cost there is.
    """
    from planner.api.estimator import CapacitatedZones

    rng = np.random.default_rng(seed)
    homes = 1 + rng.poisson(2.0, len(x)).clip(max=11)
    low, high = contest.low * homes.mean(), contest.high * homes.mean()
    low, high = int(np.ceil(low)), int(high)
    CapacitatedZones(3, 20, 200, weigh_size=True).fit(x[:60], sample_weight=homes[:60])
    model = CapacitatedZones(contest.zones, low, high, weigh_size=True, random_state=seed)
    began = time.perf_counter()
    model.fit(x, sample_weight=homes)
    whole = time.perf_counter() - began
    began = time.perf_counter()
    cost, split = split_flow(x, homes, model.cluster_centers_, low, high)
    return {
        "seconds": time.perf_counter() - began,
        "cost": cost,
        "split": split,
        "whole_cost": model.inertia_,
        "whole_seconds": whole,
        "smallest": float(model.sizes_.min()) / low,
        "largest": float(model.sizes_.max()) / high,
    }


def split_flow(
    x: NDArray[np.float64],
    homes: NDArray[np.int64],
    centre: NDArray[np.float64],
    low: int,
    high: int,
) -> tuple[float, int]:
    """Solve the minimum-cost flow of households to centres; give its cost and the buildings it splits."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
    from scipy.spatial import KDTree

    width, n, zones = 20, len(x), len(centre)
    while True:
        width = min(width, zones)
        away, near = KDTree(centre).query(x, k=width)
        cost = np.rint(away.reshape(n, width) ** 2).astype(np.int64)
        flow = SimpleMinCostFlow()
        tail = np.repeat(np.arange(n), width)
        arcs = flow.add_arcs_with_capacity_and_unit_cost(
            tail, n + near.ravel(), homes[tail], cost.ravel()
        )
        room = np.full(zones, high - low)
        zone = n + np.arange(zones)
        flow.add_arcs_with_capacity_and_unit_cost(
            zone, np.full(zones, n + zones), room, np.zeros(zones, np.int64)
        )
        supply = np.concatenate([homes, np.full(zones, -low), [low * zones - homes.sum()]])
        flow.set_nodes_supplies(np.arange(n + zones + 1), supply)
        if flow.solve() == flow.OPTIMAL:
            sent = flow.flows(arcs).reshape(n, width)
            return float((sent * away.reshape(n, width) ** 2).sum()), int(
                ((sent > 0).sum(1) > 1).sum()
            )
        assert width < zones, "the flow has no solution"
        width *= 2


def centred(
    run: Callable[..., dict[str, Any]],
    x: NDArray[np.float64],
    contest: Contest,
    seed: int,
    limit: float,
) -> dict[str, Any]:
    """Run one of two on the p-median problem; recompute sizes from its centres."""
    told = run(x, contest.zones, contest.high, seed, limit)
    label = np.unique(told.pop("centre"), return_inverse=True)[1]
    return {**judged(x, label, contest), **told}


def judged(x: NDArray[np.float64], label: NDArray[Any], contest: Contest) -> dict[str, Any]:
    """Recompute cost and sizes from the labels alone, for everyone alike."""
    size = np.bincount(label, minlength=contest.zones)
    cost, walk = 0.0, 0.0
    for z in np.flatnonzero(size):
        here = x[label == z]
        cost += float(((here - here.mean(0)) ** 2).sum())
        table = np.sqrt(((here[:, None] - here[None]) ** 2).sum(2))
        walk += float(table.sum(1).min())
    return {
        "cost": cost,
        "metres": walk / len(x),
        "smallest": int(size.min()),
        "largest": int(size.max()),
    }


def child(job: dict[str, Any]) -> None:
    """Run one peer and print what came out as JSON."""
    x, contest, seed = np.load(job["data"]), Contest(**job["contest"]), job["seed"]
    run: dict[str, Callable[[], dict[str, Any]]] = {
        "ours": lambda: ours(x, contest, seed),
        "k-means-constrained": lambda: constrained(x, contest, seed),
        "k-means-constrained, 10 starts": lambda: constrained(x, contest, seed, 10),
        "flow to our centres": lambda: floor(x, contest, seed),
        "our medians": lambda: centred(our_median, x, contest, seed, job["limit"]),
        "spopt + HiGHS": lambda: centred(spopt_median, x, contest, seed, job["limit"]),
    }
    print("RESULT " + json.dumps(run[job["peer"]]()))


def started(
    peer: str, x: NDArray[np.float64], contest: Contest, seed: int, limit: float
) -> dict[str, Any] | None:
    """Run one peer in a process of its own; None where it is missing or did not finish."""
    missing = [name for name in NEEDS[peer] if find_spec(name) is None]
    if missing:
        print(f"  {peer}: {', '.join(missing)} missing: pip install 'zone-planner[bench]'")
        return None
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "points.npy"
        np.save(data, x)
        job = {"peer": peer, "data": str(data), "contest": contest.__dict__, "seed": seed}
        command = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.peers", "--job"]
        try:
            done = subprocess.run(
                [*command, json.dumps({**job, "limit": limit})],
                capture_output=True,
                text=True,
                timeout=limit + 30.0,
                check=False,
            )
        except subprocess.TimeoutExpired:
            print(f"  {peer}: not finished after {limit:.0f} s", flush=True)
            return None
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if not lines:
        print(f"  {peer}: failed: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
        return None
    result: dict[str, Any] = json.loads(lines[-1].removeprefix("RESULT "))
    loading = f" (+ {result['loading']:.1f} s to load)" if "loading" in result else ""
    print(
        f"  {peer:31s} seed {seed}: {result['seconds']:8.2f} s{loading}, cost {result['cost']:.5g}, "
        f"sizes {result['smallest']:.4g} to {result['largest']:.4g}",
        flush=True,
    )
    return result


def race(extract: Path | None, contest: Contest, options: argparse.Namespace) -> list[bool]:
    """Run us and k-means-constrained on the same points; print medians and ratios."""
    x = points_of(extract, contest.points)
    print(f"\n{contest.points} points, {contest.zones} zones of {contest.low} to {contest.high}")
    small = contest.points <= SMALL[0]
    peers = ["ours", "k-means-constrained"]
    if small and options.starts:
        peers.append("k-means-constrained, 10 starts")
    found: dict[str, list[dict[str, Any]]] = {}
    for peer in peers:
        few = 1 if "10" in peer or not small else options.seeds
        runs = [started(peer, x, contest, seed, options.limit) for seed in range(few)]
        found[peer] = [run for run in runs if run is not None]
    if not found["ours"]:
        return [False]
    cost, seconds = (median(r[key] for r in found["ours"]) for key in ("cost", "seconds"))
    checks = [] if small else [_told("ours in under 60 s", seconds < 60)]
    for peer in peers[1:]:
        if found[peer]:
            theirs = median(r["cost"] for r in found[peer])
            slower = median(r["seconds"] for r in found[peer]) / seconds
            print(
                f"  {peer}: our cost is {cost / theirs:.4f} of theirs, and {slower:.1f} times faster"
            )
            checks.append(_told(f"cost at most that of {peer}", cost <= theirs))
            checks.append(_told(f"10 times faster than {peer}", slower >= 10))
    return checks


def races_to_the_floor(extract: Path | None, options: argparse.Namespace) -> list[bool]:
    """Compare whole buildings with a flow that may split them."""
    contest = Contest(*SMALL)
    x = points_of(extract, contest.points)
    print(f"\n{contest.points} buildings of 1 to 12 households: whole, or split by a plain flow")
    found = started("flow to our centres", x, contest, 0, options.limit)
    if found is not None:
        print(
            f"  whole: {found['whole_seconds']:.2f} s, cost {found['whole_cost'] / found['cost']:.4f} "
            f"of the floor; the flow splits {found['split']} buildings"
        )
        return [
            _told("whole buildings within their bounds", found["largest"] <= 1 <= found["smallest"])
        ]
    return []


def medians(extract: Path | None, options: argparse.Namespace) -> list[bool]:
    """Climb the sizes until spopt no longer proves its optimum in time."""
    print(
        f"\ncapacitated p-median, at most {MEDIAN_HIGH} a centre and no lower limit (spopt has none):"
        " the same distances, capacities and number of centres for both"
    )
    largest, checks = 0, []
    for count in MEDIANS:
        contest = Contest(count, count // MEDIAN_MEAN, MEDIAN_LOW, MEDIAN_HIGH)
        x = points_of(extract, count)
        print(f" {count} points, {contest.zones} centres")
        mine = started("our medians", x, contest, 0, options.median_limit)
        theirs = started("spopt + HiGHS", x, contest, 0, options.median_limit)
        if mine is None or theirs is None:
            break
        status = theirs["status"] if theirs["proven"] else "out of time"
        print(
            f"  metres: ours {mine['cost']:.4f}, found after {mine['found']:.1f} s, ended after "
            f"{mine['seconds']:.1f} s with bound {mine['bound']:.4f}; "
            f"spopt {theirs['cost']:.4f} in {theirs['seconds']:.1f} s ({status})"
        )
        fits = theirs["largest"] <= contest.high and not theirs["unserved"]
        least = theirs["cost"] * (1 + MEDIAN_GAP) if fits else np.inf
        checks.append(_told("cost at most spopt's", mine["cost"] <= least))
        checks.append(_told("our sizes within the capacity", mine["largest"] <= contest.high))
        if not theirs["proven"]:
            break
        largest = count
    if largest:
        print(
            f"  largest size that spopt finishes in {options.median_limit:.0f} s: {largest} points"
        )
    return checks


def _told(words: str, holds: bool) -> bool:
    print(f"  {'met    ' if holds else 'NOT MET'} {words}")
    return bool(holds)


def machine() -> str:
    """Tell what this ran on."""
    known = []
    for name in PACKAGES:
        try:
            known.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            known.append(f"{name} -")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    cores = f"{os.cpu_count()} cores (load {load:.1f})"
    return ", ".join([platform.machine(), cores, f"Python {platform.python_version()}", *known])


def main() -> int:
    """Read the command line; fail when a promise does not hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("extract", nargs="?", type=Path)
    parser.add_argument("--limit", type=float, default=480.0, help="seconds that a peer is given")
    parser.add_argument("--median-limit", type=float, default=120.0, help="the same for spopt")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--starts", action="store_true", help="also their default of ten starts")
    rooms = ("small", "large", "floor", "median")
    parser.add_argument("--only", nargs="+", choices=rooms, default=rooms)
    parser.add_argument("--job", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        child(options.job)
        return 0
    print(machine())
    print(f"points: {options.extract.name if options.extract else 'made up'}")
    checks: list[bool] = []
    if "small" in options.only:
        checks += race(options.extract, Contest(*SMALL), options)
    if "floor" in options.only:
        checks += races_to_the_floor(options.extract, options)
    if "median" in options.only:
        checks += medians(options.extract, options)
    if "large" in options.only:
        checks += race(options.extract, Contest(*LARGE), options)
    return 0 if all(checks) else 1


if __name__ == "__main__":
    raise SystemExit(main())

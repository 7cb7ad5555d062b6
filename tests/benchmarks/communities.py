"""Seeded communities on real streets, each proven; then all of them as one district, by one process and more.

    python -m tests.benchmarks.communities EXTRACT.osm.pbf [EXTRACT ...] [--count 40] [--json FILE]

A community is cut around a random building: some sixty of the buildings nearby, 900 households, 140
members and 15 central households put into them; walks and neighbours are those of the real network.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.demand.demand import build_demand
from planner.files import begin_beside
from planner.model.audit import check
from planner.model.problem import Problem, ZoneRule
from planner.model.rules import RuleBook
from planner.network import Extract, WalkingNetwork, read_extract
from planner.solve.zones.search import Stop, solve
from planner.solve.zones.together.company import helped
from tests.benchmarks.table import machine, show

RULES = {
    "members_per_zone": {"low": 5, "high": 10, "price_m": 5000},
    "households_per_member": {"low": 1, "high": 25},
    "households_per_zone": {"low": 45, "high": 74},
}


@dataclass(frozen=True)
class Size:
    """How large a community is.

    Parameters
    ----------
    buildings, households, members, centres : int
        Counts.
    """

    buildings: int = 60
    households: int = 900
    members: int = 140
    centres: int = 15


class Place:
    """Somewhere to cut communities from: the buildings of an extract, and its walking network.

    Parameters
    ----------
    path : Path
        OpenStreetMap extract.
    """

    def __init__(self, path: Path) -> None:
        extract: Extract = read_extract(path)
        self.name = path.name.split(".")[0]
        self.network = WalkingNetwork.from_osm(extract)
        spots = extract.buildings.to_crs(
            self.network.projection.crs
        ).geometry.representative_point()
        xy = np.column_stack([spots.x, spots.y])
        lon_lat = self.network.projection.to_lon_lat(xy)
        near = self.network.snap(lon_lat[:, 0], lon_lat[:, 1], max_m=60.0).edge >= 0
        self.xy, self.lon_lat = xy[near], lon_lat[near]

    def community(self, size: Size, seed: int) -> Problem:
        """Cut a community.

        Parameters
        ----------
        size : Size
            How large.
        seed : int
            Same seed, same community.
        """
        rng = np.random.default_rng(seed)
        middle = self.xy[rng.integers(len(self.xy))]
        away = np.hypot(*(self.xy - middle).T)
        pool = np.argsort(away, kind="stable")[: max(4 * size.buildings, 100)]
        enough = np.sort(away)[min(size.buildings, len(away)) - 1]
        pool = pool[away[pool] <= max(400.0, enough)]
        chosen = np.sort(rng.choice(pool, min(size.buildings, len(pool)), replace=False))
        where = self.lon_lat[chosen]
        weight = rng.lognormal(0.0, 0.5, size.buildings)
        homes = 1 + rng.multinomial(size.households - size.buildings, weight / weight.sum())
        served = rng.multinomial(size.members - size.centres, weight / weight.sum())
        centres = spread(self.xy[chosen], size.centres, rng)
        at = np.repeat(np.arange(size.buildings), homes)
        households = _people("H", at, where).assign(load=1.0)
        at = np.concatenate([centres, np.repeat(np.arange(size.buildings), served)])
        members = _people("M", at, where).assign(is_centre=np.arange(len(at)) < size.centres)
        rules = RuleBook.from_mapping(RULES)
        return build_demand(households, members, self.network, rules).problem


def _people(letter: str, at: NDArray[Any], where: NDArray[np.float64]) -> pd.DataFrame:
    building = [f"B{i}" for i in at]
    frame = pd.DataFrame({"id": [f"{letter}{i:05d}" for i in range(len(at))], "building": building})
    frame = frame.assign(lon=where[at, 0], lat=where[at, 1], label=frame["building"])
    frame = frame.assign(place=frame["building"], building="1", written=frame["building"])
    return frame.assign(fence="", stairwell="", floor="")


def spread(xy: NDArray[np.float64], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Choose buildings for the centres: of three drawn the one farthest from those before."""
    chosen = [int(rng.integers(len(xy)))]
    far = np.hypot(*(xy - xy[chosen[0]]).T)
    while len(chosen) < count:
        drawn = rng.integers(len(xy), size=3)
        best = int(drawn[far[drawn].argmax()])
        if best not in chosen:
            chosen.append(best)
            far = np.minimum(far, np.hypot(*(xy - xy[best]).T))
    return np.array(chosen)


def joined(problems: list[Problem]) -> Problem:
    """Put problems side by side as the fences of one district."""
    units = np.cumsum([0, *(p.n_units for p in problems)])
    centres = np.cumsum([0, *(p.n_centres for p in problems)])
    pairs = np.cumsum([0, *(p.n_pairs for p in problems)])

    def each(give: Any) -> NDArray[Any]:
        return np.concatenate([give(p, i) for i, p in enumerate(problems)])

    rules = tuple(
        ZoneRule(
            rule.name,
            each(lambda p, _, k=k: p.rules[k].amount),
            rule.low,
            rule.high,
            None if rule.per is None else each(lambda p, _, k=k: p.rules[k].per),
            rule.hard,
            rule.price_m,
        )
        for k, rule in enumerate(problems[0].rules)
    )
    return Problem(
        load=each(lambda p, _: p.load),
        households=each(lambda p, _: p.households),
        home=each(lambda p, i: p.home + units[i]),
        pair_start=np.append(each(lambda p, i: p.pair_start[:-1] + pairs[i]), pairs[-1]),
        pair_centre=each(lambda p, i: p.pair_centre + centres[i]),
        walk_m=each(lambda p, _: p.walk_m),
        penalty_m=each(lambda p, _: p.penalty_m),
        adjacency=each(lambda p, i: p.adjacency + units[i]),
        fence=each(lambda p, i: np.full(p.n_units, i)),
        rules=rules,
    )


def main() -> None:
    """Run, print the table, and fail where a community is not proven."""
    options = _options()
    places = [Place(path) for path in options.extracts]
    rows, problems = [], []
    for seed in range(options.seed, options.seed + options.count):
        place = places[seed % len(places)]
        problem = place.community(Size(buildings=options.buildings), seed)
        problems.append(problem)
        rows.append({"place": place.name, "seed": seed, **_solved(problem, options)})
        print(rows[-1], flush=True)
    seconds = np.array([row["seconds"] for row in rows])
    gaps = np.array([row["gap_percent"] for row in rows])
    whole = joined(problems)
    district = _solved(whole, options, many=len(problems))
    with helped(begin_beside):
        together = _solved(whole, options, many=len(problems))
    same = ("value_m", "bound_m", "plan")
    assert [district[n] for n in same] == [together[n] for n in same], (
        "other processes change the plan"
    )
    figures = {
        "communities": rows,
        "median_s": float(np.median(seconds)),
        "slowest_s": float(seconds.max()),
        "worst_gap_percent": float(gaps.max()),
        "district": district,
        "district with other processes": together,
        "machine": machine(),
    }
    show(rows)
    print({k: v for k, v in figures.items() if k != "communities"})
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), "utf-8")
    assert gaps.max() <= 100 * options.gap + 1e-9, "a community is not proven"


def _solved(problem: Problem, options: argparse.Namespace, many: int = 1) -> dict[str, Any]:
    began, used = time.perf_counter(), os.times()
    result = solve(problem, stop=Stop(options.gap, options.seconds * many), seed=0)
    spent, now = time.perf_counter() - began, os.times()
    found = check(problem, result)
    assert found.zones_connected, "a zone is not connected"
    return {
        "units": problem.n_units,
        "pairs": problem.n_pairs,
        "seconds": round(spent, 2),
        "cpu_s": round(now.user + now.system - used.user - used.system, 2),
        "cpu_s of others": round(sum(now[2:4]) - sum(used[2:4]), 2),
        "gap_percent": round(100 * max(_gap(p) for p in result.parts), 3),
        "broken": len(found.violations),
        "m_a_home": round(float(found.cost_m / problem.load.sum()), 1),
        "method": result.parts[0].method,
        "value_m": found.value_m,
        "bound_m": found.bound_m,
        "plan": hashlib.sha256(result.assignment.tobytes()).hexdigest()[:12],
    }


def _gap(part: Any) -> float:
    return float(part.optimality_gap)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("extracts", type=Path, nargs="+")
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--buildings", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--gap", type=float, default=0.005)
    parser.add_argument("--seconds", type=float, default=60.0, help="for one community")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()

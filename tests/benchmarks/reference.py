"""The reference district: what does not fit its published figures, what is proposed, what is planned.

    python -m tests.benchmarks.reference EXTRACT.osm.pbf [--committees CSV] [--json FILE] [--out FOLDER]

35,000 households, 5,600 members, 586 central households and 42 mentors in 44 communities are put on
the buildings of an extract, each community a compact piece of it.  The district is planned under the
default profile, then under the nearest profile that its counts allow, as the first run proposed.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.api.plan import Plan
from planner.api.progress import Event
from planner.api.zone import run
from planner.model.project import Project
from tests.benchmarks.communities import Place, spread
from tests.benchmarks.table import machine, show

HOMES_A_BUILDING = 15
SAY_EVERY_S = 5.0


@dataclass(frozen=True)
class Counts:
    """How many of each a district has."""

    households: int = 35_000
    members: int = 5_600
    centres: int = 586
    mentors: int = 42
    communities: int = 44


def main() -> None:
    """Plan twice, print both, and fail where a community is lost."""
    options, counts = _options(), Counts()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.out or Path(scratch)
        project = Project.read(
            write_district(folder, options.extract, _names(options), options.seed)
        )
        project = replace(
            project, search=replace(project.search, gap=options.gap, seconds=options.seconds)
        )
        first, letter = _planned(project, folder / "letter")
        advice = first.provenance["advice"]
        _, fitted = _planned(project, folder / "fitted", fit_rules=True)
    figures = {
        "letter": letter,
        "clashes": [c["what"] for c in advice["clashes"] if not c["fence"]],
        "clashes_in_communities": sum(bool(c["fence"]) for c in advice["clashes"]),
        "repairs": [r["what"] for r in advice["repairs"][:5]],
        "proposed": advice["fitting"],
        "fitted": fitted,
        "machine": machine(),
    }
    told = {"default": letter, "proposed": fitted}
    show(
        [
            {"profile": k, **{n: v for n, v in row.items() if n != "levels"}}
            for k, row in told.items()
        ]
    )
    print(json.dumps(figures, indent=1, ensure_ascii=False))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False), "utf-8")
    assert letter["communities"] == fitted["communities"] == counts.communities


def write_district(
    folder: Path,
    extract: Path,
    names: list[str],
    seed: int,
    counts: Counts | None = None,
    place: Place | None = None,
) -> Path:
    """Write the sheets and the project file of a district on the buildings of an extract.

    `place`: the buildings of the extract, where they are read already.
    """
    rng = np.random.default_rng(seed)
    counts, place = counts or Counts(), place or Place(extract)
    folder.mkdir(parents=True, exist_ok=True)
    piece = pieces(place.xy, counts.communities)
    share = _shares(rng.lognormal(0.0, 0.35, counts.communities), counts.households)
    people = [
        _community(place, np.flatnonzero(piece == k), int(share[k]), names[k], rng)
        for k in range(counts.communities)
    ]
    households = pd.concat(people, ignore_index=True)
    weights = households.groupby("社区", sort=False).size().to_numpy(float)
    members = pd.concat(
        [
            _members(homes, m, c, rng)
            for (_, homes), m, c in zip(
                households.groupby("社区", sort=False),
                _shares(weights, counts.members),
                _shares(weights, counts.centres),
                strict=True,
            )
        ],
        ignore_index=True,
    )
    members.insert(0, "编号", [f"M{i:05d}" for i in range(len(members))])
    households.insert(0, "编号", [f"H{i:05d}" for i in range(len(households))])
    at = rng.choice(len(place.xy), counts.mentors, replace=False)
    mentors = pd.DataFrame({
        "编号": [f"Z{i:02d}" for i in range(counts.mentors)],
        "经度": place.lon_lat[at, 0].round(7), "纬度": place.lon_lat[at, 1].round(7),
    })  # fmt: skip
    guided = "mentors = 'mentors.csv'\n" if counts.mentors else ""
    if counts.mentors:
        mentors.to_csv(folder / "mentors.csv", index=False)
    households.to_csv(folder / "households.csv", index=False)
    members.to_csv(folder / "members.csv", index=False)
    project = folder / "planner.toml"
    project.write_text(
        "[inputs]\nhouseholds = 'households.csv'\nmembers = 'members.csv'\n"
        f"{guided}"
        f"streets = '{extract.resolve().as_posix()}'\n\n[rules]\n\n[search]\nseed = {seed}\n\n"
        "[outputs]\ntitle = '合成区 synthetic district'\n",
        "utf-8",
    )
    return project


def pieces(xy: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Cut points into `count` compact pieces of nearly one size, across the longer side each time."""
    piece = np.zeros(len(xy), np.int64)
    stack = [(np.arange(len(xy)), 0, count)]
    while stack:
        inside, first, n = stack.pop()
        if n == 1:
            piece[inside] = first
            continue
        side = int(np.ptp(xy[inside], axis=0).argmax())
        order = inside[np.argsort(xy[inside, side], kind="stable")]
        left = n // 2
        cut = round(len(order) * left / n)
        stack += [(order[:cut], first, left), (order[cut:], first + left, n - left)]
    return piece


def _shares(weights: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Share a number out by weight, rounding the largest remainders up."""
    exact = weights / weights.sum() * total
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def _community(
    place: Place, inside: NDArray[np.int64], total: int, name: str, rng: np.random.Generator
) -> pd.DataFrame:
    """Put homes into buildings around the middle of a community's piece."""
    middle = np.median(place.xy[inside], axis=0)
    near = inside[np.argsort(np.hypot(*(place.xy[inside] - middle).T), kind="stable")]
    buildings = total // HOMES_A_BUILDING
    pool = near[: 4 * buildings]
    chosen = np.sort(rng.choice(pool, min(buildings, len(pool)), replace=False))
    weight = rng.lognormal(0.0, 0.5, len(chosen))
    homes = 1 + _shares(weight, total - len(chosen))
    at = np.repeat(chosen, homes)
    return pd.DataFrame({
        "经度": place.lon_lat[at, 0].round(7), "纬度": place.lon_lat[at, 1].round(7),
        "楼栋": [f"B{b}" for b in at], "社区": name,
    })  # fmt: skip


def _members(
    homes: pd.DataFrame, count: int, centres: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Choose homes of a community as members' homes, of which those that are spread most are centres."""
    buildings = homes.drop_duplicates("楼栋").reset_index(drop=True)
    plane = buildings[["经度", "纬度"]].to_numpy(float) * [0.76, 1.0]
    chosen = spread(plane, min(centres, len(buildings)), rng)
    served = rng.integers(len(homes), size=count - len(chosen))
    both = pd.concat([buildings.iloc[chosen], homes.iloc[served]], ignore_index=True)
    return both.assign(是否中心户=np.where(np.arange(len(both)) < len(chosen), "是", "否"))


def _planned(
    project: Project, out: Path, *, fit_rules: bool = False
) -> tuple[Plan, dict[str, Any]]:
    began = said = time.perf_counter()

    def say(event: Event) -> None:
        nonlocal said
        now = time.perf_counter()
        if now - said >= SAY_EVERY_S:
            said = now
            print(
                f"{now - began:7.1f} s  {event.stage} {event.done:.0%} {event.detail}", flush=True
            )

    plan = run(project, fit_rules=fit_rules, listener=say)
    plan.save(out)
    found = plan.summary()
    rules = {f"{r['name']} broken": r["broken"] for r in found["rules"]}
    return plan, {
        "seconds": round(time.perf_counter() - began, 1),
        "communities": plan.zones["fence"].nunique(),
        "zones": len(plan.zones),
        "mean_walk_m": round(float(plan.households["walk_m"].mean()), 1),
        "gap_percent": round(100 * plan.certificate.optimality_gap, 2),
        **rules,
        "gaps": len(plan.gaps),
        "levels": found["levels"],
    }


def _names(options: argparse.Namespace) -> list[str]:
    """Give the names of the communities: those of the list, else numbers."""
    found: list[str] = []
    if options.committees:
        with options.committees.open(encoding="utf-8-sig", newline="") as file:
            found = [row[-1] for row in list(csv.reader(file))[1:]]
    return (found + [f"社区{i + 1}" for i in range(Counts.communities)])[: Counts.communities]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("extract", type=Path)
    parser.add_argument("--committees", type=Path, help="CSV whose last column names communities")
    parser.add_argument("--gap", type=float, default=0.01)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()

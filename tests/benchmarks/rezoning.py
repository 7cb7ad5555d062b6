"""Months of events on any extract: seconds, homes that change hands beside the proven least, walks, drift.

    python -m tests.benchmarks.rezoning EXTRACT.osm.pbf [--households N] [--months N] [--fewest] [--json FILE]

A synthetic register is made on the extract's own addresses and cut into communities of about equal size; the
plan is made first.  Each month a seeded share of the homes, 0.5 to 2 in a hundred, comes, goes, moves, is
split or weighs otherwise; members come, go, move, rest and serve again; buildings are locked, unlocked and
given to a neighbour; now and then a centre retires or is new, and a rule changes.  The plan is re-cut, as a
clerk would.  In the end all of it is cut afresh, and the walks of the two are held against each other.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from planner.api.demo import Size, write_office
from planner.api.plan import Plan
from planner.api.rezone.run import Changed, Keeping, Options, rezone
from planner.api.zone import run
from planner.model.project import Project
from planner.plan.provenance import locks_of

LENIENT = Options(allow_missing_centres=True)  # some addresses of an extract lie near no street
HEAD = "事项,编号,地址,经度,纬度,新编号,走访分钟,对象,中心户编号,规则,下限,上限\n"


@dataclass(eq=False)
class Months:
    """Seeded events on the plan of each month.

    `share`: of the homes, to which something happens in a month; None for 0.5 to 2 in a hundred.
    """

    rng: np.random.Generator
    share: float | None = None
    made: int = 0
    resting: list[str] = field(default_factory=list)
    homes: int = 0
    """How many more homes there are after the month."""

    def rows(self, plan: Plan, month: int) -> list[str]:
        """Lay out one month, every kind of event in it; centres and rules every third month."""
        share = self.rng.uniform(0.005, 0.02) if self.share is None else self.share
        n = max(7, round(share * len(plan.households)))
        rows = [*self._homes(plan, n), *self._members(plan, month, max(1, n // 40))]
        rows += self._buildings(plan, max(1, n // 100))
        if month % 3 == 2:
            high = (150, 152)[month % 2]
            rows.append(f"规则调整,,,,,,,,,households_per_zone,,{high}")
        return rows

    def _homes(self, plan: Plan, n: int) -> Iterator[str]:
        placed = plan.households[plan.households["unit_id"] != ""]
        chosen = self.rng.choice(placed["household_id"].to_numpy(object), n, replace=False)
        out, move, split, weigh = np.split(chosen, (n * np.array([0.3, 0.6, 0.65])).astype(int))
        yield from (f"迁出,{h},,,,,,,,,," for h in out)
        yield from (f"搬家,{h},{self._door(plan)},,,,,,," for h in move)
        yield from (f"分户,{h},,,,{self._new('NEW')},,,,,," for h in split)
        yield from (f"走访分钟变更,{h},,,,,2,,,,," for h in weigh[: len(weigh) // 7 + 1])
        come = max(1, round(0.3 * n))
        yield from (f"新增住户,{self._new('NEW')},{self._door(plan)},,,,,,," for _ in range(come))
        self.homes = come + len(split) - len(out)

    def _members(self, plan: Plan, month: int, n: int) -> Iterator[str]:
        members = plan.members
        others = members.loc[~members["is_centre"].astype(bool), "member_id"].to_numpy(object)
        others = self.rng.permutation(others)
        out, move, rest, new = others[:n], others[n : 2 * n], others[2 * n : 3 * n], others[3 * n]
        yield from (f"党员退出,{m},,,,,,,,,," for m in out)
        yield from (f"党员搬家,{m},{self._door(plan)},,,,,,," for m in move)
        yield from (f"恢复服务,{m},,,,,,,,,," for m in self.resting)
        yield from (f"党员暂停服务,{m},,,,,,,,,," for m in rest)
        yield from (f"党员加入,{self._new('PM')},{self._door(plan)},,,,,,," for _ in out)
        self.resting = list(rest)
        if month % 3 == 1:
            gone = self.rng.choice(plan.centres["centre_id"].to_numpy(object))
            yield f"中心户退出,{gone},,,,,,,,,,"
            yield f"新增中心户,{new},,,,,,,,,,"

    def _buildings(self, plan: Plan, n: int) -> Iterator[str]:
        """Lock some buildings, let those of last month go, and give one to the next nearest centre."""
        units, problem = plan.units, plan.problem
        once = ~units["label"].duplicated(keep=False) & (units["label"] != "")
        free = np.setdiff1d(np.flatnonzero(once.to_numpy()), problem.home)
        locked = sorted(locks_of(plan))
        yield from (f"解锁,,,,,,,{u},,,," for u in locked[: 2 * n])
        at = self.rng.permutation(free)
        yield from (f"锁定,,,,,,,{units['unit_id'].iloc[u]},,,," for u in at[:n])
        for u in at[n : n + 200]:
            may = problem.pair_centre[problem.pair_start[u] : problem.pair_start[u + 1]]
            walk = problem.walk_m[problem.pair_start[u] : problem.pair_start[u + 1]]
            order = may[np.argsort(walk, kind="stable")]
            zone = units["zone"].iloc[u]
            # a lone building in the middle of another zone would be no zone: only towards a neighbour
            near = problem.adjacency[(problem.adjacency == u).any(axis=1)].ravel()
            beside = set(units["zone"].iloc[near]) - {zone, ""}
            ids = plan.centres["centre_id"].to_numpy(object)[order]
            to = [c for c in ids if c in beside]
            if to and len(order) > 1:
                yield f"划入,,,,,,,{units['unit_id'].iloc[u]},{to[0]},,,"
                return

    def _new(self, kind: str) -> str:
        self.made += 1
        return f"{kind}{self.made}"

    def _door(self, plan: Plan) -> str:
        at = int(self.rng.integers(len(plan.units)))
        point = plan.units.geometry.iloc[at]
        label = str(plan.units["label"].iloc[at]).replace(",", " ")
        return f"{label},{point.x:.7f},{point.y:.7f}"


def communities(x: np.ndarray, y: np.ndarray, across: int) -> dict[str, Any]:
    """Cut the ground into bands of about equally many points, and each band again: polygons in GeoJSON."""
    out = 0.01  # degrees: homes stand inside, and the fences are those of one district
    far = (float(x.min()) - out, float(x.max()) + out, float(y.min()) - out, float(y.max()) + out)
    cuts = [far[0], *np.quantile(x, np.arange(1, across) / across).tolist(), far[1]]
    features = []
    for i in range(across):
        inside = (x > cuts[i]) & (x <= cuts[i + 1])
        own = np.quantile(y[inside], np.arange(1, across) / across).tolist()
        rows = [far[2], *own, far[3]]
        for j in range(across):
            a, b, c, d = cuts[i], cuts[i + 1], rows[j], rows[j + 1]
            ring = [[a, c], [b, c], [b, d], [a, d], [a, c]]
            shape = {"type": "Polygon", "coordinates": [ring]}
            name = {"社区": f"社区{i * across + j + 1}"}
            features.append({"type": "Feature", "properties": name, "geometry": shape})
    return {"type": "FeatureCollection", "features": features}


def main() -> None:
    """Plan, then re-cut month by month; fail where a home was lost or the certificate does not hold."""
    options = _options()
    size = Size(options.buildings, options.households, options.households // 11, options.centres)
    rules = (
        "members_per_zone = { low = 4, high = 12 }\nhouseholds_per_member = { low = 1, high = 25 }\n"
        "households_per_zone = { low = 30, high = 150 }"
    )
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        file = write_office(
            folder / "input", options.extract, size, title=options.extract.name, rules=rules
        )
        project = Project.read(file)
        if options.across > 1:
            # where homes are is all that is asked of this plan
            quick = replace(project, search=replace(project.search, gap=0.5, seconds=1.0))
            found = run(quick, allow_missing_centres=True)
            at = found.units.geometry
            shape = communities(at.x.to_numpy(), at.y.to_numpy(), options.across)
            shapes = json.dumps(shape, ensure_ascii=False)
            (file.parent / "fences.geojson").write_text(shapes, "utf-8")
            text, line = file.read_text("utf-8"), '# fences = "communities.gpkg"'
            file.write_text(text.replace(line, 'fences = "fences.geojson"'), "utf-8")
            project = Project.read(file)
        began = time.perf_counter()
        plan = run(project, allow_missing_centres=True)
        print(f"first plan: {time.perf_counter() - began:.0f} s, {plan}", flush=True)
        told = _months(plan, project, folder, options)
    text = json.dumps({"months": told, "first": repr(plan)}, ensure_ascii=False, indent=1)
    if options.json:
        options.json.write_text(text, "utf-8")
    _tell(told)


def _months(
    plan: Plan, project: Project, folder: Path, options: argparse.Namespace
) -> list[dict[str, Any]]:
    months = Months(np.random.default_rng(options.seed), options.share)
    keeping = Keeping(fewest=True) if options.fewest else Keeping()
    told = []
    heads = ("month", "events", "open_units", "moved", "forced", "least", "seconds", "processor")
    heads = (*heads, "mean_m", "gap_percent", "broken", "history_kb")
    print("  ".join(heads), flush=True)
    for month in range(1, options.months + 1):
        rows = months.rows(plan, month)
        path = folder / f"changes{month}.csv"
        path.write_text(HEAD + "\n".join(rows), encoding="utf-8")
        began, busy = time.perf_counter(), time.process_time()
        made = rezone(plan, project, Changed(path), keeping, options=LENIENT)
        figures = dict(made.provenance["rezone"]) | {
            "month": month,
            "seconds": round(time.perf_counter() - began, 1),
            "processor": round(time.process_time() - busy, 1),
            "events": len(rows),
            "mean_m": round(made.summary()["walk_m"]["mean"], 1),
            "gap_percent": round(100 * made.certificate.optimality_gap, 2),
            "broken": len(made.certificate.violations),
            "history_kb": round(sum(len(p.data) for p in made.past) / 1000),
        }
        print("  ".join(f"{figures[h]:>{len(h)}}" for h in heads), flush=True)
        assert made.provenance["homes_moved"] == figures["moved"] >= figures["forced"]
        assert made.certificate.zones_connected
        assert len(made.households) == len(plan.households) + months.homes
        told.append(figures)
        plan = made
    _afresh(plan, project)
    return told


def _afresh(plan: Plan, project: Project) -> None:
    """Cut all of it again, as if no home had a centre yet."""
    everywhere = replace(LENIENT, everywhere=True)
    fresh = rezone(plan, project, Changed(), Keeping(0.0), options=everywhere)
    was, now = plan.certificate, fresh.certificate
    print(
        f"cut afresh: walks {was.cost_m:.0f} -> {now.cost_m:.0f} m ({was.cost_m / now.cost_m - 1:+.2%})",
        f"with rules {was.value_m:.0f} -> {now.value_m:.0f} m",
        f"{fresh.provenance['homes_moved']} homes change hands",
        sep="; ",
        flush=True,
    )


def _tell(told: list[dict[str, Any]]) -> None:
    if not told:
        return
    for name in ("seconds", "processor"):
        took = [m[name] for m in told]
        print(f"{name}: median {np.median(took):.1f}, worst {max(took):.1f}")
    if told[0]["fewest"]:
        same = sum(m["moved"] == m["least"] for m in told)
        most = max(m["moved"] / max(m["least"], 1) - 1 for m in told)
        print(f"moved = proven least in {same} of {len(told)} months, at most {most:+.1%}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("extract", type=Path)
    parser.add_argument("--households", type=int, default=4_000)
    parser.add_argument("--buildings", type=int, default=800)
    parser.add_argument("--centres", type=int, default=54)
    parser.add_argument("--across", type=int, default=3, help="communities each way; 1 for none")
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--share", type=float, help="of the homes, a month [0.005 to 0.02]")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--fewest", action="store_true")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()

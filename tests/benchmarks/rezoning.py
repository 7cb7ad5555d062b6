"""Months of events on any extract: seconds, homes that change hands beside the proven least, walks, drift.

    python -m tests.benchmarks.rezoning EXTRACT.osm.pbf [--households N] [--months N] [--fewest] [--json FILE]

A synthetic register is made on the extract's own addresses and cut into communities of about equal size; the
plan is made first.  Each month a seeded share of the homes comes, goes or moves, members come and go, now and
then a centre retires or is new; the plan is re-cut, as a clerk would.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from planner.api.demo import Size, write_office
from planner.api.plan import Plan
from planner.api.rezone.run import Changed, Keeping, Options, rezone
from planner.api.zone import run
from planner.model.project import Project

LENIENT = Options(allow_missing_centres=True)  # some addresses of an extract lie near no street
HEAD = "事项,编号,地址,经度,纬度\n"


@dataclass(eq=False)
class Months:
    """Seeded events on the plan of each month."""

    rng: np.random.Generator
    share: float
    made: int = 0

    def rows(self, plan: Plan, month: int) -> list[str]:
        """Lay out one month: homes in four kinds, members in two, a centre every third month."""
        homes, members = plan.households, plan.members
        n = max(4, round(self.share * len(homes)))
        chosen = self.rng.choice(homes["household_id"].to_numpy(object), n, replace=False)
        rows = [f"迁出,{h},,," for h in chosen[: n // 3]]
        rows += [f"搬家,{h},{self._door(plan)}" for h in chosen[n // 3 : 2 * n // 3]]
        for _ in range(n // 3):
            self.made += 1
            rows.append(f"新增住户,NEW{self.made},{self._door(plan)}")
        others = members.loc[~members["is_centre"].astype(bool), "member_id"].to_numpy(object)
        leaving = self.rng.choice(others, max(1, n // 40), replace=False)
        rows += [f"党员退出,{m},,," for m in leaving]
        for _ in leaving:
            self.made += 1
            rows.append(f"党员加入,PM{self.made},{self._door(plan)}")
        if month % 3 == 1:
            rows.append(
                f"中心户退出,{self.rng.choice(plan.centres['centre_id'].to_numpy(object))},,,"
            )
            new = self.rng.choice(np.setdiff1d(others, leaving))
            rows.append(f"新增中心户,{new},,,")
        return rows

    def _door(self, plan: Plan) -> str:
        at = int(self.rng.integers(len(plan.units)))
        point = plan.units.geometry.iloc[at]
        label = str(plan.units["label"].iloc[at]).replace(",", " ")
        return f"{label},{point.x:.7f},{point.y:.7f}"


def communities(plan: Plan, across: int) -> dict[str, Any]:
    """Cut the ground into bands of about equal homes, and each band again: polygons in GeoJSON."""
    units = plan.units
    x, y = units.geometry.x.to_numpy(), units.geometry.y.to_numpy()
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
            shapes = json.dumps(
                communities(run(project, allow_missing_centres=True), options.across),
                ensure_ascii=False,
            )
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
    seconds = [m["seconds"] for m in told]
    if seconds:
        print(f"median {np.median(seconds):.1f} s, worst {max(seconds):.1f} s")


def _months(
    plan: Plan, project: Project, folder: Path, options: argparse.Namespace
) -> list[dict[str, Any]]:
    months = Months(np.random.default_rng(options.seed), options.share)
    keeping = Keeping(fewest=True) if options.fewest else Keeping()
    told = []
    print(
        "month  events  open  moved  forced  least  seconds  mean walk  gap %  broken  history kB",
        flush=True,
    )
    for month in range(1, options.months + 1):
        rows = months.rows(plan, month)
        path = folder / f"changes{month}.csv"
        path.write_text(HEAD + "\n".join(rows), encoding="utf-8")
        began = time.perf_counter()
        made = rezone(plan, project, Changed(path), keeping, options=LENIENT)
        figures = dict(made.provenance["rezone"]) | {
            "seconds": round(time.perf_counter() - began, 1),
            "events": len(rows),
            "mean_m": made.summary()["walk_m"]["mean"],
            "gap": made.certificate.optimality_gap,
            "broken": len(made.certificate.violations),
            "history_kb": round(sum(len(p.data) for p in made.past) / 1000),
        }
        print(
            f"{month:5d} {len(rows):7d} {figures['open_units']:5d} {figures['moved']:6d} "
            f"{figures['forced']:7d} {figures['least']:6d} {figures['seconds']:8.1f} "
            f"{figures['mean_m']:10.1f} {100 * figures['gap']:6.2f} {figures['broken']:7d} "
            f"{figures['history_kb']:11d}",
            flush=True,
        )
        assert made.provenance["homes_moved"] == figures["moved"] >= figures["forced"]
        assert made.certificate.zones_connected
        expected = len(plan.households) + sum(r.startswith("新增住户") for r in rows)
        assert len(made.households) == expected - sum(r.startswith("迁出") for r in rows)
        told.append(figures)
        plan = made
    return told


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("extract", type=Path)
    parser.add_argument("--households", type=int, default=4_000)
    parser.add_argument("--buildings", type=int, default=800)
    parser.add_argument("--centres", type=int, default=54)
    parser.add_argument("--across", type=int, default=3, help="communities each way; 1 for none")
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--share", type=float, default=0.01, help="of the homes, a month")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--fewest", action="store_true")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()

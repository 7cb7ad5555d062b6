"""Random lives of plans: whatever happens, in whatever order, nobody is lost, all can be gone back on.

    python -m tests.benchmarks.sequences [EXTRACT ...] [--count N] [--events N] [--seed N]

Each sequence is a small synthetic town on the streets of a real extract (without any: on straight lines), its
plan, and events of every kind, some at a time.  After each re-zoning all that must hold is held:

* who is on the register is in the plan, and nobody else; whom nobody serves is a gap with its cause,
* what is locked stays with its centre, what was given by hand is where it was given to,
* communities without an event have the same zones, shapes, members and proof,
* the homes that change hands are as many as the difference of the two plans counts,
* the plan undone is the plan before, in every table and figure,
* the events that the plan keeps, told again in another order, give the same plan.

The last plan of a sequence is written, read back, and verified by the independent checker.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd

import planner.api.opening
from planner.api.plan import Plan
from planner.api.rezone.run import Changed, Keeping, rezone
from planner.api.zone import run
from planner.demand.ground import read_ground
from planner.errors import PlannerError
from planner.model.events import KINDS
from planner.model.project import Project
from planner.network.graph import WalkingNetwork
from planner.network.streets.osm import read_extract
from planner.plan.provenance import locks_of
from planner.plan.store.plans import store_plan
from tests.plans import plans_equal

WHEN = datetime(2026, 3, 1, tzinfo=UTC)
FENCES = ("东社区", "西社区", "南社区")
AT_ONCE = 5
SPAN_M = 900.0
SPOTS = 4
"""Events of one re-zoning; how far a town reaches; towns on an extract."""


@dataclass(frozen=True)
class Town:
    """A synthetic office: where its buildings stand, and how many homes and centres are in one."""

    lon: np.ndarray
    lat: np.ndarray
    fence: np.ndarray
    homes: int
    streets: str

    @classmethod
    def straight(cls, rng: np.random.Generator, buildings: int = 6, homes: int = 6) -> Town:
        """Lay two rows of buildings, a kilometre apart, on no street at all."""
        at = np.arange(2 * buildings)
        lon = 117.02 + 0.0006 * (at % buildings) + rng.uniform(0, 1e-4, len(at))
        lat = 32.62 + 0.012 * (at // buildings)
        return cls(lon, lat, at // buildings, homes, "detour_factor = 1.3")

    @classmethod
    def on_streets(
        cls, extract: Path, network: WalkingNetwork, rng: np.random.Generator, buildings: int = 24
    ) -> Town:
        """Put buildings beside crossings near a spot of an extract, in three communities side by side."""
        crossings = np.unique(network.edges[network.attach & (network.piece == 0)])
        xy = network.node_xy[crossings]
        while True:
            near = np.flatnonzero(np.abs(xy - rng.choice(xy)).max(axis=1) < SPAN_M / 2)
            if len(near) >= buildings:
                break
        chosen = xy[np.sort(rng.choice(near, buildings, replace=False))] + rng.uniform(-8, 8, 2)
        chosen = chosen[np.argsort(chosen[:, 0], kind="stable")]
        lon, lat = network.projection.to_lon_lat(chosen).T
        west, south, east, north = lon.min(), lat.min(), lon.max(), lat.max()
        box = [west - 0.006, south - 0.006, east + 0.006, north + 0.006]
        bounds = ", ".join(f"{v:.5f}" for v in box)
        streets = f'streets = "{extract.resolve()}"\nbounds = [{bounds}]'
        return cls(lon, lat, np.arange(buildings) * 3 // buildings, 6, streets)

    def write(self, folder: Path) -> Project:
        """Write the sheets and the project: one member a building, in every fourth a centre."""
        homes, members = ["编号,地址,社区,经度,纬度"], ["编号,地址,社区,经度,纬度,是否中心户"]
        for b in range(len(self.lon)):
            at = f"{self.door(b)}"
            homes += [f"H{b}-{h},{at}" for h in range(self.homes)]
            nth = int((self.fence[:b] == self.fence[b]).sum())
            members += [f"M{b}-0,{at},{'是' if nth % 3 == 1 else '否'}", f"M{b}-1,{at},否"]
        (folder / "homes.csv").write_text("\n".join(homes), encoding="utf-8")
        (folder / "members.csv").write_text("\n".join(members), encoding="utf-8")
        text = f"""[inputs]
households = "homes.csv"
members = "members.csv"
{self.streets}

[rules]
households_per_zone = {{ low = {2 * self.homes}, high = {4 * self.homes} }}
members_per_zone = {{ low = 2, high = 9 }}
households_per_member = {{ low = 1, high = {3 * self.homes} }}

[search]
gap = 0.0
seconds = 30
advice_seconds = 0
"""
        tomllib.loads(text)
        (folder / "planner.toml").write_text(text, encoding="utf-8")
        return Project.read(folder)

    def door(self, b: int) -> str:
        """Give address, community and point of a building, as a row has them."""
        name = FENCES[int(self.fence[b])]
        return f"{name[0]}里小区{b + 1}号楼,{name},{self.lon[b]:.6f},{self.lat[b]:.6f}"


HEAD = (
    "事项", "编号", "地址", "社区", "经度", "纬度", "新编号", "走访分钟",
    "对象", "中心户编号", "规则", "下限", "上限",
)  # fmt: skip


@dataclass(eq=False)
class Life:
    """A plan and what happens to it; who is on the register is known here by itself."""

    town: Town
    project: Project
    plan: Plan
    rng: np.random.Generator
    homes: dict[str, str] = field(init=False)
    members: dict[str, str] = field(init=False)
    centres: set[str] = field(init=False)
    resting: dict[str, str] = field(default_factory=dict)
    objected: frozenset[str] = frozenset()
    told: Counter[str] = field(default_factory=Counter)
    made: int = 0

    def __post_init__(self) -> None:
        tables = self.plan.households, self.plan.members
        self.homes = dict(zip(tables[0]["household_id"], tables[0]["fence"], strict=True))
        self.members = dict(zip(tables[1]["member_id"], tables[1]["fence"], strict=True))
        self.centres = set(self.plan.centres["centre_id"])

    def month(self, events: int) -> None:
        """Let some things happen, cut the plan again, and hold what must hold."""
        state = self._state()
        used: set[str] = set()
        rows, fences = [], set[str]()
        for _ in range(events):
            row, touched = self._event(used)
            rows.append(row)
            fences |= touched
        keeping = (Keeping(), Keeping(0.0), Keeping(fewest=True))[int(self.rng.integers(3))]
        try:
            made = rezone(self.plan, self.project, sheet(rows), keeping, when=WHEN)
        except PlannerError as refused:
            # no plan is what events ask for, such as a building in the midst of another's zone
            self._restore(state)
            self.told[f"refused: {type(refused).__name__}"] += 1
            return
        told = made.provenance["history"][-1]["events"]
        self.centres |= {event["id"] for event in told if event["kind"] == "centre-new"}
        self.told["events"] += len(rows)
        self.told["months"] += 1
        self._holds(made, rows, fences)
        self._goes_back(made, keeping)
        self.plan = made

    def _holds(self, made: Plan, rows: list[dict[str, Any]], fences: set[str]) -> None:
        before, homes = self.plan, made.households
        assert set(homes["household_id"]) == set(self.homes)
        assert set(made.members["member_id"]) == set(self.members)
        assert set(made.centres["centre_id"]) == self.centres
        assert set(homes["household_id"][homes["zone"] == ""]) <= set(made.gaps["household_id"])
        assert made.provenance["homes_moved"] == made.provenance["rezone"]["moved"]
        assert made.provenance["homes_moved"] == made.compare(before).moved
        assert made.certificate.zones_connected
        # a building that is cut into runs of floors has a label for all of them
        zone = set(zip(made.units["label"], made.units["zone"], strict=True))
        labels = {label for label, _ in zone}
        given = {row["对象"]: row["中心户编号"] for row in rows if row["事项"] == "give"}
        assert zone.issuperset(given.items())
        freed = {row["对象"] for row in rows if row["事项"] == "unlock"} | set(given)
        was = before.units.set_index("unit_id")
        for unit in locks_of(before):
            label, centre = was.at[unit, "label"], was.at[unit, "zone"]
            if label in labels and label not in freed and centre in self.centres:
                assert (label, centre) in zone, "a lock did not hold"
                self.told["locks"] += 1
        for fence in set(FENCES) - fences:
            for name in ("zones", "units", "centres", "members"):
                one, two = (of(getattr(plan, name), fence) for plan in (before, made))
                if name == "units":
                    one, two = (f.drop(columns=["moved", "unit_id"]) for f in (one, two))
                if name != "zones":
                    one, two = (f.drop(columns="unit_id", errors="ignore") for f in (one, two))
                pd.testing.assert_frame_equal(one, two)
            self.told["untouched"] += 1

    def _goes_back(self, made: Plan, keeping: Keeping) -> None:
        back = made.undo()
        plans_equal(back, self.plan)
        kept = [dict(event) for event in made.provenance["history"][-1]["events"]]
        again = [
            {
                "事项": event["kind"],
                "编号": event.get("id", ""),
                "地址": event.get("where", {}).get("address", ""),
                "社区": event.get("where", {}).get("community", ""),
                "经度": event.get("where", {}).get("lon", ""),
                "纬度": event.get("where", {}).get("lat", ""),
                "新编号": event.get("new_id", ""),
                "走访分钟": event.get("load", ""),
                "对象": event.get("target", ""),
                "中心户编号": event.get("centre", ""),
                "规则": event.get("rule", ""),
                "下限": event.get("low", ""),
                "上限": event.get("high", ""),
            }
            for event in kept
        ]
        order = self.rng.permutation(len(again))
        replayed = rezone(back, self.project, sheet([again[i] for i in order]), keeping, when=WHEN)
        for name, key in (("households", "household_id"), ("members", "member_id")):
            frames = (getattr(p, name).set_index(key)[_DECIDED[name]] for p in (made, replayed))
            one, two = (f.sort_index() for f in frames)
            pd.testing.assert_frame_equal(one, two)
        assert replayed.certificate.value_m == made.certificate.value_m
        self.told["replayed"] += 1

    def _event(self, used: set[str]) -> tuple[dict[str, Any], set[str]]:
        """Make one event that names nobody whom another of the month names; and where it happens."""
        while True:
            code, state = str(self.rng.choice(_CODES, p=_WEIGHTS)), self._state()
            made = getattr(self, f"_{code.replace('-', '_')}")()
            if made is None or made[0] & used:
                self._restore(state)
                continue
            names, row, fences = made
            used |= names
            self.told[code] += 1
            return dict.fromkeys(HEAD, "") | {"事项": code} | row, fences

    def _state(self) -> tuple[Any, ...]:
        people = dict(self.homes), dict(self.members), set(self.centres), dict(self.resting)
        return *people, self.objected

    def _restore(self, state: tuple[Any, ...]) -> None:
        self.homes, self.members, self.centres, self.resting, self.objected = state

    def _any(self, of: Any) -> str:
        return str(self.rng.choice(sorted(of)))

    def _new(self, kind: str) -> str:
        self.made += 1
        return f"{kind}{self.made}"

    def _door(self) -> tuple[dict[str, Any], str]:
        b = int(self.rng.integers(len(self.town.lon)))
        address, fence, lon, lat = self.town.door(b).split(",")
        return {"地址": address, "社区": fence, "经度": lon, "纬度": lat}, fence

    def _home_in(self) -> _Made:
        name, (door, fence) = self._new("N"), self._door()
        self.homes[name] = fence
        return {name}, {"编号": name} | door, {fence}

    def _home_out(self) -> _Made:
        name = self._any(self.homes)
        return {name}, {"编号": name}, {self.homes.pop(name)}

    def _home_move(self) -> _Made:
        name, (door, fence) = self._any(self.homes), self._door()
        was, self.homes[name] = self.homes[name], fence
        return {name}, {"编号": name} | door, {was, fence}

    def _home_split(self) -> _Made:
        name, new = self._any(self.homes), self._new("N")
        self.homes[new] = self.homes[name]
        return {name, new}, {"编号": name, "新编号": new}, {self.homes[name]}

    def _home_minutes(self) -> _Made:
        name = self._any(self.homes)
        return (
            {name},
            {"编号": name, "走访分钟": int(self.rng.integers(1, 4))},
            {self.homes[name]},
        )

    def _member_in(self) -> _Made:
        name, (door, fence) = self._new("P"), self._door()
        self.members[name] = fence
        return {name}, {"编号": name} | door, {fence}

    def _plain(self) -> str | None:
        plain = set(self.members) - self.centres
        return self._any(plain) if len(plain) > 12 else None

    def _member_out(self) -> _Made:
        name = self._plain()
        return name and ({name}, {"编号": name}, {self.members.pop(name)})

    def _member_move(self) -> _Made:
        name, (door, fence) = self._plain(), self._door()
        if name is None:
            return None
        was, self.members[name] = self.members[name], fence
        return {name}, {"编号": name} | door, {was, fence}

    def _member_rest(self) -> _Made:
        name = self._plain()
        if name is None:
            return None
        self.resting[name] = self.members.pop(name)
        return {name}, {"编号": name}, {self.resting[name]}

    def _member_serve(self) -> _Made:
        if not self.resting:
            return None
        name = self._any(self.resting)
        self.members[name] = self.resting.pop(name)
        return {name}, {"编号": name}, {self.members[name]}

    def _centre_out(self) -> _Made:
        name = self._any(self.centres)
        fence = self.members[name]
        if sum(self.members[c] == fence for c in self.centres) < 3:
            return None
        self.centres.discard(name)
        return {name}, {"编号": name}, {fence}

    def _centre_new(self) -> _Made:
        # one of the plan: who joins this month may live where another centre does
        plain = set(self.plan.members["member_id"]) & set(self.members) - self.centres
        plain -= self.objected
        name = self._any(plain)
        self.centres.add(name)
        return {name}, {"编号": name}, {self.members[name]}

    def _objection(self) -> _Made:
        name = self._plain()
        if name is None:
            return None
        self.objected = self.objected | {name}
        return {name}, {"编号": name}, {self.members[name]}

    def _centre_here(self) -> _Made:
        # who is chosen is known when the plan is made
        zone = self.plan.centres.iloc[int(self.rng.integers(len(self.plan.centres)))]
        name = f"zone {zone['number']}"
        return {name, str(zone["centre_id"])}, {"对象": name}, {str(zone["fence"])}

    def _rule(self) -> _Made:
        high = int(self.rng.integers(24, 40))
        return {"rule"}, {"规则": "households_per_zone", "上限": high}, set(FENCES)

    def _building(self) -> int:
        return int(self.rng.integers(len(self.plan.units)))

    def _lock(self) -> _Made:
        unit = self.plan.units.iloc[self._building()]
        return {unit["label"]}, {"对象": unit["label"]}, {unit["fence"]}

    def _unlock(self) -> _Made:
        locks = locks_of(self.plan)
        if not locks:
            return None
        units = self.plan.units.set_index("unit_id")
        label, fence = units.loc[self._any(locks), ["label", "fence"]]
        return {label}, {"对象": label}, {fence}

    def _give(self) -> _Made:
        u, problem = self._building(), self.plan.problem
        near = problem.adjacency[(problem.adjacency == u).any(axis=1)].ravel()
        units = self.plan.units
        beside = set(units["zone"].iloc[near]) - {units["zone"].iloc[u], ""}
        if u in problem.home or not beside:
            return None
        label, centre = units["label"].iloc[u], self._any(beside)
        return {label, centre}, {"对象": label, "中心户编号": centre}, {units["fence"].iloc[u]}


_Made = tuple[set[str], dict[str, Any], set[str]] | None
_DECIDED = {
    "households": ["fence", "zone", "walk_m", "gap", "previous_zone", "moved", "member"],
    "members": ["fence", "zone", "is_centre", "households"],
}
_CODES = [kind.code for kind in KINDS]
_RARE = {"rule": 0.3, "centre-out": 0.6, "centre-new": 0.4, "centre-here": 0.3}
_WEIGHTS = np.array([_RARE.get(code, 1.0) for code in _CODES])
_WEIGHTS /= _WEIGHTS.sum()


def of(frame: Any, fence: str) -> pd.DataFrame:
    """Take the rows of one community, shapes as bytes."""
    rows = frame[frame["fence"] == fence].reset_index(drop=True)
    plain = pd.DataFrame(rows)
    return plain.assign(geometry=rows.geometry.to_wkb()) if "geometry" in plain else plain


def sheet(rows: list[dict[str, Any]]) -> Changed:
    """Make the sheet of changes, every cell a text as in a CSV."""
    return Changed(pd.DataFrame([{k: str(v) for k, v in row.items()} for row in rows]))


@contextmanager
def read_once() -> Iterator[None]:
    """Read the streets of each town once; a re-zoning reads them anew each time."""
    known: dict[tuple[Any, ...], Any] = {}

    def reading(inputs: Any, homes: Any) -> Any:
        key = (inputs.streets, inputs.bounds)
        if inputs.streets is None or key not in known:
            known[key] = read_ground(inputs, homes)
        return known[key]

    with patch.object(planner.api.opening, "read_ground", reading):
        yield


def lived(town: Town, seed: int, events: int, folder: Path, at_once: int = AT_ONCE) -> Counter[str]:
    """Let one sequence of events happen; give what was tried."""
    project = town.write(folder)
    store_plan(run(project), folder / "first.gpkg")
    life = Life(town, project, Plan.load(folder / "first.gpkg"), np.random.default_rng(seed))
    while life.told["events"] < events:
        life.month(min(at_once, events - life.told["events"]))
        assert sum(n for k, n in life.told.items() if k.startswith("refused")) < 10 * events
    store_plan(life.plan, folder / "last.gpkg")
    loaded = Plan.load(folder / "last.gpkg")
    plans_equal(loaded, life.plan)
    found = loaded.verify(seconds=10)
    assert not found.differs
    return life.told


def towns(extracts: list[Path], seed: int, tell: Callable[[str], None]) -> list[Town]:
    """Lay some towns on each extract, or four on straight lines."""
    rng = np.random.default_rng(seed)
    made = [] if extracts else [Town.straight(rng) for _ in range(SPOTS)]
    for path in extracts:
        network = WalkingNetwork.from_osm(read_extract(path))
        made += [Town.on_streets(path, network, rng) for _ in range(SPOTS)]
        tell(f"{path.name}: {SPOTS} towns")
    return made


def main() -> int:
    """Live so many lives; each that fails is told by its seed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("extracts", nargs="*", type=Path, help="OpenStreetMap extracts")
    parser.add_argument("--count", type=int, default=500, help="sequences")
    parser.add_argument("--events", type=int, default=20, help="events of each")
    parser.add_argument("--first", type=int, default=0, help="number of the first sequence")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    total, failed, began = Counter[str](), 0, time.perf_counter()
    with read_once():
        laid = towns(asked.extracts, asked.seed, lambda t: print(t, file=sys.stderr))
        for number in range(asked.first, asked.first + asked.count):
            with tempfile.TemporaryDirectory() as scratch:
                town = laid[number % len(laid)]
                try:
                    total += lived(town, asked.seed + number, asked.events, Path(scratch))
                except Exception as wrong:  # noqa: BLE001 - whatever goes wrong is what is counted
                    failed += 1
                    said = str(wrong).strip().splitlines()[:4] or [""]
                    print(
                        f"sequence {number}: {type(wrong).__name__}: {' | '.join(said)}", flush=True
                    )
            if number % 10 == 9:
                print(f"{number + 1}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    print(f"{asked.count} sequences, {failed} failed; {dict(sorted(total.items()))}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

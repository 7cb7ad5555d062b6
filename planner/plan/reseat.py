"""A plan whose centres are elsewhere: one moved, one more where a zone is split, one less where two merge.

Walks from a new place are measured on the streets that the plan keeps.  What was proven of a community that
has a centre elsewhere no longer holds: it is proven again, by the prizes of the search before.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.errors import InputError
from planner.model.arrays import AnyInts, Bools, Floats, Ints
from planner.model.excerpt import beside_walks, pairs_beside_walks, restricted
from planner.model.levels import CENTRES
from planner.model.problem import Part, Problem, ZoneRule
from planner.model.proof.verify import proven_bound
from planner.model.tables import PlanTables
from planner.plan.changefile import Seat, holds_private
from planner.plan.eighths import Doors
from planner.plan.frames import unit_positions
from planner.plan.undisturbed import islands

__all__ = ["Reseated", "reproven", "reseated"]


@dataclass(frozen=True, eq=False)
class Reseated:
    """A plan with its centres where a meeting wants them.

    Parameters
    ----------
    tables : PlanTables
        Units are in the zones that they were in; those of a zone that is given up are in none.
    freed : tuple of geometry
        Ground of the zones that were given up, degrees.
    opened : ndarray of int
        Units that had, or have, to do with a centre that is elsewhere: nothing that was proven of their part
        holds.
    """

    tables: PlanTables
    freed: tuple[Any, ...]
    opened: Ints


def reseated(tables: PlanTables, seats: Sequence[Seat], served: Mapping[str, str]) -> Reseated:
    """Put centres elsewhere.

    Parameters
    ----------
    tables : PlanTables
        The plan before.
    seats : sequence of Seat
        Centres that are elsewhere, each once.
    served : mapping of str to str
        Centre of each unit that the meeting moved, by ids: who is served may be so however far away.

    Raises
    ------
    InputError
        A unit is unknown, another centre's home, in another community or in another centre's zone; a centre
        that is to be given up is none.
    """
    if not seats:
        return Reseated(tables, (), np.zeros(0, np.int64))
    wanted = {seat.centre: seat.unit for seat in seats}
    home = _homes(tables, wanted)
    names = np.array(list(home), object)
    old = {c: i for i, c in enumerate(tables.centres["centre_id"])}
    zone = [
        served.get(u, z) for u, z in zip(tables.units["unit_id"], tables.units["zone"], strict=True)
    ]
    for name in wanted:
        if name in home and zone[home[name]] != name:
            raise InputError.of("changes-home-elsewhere", centre=name, unit=wanted[name])
    problem = _problem(tables, home, np.array([n in wanted for n in names]), np.array(zone, object))
    changed = {old[c] for c in wanted if c in old}
    mine = np.isin(tables.problem.pair_centre, list(changed))
    now = np.isin(problem.pair_centre, np.flatnonzero([n in wanted for n in names]))
    opened = np.union1d(tables.problem.pair_unit[mine], problem.pair_unit[now])
    gone = [old[c] for c in wanted if not wanted[c]]
    freed = tuple(tables.zones.geometry.to_numpy()[gone])
    return Reseated(_tables(tables, home, seats, problem), freed, opened.astype(np.int64))


def _homes(tables: PlanTables, wanted: Mapping[str, str]) -> dict[str, int]:
    """Give the unit of each centre from now on, in the order of the centres, new ones last."""
    ids = tables.centres["centre_id"].tolist()
    fence = tables.units["fence"].to_numpy(object)
    home = dict(zip(ids, tables.problem.home.tolist(), strict=True))
    for name, unit in wanted.items():
        if not unit:
            if home.pop(name, None) is None:
                raise InputError.of("changes-close-no-centre", name=name)
            continue
        (at,) = unit_positions(tables, [unit]).tolist()
        if at < 0:
            raise InputError.of("changes-unknown-unit", what="centres", name=unit)
        if name in home and fence[at] != fence[home[name]]:
            raise InputError.of("changes-centre-leaves", centre=name, unit=unit)
        if name not in home and (holds_private(name) or not name.isprintable()):
            raise InputError.of("changes-unknown-centre", number=0, name="?")
        home[name] = at
    units = list(home.values())
    for name, at in home.items():
        if units.count(at) > 1:
            raise InputError.of(
                "changes-home-taken", centre=name, unit=tables.units["unit_id"].iloc[at]
            )
    return home


def _problem(tables: PlanTables, home: Mapping[str, int], moved: Bools, zone: Any) -> Problem:
    """State the problem again: pairs of centres that stay are as they were, the others measured anew."""
    before, doors = tables.problem, Doors.of(tables)
    place = {name: i for i, name in enumerate(home)}
    ids = tables.centres["centre_id"]
    to = np.array([place.get(c, -1) for c in ids], np.int64)
    stays = np.append(~moved, False)[to]
    keep = stays[before.pair_centre]
    unit: list[AnyInts] = [before.pair_unit[keep]]
    centre: list[AnyInts] = [to[before.pair_centre[keep]]]
    columns = {n: [getattr(before, n)[keep]] for n in ("walk_m", "penalty_m", "change_m")}
    dearest = np.zeros(before.n_units)
    np.maximum.at(dearest, before.pair_unit, before.change_m)
    limit = tables.rules.walk
    wishes, unwished = pairs_beside_walks(before, limit), beside_walks(before, limit)
    for name, at in home.items():
        if not moved[place[name]]:
            continue
        walk_m = doors.walks(at)
        may = _may(tables, walk_m, zone == name, at)
        # who was never with a centre pays for going there what it pays for any other
        change, beside = dearest.copy(), unwished.copy()
        if name in set(ids):
            had = before.pair_centre == ids.tolist().index(name)
            change[before.pair_unit[had]] = before.change_m[had]
            beside[before.pair_unit[had]] = wishes[had]
        unit.append(may)
        centre.append(np.full(len(may), place[name]))
        columns["walk_m"].append(walk_m[may])
        columns["penalty_m"].append(before.load[may] * limit.charge_m(walk_m[may]) + beside[may])
        columns["change_m"].append(change[may])
    owner, of = np.concatenate(unit), np.concatenate(centre)
    order = np.lexsort((of, owner))
    return before.replace(
        home=np.array(list(home.values()), np.int32),
        pair_start=np.searchsorted(owner[order], np.arange(before.n_units + 1)),
        pair_centre=of[order].astype(np.int32),
        rules=tuple(_own(rule, before, home, to) for rule in before.rules),
        **{name: np.concatenate(parts)[order] for name, parts in columns.items()},
    )


def _own(rule: ZoneRule, before: Problem, home: Mapping[str, int], to: Ints) -> ZoneRule:
    """Let limits of a centre's own go with it; they are written at its home."""
    if rule.own is None:
        return rule
    own, at = np.zeros_like(rule.own), np.array(list(home.values()))
    stays = to >= 0
    own[:, at[to[stays]]] = rule.own[:, before.home[stays]]
    return replace(rule, own=own)


def _may(tables: PlanTables, walk_m: Floats, served: Bools, at: int) -> Ints:
    """Units that a centre may serve: those of its community within reach, and those that it has."""
    walk, fence = tables.rules.walk, tables.problem.fence
    near = walk_m <= (walk.limit_m if walk.hard else walk.reach)
    if not walk.hard:
        near |= served
    near &= np.isfinite(walk_m) & (fence == fence[at])
    near[at] = True
    return np.flatnonzero(near)


def _tables(
    tables: PlanTables, home: Mapping[str, int], seats: Sequence[Seat], problem: Problem
) -> PlanTables:
    names, wanted = list(home), {seat.centre: seat.unit for seat in seats}
    kept = [i for i, c in enumerate(tables.centres["centre_id"]) if c in home]
    last = int(tables.provenance.get("last_number") or 0)
    last = max(last, int(tables.centres["number"].max()))
    fresh = names[len(kept) :]
    given = _numbers(seats, fresh, last)
    number = [*tables.centres["number"].iloc[kept], *given]
    at = np.array(list(home.values()))
    own = {
        "centre_id": np.array(names, object),
        "number": np.array(number, np.int64),
        "fence": tables.units["fence"].to_numpy(object)[at],
    }
    lives = {
        "unit_id": tables.units["unit_id"].to_numpy(object)[at],
        "label": tables.units["label"].to_numpy(object)[at],
    }
    moved = np.array([name in wanted for name in names])
    centres = _rows(tables.centres, kept, len(fresh), own)
    for name, values in lives.items():
        centres.loc[moved, name] = values[moved]
    spots = centres.geometry.to_numpy().copy()
    spots[moved] = tables.units.geometry.to_numpy()[at[moved]]
    zones = _rows(tables.zones, kept, len(fresh), own)
    colour = np.where(np.arange(len(names)) < len(kept), zones["colour"], -1).astype(np.int64)
    zones, levels = _guided(tables, zones.assign(colour=colour), at, moved)
    people = tables.members
    stays = ~people["member_id"].isin([c for c, u in wanted.items() if not u])
    return replace(
        tables,
        units=tables.units.assign(zone=[z if z in home else "" for z in tables.units["zone"]]),
        members=people.assign(
            is_centre=(people["is_centre"] & stays) | people["member_id"].isin(fresh)
        ),
        centres=centres.set_geometry(gpd.GeoSeries(spots, crs=tables.centres.crs)),
        zones=zones,
        problem=problem,
        provenance={**tables.provenance, **levels, "last_number": max([last, *given])},
    )


def _guided(tables: PlanTables, zones: Any, at: Ints, moved: Bools) -> tuple[Any, dict[str, Any]]:
    """Leave zones with those who guide them, new ones with who guides the zone that they are cut from."""
    levels = [dict(level) for level in tables.provenance.get("levels") or ()]
    old = tables.zones.set_index("centre_id")
    source = tables.units["zone"].to_numpy(object)[at]
    fresh = ~zones["centre_id"].isin(tables.zones["centre_id"]).to_numpy()
    for level in (one for one in levels if one["name"] in zones.columns):
        name, walk = level["name"], f"{level['name']}_walk_m"
        guides = zones[name].to_numpy(object).copy()
        guides[fresh] = [old[name].get(z, "") for z in source[fresh]]
        zones = zones.assign(**{name: guides})
        if level["below"] != CENTRES:
            continue
        # nobody has measured how far it is from where the centre is now
        zones.loc[moved, walk] = np.nan
        loads = zones[name][zones[name] != ""].value_counts()
        high, low = level["high"], level["low"]
        level |= {"clients": len(zones), "serving": len(loads)}
        level |= {
            "load_min": int(loads.min() if len(loads) else 0),
            "load_max": int(loads.max() if len(loads) else 0),
        }
        level["over"] = 0 if high is None else int((loads > high).sum())
        level["short"] = 0 if low is None else int((loads < low).sum())
        known = zones[walk].dropna()
        level["walk_mean_m"] = float(known.mean()) if len(known) else None
        level["walk_max_m"] = float(known.max()) if len(known) else None
    return zones, {"levels": levels} if levels else {}


def _numbers(seats: Sequence[Seat], fresh: list[str], last: int) -> list[int]:
    """Give numbers to new zones: those that the meeting saw, and none that a zone ever had."""
    told = {seat.centre: seat.number for seat in seats if seat.number > last}
    made: list[int] = []
    for name in fresh:
        number = told.get(name, 0)
        made.append(
            number if number and number not in made else max([last, *told.values(), *made]) + 1
        )
    return made


def _rows(frame: gpd.GeoDataFrame, kept: list[int], fresh: int, own: Mapping[str, Any]) -> Any:
    """Give some rows of a layer, and blank ones behind them."""
    rest = frame.iloc[kept]
    blank = {
        name: [0 if pd.api.types.is_numeric_dtype(kind) else ""] * fresh
        for name, kind in rest.drop(columns="geometry").dtypes.items()
    }
    empty = np.full(fresh, shapely.MultiPolygon(), dtype=object)
    more = gpd.GeoDataFrame(blank, geometry=empty, crs=frame.crs)
    whole = pd.concat([rest, more[rest.columns]], ignore_index=True) if fresh else rest
    kinds = {n: k for n, k in frame.dtypes.items() if n != "geometry"}
    made: Any = whole.reset_index(drop=True).astype(kinds)
    return made.assign(**own)


def reproven(
    found: Reseated, before: PlanTables, seconds: float = 20.0
) -> tuple[float, tuple[Part, ...]]:
    """Prove a bound of the plans with these centres, metres, and tell it by part.

    `before`: the plan that was changed; what was proven of parts that have no centre elsewhere still holds.
    """
    problem = found.tables.problem
    if not len(found.opened):
        return before.certificate.bound_m, before.parts
    label = islands(problem)
    opened = np.isin(label, label[found.opened])
    prize = {u: x for part in before.parts for u, x in zip(part.unit, part.prize, strict=False)}
    kept = tuple(p for p in before.parts if p.unit and not opened[list(p.unit)].any())
    until = time.perf_counter() + seconds
    parts = [
        _part(
            problem, np.flatnonzero(label == number), prize, max(until - time.perf_counter(), 0.1)
        )
        for number in np.unique(label[opened])
    ]
    alone = np.diff(problem.pair_start) == 0
    lost = problem.unserved_m * np.where(problem.load > 0, problem.load, 1.0)[alone].sum()
    served = [p for p in parts if p.centres]
    told = (*kept, *served)
    whole = all(p.unit for p in before.parts) and bool(before.certificate.bound_m)
    bound = float(lost + sum(p.bound_m for p in told)) if whole else 0.0
    return bound, told


def _part(problem: Problem, units: Ints, prize: Mapping[int, float], seconds: float) -> Part:
    centres = np.flatnonzero(np.isin(problem.home, units))
    prizes = [prize.get(int(u), 0.0) for u in units]
    proven = 0.0
    if len(centres):
        small = restricted(problem, units, centres)
        proven = proven_bound(small, dict(enumerate(prizes)), seconds=seconds)
    proven = proven if np.isfinite(proven) else 0.0
    return Part(
        len(units),
        len(centres),
        proven,
        max(proven, 0.0),
        0.0,
        0.0,
        "",
        0.0,
        tuple(units.tolist()),
        tuple(prizes),
    )

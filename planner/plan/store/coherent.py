"""What a plan file says is held against itself: each table against the problem, and the figures audited anew.

A file that opens, and whose tables are whole, may still have been changed by hand or by a stranger: homes in
another zone than their building, a certificate that proves more than the plan is worth.  The audit is cheap
(no bound is proven here; `planner verify` does that), so no plan is used without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from pandas.api.types import is_numeric_dtype, is_string_dtype

from planner.errors import Severity
from planner.model.audit import audit
from planner.model.certificate import Certificate
from planner.model.events import Event, HomeMove
from planner.model.tables import GAP_CAUSES, PlanTables
from planner.plan.frames import assignment_of, wishes_of

__all__ = ["require_coherent"]

_TEXTS: Mapping[str, tuple[str, ...]] = {
    "units": ("unit_id", "label", "fence", "zone"),
    "households": (
        "household_id", "unit_id", "fence", "zone", "precision", "matched", "gap", "previous_zone", "member",
    ),
    "members": ("member_id", "unit_id", "fence", "zone", "precision", "matched"),
    "centres": ("centre_id", "unit_id", "fence", "label", "broken"),
    "zones": ("centre_id", "fence", "broken"),
    "gaps": ("household_id", "unit_id", "fence", "zone", "cause", "detail"),
}  # fmt: skip
_NUMBERS: Mapping[str, tuple[str, ...]] = {
    "units": ("households", "members", "load", "walk_m", "access_m", "moved"),
    "households": ("walk_m", "load", "confidence", "moved", "member_walk_m"),
    "members": ("is_centre", "households"),
    "centres": ("number", "households", "members", "load", "walk_mean_m", "walk_p90_m", "walk_max_m"),
    "zones": ("number", "colour", "households", "members", "gaps", "area_m2", "walk_mean_m", "walk_max_m"),
    "gaps": (),
}  # fmt: skip
_NOTES: Mapping[str, tuple[type, ...]] = {
    "title": (str,), "created": (str,), "data_date": (str,), "attribution": (str,), "network": (str,),
    "stopped": (str,), "previous": (str,), "seed": (int,), "smallest": (int,), "homes_moved": (int,),
    "move_price_m": (int, float), "peak_gb": (int, float), "synthetic": (bool,), "inputs": (dict,),
    "seconds": (dict,), "versions": (dict,), "advice": (dict,), "online": (dict,), "guard": (dict,),
    "staffing": (dict,), "pieces": (list,), "history": (list,), "levels": (list,), "ledger": (dict, list),
    "since": (dict,),
    "events": (list,), "moves": (list,), "rezone": (dict,), "drift": (dict,), "last_number": (int,),
}  # fmt: skip


class _VenuesNote(msgspec.Struct):
    listed: list[dict[str, str | float]]
    of: list[int]
    walk_m: list[float | None]


_SERVICE: Mapping[str, Any] = {
    "venues": _VenuesNote,
    "organisation": dict[str, list[str] | dict[str, str]],
    "centre_kinds": dict[str, str],
    "wishes": dict[str, int],
}
"""What a plan remembers of the service."""
_LATER = {"units": ("building", "building_id")}
"""Columns that plans of the first versions do not have."""
_FEWEST = 5
"""No plan tells counts below this to a meeting, whatever stands in its file."""
# Walks are stored to the centimetre, so sums may differ by half of one, and a little for the float.
_ROUNDED_M = 0.011
TOLERANCE = 1e-6
Ints = NDArray[np.int64]


def require_coherent(tables: PlanTables) -> None:
    """Refuse a plan whose parts contradict each other.

    Parameters
    ----------
    tables : PlanTables
        As read from a file.

    Raises
    ------
    ValueError
        It says which parts, never what stands there.
    """
    _require_columns(tables)
    _require_notes(tables.provenance)
    _require_service(tables)
    chosen = _require_units(tables)
    _require_certificate(tables, chosen)
    _require_people(tables, chosen)
    _require_cared(tables)
    _require_wished(tables)
    _require_zones(tables, chosen)


def _require(holds: object, what: str) -> None:
    if not bool(holds):
        raise ValueError(what)


def _require_columns(tables: PlanTables) -> None:
    for name, texts in _TEXTS.items():
        frame: Any = getattr(tables, name)
        for column in (*texts, *_NUMBERS[name]):
            _require(column in frame, f"the table {name} has no column {column}")
        for column in (*texts, *(c for c in _LATER.get(name, ()) if c in frame)):
            _require(_all_text(frame[column]), f"{name}.{column} is not text throughout")
        for column in _NUMBERS[name]:
            _require(is_numeric_dtype(frame[column]), f"{name}.{column} is not a number throughout")
            values = frame[column].to_numpy(float)
            # no figure of a plan is negative, and none comes near a million kilometres
            bad = np.isinf(values) | (np.abs(values) > 1e12) | (values < 0)
            _require(not bad.any(), f"{name}.{column} holds what no plan has")
        if name != "members":
            _require(hasattr(frame, "geometry"), f"the table {name} has no shapes")
    for name, layer in tables.base.items():
        _require(hasattr(layer, "geometry"), f"the layer {name} has no shapes")
        if "name" in layer:
            _require(_all_text(layer["name"]), f"{name}.name is not text")


def _all_text(column: Any) -> bool:
    # a column of texts has nothing else but blanks
    if is_string_dtype(column.dtype) and column.dtype != object:
        return not column.isna().any()
    return all(isinstance(v, str) for v in column.astype(object))


def _require_notes(note: Any) -> None:
    _require(isinstance(note, Mapping), "what it says of itself is no mapping")
    for name, kinds in _NOTES.items():
        value = note.get(name)
        fits = value is None or (
            isinstance(value, kinds) and (bool in kinds) == isinstance(value, bool)
        )
        _require(fits, f"its note {name} is of another kind")
    _require(
        note.get("smallest", _FEWEST) in (None, *range(_FEWEST, 10_000)),
        "it would tell counts below five homes",
    )
    for name in ("seconds", "staffing"):
        told = [v for v in (note.get(name) or {}).values() if v is not None]
        _require(
            all(isinstance(v, int | float) for v in told), f"its note {name} is of another kind"
        )
    for name in ("inputs", "versions"):
        told = (note.get(name) or {}).values()
        _require(all(isinstance(v, str) for v in told), f"its note {name} is of another kind")
    for name, kind in (("events", Event), ("moves", HomeMove)):
        try:
            msgspec.convert(note.get(name) or [], tuple[kind, ...])
        except msgspec.ValidationError:
            _require(False, f"its note {name} is of another kind")
    for name in ("history", "pieces", "levels"):
        told = note.get(name) or []
        _require(all(isinstance(v, Mapping) for v in told), f"its note {name} is of another kind")


def _require_service(tables: PlanTables) -> None:
    """Hold what is remembered of the service against its kind, and venues against the units."""
    for name, kind in _SERVICE.items():
        value = tables.provenance.get(name)
        if value is None:
            continue
        try:
            told = msgspec.convert(value, kind)
        except msgspec.ValidationError:
            raise ValueError(f"its note {name} is of another kind") from None
        if name == "venues":
            n = len(tables.units)
            fits = len(told.of) == n == len(told.walk_m)
            fits &= all(-1 <= k < len(told.listed) for k in told.of)
            fits &= all({"name", "hours"} <= set(one) for one in told.listed)
            _require(fits, "its venues are others")


def _require_units(tables: PlanTables) -> Ints:
    """Hold units and centres against the problem; give the centre of each unit."""
    problem, units, centres = tables.problem, tables.units, tables.centres
    _require(len(units) == problem.n_units, "there are other units than in its problem")
    _require(len(centres) == problem.n_centres, "there are other centres than in its problem")
    _unique(units["unit_id"], "units")
    _unique(centres["centre_id"], "centres")
    home = units["unit_id"].to_numpy(object)[problem.home]
    _require((centres["unit_id"].to_numpy(object) == home).all(), "a centre lives elsewhere")
    same = np.array_equal(units["households"].to_numpy(int), problem.households)
    _require(same, "units have other homes than in its problem")
    same = np.allclose(units["load"].to_numpy(float), problem.load)
    _require(same, "units have another load than in its problem")
    own = [rule.own for rule in problem.rules if rule.own is not None]
    _require(all(np.isfinite(one).all() for one in own), "a limit of a centre's own is no number")
    chosen = _positions(units["zone"], centres["centre_id"], "a unit lies in a zone of nobody")
    pair = problem.pairs_of(chosen)
    served = chosen >= 0
    walk = np.where(served, problem.walk_m[pair] if problem.n_pairs else np.nan, np.nan)
    told = units["walk_m"].to_numpy(float)
    same = np.isclose(told, walk, rtol=0, atol=_ROUNDED_M, equal_nan=True).all()
    _require(same, "walks are not those of its problem")
    return chosen


def _unique(ids: Any, what: str) -> None:
    _require(not ids.duplicated().any(), f"two {what} have one id")


def _positions(names: Any, known: Any, wrong: str) -> Ints:
    """Give where each name stands among those known, -1 for ""."""
    at = {str(name): i for i, name in enumerate(known)} | {"": -1}
    _require(set(names) <= at.keys(), wrong)
    return np.array([at[str(name)] for name in names], np.int64)


def _require_certificate(tables: PlanTables, chosen: Ints) -> None:
    claimed = tables.certificate
    found = audit(tables.problem, chosen, claimed.bound_m)
    _require(np.isfinite(claimed.bound_m), "its bound is no number")
    for name in ("cost_m", "penalty_m", "change_m", "unserved"):
        _require(_close(getattr(claimed, name), getattr(found, name)), f"its {name} is another")
    _require(
        sorted(claimed.disconnected) == sorted(found.disconnected), "its connection is another"
    )
    _require(claimed.ties == found.ties or _same_ties(claimed, found), "its ties are others")
    broken = [sorted((v.rule, v.centre) for v in c.violations) for c in (claimed, found)]
    _require(broken[0] == broken[1], "other rules are broken than it says")
    for told, true in zip(claimed.rules, found.rules, strict=False):
        same = (told.name, told.low, told.high, told.broken) == (
            true.name,
            true.low,
            true.high,
            true.broken,
        )
        same = same and _close(told.lowest, true.lowest) and _close(told.highest, true.highest)
        _require(same, "its rules came out otherwise")
    _require(len(claimed.rules) - len(found.rules) in (0, 1), "it tells of other rules")
    if not tables.problem.hard & {v.rule for v in found.violations}:
        above = found.bound_m - found.value_m
        _require(
            above <= TOLERANCE * max(abs(found.value_m), 1.0), "its bound lies above its value"
        )


def _require_cared(tables: PlanTables) -> None:
    if tables.cared is None:
        return
    for column in ("rule", "person_id", "member"):
        _require(column in tables.cared, f"the table cared has no column {column}")
    rules = {rule.name for rule in tables.problem.rules}
    _require(
        set(tables.cared["rule"]) <= rules, "care is shared out by a rule that it does not have"
    )
    member = tables.cared["member"].to_numpy()
    _require(np.isin(member, (0, 1)).all(), "care is shared out among neither homes nor members")
    for which, frame, name in (
        (0, tables.households, "household_id"),
        (1, tables.members, "member_id"),
    ):
        known = tables.cared.loc[member == which, "person_id"].isin(frame[name])
        _require(known.all(), "care is shared out among people whom it does not have")


def _require_wished(tables: PlanTables) -> None:
    if tables.wished is None:
        return
    for column in ("unit_id", "member", "wish1", "wish2", "wish3"):
        _require(column in tables.wished, f"the table wished has no column {column}")
    told = tables.provenance.get("wishes")
    _require(
        told == wishes_of(tables).counts(assignment_of(tables)),
        "its wishes are met otherwise than it says",
    )


def _same_ties(one: Certificate, other: Certificate) -> bool:
    if one.ties is None or other.ties is None:
        return False
    counts = ("kept", "ties", "parted", "aparts", "joined", "neighbours")
    same = all(getattr(one.ties, name) == getattr(other.ties, name) for name in counts)
    return same and _close(one.ties.broken_m, other.ties.broken_m)


def _close(one: float, other: float) -> bool:
    return one == other or abs(one - other) <= TOLERANCE * max(abs(other), 1.0)


def _require_people(tables: PlanTables, chosen: Ints) -> None:
    """Hold homes, members and gaps against the units that they live in."""
    units, homes, members = tables.units, tables.households, tables.members
    zones = np.append(units["zone"].to_numpy(object), "")
    for what, people in (("a home", homes), ("a member", members)):
        unit = _positions(people["unit_id"], units["unit_id"], f"{what} lives in no unit")
        same = (people["zone"].to_numpy(object) == zones[unit]).all()
        _require(same, f"{what} lies in another zone than its building")
        if what == "a home":
            _require_counts(unit, units["households"].to_numpy(int), "homes")
        else:
            _require_counts(unit, units["members"].to_numpy(int), "members")
    _unique(homes["household_id"], "homes")
    _unique(members["member_id"], "members")
    centres = set(tables.centres["centre_id"])
    marked = set(members.loc[members["is_centre"].astype(bool), "member_id"])
    named = centres - (_unnamed(tables) - set(members["member_id"]))
    _require(named <= set(members["member_id"]) and named <= marked, "a centre is no member")
    _require(
        set(homes["member"]) <= {"", *members["member_id"]}, "a home is served by nobody known"
    )
    _require(set(tables.gaps["household_id"]) <= set(homes["household_id"]), "a gap is nobody's")
    _require(set(tables.gaps["cause"]) <= GAP_CAUSES.keys(), "a gap has a cause that is not known")
    _require(set(homes["gap"]) <= {"", *GAP_CAUSES}, "a gap has a cause that is not known")
    _require(
        (chosen[tables.problem.home] == np.arange(len(centres))).all(),
        "a centre lies in another zone",
    )


def _unnamed(tables: PlanTables) -> set[str]:
    """Centres of zones that a meeting split off: where they are is known, who they are is not yet."""
    found: set[str] = set()
    for entry in tables.provenance.get("history") or ():
        seats = entry.get("centres") if isinstance(entry, Mapping) else None
        for seat in seats if isinstance(seats, list) else ():
            if isinstance(seat, Mapping) and seat.get("from") == "":
                found.add(str(seat.get("centre")))
    return found


def _require_counts(unit: Ints, told: Ints, what: str) -> None:
    found = np.bincount(unit[unit >= 0], minlength=len(told))
    _require(np.array_equal(found, told), f"a unit has other {what} than are listed for it")


def _require_zones(tables: PlanTables, chosen: Ints) -> None:
    """Hold the figures of zones against their units."""
    units, centres, zones = tables.units, tables.centres, tables.zones
    same = list(zones["centre_id"]) == list(centres["centre_id"])
    _require(same, "there are other zones than centres")
    _require(list(zones["number"]) == list(centres["number"]), "zones have other numbers")
    _unique(centres["number"], "centres")
    served = chosen >= 0
    for column in ("households", "members"):
        weight = units[column].to_numpy(float)[served]
        true = np.bincount(chosen[served], weight, minlength=len(centres))
        for frame in (centres, zones):
            same = np.array_equal(frame[column].to_numpy(float), true)
            _require(same, f"a zone has other {column} than its units")
    gaps: Iterable[int] = (
        tables.gaps["zone"].value_counts().reindex(centres["centre_id"], fill_value=0)
    )
    _require(list(gaps) == list(zones["gaps"]), "a zone has other gaps than are listed for it")
    _require(all(f.severity in Severity for f in tables.findings), "a finding has no severity")

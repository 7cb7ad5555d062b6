"""Changes of a meeting: checked against the plan, replayed, completed, recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from planner.errors import InfeasibleError, InputError
from planner.model import audit
from planner.model.arrays import AnyInts, Bools, Ints
from planner.model.certificate import Violation
from planner.model.clash import TieClash
from planner.model.excerpt import of_pairs
from planner.model.problem import Certificate, Problem, Result
from planner.model.project import MOVE_PRICE_M
from planner.model.rules import rule_words
from planner.model.tables import PlanTables
from planner.plan.build import assemble
from planner.plan.changefile import LONGEST_NAME, Changes, holds_private
from planner.plan.frames import assignment_of
from planner.plan.kept import Kept
from planner.plan.provenance import history_of, locks_of, moment, plan_fingerprint
from planner.plan.reseat import Reseated, reproven, reseated
from planner.plan.store.past import with_past
from planner.plan.undisturbed import parts_of
from planner.solve.zones.search import Progress, Stop, solve

__all__ = ["apply_changes", "office", "refuse_parted", "replayed"]


def replayed(tables: PlanTables, changes: Changes, found: Reseated | None = None) -> Ints:
    """Check changes against a plan, and make the moves.

    `found`: the plan with its centres where the changes want them.
    Gives, shape (n_units,): centre of each unit afterwards, -1 for none.
    Raises `InputError`: the changes are those of another plan, name what it does not have, move what is
    locked or a centre's home, or bring a unit to a centre that may not serve it.
    """
    if changes.plan != plan_fingerprint(tables):
        raise InputError.of("changes-of-another-plan")
    unit = {u: i for i, u in enumerate(tables.units["unit_id"])}
    _check_locks(tables, changes, unit)
    found = found or _reseated(tables, changes)
    centre = {c: i for i, c in enumerate(found.tables.centres["centre_id"])} | {"": -1}
    known = centre.keys() | set(tables.centres["centre_id"])
    assignment, pairs = assignment_of(found.tables), found.tables.problem
    was = tables.units["zone"].to_numpy(object)
    homes = {int(h): c for c, h in enumerate(pairs.home)}
    for number, move in enumerate(changes.moves, 1):
        if move.unit not in unit:
            raise InputError.of("changes-move-unknown-unit", number=number, unit=move.unit)
        for name in (move.origin, move.target):
            if name not in known:
                raise InputError.of("changes-unknown-centre", number=number, name=name)
        if move.target not in centre:
            raise InputError.of("changes-unknown-centre", number=number, name=move.target)
        u, target = unit[move.unit], centre[move.target]
        if was[u] != move.origin:
            raise InputError.of(
                "changes-move-from-elsewhere",
                number=number,
                unit=move.unit,
                origin=move.origin or "nobody",
                origin_zh=move.origin or "任何中心户",
            )
        if u in homes and target != homes[u]:
            raise InputError.of("changes-move-centre-home", number=number, unit=move.unit)
        may = pairs.pair_centre[pairs.pair_start[u] : pairs.pair_start[u + 1]]
        if target >= 0 and target not in may:
            raise InputError.of(
                "changes-out-of-reach", number=number, target=move.target, unit=move.unit
            )
        assignment[u] = target
    if lost := np.flatnonzero((assignment < 0) & (was != "")).tolist():
        told = {m.unit for m in changes.moves}
        left = [name for u in lost if (name := tables.units["unit_id"].iloc[u]) not in told]
        if left:
            raise InputError.of("changes-left-behind", n=len(left), unit=left[0])
    return assignment


def _reseated(tables: PlanTables, changes: Changes) -> Reseated:
    return reseated(tables, changes.centres, {m.unit: m.target for m in changes.moves})


def _check_locks(tables: PlanTables, changes: Changes, unit: Mapping[str, int]) -> None:
    for what, names in (("locks", changes.locks), ("unlocked", changes.unlocked)):
        for name in names:
            if name not in unit:
                raise InputError.of("changes-unknown-unit", what=what, name=name)
    held = set(locks_of(tables))
    if strangers := sorted(set(changes.unlocked) - held):
        raise InputError.of("changes-open-no-lock", unit=strangers[0])
    # A lock of the plan holds until the changes say that it was opened.
    closed = held - set(changes.unlocked)
    if lost := sorted(closed - set(changes.locks)):
        raise InputError.of("changes-lose-lock", unit=lost[0])
    moved = sorted(closed & {m.unit for m in changes.moves})
    if moved:
        raise InputError.of("changes-move-locked", unit=moved[0], n=len(moved))


def apply_changes(
    tables: PlanTables,
    changes: Changes,
    *,
    complete: bool = False,
    stop: Stop | None = None,
    seed: int = 0,
    by: str = "",
    when: datetime | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> PlanTables:
    """Replay changes on a plan, check the outcome, and record it in the plan's history.

    Parameters
    ----------
    complete : bool
        Solve the rest again: what was moved or is locked stays, all else may follow where that is
        worth `MOVE_PRICE_M` for each home.
    stop, seed, progress
        As for `planner.solve.zones.search.solve`; used with `complete`.
    by : str
        The office that decided; never a person's name.
    when : datetime, optional
        Time of recording, UTC; now by default.

    Returns
    -------
    PlanTables
        Shapes, figures, gaps and certificate made again.  The proven bound is that of the plan
        before, which holds for any plan of these units; where centres are elsewhere it is proven again; of a
        plan on which the meeting insists nothing is
        proven, and its history says on what.

    Raises
    ------
    InputError
        See `replayed`; or `by` is not an office's name; or a zone falls apart and neither `complete` is
        asked for nor the meeting insists, or what was moved cannot be connected; or a centre cannot be where
        it is wanted, see `planner.plan.reseat.reseated`.
    InfeasibleError
        A hard rule is broken, and the meeting does not insist.
    """
    decided = office(by)
    found = _reseated(tables, changes)
    stand, problem = found.tables, found.tables.problem
    assignment = replayed(tables, changes, found)
    moved = assignment != assignment_of(stand)
    if complete:
        locked = stand.units["unit_id"].isin(changes.locks).to_numpy()
        assignment = _completed(stand, assignment, moved | locked, stop, seed, progress)
    # The bound of the plan before was proven for any plan of these units: moving some by hand
    # cannot make it false, only the gap to it larger. Centres elsewhere are proven anew.
    bound_m, parts = reproven(found, tables)
    certificate = _checked(problem, assignment, bound_m, stand, insist=changes.insist)
    method = "moved by hand" + (", rest solved" if complete else "")
    stand = replace(stand, parts=parts)
    result = Result(
        assignment.astype(np.int32),
        certificate.bound_m,
        parts_of(stand, assignment, method),
        stopped=str(tables.provenance.get("stopped", "")),
    )
    made = assemble(stand, result, certificate, Kept(stand, found.freed))
    before = tables.certificate
    entry = _entry(tables, changes, decided, when, complete) | {
        "moved_units": int(
            (made.units["zone"].to_numpy() != tables.units["zone"].to_numpy()).sum()
        ),
        "value_before_m": before.value_m,
        "value_m": certificate.value_m,
    }
    if insisted := _insisted(stand, certificate) if changes.insist else {}:
        entry["insisted"] = insisted
    history = [*(dict(e) for e in history_of(tables)), entry]
    return with_past(replace(made, provenance={**made.provenance, "history": history}), tables)


def office(by: str) -> str:
    """Give the name of an office as it stands in a plan's history.

    Raises `InputError`: it is none, or holds the number of a person.
    """
    if len(by) > LONGEST_NAME or holds_private(by) or not by.isprintable():
        raise InputError.of("changes-bad-office", longest_name=LONGEST_NAME)
    return by


def _checked(
    problem: Problem, assignment: Ints, bound_m: float, tables: PlanTables, *, insist: bool
) -> Certificate:
    ids = tables.centres["centre_id"].to_numpy(object)
    found = audit.audit(problem, assignment, bound_m)
    if insist:
        # The page said what is broken before it wrote: the decision is recorded, the plan marked.
        kept = not found.disconnected and not _hard_broken(problem, found)
        # the bound is of plans that hang together and keep hard rules: it says nothing of this one
        return found if kept else audit.audit(problem, assignment, 0.0)
    if found.disconnected:
        names = ", ".join(str(ids[c]) for c in found.disconnected[:5])
        raise InputError.of("changes-part-zones", n=len(found.disconnected), names=names)
    certificate = audit.check(problem, Result(assignment.astype(np.int32), bound_m))
    if broken := _hard_broken(problem, certificate):
        worst = max(broken, key=lambda v: v.excess)
        rule_zh, rule = rule_words(worst.rule)
        raise InfeasibleError.of(
            "changes-break-rule",
            {"certificate": certificate},
            rule=rule,
            centre=ids[worst.centre],
            amount=worst.amount,
            limit=worst.limit,
            rule_zh=rule_zh,
        )
    return certificate


def _hard_broken(problem: Problem, certificate: Certificate) -> list[Violation]:
    return [v for v in certificate.violations if v.rule in problem.hard]


def _insisted(tables: PlanTables, certificate: Certificate) -> dict[str, list[str]]:
    """Tell what a plan would have been refused for: centres of zones in parts, broken hard rules."""
    parted = tables.centres["centre_id"].to_numpy(object)[list(certificate.disconnected)]
    broken = sorted({v.rule for v in _hard_broken(tables.problem, certificate)})
    found = {"disconnected": [str(c) for c in parted], "rules": broken}
    return found if parted.size or broken else {}


def _completed(
    tables: PlanTables,
    assignment: Ints,
    fixed: Bools,
    stop: Stop | None,
    seed: int,
    progress: Callable[[Progress], None] | None,
) -> Ints:
    """Solve again with some units held: only the pair that each is held in remains."""
    problem = tables.problem
    unit = problem.pair_unit
    stays = problem.pair_centre == assignment[unit]
    held = fixed & (assignment >= 0)
    # Beside what the problem charges: what the meeting did not touch stays where it is.
    price = np.where(stays, 0.0, MOVE_PRICE_M * problem.households[unit])
    keep = ~held[unit] | stays
    restricted = of_pairs(problem, keep, change_m=(problem.change_m + price)[keep])
    try:
        result = solve(restricted, stop=stop, start=assignment, seed=seed, progress=progress)
    except InfeasibleError as refused:
        clash = refused.clash
        if not isinstance(clash, TieClash):
            raise
        names = (str(tables.units["label"].iloc[u]) for u in (clash.a, clash.b))
        raise clash.error(
            *((name, name) for name in names),
            remedy=("请撤回部分移动或锁定", "take some of the moves or locks back"),
        ) from None
    found = result.assignment.astype(np.int64)
    refuse_parted(tables.units["unit_id"], np.where(held, assignment, -1), found)
    return found


def refuse_parted(names: Iterable[str], held: Ints, found: AnyInts) -> None:
    """Refuse an assignment in which units are not with the centre that they are held with, -1 for none.

    Raises `InputError`: it names the units.
    """
    lost = np.flatnonzero((held >= 0) & (found != held))
    if len(lost):
        parted = [str(name) for name in np.array(list(names), object)[lost[:5]]]
        raise InputError.of(
            "changes-cannot-connect",
            n=len(lost),
            names=", ".join(parted),
            names_zh="、".join(parted),
        )


def _entry(
    tables: PlanTables, changes: Changes, office: str, when: datetime | None, complete: bool
) -> dict[str, Any]:
    lived = dict(zip(tables.centres["centre_id"], tables.centres["unit_id"], strict=True))
    elsewhere = [
        {"centre": s.centre, "from": lived.get(s.centre, ""), "to": s.unit} for s in changes.centres
    ]
    return {
        "when": moment(when),
        "made": changes.created,
        "by": office,
        "plan": changes.plan,
        "moves": [{"unit": m.unit, "from": m.origin, "to": m.target} for m in changes.moves],
        "locks": [u for u in tables.units["unit_id"] if u in set(changes.locks)],
        "unlocked": list(changes.unlocked),
        "notes": [{"lon": n.lon, "lat": n.lat, "text": n.text} for n in changes.notes],
        "completed": complete,
        **({"centres": elsewhere} if elsewhere else {}),
    }

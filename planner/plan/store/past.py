"""The plans before a plan, packed into its file: every change can be undone, without the older files.

What a plan shares with the one after it, its base layers and its digests of names, is not stored twice.
The first is packed whole, all others by what differs from an earlier one: they lean on nothing but packed
plans, so that no edit of today's can reach them.
"""

from __future__ import annotations

import json
import lzma
import sqlite3
from collections.abc import Collection, Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from planner.errors import InputError
from planner.model.tables import Past, PlanTables
from planner.plan.provenance import RELEASES, history_of, plan_fingerprint
from planner.plan.store.delta import Tables, database_of, decoded, encoded, tables_in
from planner.plan.store.plans import plan_bytes, read_bytes, read_database

__all__ = ["broken_past", "restored", "with_past"]

_LARGEST: Final = 1 << 30  # bytes of one unpacked plan; a file from elsewhere may say anything
_STRIDE: Final = 6
_DELTA: Final = b"planner-delta-1\n"
"""Of files of the first versions: told by the plan right before it; what has no head is a file as it was."""
_TOLD: Final = b"planner-delta-2\n"
_STEPS_BYTES: Final = 2
"""Behind this head stands how many plans before it the one lies that it is told by."""
_GUARD: Final = "guard"
"""What a plan knows of names by digests: that of the plan after it knows them, too."""
_NOTES: Final = ("plan",)
_GROWING: Final = ("events", "history")
_KNOWN: Final = "known_after"
"""How many entries of each the plan after it has word for word: they are not stored twice."""


def with_past(after: PlanTables, before: PlanTables) -> PlanTables:
    """Keep the plan before in the plan after it, behind those that it keeps itself."""
    same = tuple(n for n, layer in before.base.items() if layer.equals(after.base[n]))
    base = {n: layer.iloc[:0] if n in same else layer for n, layer in before.base.items()}
    # Said, but not stored twice; and a plan that knew nobody does not learn by being undone.
    note = {k: {} if k == _GUARD else v for k, v in before.provenance.items()}
    note |= _shortened(before, after)
    data = plan_bytes(replace(before, base=base, provenance=note, past=()), sealing=False)
    past = Past(plan_fingerprint(before), same, _packed(data, before.past))
    return replace(after, past=(*before.past, past))


def _shortened(before: PlanTables, after: PlanTables) -> dict[str, Any]:
    """Leave out of the lists that only grow what the plan after it says word for word, too."""
    made: dict[str, Any] = {}
    known: dict[str, int] = {}
    for name in _GROWING:
        own, later = (list(p.provenance.get(name) or ()) for p in (before, after))
        pairs = enumerate(zip(own, later, strict=False))
        same = next((i for i, (a, b) in pairs if a != b), min(len(own), len(later)))
        if same:
            made[name], known[name] = own[same:], same
    return made | ({_KNOWN: known} if known else {})


def _lengthened(found: Mapping[str, Any], after: PlanTables) -> dict[str, Any]:
    """Put back what was left out.

    Raises `InputError`: the plan after it does not have as much.
    """
    note = dict(found)
    known = note.pop(_KNOWN, {})
    if not isinstance(known, dict) or known.keys() - set(_GROWING):
        raise InputError.of("past-damaged")
    for name, n in known.items():
        later = list(after.provenance.get(name) or ())
        if not isinstance(n, int) or not 0 < n <= len(later):
            raise InputError.of("past-damaged")
        note[name] = [*later[:n], *note[name]]
    return note


def _packed(data: bytes, older: tuple[Past, ...]) -> bytes:
    """Pack a plan, by what differs from an earlier one if there is one that is whole."""
    now = tables_in(data)
    if steps := _steps(len(older)):
        # a past that is damaged is told when it is asked for, and is nothing to build on
        with suppress(InputError):
            base = _tables(older, len(older) - steps)
            told = encoded(now, base)
            # what cannot be read back is not kept so
            if decoded(told, base) == now:
                return _headed(steps, told)
    told = encoded(now, {})
    if decoded(told, {}) == now:
        return _headed(0, told)
    return lzma.compress(data, format=lzma.FORMAT_XZ, preset=6)


def _headed(steps: int, told: bytes) -> bytes:
    packed = lzma.compress(told, format=lzma.FORMAT_XZ, preset=6)
    return _TOLD + steps.to_bytes(_STEPS_BYTES, "little") + packed


def _steps(number: int) -> int:
    """Give how many plans before it the one lies that a plan is told by; 0 for the very first.

    Month by month, every sixth by the sixth before it, every thirty-sixth by the one three years before: so
    no plan is more than some ten others away from the first, however many there are.
    """
    steps = 1 if number else 0
    while steps and number % (steps * _STRIDE) == 0:
        steps *= _STRIDE
    return steps


def _base(past: Sequence[Past], at: int) -> int:
    """Give the position of the plan that one is told by, -1 if it is told by itself.

    Raises `InputError`: there is no such plan.
    """
    data = past[at].data
    steps = 1 if data.startswith(_DELTA) else 0
    if data.startswith(_TOLD):
        steps = int.from_bytes(data[len(_TOLD) :][:_STEPS_BYTES], "little")
    if steps > at:
        raise InputError.of("past-damaged")
    return at - steps if steps else -1


def _tables(
    past: Sequence[Past],
    at: int,
    names: Collection[str] = (),
    seen: MutableMapping[int, Tables] | None = None,
) -> Tables:
    """Unpack one of these plans, from the whole one on that it leans on.

    `names`: no more tables than these. `seen`: plans by position that were unpacked; each new one is added.
    """
    known = {} if seen is None else seen
    chain = [at]
    while chain[-1] not in known and (base := _base(past, chain[-1])) >= 0:
        chain.append(base)
    tables: Tables = {}
    for number in reversed(chain):
        tables = known[number] if number in known else _next(tables, past[number], names)
        if seen is not None:
            seen[number] = tables
    return tables


def _next(tables: Tables, past: Past, names: Collection[str] = ()) -> Tables:
    """Unpack a plan that is told by what differs from another, or stands for itself."""
    data = past.data
    try:
        if data.startswith(_DELTA):
            return decoded(_unpacked(data[len(_DELTA) :]), tables, names)
        if data.startswith(_TOLD):
            return decoded(_unpacked(data[len(_TOLD) + _STEPS_BYTES :]), tables, names)
        return tables_in(_unpacked(data), names)
    except (
        sqlite3.Error, ValueError, TypeError, AttributeError, LookupError, msgspec.DecodeError,
    ) as damaged:  # fmt: skip
        raise InputError.of("past-damaged") from damaged


def restored(tables: PlanTables, steps: int) -> PlanTables:
    """Go back some changes.

    Parameters
    ----------
    tables : PlanTables
        The plan of today.
    steps : int
        Changes to undo.

    Returns
    -------
    PlanTables
        The plan as it was, with the past that it had.

    Raises
    ------
    InputError
        It does not keep as many, or what it keeps is damaged.
    """
    if steps > len(tables.past):
        raise InputError.of("past-too-short", steps=steps, kept=len(tables.past))
    seen: dict[int, Tables] = {}
    for left in range(steps, 0, -1):
        # of a plan between nothing is asked but what those before it lean on
        passing = left > 1 and set(tables.past[-1].same) == set(tables.base)
        tables = _passed(tables, seen) if passing else _before(tables)
    return tables


def _passed(tables: PlanTables, seen: dict[int, Tables]) -> PlanTables:
    """Go back a change to a plan of which the notes alone are right; `seen`: notes that were unpacked."""
    older = tables.past[:-1]
    plan = _tables(tables.past, len(older), _NOTES, seen).get(_NOTES[0], {})
    try:
        notes = dict(zip(plan["name"], plan["value"], strict=True))
        note = dict(json.loads(notes["provenance"]))
    except (ValueError, TypeError, LookupError) as damaged:
        raise InputError.of("past-damaged") from damaged
    return replace(tables, provenance=_note_of(note, tables), past=older)


def _before(tables: PlanTables) -> PlanTables:
    *older, past = tables.past
    if past.data.startswith((_DELTA, _TOLD)):
        tables_of = _tables(tables.past, len(older))
        try:
            found = read_database(database_of(tables_of), Path("plan.gpkg"))
        except (sqlite3.Error, ValueError) as damaged:
            raise InputError.of("past-damaged") from damaged
    else:
        found = read_bytes(_unpacked(past.data), Path("plan.gpkg"))
    base = {n: tables.base[n] if n in past.same else layer for n, layer in found.base.items()}
    made = replace(
        found,
        base=base,
        provenance=_note_of(found.provenance, tables),
        past=tuple(older),
        waived=tables.waived,
    )
    if plan_fingerprint(made) != past.fingerprint:
        raise InputError.of("past-damaged")
    return made


def _note_of(found: Mapping[str, Any], after: PlanTables) -> dict[str, Any]:
    """Give the notes of a plan from what is kept of them, and from those of the plan after it."""
    had = (_GUARD, RELEASES) if _GUARD in found else (RELEASES,)
    shared = {k: after.provenance[k] for k in had if k in after.provenance}
    return {**_lengthened(found, after), **shared}


def _unpacked(packed: bytes) -> bytes:
    unpack = lzma.LZMADecompressor(format=lzma.FORMAT_XZ)
    try:
        data = unpack.decompress(packed, max_length=_LARGEST)
    except lzma.LZMAError as damaged:
        raise InputError.of("past-damaged") from damaged
    if not unpack.eof:
        raise InputError.of("past-damaged")
    return data


def broken_past(tables: PlanTables) -> tuple[int, ...]:
    """Give the numbers of the changes that cannot be undone although the plan keeps what is needed.

    Each packed plan must be whole, and be the one that the history says the change was made on.
    """
    history = history_of(tables)
    first = len(history) - len(tables.past)
    if first < 0:
        return tuple(range(1, len(tables.past) + 1))
    broken: list[int] = []
    seen: dict[int, Tables] = {}
    for at, (entry, past) in enumerate(zip(history[first:], tables.past, strict=True)):
        try:
            _tables(tables.past, at, (), seen)
        except InputError:
            broken.append(first + at + 1)
        else:
            if entry["plan"] != past.fingerprint:
                broken.append(first + at + 1)
        # a plan takes much room: no more stay than those that later ones are told by
        steps = _STRIDE ** np.arange(6)
        seen = {n: seen[n] for n in set((at - at % steps).tolist()) if n in seen}
    return tuple(broken)

"""The plans before a plan, packed into its file: every change can be undone, without the older files.

What a plan shares with the one after it, its base layers and its digests of names, is not stored twice.
Every sixth is packed whole, those between by what differs from the one before: they lean on nothing but
packed plans, so that no edit of today's can reach them.
"""

from __future__ import annotations

import lzma
import sqlite3
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import msgspec

from planner.errors import InputError
from planner.model.tables import Past, PlanTables
from planner.plan.provenance import RELEASES, history_of, plan_fingerprint
from planner.plan.store.delta import Tables, database_of, decoded, encoded, tables_in
from planner.plan.store.plans import plan_bytes, read_bytes, read_database

__all__ = ["broken_past", "restored", "with_past"]

_LARGEST: Final = 1 << 30  # bytes of one unpacked plan; a file from elsewhere may say anything
_WHOLE_EVERY: Final = 6
_DELTA: Final = b"planner-delta-1\n"
_GUARD: Final = "guard"
"""What a plan knows of names by digests: that of the plan after it knows them, too."""
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


def _lengthened(found: PlanTables, after: PlanTables) -> dict[str, Any]:
    """Put back what was left out.

    Raises `InputError`: the plan after it does not have as much.
    """
    note = dict(found.provenance)
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
    """Pack a plan, by what differs from the one before if that is not too many steps from a whole one."""
    steps = len(older) - _whole(older)
    if 0 < steps < _WHOLE_EVERY:
        now, base = tables_in(data), None
        # a past that is damaged is told when it is asked for, and is nothing to build on
        with suppress(InputError):
            base = _tables(older)
        told = b"" if base is None else encoded(now, base)
        # what cannot be read back is not kept so
        if base is not None and decoded(told, base) == now:
            return _DELTA + lzma.compress(told, format=lzma.FORMAT_XZ, preset=6)
    return lzma.compress(data, format=lzma.FORMAT_XZ, preset=6)


def _whole(past: tuple[Past, ...]) -> int:
    """Give the position of the last plan that is packed whole; that behind the last if there is none."""
    found = [i for i, p in enumerate(past) if not p.data.startswith(_DELTA)]
    return found[-1] if found else len(past)


def _tables(past: tuple[Past, ...]) -> Tables:
    """Unpack the last of these plans, from the last whole one on."""
    first = _whole(past)
    if first == len(past):
        raise InputError.of("past-damaged")
    tables = _taken_apart(_unpacked(past[first].data))
    for later in past[first + 1 :]:
        tables = _next(tables, later)
    return tables


def _taken_apart(data: bytes) -> Tables:
    try:
        return tables_in(data)
    except sqlite3.Error as damaged:
        raise InputError.of("past-damaged") from damaged


def _next(tables: Tables, past: Past) -> Tables:
    """Unpack a plan that is told by what differs from another."""
    told = _unpacked(past.data.removeprefix(_DELTA))
    try:
        return decoded(told, tables)
    except (ValueError, TypeError, AttributeError, LookupError, msgspec.DecodeError) as damaged:
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
    for _ in range(steps):
        tables = _before(tables)
    return tables


def _before(tables: PlanTables) -> PlanTables:
    *older, past = tables.past
    if past.data.startswith(_DELTA):
        tables_of = _tables(tables.past)
        try:
            found = read_database(database_of(tables_of), Path("plan.gpkg"))
        except sqlite3.Error as damaged:
            raise InputError.of("past-damaged") from damaged
    else:
        found = read_bytes(_unpacked(past.data), Path("plan.gpkg"))
    base = {n: tables.base[n] if n in past.same else layer for n, layer in found.base.items()}
    had = (_GUARD, RELEASES) if _GUARD in found.provenance else (RELEASES,)
    shared = {k: tables.provenance[k] for k in had if k in tables.provenance}
    made = replace(
        found,
        base=base,
        provenance={**_lengthened(found, tables), **shared},
        past=tuple(older),
        waived=tables.waived,
    )
    if plan_fingerprint(made) != past.fingerprint:
        raise InputError.of("past-damaged")
    return made


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
    standing: Tables | None = None
    pairs = zip(history[first:], tables.past, strict=True)
    for number, (entry, past) in enumerate(pairs, first + 1):
        try:
            if not past.data.startswith(_DELTA):
                standing = _taken_apart(_unpacked(past.data))
            elif standing is not None:
                standing = _next(standing, past)
        except InputError:
            standing = None
        # whatever leans on a plan that is damaged is lost with it, up to the next whole one
        if standing is None or entry["plan"] != past.fingerprint:
            broken.append(number)
    return tuple(broken)

"""The plans before a plan, packed into its file: every change can be undone, without the older files.

What a plan shares with the one after it, its base layers and its digests of names, is not stored twice.
"""

from __future__ import annotations

import lzma
from dataclasses import replace
from pathlib import Path
from typing import Final

from planner.errors import InputError
from planner.model.tables import Past, PlanTables
from planner.plan.provenance import RELEASES, history_of, plan_fingerprint
from planner.plan.store.plans import plan_bytes, read_bytes

__all__ = ["broken_past", "restored", "with_past"]

_LARGEST: Final = 1 << 30  # bytes of one unpacked plan; a file from elsewhere may say anything
_GUARD: Final = "guard"
"""What a plan knows of names by digests: that of the plan after it knows them, too."""


def with_past(after: PlanTables, before: PlanTables) -> PlanTables:
    """Keep the plan before in the plan after it, behind those that it keeps itself."""
    same = tuple(n for n, layer in before.base.items() if layer.equals(after.base[n]))
    base = {n: layer.iloc[:0] if n in same else layer for n, layer in before.base.items()}
    # Said, but not stored twice; and a plan that knew nobody does not learn by being undone.
    note = {k: {} if k == _GUARD else v for k, v in before.provenance.items()}
    data = plan_bytes(replace(before, base=base, provenance=note, past=()), sealing=False)
    packed = lzma.compress(data, format=lzma.FORMAT_XZ, preset=6)
    past = Past(plan_fingerprint(before), same, packed)
    return replace(after, past=(*before.past, past))


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
    found = read_bytes(_unpacked(past), Path("plan.gpkg"))
    base = {n: tables.base[n] if n in past.same else layer for n, layer in found.base.items()}
    had = (_GUARD, RELEASES) if _GUARD in found.provenance else (RELEASES,)
    shared = {k: tables.provenance[k] for k in had if k in tables.provenance}
    made = replace(
        found,
        base=base,
        provenance={**found.provenance, **shared},
        past=tuple(older),
        waived=tables.waived,
    )
    if plan_fingerprint(made) != past.fingerprint:
        raise InputError.of("past-damaged")
    return made


def _unpacked(past: Past) -> bytes:
    unpack = lzma.LZMADecompressor(format=lzma.FORMAT_XZ)
    try:
        data = unpack.decompress(past.data, max_length=_LARGEST)
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
    broken = []
    pairs = zip(history[first:], tables.past, strict=True)
    for number, (entry, past) in enumerate(pairs, first + 1):
        try:
            _unpacked(past)
        except InputError:
            broken.append(number)
            continue
        if entry["plan"] != past.fingerprint:
            broken.append(number)
    return tuple(broken)

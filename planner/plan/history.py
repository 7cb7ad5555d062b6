"""What was done to a plan by hand, and what names the plan that it was done to.

The history lies in the plan's provenance under ``history``, oldest first, and is stored with it.  It
holds units, centres, notes and an office's name; never a person's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from planner.model.tables import PlanTables

__all__ = ["history_of", "locks_of", "notes_of", "plan_fingerprint"]


def plan_fingerprint(tables: PlanTables) -> str:
    """Digest of the problem, of who is served by whom, and of the locks and edits so far.

    Parameters
    ----------
    tables : PlanTables
        The plan.

    Returns
    -------
    str
        64 hexadecimal digits; a plan that differs in one unit's zone has another.
    """
    digest = hashlib.sha256(tables.problem.fingerprint().encode())
    lists = (tables.units["unit_id"], tables.units["zone"], tables.centres["centre_id"])
    for values in (*lists, locks_of(tables), (str(len(history_of(tables))),)):
        for value in values:
            data = str(value).encode("utf-8", "replace")
            digest.update(len(data).to_bytes(4, "little") + data)
        digest.update(b"\xff\xff\xff\xff")
    return digest.hexdigest()


def history_of(tables: PlanTables) -> tuple[Mapping[str, Any], ...]:
    """Give the edits that were applied to a plan, oldest first.

    Each has ``when, by, plan`` (fingerprint before)``, moves, locks`` (all that stood afterwards)``,
    unlocked, notes, completed`` (bool)``, moved_units, value_before_m, value_m``.
    """
    return tuple(tables.provenance.get("history") or ())


def locks_of(tables: PlanTables) -> tuple[str, ...]:
    """Give the ids of the units that are locked where they are, in the order of the units."""
    entries = history_of(tables)
    locked = set(entries[-1]["locks"]) if entries else set()
    return tuple(u for u in tables.units["unit_id"] if u in locked)


def notes_of(tables: PlanTables) -> tuple[Mapping[str, Any], ...]:
    """Give the notes on places that were handed in with edits: ``lon, lat, text``."""
    return tuple(note for entry in history_of(tables) for note in entry["notes"])

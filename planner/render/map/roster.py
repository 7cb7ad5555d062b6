"""The roster in an internal map: who lives where and who serves them, unit by unit."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from planner.model.tables import PlanTables
from planner.privacy.audience import INTERNAL_WORDS
from planner.privacy.person import People, Person

__all__ = ["roster_payload", "watermark"]

_STAMPS = 60


def roster_payload(tables: PlanTables, people: People | None = None) -> dict[str, Any]:
    """Gather the roster, column by column; positions are those of the plan's units.

    Parameters
    ----------
    people : People, optional
        Names, rooms and care flags; without it homes and members have their ids alone.

    Returns
    -------
    dict
        By household: ``unit`` (-1 for none)``, id, name, room, care, walk, gap, member`` (position in
        ``members``, -1 for none).  By member: ``members.id, members.name, members.unit``.
    """
    known = people or People()
    unit = {u: i for i, u in enumerate(tables.units["unit_id"])}
    member = {m: i for i, m in enumerate(tables.members["member_id"])}
    homes = tables.households
    persons = [known.households.get(h, Person()) for h in homes["household_id"]]
    return {
        "unit": [unit.get(u, -1) for u in homes["unit_id"]],
        "id": [str(h) for h in homes["household_id"]],
        "name": [p.name for p in persons],
        "room": [p.room for p in persons],
        "care": ["、".join(p.care) for p in persons],
        "walk": [None if not math.isfinite(w) else round(w) for w in homes["walk_m"]],
        "gap": [str(g) for g in homes["gap"]],
        "member": [member.get(m, -1) for m in homes["member"]],
        "members": {
            "id": [str(m) for m in tables.members["member_id"]],
            "name": [known.members.get(m, Person()).name for m in tables.members["member_id"]],
            "unit": [unit.get(u, -1) for u in tables.members["unit_id"]],
        },
    }


def watermark(day: date) -> str:
    """Write the watermark as markup: it lies over the page, on the screen and on paper."""
    words = f"{INTERNAL_WORDS} · {day.isoformat()}"
    return (
        '<div class="watermark" aria-hidden="true">' + f"<span>{words}</span>" * _STAMPS + "</div>"
    )

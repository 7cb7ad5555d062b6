"""What a re-zoning leaves in the plan, and the whole history in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner.intake.coordinates.datum import convert
from planner.model.events import KINDS, Event
from planner.model.tables import PlanTables
from planner.plan.provenance import history_of, plan_fingerprint

if TYPE_CHECKING:
    from planner.api.task import Case, Solved

__all__ = ["history_rows", "rezoned"]


def rezoned(case: Case, solved: Solved, tables: PlanTables) -> dict[str, Any]:
    """Give what the provenance of a re-zoned plan says more: ``history, events, rezone``; else nothing."""
    wish, kept, recut = case.task.rezone, case.kept, solved.recut
    if wish is None or kept is None or recut is None or case.before is None:
        return {}
    before = case.before.tables
    assert before is not None
    events = [e.to_mapping() for e in _without_rooms(wish.events, case)]
    figures = {
        "moved": recut.moved,
        "forced": recut.forced,
        "least": recut.least,
        "price_m": recut.price_m,
        "budget": wish.keeping.budget,
        "fewest": wish.keeping.fewest,
        "bound_m": recut.bound_m,
        "open_units": recut.open_units,
    }
    stamp = (wish.when or datetime.now(UTC)).astimezone(UTC)
    entry = {
        "kind": "rezone",
        "when": stamp.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "made": "",
        "by": wish.by,
        "plan": plan_fingerprint(before),
        "moves": [],
        "locks": list(kept.locks),
        "unlocked": [],
        "notes": [],
        "completed": False,
        "moved_units": int((tables.units["moved"] > 0).sum()),
        "value_before_m": before.certificate.value_m,
        "value_m": solved.certificate.value_m,
        "events": events[wish.earlier :],
        **figures,
    }
    history = [*(dict(e) for e in history_of(before)), entry]
    return {"history": history, "events": events, "rezone": figures}


def _without_rooms(events: tuple[Event, ...], case: Case) -> Iterator[Event]:
    """Keep of an address what the plan's own labels say, down to the stairwell: no room, no name."""
    homes, members = (
        f.set_index("id", drop=False) for f in (case.located.households, case.located.members)
    )
    for event in events:
        people = homes if event.kind.startswith("home") else members
        if event.where and event.id in people.index:
            yield replace(
                event, where=_where(people.loc[[event.id]].iloc[0], event, case.opened.datum)
            )
        else:
            # whoever left again is found nowhere: nothing is kept of where it was
            yield event if not event.where else replace(event, where={})


def _where(row: pd.Series, event: Event, datum: str | None) -> dict[str, Any]:
    label = str(row["label"])
    told: dict[str, Any] = {"address": label, "community": event.where.get("community", "")}
    told["floor"] = str(row["floor"])
    if "lon" in event.where:
        told |= {name: float(event.where[name]) for name in ("lon", "lat")}
    elif not label and np.isfinite(row["lon"]):
        # a place without a name that others write: its point, in the datum of the sheets
        lon, lat = convert([row["lon"]], [row["lat"]], "wgs84", datum or "wgs84")[0]
        told |= {"lon": round(float(lon), 7), "lat": round(float(lat), 7)}
    return {name: value for name, value in told.items() if value != ""}


_KIND = {kind.code: kind for kind in KINDS}


def history_rows(tables: PlanTables) -> list[dict[str, Any]]:
    """Tell the history of a plan, oldest first.

    Returns
    -------
    list of dict
        ``number, when, by, what_zh, what, homes_moved`` (None for edits, which are told by unit)``,
        plan`` (fingerprint of the plan before).
    """
    rows = []
    for number, entry in enumerate(history_of(tables), 1):
        zh, en = _events(entry) if entry.get("kind") == "rezone" else _edit(entry)
        rows.append(
            {
                "number": number,
                "when": entry["when"],
                "by": entry.get("by") or "",
                "what_zh": zh,
                "what": en,
                "homes_moved": entry.get("moved") if entry.get("kind") == "rezone" else None,
                "plan": entry["plan"],
            }
        )
    return rows


def _events(entry: Mapping[str, Any]) -> tuple[str, str]:
    counts = Counter(event["kind"] for event in entry["events"])
    named = [(_KIND[code], n) for code, n in sorted(counts.items()) if code in _KIND]
    if not named:
        return "重划：按最新名册", "re-zoned by the register of the day"
    zh = "、".join(f"{kind.zh}{n}" for kind, n in named)
    return f"重划：{zh}", "re-zoned: " + ", ".join(f"{kind.en} x{n}" for kind, n in named)


def _edit(entry: Mapping[str, Any]) -> tuple[str, str]:
    moves, locks = len(entry["moves"]), len(entry["locks"])
    zh, en = f"地图调整：{moves}个单元", f"edited on the map: {moves} units"
    if locks:
        zh, en = f"{zh}，锁定{locks}个", f"{en}, {locks} locked"
    return zh, en

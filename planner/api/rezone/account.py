"""What a re-zoning leaves in the plan, and the whole history in words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from planner.api.rezone.broken_rules import mended
from planner.api.rezone.drift import drifted
from planner.intake.address.fold import CJK
from planner.intake.coordinates.datum import convert
from planner.intake.online.outgoing import cut_label
from planner.model.events import KINDS, Event, HomeMove
from planner.model.tables import PlanTables
from planner.plan.compare import compared
from planner.plan.diff import changes_between, differences
from planner.plan.provenance import RELEASES, history_of, moment, plan_fingerprint

if TYPE_CHECKING:
    from planner.api.rezone.wish import RezoneWish
    from planner.api.task import Case, Solved

__all__ = ["diff", "history_rows", "rezoned"]


def rezoned(case: Case, solved: Solved, tables: PlanTables) -> dict[str, Any]:
    """Give what the provenance of a re-zoned plan says more: ``history, events, moves, rezone``."""
    wish, kept, recut = case.task.rezone, case.kept, solved.recut
    if wish is None or kept is None or recut is None or case.before is None:
        return {}
    before = case.before.tables
    assert before is not None
    events = [e.to_mapping() for e in _without_rooms(wish.events, case)]
    figures: dict[str, Any] = {
        "moved": recut.moved,
        "forced": recut.forced,
        "least": recut.least,
        "price_m": recut.price_m,
        "budget": wish.keeping.budget,
        "fewest": wish.keeping.fewest,
        "zone_budget": wish.keeping.zone_budget,
        "most_lost": recut.most_lost,
        "member_budget": wish.keeping.member_budget,
        "most_lost_member": max(recut.most_lost_member, _lost_by_members(tables)),
        "bound_m": recut.bound_m,
        "open_units": recut.open_units,
    }
    drift = drifted(case, solved, tables)
    figures["drift"] = drift.figures
    if wish.mend:
        told = mended(case, recut, solved.certificate.violations)
        figures["mended"] = [asdict(rule) | {"zones": list(rule.zones)} for rule in told]
    entry = {
        "kind": "rezone",
        "when": moment(wish.when),
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
    found = _moves(wish, before, tables, recut.price_m)
    # a list, as it comes back from the file
    moves = [asdict(move) | {"rows": list(move.rows)} for move in found]
    made = {"history": history, "events": events, "rezone": figures, "moves": moves}
    made["drift"] = drift.parts
    released = before.provenance.get(RELEASES)
    return made | ({RELEASES: list(released)} if released else {})


def _lost_by_members(tables: PlanTables) -> int:
    """Give how many homes a member loses at most, whatever zone they go to; 0 where nobody asked."""
    return int(tables.provenance.get("staffing", {}).get("most_lost", 0))


def _moves(
    wish: RezoneWish, before: PlanTables, tables: PlanTables, price_m: float
) -> Iterator[HomeMove]:
    """Say of each home that changes hands what it comes from.

    A part in which nothing happened is not cut again: without the events of its community a home would have
    stayed, so that they are its cause, together where there are several and it is not asked for each.
    """
    rows_of: dict[str, list[int]] = {}
    places = _Places.of(before, tables)
    for event in wish.new:
        for fence in places.fences(event):
            rows_of.setdefault(fence, []).append(event.row)
    alone = _single_causes(wish, places, rows_of, price_m)
    own = {event.id: event.row for event in wish.new if event.kind.startswith("home")}
    given = {event.target for event in wish.new if event.kind == "give"}
    centres = set(tables.centres["centre_id"])
    retired = {e.id: e.row for e in wish.new if e.kind in ("centre-out", "member-out", "objection")}
    walked = dict(zip(before.households["household_id"], before.households["walk_m"], strict=True))
    label = dict(zip(tables.units["unit_id"], tables.units["label"], strict=True))
    homes = tables.households[tables.households["moved"].astype(bool)]
    columns = ("household_id", "unit_id", "fence", "previous_zone")
    for home, unit, fence, was in zip(*(homes[c] for c in columns), strict=True):
        near = tuple(rows_of.get(fence, ()))
        if was not in centres:
            cause, rows = "centre", (retired[was],) if was in retired else near
        elif home in own:
            cause, rows = "own", (own[home],)
        elif unit in given or label.get(unit) in given:
            cause, rows = "given", near
        elif (home in alone) and not wish.everywhere:
            cause, rows = "event", alone[home]
        else:
            cause, rows = ("all", ()) if wish.everywhere else ("community", near)
        walk = float(walked.get(home, np.nan))
        yield HomeMove(str(home), cause, rows, round(walk, 1) if np.isfinite(walk) else None)


def _single_causes(
    wish: RezoneWish, places: _Places, rows_of: Mapping[str, list[int]], price_m: float
) -> Mapping[str, tuple[int, ...]]:
    """Find the rows without any one of which a home would have stayed; of communities with several events."""
    found: dict[str, tuple[int, ...]] = {}
    if wish.without is None:
        return found
    for number, event in enumerate(wish.new):
        fences = {f for f in places.fences(event) if len(rows_of[f]) > 1}
        moved = wish.without(number, price_m, fences) if fences else None
        if moved is not None:
            homes = {h for h, where in places.homes.items() if where & fences}
            for home in homes - moved:
                found[home] = (*found.get(home, ()), event.row)
    return found


@dataclass(frozen=True, eq=False)
class _Places:
    """Communities by who lives there and by what they are made of, in the plan before and in the new one."""

    homes: Mapping[str, set[str]]
    members: Mapping[str, set[str]]
    units: Mapping[str, set[str]]

    @classmethod
    def of(cls, *plans: PlanTables) -> _Places:
        homes, members, units = (defaultdict[str, set[str]](set) for _ in range(3))
        for plan in plans:
            columns = [
                (homes, plan.households, "household_id"),
                (members, plan.members, "member_id"),
            ]
            columns += [(units, plan.units, name) for name in ("label", "building", "unit_id")]
            for found, frame, name in columns:
                for key, fence in zip(frame[name], frame["fence"], strict=True):
                    found[key].add(fence)
        return cls(homes, members, units)

    def fences(self, event: Event) -> set[str]:
        """Give where an event happened: where its home or member is, or was; everywhere for a rule."""
        if event.kind == "rule":
            return set().union(*self.units.values())
        people = self.homes if event.kind.startswith("home") else self.members
        return people.get(event.id, set()) | self.units.get(event.target, set())


def _without_rooms(events: tuple[Event, ...], case: Case) -> Iterator[Event]:
    """Keep of an address what the plan's own labels say, down to the stairwell: no room, no name."""
    homes, members = (
        f.set_index("id", drop=False) for f in (case.located.households, case.located.members)
    )
    wish = case.task.rezone
    assert wish is not None
    for number, event in enumerate(events):
        people = homes if event.kind.startswith("home") else members
        if not event.where:
            yield event
        elif event.id in people.index:
            where = _where(people.loc[[event.id]].iloc[0], event, case.opened.datum)
            yield replace(event, where=where)
        elif people is members and event.id in wish.resting:
            # who rests comes back to where it lives; what an earlier plan kept is without a room already
            yield event if number < wish.earlier else replace(event, where=_cut(event))
        else:
            # whoever left again is found nowhere: nothing is kept of where it was
            yield replace(event, where={})


def _cut(event: Event) -> dict[str, Any]:
    """Cut what was written of a place that the plan has no label for down to its building."""
    where = event.where
    told = {name: where[name] for name in ("community", "floor", "lon", "lat") if name in where}
    told |= {
        name: where[name]
        for name in ("building", "stairwell")
        if _NUMBER.fullmatch(str(where.get(name, "")))
    }
    address = str(where.get("address", ""))
    # the grammar of other scripts does not tell a room for sure
    if CJK.search(address):
        told["address"] = cut_label(address)
    return {name: value for name, value in told.items() if value != ""}


def _where(row: pd.Series, event: Event, datum: str | None) -> dict[str, Any]:
    if not np.isfinite(row["lon"]):
        return _cut(event)
    label = str(row["label"])
    told: dict[str, Any] = {"address": label, "community": event.where.get("community", "")}
    told["floor"] = str(row["floor"])
    if "lon" in event.where:
        # who lives at one point under one address is of one unit: with the point alone it would leave it
        known = _cut(event).get("address", "")
        # of a place that the map does not know the label is but the stairwell
        told["address"] = label if known in label else f"{known}{label}"
        told |= {name: float(event.where[name]) for name in ("lon", "lat")}
    elif not label:
        # a place without a name that others write: its point, in the datum of the sheets
        lon, lat = convert([row["lon"]], [row["lat"]], "wgs84", datum or "wgs84")[0]
        told |= {"lon": round(float(lon), 7), "lat": round(float(lat), 7)}
    return {name: value for name, value in told.items() if value != ""}


_NUMBER = re.compile(r"[0-9A-Za-z]{1,4}(?:栋|幢|座|号楼|楼|单元)?")
_KIND = {kind.code: kind for kind in KINDS}


def history_rows(tables: PlanTables) -> list[dict[str, Any]]:
    """Tell the history of a plan, oldest first.

    Returns
    -------
    list of dict
        ``number`` (None for a release, which nobody can undo)``, when, by, what_zh, what, homes_moved``
        (None for edits, which are told by unit)``, plan`` (fingerprint of the plan before, or None).
    """
    rows = [_release(entry) for entry in tables.provenance.get(RELEASES) or ()]
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
    return sorted(rows, key=lambda row: row["when"])


def _release(entry: Mapping[str, Any]) -> dict[str, Any]:
    door = entry.get("door") or ""
    what_zh, what = (
        "未掌握居民姓名，经负责单位确认放行",
        "released although no resident's name was known",
    )
    told = {"what_zh": f"{what_zh}：{door}" if door else what_zh}
    told["what"] = f"{what}: {door}" if door else what
    row = {"number": None, "when": entry["when"], "by": entry.get("by") or ""}
    return row | told | {"homes_moved": None, "plan": None}


def diff(before: PlanTables, after: PlanTables) -> dict[str, Any]:
    """Tell what is different from one plan to another, and what was done in between.

    Returns
    -------
    dict
        See `planner.plan.diff.differences`; and ``changes``: rows of `history_rows`, None where `after`
        was not made from `before`.

    Raises
    ------
    InputError
        The plans have nothing in common.
    """
    count = changes_between(before, after)
    rows = [row for row in history_rows(after) if row["number"] is not None]
    changes = None if count is None else rows[len(rows) - count :]
    return {"changes": changes, **differences(compared(before, after))}


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
    if seats := entry.get("centres"):
        new, gone = (sum(not seat[end] for seat in seats) for end in ("from", "to"))
        moved = len(seats) - new - gone
        for n, word_zh, word in (
            (moved, "迁移", "moved"),
            (new, "新设", "new"),
            (gone, "撤销", "given up"),
        ):
            zh, en = (
                (f"{zh}，{word_zh}中心户{n}个", f"{en}, centres {word}: {n}") if n else (zh, en)
            )
    return zh, en

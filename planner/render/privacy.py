"""The privacy gate: it reads the finished page, hidden data included, and refuses what must not leave.

A meeting sees buildings and counts.  The page may hold the ids of centres, and nothing that tells one
household or one other member: no id, no phone number, no citizen's id number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from planner.errors import PrivacyError
from planner.render.payload import FEW, HIDDEN, SMALLEST_SHOWN
from planner.tables import PlanTables

__all__ = ["check_meeting_page"]

_ISLAND = re.compile(r'<script type="application/json" id="plan-data">(.*?)</script>', re.DOTALL)
_TOKEN = re.compile(r"[^\W_]+(?:[-_][^\W_]+)*")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_CITIZEN = re.compile(r"(?<!\d)\d{17}[\dXx](?!\w)")
_SHORTEST_ID = 5
_ALLOWED = {
    "scale", "origin", "view", "meta", "figures", "rules", "colours", "zones", "centres", "units",
    "gaps", "causes", "base",
}  # fmt: skip


def check_meeting_page(html: str, tables: PlanTables) -> None:
    """Refuse a page that tells a meeting more than it may know.

    Parameters
    ----------
    html : str
        The finished page.
    tables : PlanTables
        The plan that it shows.

    Raises
    ------
    PrivacyError
        The page holds data of an unknown kind, an id of a household or of a member who is no centre,
        a number like a phone's or a citizen's id, or a small count.  The text does not repeat it.
    """
    island = _ISLAND.search(html)
    if island is None:
        raise _refusal("its data cannot be found")
    data = json.loads(island[1])
    if unknown := sorted(set(data) - _ALLOWED):
        raise _refusal(f"it holds data of an unknown kind ({', '.join(unknown)})")
    counts = [*data["units"]["homes"], *data["units"]["moved"], *(gap[2] for gap in data["gaps"])]
    if any(0 < n < SMALLEST_SHOWN or (n < 0 and n not in (FEW, HIDDEN)) for n in counts):
        raise _refusal(f"it shows a count below {SMALLEST_SHOWN} of one building")
    private = _private_ids(tables)
    for text in _strings(data):
        if _PHONE.search(text) or _CITIZEN.search(text):
            raise _refusal("it holds a number like a phone's or a citizen's id number")
        if not private.isdisjoint(_TOKEN.findall(text)) or text in private:
            raise _refusal("it holds the id of a household, or of a member who is no centre")


def _refusal(why: str) -> PrivacyError:
    return PrivacyError(
        f"the map for meetings is not released: {why}",
        remedy="look for ids or phone numbers in the building, street and fence names of the input",
    )


def _private_ids(tables: PlanTables) -> set[str]:
    """Give the ids that must not show; short or plain small numbers are left out, as house numbers are."""
    public = set(tables.centres["centre_id"])
    ids = {*tables.households["household_id"], *tables.members["member_id"]} - public
    shown = {*tables.units["label"], *tables.centres["label"]}
    long = {i for i in ids if len(i) >= _SHORTEST_ID or not i.isalnum()}
    return {i for i in long if not (i.isdigit() and len(i) < 7)} - shown - {""}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _strings(inner)
    elif isinstance(value, list) and value and not isinstance(value[0], int | float):
        for inner in value:
            yield from _strings(inner)

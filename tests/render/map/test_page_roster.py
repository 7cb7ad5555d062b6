"""The roster of an internal map: by position, names only where they are known."""

from __future__ import annotations

import html
import json
import re
from datetime import date

from planner.privacy.audience import INTERNAL_WORDS
from planner.privacy.person import People, Person
from planner.render.map.page import roster_payload, watermark
from tests.plans import make_plan_tables


def test_positions_lead_back_to_the_tables() -> None:
    """Each household stands at its unit, with its member; -1 where there is none."""
    tables = make_plan_tables()
    told = roster_payload(tables)
    units, members = tables.units["unit_id"].tolist(), tables.members["member_id"].tolist()
    for k, row in enumerate(tables.households.to_dict("records")):
        assert told["id"][k] == row["household_id"]
        assert (units[told["unit"][k]] if told["unit"][k] >= 0 else "") == row["unit_id"]
        assert (members[told["member"][k]] if told["member"][k] >= 0 else "") in (row["member"], "")
        assert (told["member"][k] >= 0) == (row["member"] in members)
    assert told["members"]["id"] == members
    json.dumps(told, allow_nan=False)


def test_without_people_there_are_ids_alone() -> None:
    """A name is told only where the sheets gave it."""
    tables = make_plan_tables()
    bare = roster_payload(tables)
    assert set(bare["name"]) | set(bare["room"]) | set(bare["care"]) == {""}
    first = tables.households["household_id"].iloc[0]
    member = tables.members["member_id"].iloc[1]
    person = Person("欧阳甲乙", room="502", care=("独居", "低保"))
    told = roster_payload(tables, People({first: person}, {member: Person("王芳")}))
    assert (told["name"][0], told["room"][0], told["care"][0]) == ("欧阳甲乙", "502", "独居、低保")
    assert told["name"][1:] == [""] * (len(tables.households) - 1)
    assert told["members"]["name"][:2] == ["", "王芳"]


def test_walks_are_whole_metres_or_nothing() -> None:
    """No number is not finite: JSON has no word for it."""
    tables = make_plan_tables()
    tables.households.loc[0, "walk_m"] = float("inf")
    walks = roster_payload(tables)["walk"]
    assert walks[0] is None
    assert all(w is None or isinstance(w, int) for w in walks)


def test_the_watermark_covers_the_page() -> None:
    """Many times over, with the day, hidden from readers of the screen."""
    text = watermark(date(2026, 5, 1))
    words = re.findall(r"<span>(.*?)</span>", text)
    assert len(words) >= 40
    assert {html.unescape(w) for w in words} == {f"{INTERNAL_WORDS} · 2026-05-01"}
    assert 'aria-hidden="true"' in text

"""The history of a plan in words, and what a plan keeps of an event."""

from __future__ import annotations

from dataclasses import replace

from planner.api.plan import Plan
from planner.api.rezone.account import history_rows


def test_history_is_told_in_two_languages(plan: Plan) -> None:
    """Edits of a meeting by units, re-zonings by kinds of events and homes."""
    entry = {"when": "2026-03-01T00:00:00Z", "by": "街道办", "plan": "0" * 64}
    edit = {**entry, "moves": [{}, {}], "locks": ["U1"], "unlocked": [], "notes": []}
    events = [{"kind": "home-in"}, {"kind": "home-in"}, {"kind": "centre-out"}]
    month = {**entry, "kind": "rezone", "events": events, "moved": 12}
    quiet = {**month, "events": [], "moved": 0}
    told = replace(plan, provenance={**plan.provenance, "history": [edit, month, quiet]})
    rows = history_rows(told)
    assert [r["number"] for r in rows] == [1, 2, 3]
    assert rows[0]["what"] == "edited on the map: 2 units, 1 locked"
    assert rows[0]["what_zh"] == "地图调整：2个单元，锁定1个"
    assert rows[0]["homes_moved"] is None
    assert rows[1]["what"] == "re-zoned: centre retires x1, home joins x2"
    assert rows[1]["what_zh"] == "重划：中心户退出1、住户迁入2"
    assert (rows[1]["homes_moved"], rows[2]["homes_moved"]) == (12, 0)
    assert history_rows(plan) == []

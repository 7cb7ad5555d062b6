"""The history of a plan in words, and what a plan keeps of an event."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path

import openpyxl

from planner.api.plan import Plan
from planner.api.rezone.account import history_rows
from planner.api.rezone.run import Changed, rezone
from planner.api.zone import run
from planner.model.project import Project
from planner.render.books.roster import roster_bytes
from tests.api.small import write_small_office
from tests.api.test_recheck import RULES


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


def test_each_home_says_why_it_changes_hands(project: Project, plan: Plan, tmp_path: Path) -> None:
    """Its centre has retired, it has moved itself, or the changes of its community, by their rows."""
    path = tmp_path / "changes.csv"
    rows = (
        "事项,编号,地址,社区,经度,纬度",
        "中心户退出,M010,,,,",
        "搬家,H1100,西里小区9号楼,西社区,117.0248,32.632",
    )
    path.write_text("\n".join(rows), encoding="utf-8")
    made = rezone(plan, project, Changed(path))
    moves = {m["home"]: m for m in made.provenance["moves"]}
    homes = made.households.set_index("household_id")
    assert set(moves) == set(homes.index[homes["moved"].astype(bool)])
    assert moves["H1100"]["cause"] == "own"
    assert moves["H1100"]["rows"] == [3]
    retired = [m for h, m in moves.items() if homes.loc[h, "previous_zone"] == "M010"]
    assert len(retired) == 36
    assert {(m["cause"], tuple(m["rows"])) for m in retired} == {("centre", (2,))}
    others = [m for m in moves.values() if m["cause"] == "community"]
    assert all(m["rows"] == [2] for m in others)
    walks = plan.households.set_index("household_id")["walk_m"]
    assert all(abs(m["walk_before_m"] - walks[h]) < 0.06 for h, m in moves.items())
    book = openpyxl.load_workbook(io.BytesIO(roster_bytes(made)), read_only=True)
    listed = list(book["变更 moves"].iter_rows(min_row=2, values_only=True))
    assert {row[0] for row in listed} == set(moves)
    assert all(row[3] == "M010" for row in listed if row[0].startswith("H00"))
    # it is the office's own: no page for a meeting tells causes by home
    assert "H1100" not in made.map().html


def test_an_id_is_that_of_the_sheets(plan: Plan, project: Project, tmp_path: Path) -> None:
    """A spreadsheet writes 7 for 007: the home keeps its place the month after, and its cause is its own."""
    folder = project.file.parent
    for name in ("homes.csv", "members.csv", "planner.toml"):
        text = (folder / name).read_text(encoding="utf-8").replace("H0000,", "007,")
        (tmp_path / name).write_text(text, encoding="utf-8")
    homes = plan.households["household_id"].replace("H0000", "007")
    # made from these very sheets
    inputs = {
        name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        for name in ("homes.csv", "members.csv")
    }
    numbered = replace(
        plan,
        households=plan.households.assign(household_id=homes),
        provenance={**plan.provenance, "inputs": inputs},
    )
    path = tmp_path / "changes.csv"
    path.write_text(
        "事项,编号,地址,社区,经度,纬度\n搬家,7,东里小区9号楼,东社区,117.0248,32.62",
        encoding="utf-8",
    )
    own = Project.read(tmp_path)
    first = rezone(numbered, own, Changed(path))
    (move,) = (m for m in first.provenance["moves"] if m["home"] == "007")
    assert (move["cause"], move["rows"]) == ("own", [2])
    second = rezone(first, own)
    # whoever edits the sheet by hand is told that the move of last month still goes before it
    sheet = tmp_path / "homes.csv"
    sheet.write_text(sheet.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    edited = rezone(first, own)
    told = [{f.code for f in p.findings if f.file == "homes.csv"} for p in (first, second, edited)]
    # on straight lines nothing tells in which datum the homes are
    assert told == [{"datum-unjudged"}, {"datum-unjudged"}, {"datum-unjudged", "events-over-sheet"}]
    was, now = (p.households.set_index("household_id").loc["007"] for p in (first, second))
    assert (now["zone"], now["unit_id"]) == (was["zone"], was["unit_id"])
    assert second.provenance["rezone"]["open_units"] == 0


def test_who_joins_where_the_map_has_no_name_stays_of_one_unit(tmp_path: Path) -> None:
    """The address goes along with the point, down to its building: next month nothing has happened."""
    project = Project.read(write_small_office(tmp_path, RULES))
    path = tmp_path / "changes.csv"
    head = "事项,编号,地址,经度,纬度\n"
    path.write_text(head + "迁入,H13,甲路4号2单元501室,117.0008,32.6\n", encoding="utf-8")
    first = rezone(run(project), project, Changed(path))
    assert "501" not in str(first.provenance["events"])
    second = rezone(first, project)
    assert list(second.units["unit_id"]) == list(first.units["unit_id"])
    assert second.provenance["rezone"]["open_units"] == 0

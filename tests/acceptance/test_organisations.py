"""A shop as a centre and the tiers above: from sheet and project to roster, summary and map."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

from planner.api.rezone.run import Changed, rezone
from planner.api.zone import run
from planner.model.project import Project
from planner.render.books.roster import roster_bytes
from planner.render.map.meeting import meeting_payload
from tests.api.rezone.office import write_office


def test_named_in_roster_summary_and_map(tmp_path: Path) -> None:
    """And in the next month's plan; an office that states nothing has none of it."""
    write_office(tmp_path)
    members = pd.read_csv(tmp_path / "members.csv", dtype=str)
    members["中心户类型"] = members["编号"].map({"M010": "便民超市", "M011": "物业"}).fillna("")
    members.to_csv(tmp_path / "members.csv", index=False)
    bare = run(Project.read(tmp_path))
    assert "organisation" in meeting_payload(bare)["meta"]
    text = (tmp_path / "planner.toml").read_text("utf-8")
    more = '\n[organisation]\ntiers = ["某区委", "某街道党工委"]\n'
    more += 'communities = { "东社区" = "东社区党总支" }\n'
    (tmp_path / "planner.toml").write_text(text + more, "utf-8")
    project = Project.read(tmp_path)
    plan = run(project)
    line = "某区委 › 某街道党工委 › 社区党组织1个 › 中心户6个（其中商户1个）"
    assert line in plan.report().text
    page = meeting_payload(plan)
    assert page["meta"]["organisation"][0] == line
    assert [c.get("kind") for c in page["centres"]].count(("商户", "shop")) == 1
    book = pd.read_excel(
        io.BytesIO(roster_bytes(plan)), None, header=None, dtype=str, engine="calamine"
    )
    assert "东社区党总支" in book["组织 organisation"].to_string()
    assert "商户 shop" in book["中心户 centres"].to_string()
    (tmp_path / "changes.csv").write_text("事项,编号\n中心户退出,M070\n", "utf-8")
    new = rezone(plan, project, Changed(tmp_path / "changes.csv"))
    assert "中心户5个（其中商户1个）" in new.report().text

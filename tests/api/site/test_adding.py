"""One more beside a plan, from the files: told, written, kept back."""

from __future__ import annotations

import io
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from planner.api.site.adding import add_to
from planner.errors import ConfigError
from planner.model.project import Project
from tests.plan.care.town import care_town


def test_a_centre_more_with_gates(tmp_path: Path) -> None:
    """Candidates, sets, the yard's gate; a workbook that is internal and the same each time."""
    plan, project = care_town()
    found = add_to(plan, project, 2, gates=project.parent / "gates.csv", seconds=10.0)
    assert found.about["uncovered"] == 30 - 1
    assert found.candidates["homes"].iloc[0] == 7
    assert found.sets["number"].tolist() == [1, 2, 1, 2]
    assert found.gates is not None
    assert found.gates["homes"].tolist() == [10]
    assert found.gate_sets is not None
    assert found.gate_sets["chosen"].tolist() == ["院门"] * 4
    assert found.gate_sets["value"].iloc[0] == 10
    assert found.gate_sets["proven"].all()
    assert "opening 院门 brings 10 homes within the limit" in "\n".join(found.lines)
    path = found.save(tmp_path)["adding.internal.xlsx"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    book = load_workbook(io.BytesIO(path.read_bytes()))
    assert book.sheetnames == [
        "最佳组合 best sets",
        "候选 candidates",
        "潜力 potential",
        "可开放的门 gates",
        "开门组合 sets of gates",
    ]
    again = found.save(tmp_path / "again")["adding.internal.xlsx"]
    assert again.read_bytes() == path.read_bytes()


def test_potential_and_what_is_to_be_learnt(tmp_path: Path) -> None:
    """The best next centres of each community, with the duties for which a talent is wanting."""
    plan, project = care_town()
    members = (project.parent / "members.csv").read_text("utf-8").splitlines()
    talents = {"M3": "志愿服务员、政策宣讲员", "M4": "矛盾调解员"}
    rows = [f"{members[0]},特长,得分"]
    rows += [
        f"{row},{talents.get(row.split(',')[0], '')},{80 + n}" for n, row in enumerate(members[1:])
    ]
    (tmp_path / "members.csv").write_text("\n".join(rows) + "\n", "utf-8")
    task = Project.read(project)
    task = replace(task, inputs=replace(task.inputs, members=tmp_path / "members.csv"))
    told = add_to(plan, task, 1, seconds=5.0).candidates.set_index("candidate")
    assert told["best"].tolist() == list(range(1, len(told) + 1))
    assert told.loc["M3", "training_zh"] == "监督组织生活、协助治理"
    assert told.loc["M4", "training"] == (
        "explain policy, collect opinions, supervise organisation life, serve and liaise"
    )
    assert told.loc["M3", "score"] == 83


def test_a_member_more_names_no_door_on_the_screen() -> None:
    """Where care households alone count the screen has counts only, and few are hidden."""
    plan, project = care_town()
    found = add_to(plan, project, 2, what="member", seconds=10.0)
    assert found.about["care_counts"]
    figures = found.figures()
    assert figures["candidates"] == []
    assert all(row["chosen"] is None for row in figures["sets"])
    told = "\n".join(found.lines)
    assert not any(name in told for name in found.candidates["candidate"])
    assert "see the workbook" in told


@pytest.mark.parametrize(("what", "most"), [("bridge", 1), ("centre", 0)])
def test_what_cannot_be_asked(what: str, most: int) -> None:
    """Neither another thing nor none."""
    plan, project = care_town()
    with pytest.raises(ConfigError):
        add_to(plan, project, most, what=what)

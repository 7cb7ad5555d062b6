"""Choosing the centres: the proposal, and the way from it to a plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import planner
from planner.api.demo import Size, demo_streets, write_office
from planner.api.people import people_of
from planner.api.site.site import Proposal, site
from planner.cli import app
from planner.model.project import Project, Siting
from planner.model.rules import Bound, RuleBook, WalkLimit

SMALL = Size(buildings=40, households=360, members=36, centres=4, lost=2)
RULES = RuleBook(households_per_zone=Bound(None, 60), walk=WalkLimit(450.0))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small office: its project file."""
    folder = tmp_path_factory.mktemp("office")
    file = write_office(folder, demo_streets(), SMALL, title="小示例")
    text = file.read_text("utf-8").replace("seconds = 300", "seconds = 60\nadvice_seconds = 0")
    file.write_text(text, "utf-8")
    return file


@pytest.fixture(scope="module")
def proposal(office: Path) -> Proposal:
    """As many centres as today, chosen anew."""
    return site(office)


def test_so_many_are_chosen_and_everyone_is_told_of(proposal: Proposal) -> None:
    """Chosen and not chosen are all the candidates, each once, each with a reason."""
    assert len(proposal.chosen) == SMALL.centres == proposal.figures["count"]
    ids = [*proposal.chosen["candidate_id"], *proposal.left["candidate_id"]]
    assert sorted(ids) == sorted(f"M{i + 1:04d}" for i in range(SMALL.members))
    for table in (proposal.chosen, proposal.left):
        assert (table["why"] != "").all()
        assert (table["why_zh"] != "").all()


def test_homes_walk_less_than_to_the_centres_of_today(proposal: Proposal) -> None:
    """The mean walk is below the best that today's centres allow, and proven near the least."""
    figures = proposal.figures
    assert figures["walk_m"] < figures["walk_before_m"]
    assert 0 <= figures["optimality_gap"] < 0.15
    assert figures["bound_m"] <= figures["value_m"]
    assert figures["misfit"] == 0
    assert proposal.chosen["households"].sum() == figures["located"]


def test_nobody_else_of_a_zone_would_be_better(proposal: Proposal) -> None:
    """The runner-up of each centre costs something, and is the cheapest of its zone's others."""
    costs = proposal.chosen["instead_m"].dropna()
    assert (costs >= -1e-6).all()
    others = proposal.left.dropna(subset=["instead_m"])
    least = others.groupby("centre_id")["instead_m"].min()
    shown = proposal.chosen.set_index("candidate_id")["instead_m"].dropna()
    pd.testing.assert_series_equal(
        shown.sort_index(), least.sort_index(), check_names=False, atol=0.11
    )


def test_the_same_question_has_the_same_answer(
    office: Path, proposal: Proposal, tmp_path: Path
) -> None:
    """Two runs choose the same centres, whatever the order of the rows."""
    inputs = {}
    for name in ("households", "members"):
        sheet = pd.read_excel(
            office.parent / f"{name}.xlsx", header=1, dtype=str, engine="calamine"
        )
        inputs[name] = tmp_path / f"{name}.csv"
        sheet.iloc[::-1].to_csv(inputs[name], index=False)
    project = Project.read(office)
    again = site(replace(project, inputs=replace(project.inputs, **inputs)))
    assert again.centres == proposal.centres


def test_a_plan_follows_with_one_command(office: Path, proposal: Proposal, tmp_path: Path) -> None:
    """The files that are handed on make a plan of these very centres; the originals stay as they were."""
    before = {p.name: p.read_bytes() for p in office.parent.iterdir() if p.is_file()}
    written = proposal.save(tmp_path / "out")
    assert set(written) == {"proposal.internal.xlsx", "members.xlsx", "planner.toml"}
    project = Project.read(written["planner.toml"])
    assert project.inputs.members == tmp_path / "out" / "members.xlsx"
    assert project.inputs.households.resolve() == (office.parent / "households.xlsx").resolve()
    plan = planner.run(project)
    assert tuple(sorted(plan.centres["centre_id"])) == proposal.centres
    assert plan.provenance["synthetic"]
    assert all((office.parent / name).read_bytes() == data for name, data in before.items())


def test_the_copy_of_the_sheet_says_the_same_but_for_the_centres(
    office: Path, proposal: Proposal, tmp_path: Path
) -> None:
    """Same columns, same rows, same cells; and what is read from it is the same."""
    copy = proposal.save(tmp_path)["members.xlsx"]
    old = pd.read_excel(office.parent / "members.xlsx", header=1, dtype=str, engine="calamine")
    new = pd.read_excel(copy, header=1, dtype=str, engine="calamine")
    assert list(old.columns) == list(new.columns)
    pd.testing.assert_frame_equal(old.drop(columns="是否中心户"), new.drop(columns="是否中心户"))
    assert sorted(new.loc[new["是否中心户"] == "是", "编号"]) == list(proposal.centres)


def test_a_sheet_without_ids_or_marks_is_given_both(tmp_path: Path) -> None:
    """From a bare CSV the fewest are chosen, and the copy names whom it marks."""
    _office(tmp_path, "address,lon,lat\n" + "".join(f",{117 + i * 1e-3},32.6\n" for i in range(6)))
    made = site(tmp_path / "planner.toml")
    assert made.figures["asked"] == "fewest"
    assert made.figures["walk_before_m"] is None
    copy = made.save(tmp_path / "out")["members.xlsx"]
    read = planner.read_members(copy).kept
    assert sorted(read.loc[read["is_centre"], "id"]) == list(made.centres)
    assert len(read) == 6


def _office(folder: Path, members: str, more: str = "") -> None:
    rows = "".join(f"H{i},{117 + i * 1e-4},32.6\n" for i in range(60))
    (folder / "h.csv").write_text("id,lon,lat\n" + rows, "utf-8")
    (folder / "m.csv").write_text(members, "utf-8")
    (folder / "planner.toml").write_text(
        "[inputs]\nhouseholds = 'h.csv'\nmembers = \"m.csv\" # 党员\ndetour_factor = 1.3\n[rules]\n"
        f"households_per_zone = {{ low = 0, high = 40 }}\nmembers_per_zone = {{ low = 0 }}\n{more}",
        "utf-8",
    )


NOMINEES = "id,lon,lat,候选户,得分,职务,特长\n" + "".join(
    f"M{i},{117 + i * 5e-4},32.6,{'' if i % 3 else '是'},{70 + i},{'网格员' if i % 2 else '楼栋长'},{s}\n"
    for i, s in enumerate(
        ["矛盾调解、宣讲", "", "矛盾调解", "", "宣讲", "", "矛盾调解", "", "", "", "", ""]
    )
)


def test_only_candidates_are_taken_and_wishes_are_met(tmp_path: Path) -> None:
    """Who is not marked is not looked at, unless forced; the forbidden are told so."""
    _office(tmp_path, NOMINEES)
    made = site(tmp_path / "planner.toml", count=2, force=["M5"], forbid=["M9"])
    assert "M5" in made.centres
    assert set(made.centres) < {"M0", "M3", "M5", "M6"}
    told = made.left.set_index("candidate_id")
    assert set(told.index) | set(made.centres) == {"M0", "M3", "M5", "M6", "M9"}
    assert told.loc["M9", "why_zh"] == "指定不选"
    assert made.chosen.set_index("candidate_id").loc["M5", "why"].startswith("asked for by name")


def test_scores_and_strengths_are_worth_metres(tmp_path: Path) -> None:
    """A dear point moves the centre to who has more of them; a dear strength to who has it."""
    _office(tmp_path, NOMINEES, "[siting]\nscore_m = 0\n")
    project = Project.read(tmp_path / "planner.toml")
    rules = replace(project.rules, households_per_zone=Bound())
    plain = replace(project, rules=rules)
    assert site(plain, count=1).centres == ("M6",)
    points = replace(plain, siting=Siting(score_m=500.0))
    assert site(points, count=1).centres == ("M9",)
    able = replace(plain, siting=Siting(score_m=0.0, strengths=("宣讲",), strength_m=1e4))
    assert site(able, count=1).centres == ("M0",)
    roles = replace(plain, siting=Siting(score_m=0.0, roles=("网格员",)))
    assert set(site(roles, count=2).centres) == {"M3", "M9"}


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"count": 0}, "0 centres"),
        ({"count": 2, "fewest": True}, "not both"),
        ({"count": 40}, "at most 4"),
        ({"count": 1, "force": ["M0", "M3"]}, "at least 2"),
        ({"force": ["M99"]}, "no member 'M99'"),
        ({"force": ["M1"], "forbid": ["M1"]}, "both forced and forbidden"),
    ],
)
def test_what_cannot_be_is_said_plainly(tmp_path: Path, asked: dict, named: str) -> None:
    """Each impossible wish is refused with what is possible."""
    _office(tmp_path, NOMINEES)
    with pytest.raises(planner.PlannerError, match=named):
        site(tmp_path / "planner.toml", **asked)


def test_the_files_of_the_project_are_never_overwritten(tmp_path: Path) -> None:
    """A folder in which the proposal would replace the project file is refused."""
    _office(tmp_path, NOMINEES)
    made = site(tmp_path / "planner.toml", count=2)
    with pytest.raises(planner.ConfigError, match="never changed"):
        made.save(tmp_path)
    assert not (tmp_path / "members.xlsx").exists()


def test_the_command_tells_what_it_did_and_what_comes_next(tmp_path: Path) -> None:
    """The command writes the files, and its name stands in the help."""
    _office(tmp_path, NOMINEES)
    runner = CliRunner()
    done = runner.invoke(
        app,
        ["site", str(tmp_path / "planner.toml"), "--count", "2", "--out", str(tmp_path / "out")],
    )
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "planner.toml").exists()
    assert "入选 2 名中心户" in done.output.replace("\n", "")
    assert "site" in runner.invoke(app, ["--help"]).output


def test_nominations_scores_and_the_list_to_be_published(tmp_path: Path) -> None:
    """Ways, criteria and objections decide who is looked at; the list names whom the office says."""
    rows = [
        "id,姓名,lon,lat,推荐方式,推荐单位,政治素质,服务意识",
        *(f"M{i},合成{'甲乙丙丁戊己'[i]}某,{117 + i * 1e-3},32.6,{w},某支部,{90 - i},80" for i, w in
          enumerate(["自荐", "组织推荐", "群众举荐", "", "自荐", "群众举荐"])),
    ]  # fmt: skip
    more = '[siting]\ncriteria = { "政治素质" = 1, "服务意识" = 1 }\nobjections = "o.csv"\n'
    _office(tmp_path, "\n".join(rows) + "\n", more)
    (tmp_path / "o.csv").write_text("编号,异议内容,结论\nM0,某事,成立\nM4,某事,核实中\n", "utf-8")
    made = site(tmp_path / "planner.toml", count=2)
    scores = made.scoring.set_index("candidate_id")
    assert set(scores.index) == {"M0", "M1", "M2", "M4", "M5"}
    assert scores.loc["M0", ["outcome", "objection"]].tolist() == ["aside", "upheld"]
    assert scores.loc["M1", "score"] == 84.5
    assert scores.loc["M4", "objection"] == "open"
    assert scores["rank"].tolist() == [1, 2, 3, 4, 5]
    people = people_of(tmp_path / "planner.toml")
    bare = made.notice(people)
    assert all(i in bare for i in made.centres)
    assert not any(word in bare for word in ("合成", "某支部", "某事", "84.5", "核实"))
    written = made.save(tmp_path / "out", people=people)
    assert written["notice.public.md"].read_text("utf-8") == bare
    # the project that is handed on names the same sheet of objections
    assert Project.read(written["planner.toml"]).siting.objections is not None
    text = (tmp_path / "planner.toml").read_text("utf-8")
    (tmp_path / "planner.toml").write_text(text + "publish_names = true\n", "utf-8")
    named = site(tmp_path / "planner.toml", count=2).notice(people)
    chosen = {f"合成{'甲乙丙丁戊己'[int(c[1])]}某" for c in made.centres}
    assert all(name in named for name in chosen)
    with pytest.raises(planner.ConfigError, match="objection"):
        site(tmp_path / "planner.toml", count=2, force=["M0"])


def test_a_name_beside_the_chosen_is_not_published(tmp_path: Path) -> None:
    """A community that bears the name of somebody else stops the list at the gate."""
    _office(tmp_path, "id,姓名,lon,lat\nM0,合成甲某,117,32.6\nM1,合成乙某,117.001,32.6\n")
    made = site(tmp_path / "planner.toml", count=1)
    people = people_of(tmp_path / "planner.toml")
    assert made.notice(people)
    with pytest.raises(planner.PrivacyError):
        replace(made, chosen=made.chosen.assign(fence="合成乙某一带")).notice(people)

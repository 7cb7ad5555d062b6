"""Who needs care, who helps, what was found at a door: in no file for others, nor in two of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from planner.api.covering import without_streets
from planner.api.people import people_of
from planner.api.plan import Plan
from planner.errors import PrivacyError
from planner.model.caring import Pace, care_kinds
from planner.plan.care.shares import Needs, open_shares
from planner.privacy import Secrets, check_page, parts_of
from planner.privacy.audience import AUDIENCE_OF, Audience
from planner.privacy.blocks import FEW
from planner.render.map.public import public_payload
from tests.acceptance.canaries import EAST, NORTH, Canaries, files_of, write_office
from tests.commanded import planner

KIND = "龘靐关爱类"
FOUND = "门内爩齉情形"
HELPER = "爩鱻麤"
DAYS = "2099-12-"


@dataclass(frozen=True)
class Care:
    """A project, its results, and what was planted beside the people of the sheets."""

    project: Path
    out: Path
    canaries: Canaries


def write_care(folder: Path, marked: list[int]) -> tuple[Path, Canaries]:
    """Write the office of the canaries with a column of care, a log and gates of its own.

    `marked`: homes that need care.
    """
    canaries = Canaries()
    project = write_office(folder, canaries)
    book = openpyxl.load_workbook(folder / "homes.xlsx")
    page = book["居民"]
    page.delete_cols(13)  # 独居 stands in every row there
    column = page.max_column + 1
    page.cell(1, column, "关爱对象")
    for home in marked:
        page.cell(home + 2, column, KIND)
    book.save(folder / "homes.xlsx")
    log = openpyxl.Workbook()
    sheet = log.active
    assert sheet is not None
    sheet.append(["日期", "类型", "户编号", "走访人", "分钟", "走访结果", "陪同人姓名"])
    for i in range(40):
        told = canaries.all(f"log row {i + 2}")
        name = canaries.name(f"log helper {i + 2}")
        sheet.append(
            [f"{DAYS}{i % 28 + 1:02}", "走访", f"PH{i:05}", HELPER, 30, FOUND + told, name]
        )
    log.save(folder / "log.xlsx")
    text = (
        project.read_text("utf-8") + "[care]\nlog = 'log.xlsx'\nlimit_m = 60\nhours_a_month = 1\n"
    )
    project.write_text(text, "utf-8")
    gate = f"名称,起点经度,起点纬度\n边门,{EAST + 0.0002},{NORTH + 0.0002}\n"
    (folder / "gates.csv").write_text(gate, "utf-8")
    return project, canaries


@pytest.fixture(scope="module")
def care(tmp_path_factory: pytest.TempPathFactory) -> Care:
    """Plan an office with thirteen care households, and ask all that is asked of care."""
    folder = tmp_path_factory.mktemp("care")
    project, canaries = write_care(folder / "input", [*range(4, 100, 8), 101])
    with pytest.MonkeyPatch.context() as patch:
        assert planner(patch, "zone", project, "--out", folder / "out") == 0
    return Care(project, folder / "out", canaries)


def told_of(care: Care, text: str) -> list[str]:
    """Give what shows in a text of what was planted: kinds, findings, days of the log, and people."""
    own = [word for word in (KIND, FOUND, HELPER, DAYS) if word in text]
    return own + [where for where in care.canaries.shown(text) if "log" in where]


def said(data: bytes, name: str) -> str:
    """Give all that a file says, packed parts and raw bytes too."""
    return data.decode("utf-8", "replace") + "\n".join(p.text for p in parts_of(data, name))


def test_the_canaries_stand_in_the_sheets(care: Care) -> None:
    """So a search that finds none elsewhere means something."""
    folder = care.project.parent
    homes, log = ((folder / f"{n}.xlsx").read_bytes() for n in ("homes", "log"))
    assert KIND in said(homes, "homes.xlsx")
    text = said(log, "log.xlsx")
    assert {FOUND, HELPER, DAYS} <= set(told_of(care, text))
    assert len(told_of(care, text)) > 100
    people = people_of(care.project, Plan.load(care.out))
    secrets = people.secrets()
    assert {
        HELPER,
        *(c for c, w in care.canaries.planted.items() if w.startswith("log helper")),
    } <= (secrets["a resident's name"])
    assert any(FOUND in text for text in secrets["what a sheet says of a resident"])


def test_no_file_of_a_plan_tells_of_care(care: Care) -> None:
    """Not the meeting's map and summary, nor the plan file and the roster: care joins no plan."""
    for path in files_of(care.out):
        assert not told_of(care, said(path.read_bytes(), path.name)), path.name
    assert {p.name for p in files_of(care.out)} == set(AUDIENCE_OF)


def test_what_is_asked_of_care_is_told_to_the_office_alone(
    care: Care,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Gaps, visits, one more: the files are internal and their owner's alone, the screen tells counts."""
    plan, project = care.out / "plan.gpkg", care.project
    gates = project.parent / "gates.csv"
    asked: list[list[str | Path | int]] = [
        ["gaps", plan, "--project", project, "--out", tmp_path / "gaps", "--map", "--seconds", 0],
        ["visits", plan, project, "--out", tmp_path / "visits", "--gpx", "--json"],
        [
            "site",
            plan,
            "--add",
            2,
            "--project",
            project,
            "--what",
            "member",
            "--out",
            tmp_path / "m",
        ],
        ["site", plan, "--add", 2, "--project", project, "--gates", gates, "--out", tmp_path / "c"],
    ]
    for words in asked:
        assert planner(monkeypatch, *words) == 0, words[0]
        screen = capfd.readouterr()
        assert not told_of(care, screen.out + screen.err), words[0]
        assert not care.canaries.shown(screen.out + screen.err), words[0]
        assert not [h for h in range(120) if f"PH{h:05}" in screen.out], words[0]
    for path in files_of(tmp_path):
        assert ".internal." in path.name
        assert path.stat().st_mode & 0o077 == 0, path.name
        # what was found at a door, and in whose company, is not read at all
        text = said(path.read_bytes(), path.name)
        assert FOUND not in text
        assert not [where for where in care.canaries.shown(text) if "log" in where], path.name


def test_no_file_for_others_changes_with_care(care: Care, tmp_path: Path) -> None:
    """Nobody, one, or ninety-nine: the same bytes, so that no two files differ by it."""
    plan = Plan.load(care.out)
    files: list[list[str]] = []
    for nth, marked in enumerate(([], [7], list(range(99)))):
        project, _ = write_care(tmp_path / str(nth), marked)
        people = people_of(project)
        covered = without_streets(plan, project, people)
        assert covered.about["care"] == len(marked)
        made = [plan.map(people=people).html, plan.report(people=people).text]
        made.append(plan.map(audience="public", people=people, coverage=covered).html)
        for audience in (Audience.MEETING, Audience.PUBLIC):
            made.append(str(plan.to_geojson(audience=audience, people=people)))
        assert not any(told_of(care, text) for text in made)
        files.append(made)
    assert all(made == files[0] for made in files[1:])


def test_shares_of_care_households_are_told_of_many_alone(care: Care) -> None:
    """A hundred and eight of 120: shares in steps of five, and one more or less of them says nothing."""
    plan = Plan.load(care.out)
    ids = plan.households["household_id"].tolist()

    def told(marked: list[str], limit: float) -> list[list[object]]:
        needs = Needs.of(ids, dict.fromkeys(marked, (KIND,)), care_kinds())
        pace = Pace(minutes=(limit / 120, limit / 60))
        return public_payload(plan, shares=open_shares(plan, needs, pace))["shares"]["rows"]

    walks = sorted(plan.households["walk_m"].dropna())
    limit = float(walks[len(walks) // 2])
    few, many, more = (told(ids[:n], limit) for n in (99, 108, 109))
    assert not [row for row in few if row[1] == "care"]
    shares = [row[3] for row in many if row[1] == "care" and row[3] != FEW]
    assert shares
    assert all(isinstance(p, int) and 0 < p < 100 and p % 5 == 0 for p in shares)
    assert [row for row in many if row[1] == "all"] == [row for row in few if row[1] == "all"]
    assert many == more


def test_the_gate_knows_whom_the_log_names(care: Care) -> None:
    """A helper, or what was found, typed into the title of a map: nothing is written."""
    plan = Plan.load(care.out)
    people = people_of(care.project, plan)
    found = next(
        c for c, where in care.canaries.planted.items() if where == "a name in log helper 5"
    )
    for title in (f"{HELPER}走访图", f"{found}同志走访图"):
        for audience in (Audience.MEETING, Audience.PUBLIC):
            with pytest.raises(PrivacyError):
                plan.map(audience=audience, title=title, people=people)
    assert plan.map(title="走访责任区图", people=people)


def test_care_layers_are_refused_in_any_other_page(care: Care) -> None:
    """An internal page with layers of care, handed to the gate for a meeting or the public."""
    plan = Plan.load(care.out)
    people = people_of(care.project, plan)
    covered = plan.coverage(care.project, seconds=0.0)
    page = plan.map(audience="internal", people=people, coverage=covered).html
    for audience in (Audience.MEETING, Audience.PUBLIC):
        with pytest.raises(PrivacyError):
            check_page(page, audience, Secrets.of(plan, people))

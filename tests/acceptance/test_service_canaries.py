"""What the service did at a door: in no file for others, and none of its words in the store of the office."""

from __future__ import annotations

import contextlib
import csv
import io
from dataclasses import dataclass
from pathlib import Path

import pytest

from planner.api.plan import Plan
from planner.privacy import parts_of
from tests.acceptance.canaries import Canaries, write_office
from tests.commanded import planner

FOUND, KIND = "龘靐门内情形", "走访灪籲"


@dataclass(frozen=True)
class Service:
    """A plan with a year's log, what the commands said, and what was planted."""

    folder: Path
    plan: Plan
    canaries: Canaries
    said: str


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    """Plan the office of the canaries, and report a year whose log says too much in every row."""
    folder = tmp_path_factory.mktemp("service")
    canaries = Canaries()
    project = write_office(folder / "input", canaries)
    said = io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
    ):
        assert planner(patch, "zone", project, "--out", folder / "out") == 0
        plan = Plan.load(folder / "out")
        homes, members = (
            plan.households["household_id"].tolist(),
            plan.members["member_id"].tolist(),
        )
        with (folder / "log.csv").open("w", encoding="utf-8-sig", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(
                [
                    "日期",
                    "类型",
                    "户编号",
                    "党员编号",
                    "走访对象姓名",
                    "处理结果",
                    "是否解决",
                    "备注",
                ]
            )
            for k in range(60):
                who = canaries.name(f"log row {k + 2}")
                row = [f"2025-03-{k % 28 + 1:02d}", KIND, homes[k], members[k % len(members)], who]
                rows.writerow(
                    [*row, f"{FOUND}{canaries.phone(f'log row {k + 2}')}", "未解决", FOUND]
                )
        named = ("--project", project, "--from", "2025-01-01", "--out", folder / "year", "--map")
        assert planner(patch, "year", folder / "out", folder / "log.csv", *named) == 0
        assert planner(patch, "due", folder / "out", project, "--out", folder / "due") == 0
        assert planner(patch, "map", folder / "out", "--out", folder / "meeting.html") == 0
    return Service(folder, plan, canaries, said.getvalue())


def test_the_log_says_too_much(service: Service) -> None:
    """What was planted can be found where it was planted."""
    found = service.canaries.found_in((service.folder / "log.csv").read_bytes(), "log.csv")
    assert len([where for where in found if "log row" in where]) >= 120


@pytest.mark.parametrize("name", ["year/year.public.md", "year/year.public.html", "meeting.html"])
def test_nothing_of_it_is_in_a_file_for_others(service: Service, name: str) -> None:
    """No name, no phone, no result, no day, and no home or member by its id."""
    path = service.folder / name
    found = service.canaries.found_in(path.read_bytes(), path.name)
    assert not [where for where in found if "log row" in where]
    text = "\n".join(part.text for part in parts_of(path.read_bytes(), path.name))
    assert FOUND not in text
    assert KIND not in text
    assert "2025-03" not in text
    for who in (*service.plan.households["household_id"], *service.plan.members["member_id"]):
        own = str(who) not in service.plan.centres["centre_id"].tolist()
        assert not (own and len(str(who)) > 3 and str(who) in text)


def test_the_store_keeps_no_word_of_a_row(service: Service) -> None:
    """Ids, a day and a kind of service; neither who was named nor what was found."""
    data = (service.folder / "out" / "service_log.internal.sqlite").read_bytes()
    for word in (FOUND, KIND, "1990"):
        assert word.encode() not in data
    assert not service.canaries.found_in(data, "store.sqlite")


def test_nothing_is_on_the_screen(service: Service) -> None:
    """Counts alone, and none of a few."""
    assert not service.canaries.shown(service.said)
    assert FOUND not in service.said
    assert "巡查走访60次" in service.said.replace("\n", "")

"""What is due: by class, care first; open things by age; mentors and whom they were in touch with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from planner.intake.service_log import read_log
from planner.model.serving import VisitClass, visit_classes
from planner.plan.service.due import Asked, Due, due
from planner.plan.service.kept_log import empty_log, merged_log
from tests.plan.care.town import care_town

CLASSES = {c.code: c for c in visit_classes()}
HEAD = "日期,类型,户编号,责任区,党员编号,状态\n"


def told(
    folder: Path,
    log: str,
    classes: dict[str, str],
    care: tuple[str, ...] = (),
    helper: dict[str, str] | None = None,
    mentors: dict[int, str] | None = None,
) -> Due:
    """Say what is due in the small town on the 30th of June."""
    plan, _ = care_town()
    if mentors is not None:
        # as the levels of a plan are filled
        named = [mentors.get(int(n), "") for n in plan.zones["number"]]
        plan = replace(plan, zones=plan.zones.assign(mentor=named))
    (folder / "log.csv").write_text(HEAD + log, "utf-8")
    rows = merged_log(empty_log(), read_log(folder / "log.csv").rows).rows
    homes = plan.households["household_id"].tolist()
    own: list[VisitClass | None] = [CLASSES[classes[h]] if h in classes else None for h in homes]
    marked = np.array([h in care for h in homes])
    return due(plan, rows, own, marked, helper or {}, Asked(date(2025, 6, 30), 7, 30))


def test_visits_by_class(tmp_path: Path) -> None:
    """Overdue, due within a week, done; what nobody ever visited is overdue; care first, then the latest."""
    log = "2025-06-20,走访,H001,,M1,\n2025-06-01,走访,H002,,M1,\n2025-06-20,走访,H003,,M1,\n"
    log += "2025-01-01,走访,H004,,M1,\n2025-07-01,走访,H005,,M1,\n"
    wanted = {
        "H001": "weekly",
        "H002": "monthly",
        "H003": "monthly",
        "H004": "quarterly",
        "H005": "weekly",
    }
    found = told(tmp_path, log, wanted, care=("H001",))
    homes = found.homes.set_index("household_id")
    assert homes["state"].to_dict() == {
        "H001": "overdue",
        "H005": "overdue",
        "H004": "overdue",
        "H002": "due",
        "H003": "done",
    }
    # the visit of the 1st of July lies after the day that is asked for
    assert found.homes["household_id"].tolist()[:3] == ["H001", "H005", "H004"]
    assert homes.loc["H001", ["days", "late", "next"]].tolist() == [10.0, 3.0, "2025-06-27"]
    assert homes.loc["H005", "last"] == ""
    assert homes.loc["H004", "late"] == 180 - 92


def test_by_member(tmp_path: Path) -> None:
    """Each home is somebody's; a helper of the visit plan comes before the member who looks after it."""
    wanted = dict.fromkeys(("H001", "H002", "H003"), "weekly")
    found = told(tmp_path, "2025-06-30,走访,H002,,M1,\n", wanted, ("H003",), {"H003": "M7"})
    assert (found.members["member_id"] != "").all()
    assert found.members["homes"].sum() == 3
    first = found.members.iloc[0]
    assert (first["member_id"], first["overdue_care"], first["overdue"]) == ("M7", 1, 1)
    assert found.members["done"].sum() == 1


def test_what_is_open_by_age(tmp_path: Path) -> None:
    """The oldest first, with the place in its sheet; what is solved, or comes later, is not there."""
    log = "2025-06-20,解决困难,H001,,M1,未解决\n2025-03-01,社情民意,,1,M1,待处理\n"
    log += "2025-06-01,解决困难,H002,,M1,已解决\n2025-07-20,解决困难,H001,,M1,未解决\n"
    found = told(tmp_path, log, {}).problems
    assert found["age"].tolist() == [121, 10]
    assert found["count"].tolist() == ["opinion", "problem"]
    assert found["row"].tolist() == [3, 2]
    assert found["number"].tolist()[0] == 1


def test_mentors_and_their_centres(tmp_path: Path) -> None:
    """Contacts with one's own centres count, trainings anywhere; a centre never heard of comes first."""
    log = "2025-06-20,谈心谈话,,1,G1,\n2025-06-25,培训,,2,G1,\n2025-04-01,谈心谈话,,2,G2,\n"
    found = told(tmp_path, log, {}, mentors={1: "G1", 2: "G2", 3: "G2"})
    assert found.mentors is not None
    assert found.silent is not None
    rows = found.mentors.set_index("mentor")
    assert rows.loc["G1", ["centres", "contacts", "trainings", "silent"]].tolist() == [1, 1, 1, 0]
    assert rows.loc["G2", ["centres", "contacts", "trainings", "silent"]].tolist() == [2, 1, 0, 2]
    # the training of another's mentor is no word from one's own
    assert found.silent["number"].tolist() == [3, 2]
    assert found.silent["days"].tolist()[1] == 90
    assert pd.isna(found.silent["days"].iloc[0])


def test_a_plan_without_mentors_and_a_log_without_rows(tmp_path: Path) -> None:
    """Nobody to tell of, and nothing fails."""
    found = told(tmp_path, "2026-01-01,走访,H001,,,\n", {"H001": "weekly"})
    assert found.mentors is None
    assert found.homes["state"].tolist() == ["overdue"]
    assert found.problems.empty

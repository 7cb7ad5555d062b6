"""Kinds of care as data, and how fast people walk."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import ConfigError, InputError
from planner.model.caring import Pace, care_kinds, kinds_in
from planner.model.project import Project


def test_what_sheets_say_becomes_kinds() -> None:
    """A marked heading, a cell, several in one, and what no word fits."""
    kinds = care_kinds()
    assert kinds_in(["独居老人"], kinds) == ("lone_elder",)
    assert kinds_in(["独居、肢残"], kinds) == ("lone_elder", "disabled")
    assert kinds_in(["留守儿童"], kinds) == ("child_alone",)
    assert kinds_in(["重大疾病一户"], kinds) == ("other",)
    assert kinds_in(["每周送餐", "尿毒症"], kinds) == ("ill", "other")
    assert kinds_in(["", " "], kinds) == ()
    assert {k.code for k in kinds if k.slow} == {"lone_elder", "disabled", "ill"}


def test_an_office_has_its_own_table(tmp_path: Path) -> None:
    """As Excel saves it; the project names it, and it is an input that nothing is written to."""
    own = tmp_path / "kinds.csv"
    own.write_text(
        "code,zh,en,words,slow,visits_a_month,minutes\nvip,重点,first,重点|特护,是,8,45\n",
        "utf-8-sig",
    )
    (kind,) = care_kinds(own)
    assert (kind.code, kind.slow, kind.visits_a_month) == ("vip", True, 8.0)
    assert kinds_in(["特护一级", "残疾"], (kind,)) == ("vip",)
    (tmp_path / "planner.toml").write_text(
        '[inputs]\nhouseholds = "a.csv"\nmembers = "b.csv"\n[care]\nkinds = "kinds.csv"\n', "utf-8"
    )
    project = Project.read(tmp_path)
    assert project.care.kinds == own
    assert own in project.files


@pytest.mark.parametrize(
    "text",
    [
        "code,zh\na,b\n",
        "code,zh,en,words,slow,visits_a_month,minutes\n",
        "code,zh,en,words,slow,visits_a_month,minutes\na,b,c,d,1,often,30\n",
        "code,zh,en,words,slow,visits_a_month,minutes\na,b,c,d,1,-1,30\n",
        "code,zh,en,words,slow,visits_a_month,minutes\na,b,c,d,1,1,30\na,b,c,d,1,1,30\n",
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    """Columns, numbers and codes; the file is named, and what it should be."""
    (tmp_path / "k.csv").write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"k\.csv") as refused:
        care_kinds(tmp_path / "k.csv")
    assert "visits_a_month" in refused.value.remedy
    with pytest.raises(InputError):
        care_kinds(tmp_path / "missing.csv")


def test_bands_are_metres_at_each_pace() -> None:
    """Five minutes are 300 m, and 240 m for who walks slowly."""
    pace = Pace()
    assert pace.limits_m() == pytest.approx((180.0, 300.0, 600.0))
    assert pace.limits_m(slow=True) == pytest.approx((144.0, 240.0, 480.0))


@pytest.mark.parametrize(
    "line",
    [
        "minutes = []",
        "minutes = [5, 3]",
        "minutes = [0, 5]",
        "speed_m_s = 0",
        "elder_speed_m_s = 9.0",
    ],
)
def test_a_pace_that_is_none_is_refused(tmp_path: Path, line: str) -> None:
    """With the section and what is meant."""
    (tmp_path / "planner.toml").write_text(
        f'[inputs]\nhouseholds = "a.csv"\nmembers = "b.csv"\n[coverage]\n{line}\n', "utf-8"
    )
    with pytest.raises(ConfigError, match="coverage"):
        Project.read(tmp_path)


def test_a_limit_for_helpers_is_a_walk(tmp_path: Path) -> None:
    """Nought is none."""
    head = '[inputs]\nhouseholds = "a.csv"\nmembers = "b.csv"\n[care]\n'
    (tmp_path / "planner.toml").write_text(f"{head}limit_m = 0\n", "utf-8")
    with pytest.raises(ConfigError, match="no walk"):
        Project.read(tmp_path)
    (tmp_path / "planner.toml").write_text(f"{head}limit_m = 250\n", "utf-8")
    assert Project.read(tmp_path).care.limit_m == 250.0


def test_a_project_states_the_pace(tmp_path: Path) -> None:
    """Whole numbers are taken as minutes too."""
    (tmp_path / "planner.toml").write_text(
        '[inputs]\nhouseholds = "a.csv"\nmembers = "b.csv"\n'
        "[coverage]\nminutes = [4, 8]\nelders_climb = false\n",
        "utf-8",
    )
    assert Project.read(tmp_path).pace == Pace(minutes=(4.0, 8.0), elders_climb=False)

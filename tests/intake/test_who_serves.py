"""Who does not serve: by age, illness, absence or a mark; centres stay; and limits of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.intake.residents import read_members
from planner.intake.who_serves import Serving, who_serves

ROWS = (
    "M1,甲路1号,是,88,,,,",
    "M2,甲路2号,否,70,,,,",
    "M3,甲路3号,否,69岁,,,,10",
    "M4,甲路4号,否,40,是,,,",
    "M5,甲路5号,否,40,,深圳,,",
    "M6,甲路6号,否,40,否,否,,很多",
    "M7,甲路7号,否,,,,否,",
)


def read(folder: Path, age: float | None) -> Serving:
    """Read the sheet."""
    path = folder / "members.csv"
    head = "党员编号,地址,是否中心户,年龄,因病,外出,是否服务,最多联系户数"
    path.write_text("\n".join([head, *ROWS]) + "\n", "utf-8")
    return who_serves(path, read_members(path), age)


def test_who_is_set_aside(tmp_path: Path) -> None:
    """Each with its code; a centre stays, however old; whoever is younger than the rule stays too."""
    found = read(tmp_path, 70)
    assert found.residents.kept["id"].tolist() == ["M1", "M3", "M6"]
    held = found.residents.held.set_index("id")["code"].to_dict()
    assert held == {"M2": "excused-age", "M4": "excused-ill", "M5": "excused-away", "M7": "excused"}
    assert found.residents.rows_read == len(ROWS)
    assert found.most == {"M3": 10.0}
    told = {f.code for f in found.findings}
    assert told == {"member-excused", "member-most", "member-most-unclear"}
    # neither an age nor an illness is said of anybody
    said = " ".join(f.what + f.what_zh for f in found.findings)
    assert not any(word in said for word in ("M2", "M4", "深圳", "88"))


def test_without_a_rule_nobody_is_too_old(tmp_path: Path) -> None:
    """The other reasons hold all the same."""
    found = read(tmp_path, None)
    assert found.residents.kept["id"].tolist() == ["M1", "M2", "M3", "M6"]


def test_centres_have_limits_of_their_own(tmp_path: Path) -> None:
    """Floor, ceiling or both; of who is no centre, what is no number, and what crosses, nothing is read."""
    rows = ("C1,是,,40", "C2,是,20,", "C3,是,10,30户", "C4,是,50,40", "C5,是,少些,", "C6,是,,0")
    path = tmp_path / "members.csv"
    head = "党员编号,是否中心户,责任区户数下限,责任区户数上限,地址"
    lines = [f"{row},甲路{n}号" for n, row in enumerate((*rows, "M7,否,1,2", "C8,是,,"))]
    path.write_text("\n".join([head, *lines]) + "\n", "utf-8")
    found = who_serves(path, read_members(path), None)
    assert found.zones == {
        "C1": (pytest.approx(float("nan"), nan_ok=True), 40.0),
        "C2": (20.0, pytest.approx(float("nan"), nan_ok=True)),
        "C3": (10.0, 30.0),
    }
    assert [f.code for f in found.findings] == ["centre-own-limits", "centre-own-limits-unclear"]
    assert all(f.what.startswith("3 ") for f in found.findings)


@pytest.mark.parametrize("age", [None, 70.0])
def test_a_sheet_that_says_nothing(tmp_path: Path, age: float | None) -> None:
    """Everybody serves, and nothing is told."""
    path = tmp_path / "members.csv"
    path.write_text("党员编号,地址\nM1,甲路1号\n", "utf-8")
    found = who_serves(path, read_members(path), age)
    assert len(found.residents.kept) == 1
    assert not found.findings
    assert not found.most

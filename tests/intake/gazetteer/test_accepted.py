"""Accepted answers are kept in a file that people can read, and known again in any spelling."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import SheetError
from planner.intake.gazetteer.accepted import (
    PRECISIONS,
    Accepted,
    accepted_bytes,
    identify,
    merge_accepted,
    read_accepted,
)

ONE = Accepted("k1", "幸福路12号3栋", "甲社区", 116.8, 32.6, "building", "阳光小区3栋")


def key(text: str, community: str = "") -> str:
    """Give the key of one address."""
    return identify([(text, community)])[0].key


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("幸福路12号3栋2单元501", "幸福路１２号3号楼1-302", True),
        ("幸福路12号3栋", "幸福路12号4栋", False),
        ("淮南市幸福路12号", "合肥市幸福路12号", False),
        ("Bulevardi 5, Helsinki", "BULEVARDI 5 A 12, Helsinki", True),
        ("Bulevardi 5, Helsinki", "Bulevardi 5, Tampere", False),
        ("7 93rd Road Apt 4", "7 93rd Road Apt 5", True),
        ("89-15 Hollis Court Boulevard", "89–15 HOLLIS COURT BOULEVARD, Unit 3", True),
        ("12, Main Street", "14, Main Street", False),
    ],
)
def test_spellings_of_one_building_share_a_key(one: str, two: str, *, same: bool) -> None:
    """Rooms do not tell addresses apart; another building or another town does."""
    assert key(one)
    assert (key(one) == key(two)) is same


def test_another_community_is_another_address() -> None:
    """An answer given for one community does not speak for another."""
    assert key("幸福路12号", "甲社区") != key("幸福路12号", "乙社区")


@pytest.mark.parametrize(
    "text", ["阳光小区3号楼2单元501室 王小明 13812345678", "7 93rd Road Apt 4, 13812345678"]
)
def test_only_the_building_is_kept(text: str) -> None:
    """No name, room or telephone stands in the text."""
    said = identify([(text, "")])[0].text
    assert said
    assert not any(part in said for part in ("王小明", "138", "501", "Apt", "apt"))


@pytest.mark.parametrize("text", ["", "不详", "王小明", "13812345678", ",,,", "=1+1"])
def test_what_names_no_building_has_no_key(text: str) -> None:
    """Nothing can be remembered for it."""
    assert key(text) == ""


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
ANSWERS = st.builds(
    Accepted, st.text("0123456789abcdef", min_size=4, max_size=4), TEXTS, TEXTS,
    st.floats(-180, 180), st.floats(-90, 90), st.sampled_from(PRECISIONS), TEXTS,
)  # fmt: skip


@given(st.lists(ANSWERS, min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_answers_come_back(
    tmp_path_factory: pytest.TempPathFactory, answers: list[Accepted]
) -> None:
    """What is written is read again, whatever the texts; the bytes do not depend on the order."""
    known, _ = merge_accepted({}, answers)
    path = tmp_path_factory.mktemp("a") / "accepted.csv"
    path.write_bytes(accepted_bytes(known))
    back, findings = read_accepted(path)
    assert not findings
    assert set(back) == set(known)
    assert all(
        back[k].same_place(known[k]) and back[k].precision == known[k].precision for k in known
    )
    assert accepted_bytes(dict(reversed(known.items()))) == path.read_bytes()
    assert not any(
        line.startswith(("=", "+", "-", "@")) for line in path.read_text("utf-8-sig").splitlines()
    )


def test_the_later_answer_counts() -> None:
    """Contradicting answers are told; repeating one is not."""
    other = Accepted("k1", "幸福路12号3栋", "甲社区", 116.9, 32.6)
    answers, findings = merge_accepted({"k1": ONE}, [other])
    assert answers["k1"] == other
    assert [f.code for f in findings] == ["review-changed"]
    assert merge_accepted({"k1": ONE}, [ONE])[1] == ()


def test_rejections_are_remembered(tmp_path: Path) -> None:
    """无 comes back as an answer without a place."""
    none = Accepted("k2", "幸福路13号", precision="none")
    (tmp_path / "a.csv").write_bytes(accepted_bytes({"k2": none}))
    back = read_accepted(tmp_path / "a.csv")[0]["k2"]
    assert not back.placed
    assert math.isnan(back.lon)


def test_bad_lines_are_told_and_left_out(tmp_path: Path) -> None:
    """A line without numbers is a finding with its row; the others count, also without their key."""
    path = tmp_path / "accepted.csv"
    rows = ["地址,社区,经度,纬度,精度,地点,标识", "幸福路12号,,116.8,32.6,building,,",
            "幸福路13号,,abc,32.6,,,", "幸福路14号,,999,32.6,,,", "幸福路15号,,,,,,"]  # fmt: skip
    path.write_text("\n".join(rows), "gb18030")
    answers, findings = read_accepted(path)
    assert set(answers) == {key("幸福路12号")}
    assert [f.row for f in findings] == [3, 4, 5]


def test_no_file_is_no_answer(tmp_path: Path) -> None:
    """A missing or empty file holds nothing; one that is no table is refused, not overwritten."""
    assert read_accepted(tmp_path / "none.csv") == ({}, ())
    (tmp_path / "empty.csv").touch()
    assert read_accepted(tmp_path / "empty.csv") == ({}, ())
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n", "utf-8")
    assert [f.code for f in read_accepted(tmp_path / "odd.csv")[1]] == ["bad-accepted"]
    (tmp_path / "zip.csv").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(SheetError):
        read_accepted(tmp_path / "zip.csv")

"""Who may be chosen: marks, roles, wishes, and what scores and strengths are worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner.api.site.candidates import list_candidates, mean_scores
from planner.errors import ConfigError
from planner.model.project import Siting
from tests.api.site.lanes import Lane, lane

PLACES = [0.0, 100.0, 200.0, 300.0]


def known(**columns: list[Any]) -> pd.DataFrame:
    """What a sheet says of four members."""
    plain = {
        "candidate": [True] * 4,
        "score": [np.nan] * 4,
        "role": [""] * 4,
        "strengths": [""] * 4,
    }
    return pd.DataFrame({"id": ["M0", "M1", "M2", "M3"], **plain, **columns})


def listed(
    sheet: pd.DataFrame,
    terms: Siting | None = None,
    force: tuple = (),
    forbid: tuple = (),
    of: Lane | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, tuple]:
    """List the candidates of a lane with four members."""
    of = of or lane(PLACES, ["A"] * 4, PLACES)
    return list_candidates(terms or Siting(), of.located, of.demand, sheet, force, forbid)


def test_the_marked_are_candidates_and_where_nobody_is_all_are() -> None:
    """Marks count; without any mark everyone may be chosen."""
    able, aside, said = listed(known(candidate=[True, False, True, False]))
    assert able["id"].tolist() == ["M0", "M2"]
    assert not len(aside)
    assert not said
    assert listed(known(candidate=[False] * 4))[0]["id"].tolist() == ["M0", "M1", "M2", "M3"]


def test_who_is_missing_from_the_sheet_is_no_candidate() -> None:
    """A member of whom nothing is known has no mark."""
    assert listed(known().iloc[:2])[0]["id"].tolist() == ["M0", "M1"]
    unmarked = known(candidate=[False] * 4, strengths=["调解"] * 4).iloc[:2]
    able, _, _ = listed(unmarked, Siting(score_m=0.0, strengths=("调解",), strength_m=30.0))
    assert able["merit_m"].tolist() == [0.0, 0.0, 30.0, 30.0]
    assert able["role"].tolist() == [""] * 4


def test_the_forced_come_in_and_the_forbidden_are_told_of() -> None:
    """Forced without a mark; forbidden with one; a role that was not asked for; each with its cause."""
    sheet = known(candidate=[True, False, True, True], role=["a", "a", "a", "b"])
    able, aside, _ = listed(sheet, Siting(roles=("a",)), force=("M1",), forbid=("M2",))
    assert able["id"].tolist() == ["M0", "M1"]
    assert able["forced"].tolist() == [False, True]
    assert dict(zip(aside["id"], aside["cause"], strict=True)) == {"M2": "forbidden", "M3": "role"}


def test_a_forced_member_needs_no_role() -> None:
    """Asked for by name, whatever the role."""
    able, _, _ = listed(known(role=["b", "a", "b", "b"]), Siting(roles=("a",)), force=("M3",))
    assert able["id"].tolist() == ["M1", "M3"]


def test_who_has_no_place_is_set_aside_or_refused() -> None:
    """A candidate without a place is told of; one who must be chosen stops the whole."""
    of = lane(PLACES, ["A"] * 4, PLACES)
    of.demand.member_unit[1] = -1
    able, aside, _ = listed(known(), of=of)
    assert able["id"].tolist() == ["M0", "M2", "M3"]
    assert aside["cause"].tolist() == ["no_place"]
    with pytest.raises(ConfigError, match="member M1 must be chosen, but has no place"):
        listed(known(), force=("M1",), of=of)


@pytest.mark.parametrize(
    ("force", "forbid", "said"),
    [
        (("M9",), (), "no member 'M9'"),
        ((), ("X",), "no member 'X'"),
        (("M1",), ("M1",), "'M1' is both forced and forbidden"),
    ],
)
def test_impossible_wishes(force: tuple, forbid: tuple, said: str) -> None:
    """Ids that are not there, or both wanted and not."""
    with pytest.raises(ConfigError, match=said):
        listed(known(), force=force, forbid=forbid)


def test_of_several_impossible_wishes_the_first_by_id_is_told() -> None:
    """The same words give the same message."""
    names = tuple(f"X{i:02d}" for i in range(30, 0, -1))
    with pytest.raises(ConfigError, match="no member 'X01'"):
        listed(known(), force=names)
    everyone = ("M3", "M2", "M1", "M0")
    with pytest.raises(ConfigError, match="'M0' is both forced and forbidden"):
        listed(known(), force=everyone, forbid=everyone)


def test_two_of_one_house_cannot_both_be_forced() -> None:
    """One stairwell has one zone."""
    of = lane(PLACES, ["A"] * 4, [0.0, 0.0, 200.0, 300.0])
    with pytest.raises(ConfigError, match="M0 and M1 live in one stairwell") as caught:
        listed(known(), force=("M0", "M1"), of=of)
    assert "M0 与 M1" in (caught.value.zh or "")
    assert len(listed(known(), force=("M0", "M2"), of=of)[0]) == 4


def test_nobody_left_is_an_error() -> None:
    """A role that nobody has leaves nobody."""
    with pytest.raises(ConfigError, match="nobody can be chosen"):
        listed(known(), Siting(roles=("none such",)))


def test_points_are_metres_short_of_the_best() -> None:
    """Each point short of the highest costs so much; who has none counts as the lowest, and is told."""
    able, _, said = listed(known(score=[90.0, 80.0, np.nan, 85.0]), Siting(score_m=2.0))
    assert able["merit_m"].tolist() == [0.0, 20.0, 20.0, 10.0]
    assert [f.code for f in said] == ["score-missing"]
    assert "1 candidates have no score" in said[0].what
    _, _, said = listed(known(score=[90.0, np.nan, np.nan, 85.0]), Siting(score_m=0.5))
    assert "2 candidates have no score" in said[0].what


def test_without_a_price_a_missing_score_is_no_matter() -> None:
    """Points that cost nothing are not asked for; nor are those that nobody has."""
    able, _, said = listed(known(score=[90.0, np.nan, 70.0, 70.0]), Siting(score_m=0.0))
    assert able["merit_m"].tolist() == [0.0] * 4
    assert not said
    able, _, said = listed(known(), Siting(score_m=5.0))
    assert able["merit_m"].tolist() == [0.0] * 4
    assert not said


def test_who_lacks_every_strength_pays() -> None:
    """One of the strengths that are wanted is enough."""
    terms = Siting(score_m=0.0, strengths=("宣讲", "调解"), strength_m=30.0)
    able, _, _ = listed(known(strengths=["宣讲", "调解、书法", "书法", ""]), terms)
    assert able["merit_m"].tolist() == [0.0, 0.0, 30.0, 30.0]


def test_mean_scores_of_the_chosen_and_of_today() -> None:
    """Means over those who have a score; None where nobody has."""
    of = lane(PLACES, ["A"] * 4, PLACES)
    members = of.located.members.assign(is_centre=[True, True, False, False])
    located = type(of.located)(of.located.households, members, ())
    sheet = known(score=[70.0, np.nan, 91.0, 84.0])
    assert mean_scores(sheet.iloc[2:], located, sheet) == {"score": 87.5, "score_before": 70.0}
    assert mean_scores(known(), located, known()) == {"score": None, "score_before": None}

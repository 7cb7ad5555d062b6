"""Answers are judged: level, area, rivals, shared points, and the offline match beside them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.intake.online.judge import AGREE_M, Judged, crossed, judge_all
from planner.intake.online.outgoing import Outgoing
from planner.intake.online.services.replies import Reply, Spot, Verdict
from planner.intake.online.settings import ProviderSettings

AREA = (116.80, 32.60, 116.88, 32.66)
SETTINGS = ProviderSettings("nominatim", base_url="http://127.0.0.1")
M = 1 / 111_195
"""A metre north, degrees."""


def spot(north_m: float = 0.0, precision: str = "building", confidence: float = 0.9) -> Spot:
    """Give a place so far north of a corner of the town."""
    return Spot(116.84, 32.62 + north_m * M, precision, confidence, "level", "")


def judged(*spots: Spot, **values: object) -> Judged:
    """Judge one answer alone."""
    asked = {"k": Outgoing("柳荫路1号", "k", "", "柳荫路1号", bool(values.pop("numbered", False)))}
    reply = Reply(Verdict.FOUND, spots) if spots else Reply(Verdict.ABSENT)
    return judge_all(asked, {"k": reply}, SETTINGS, AREA)["k"]


def offline(
    north_m: float | None, precision: str = "building", confidence: float = 0.7, **more: str
):
    """Give a row of the offline match."""
    row = {
        "matched": "x",
        "source": "map",
        "runners_up": "",
        "cause": "",
        "code": "",
        "told": "",
        **more,
    }
    at = (np.nan, np.nan) if north_m is None else (116.84, 32.62 + north_m * M)
    return {"lon": at[0], "lat": at[1], "precision": precision, "confidence": confidence, **row}


def test_a_building_is_taken() -> None:
    """One exact answer inside the area is the place."""
    one = judged(spot())
    assert (one.cause, one.precision, one.confidence) == ("", "building", 0.9)
    assert one.matched == "柳荫路1号"


@pytest.mark.parametrize(
    ("spots", "kind"),
    [
        ((), "absent"),
        ((spot(precision="area"),), "coarse"),
        ((spot(precision="street"),), "coarse"),
        ((spot(40_000),), "outside"),
        ((spot(), spot(101)), "ambiguous"),
    ],
)
def test_what_places_nobody(spots: tuple[Spot, ...], kind: str) -> None:
    """Each cause has a word of its own, and no place."""
    one = judged(*spots)
    assert one.kind == kind
    assert one.cause
    assert np.isnan(one.lon)


def test_answers_of_one_spot_are_no_rivals() -> None:
    """A second answer within 100 m is the same place; one outside the area is none."""
    assert not judged(spot(), spot(99)).cause
    assert not judged(spot(), spot(40_000)).cause
    assert not judged(spot(), spot(101, precision="street")).cause


def test_the_margin_counts_as_inside() -> None:
    """Homes up to two kilometres beyond the streets are still of this town."""
    edge_m = (AREA[3] - 32.62) / M
    assert not judged(spot(edge_m + 1990)).cause
    assert judged(spot(edge_m + 2010)).kind == "outside"


def test_a_door_is_not_surely_the_building() -> None:
    """Where a numbered building was asked for, an estate or door places it without confidence."""
    assert judged(spot(precision="compound"), numbered=True).confidence == 0.7
    assert judged(spot(precision="building"), numbered=True).confidence == 0.9


@pytest.mark.parametrize(("n", "held"), [(3, False), (4, True)])
def test_a_fallback_point_is_seen_through(n: int, held: bool) -> None:
    """Four distinct buildings on one point are held; spellings of one building are not four."""
    keys = [str(i) for i in range(n)]
    replies = dict.fromkeys(keys, Reply(Verdict.FOUND, (spot(),)))
    many = judge_all({k: Outgoing(k, k, "", k) for k in keys}, replies, SETTINGS, AREA)
    assert [one.kind == "same" for one in many.values()] == [held] * n
    one = judge_all({k: Outgoing(k, k, "", "b") for k in keys}, replies, SETTINGS, AREA)
    assert not any(told.cause for told in one.values())


@pytest.mark.parametrize(
    ("away_m", "ours", "theirs", "placed"),
    [
        (99, "building", "building", True),
        (101, "building", "building", False),
        (199, "street", "building", True),
        (201, "street", "building", False),
        (150, "building", "compound", True),
    ],
)
def test_two_sources_must_agree(away_m: float, ours: str, theirs: str, placed: bool) -> None:
    """Beyond 100 m (200 m where either is loose) nobody is placed, and both are named."""
    online = Judged("", 116.84, 32.62, theirs, 0.9, "y")
    row = crossed(offline(away_m, ours), online, "amap")
    assert np.isfinite(row["lon"]) == placed
    assert bool(row["runners_up"]) != placed


def test_agreement_is_surer_than_either() -> None:
    """Within 50 m confidence rises; between 50 and 100 m it is the lesser of both."""
    online = Judged("", 116.84, 32.62, "building", 0.9, "y")
    near = crossed(offline(AGREE_M - 1), online, "amap")
    far = crossed(offline(AGREE_M + 1), online, "amap")
    assert near["confidence"] == pytest.approx(0.97)
    assert near["source"] == "map + amap"
    assert far["confidence"] == 0.7


def test_the_more_exact_of_two_that_agree_is_taken() -> None:
    """A building beats a street's middle, whichever of the two found it."""
    online = Judged("", 116.84, 32.62, "building", 0.9, "y")
    assert crossed(offline(20, "street"), online, "amap")["lat"] == 32.62
    assert crossed(offline(20, "building"), online, "amap")["lat"] == pytest.approx(32.62 + 20 * M)


def test_a_guess_where_the_map_would_not_choose_is_unsure() -> None:
    """An ambiguous match with an answer is placed at 0.7 at most, and keeps its other places."""
    online = Judged("", 116.84, 32.62, "building", 0.9, "y")
    row = crossed(
        offline(None, "none", 0.0, cause="ambiguous: a; b", code="ambiguous", runners_up="a; b"),
        online,
        "amap",
    )
    assert (row["confidence"], row["runners_up"]) == (0.7, "a; b")


def test_an_answer_that_places_nobody_takes_nothing_away() -> None:
    """Without an answer the offline match stays; without a match the cause is the service's."""
    absent = Judged("address not found", kind="absent")
    kept = offline(10)
    assert crossed(kept, absent, "amap") == kept
    unsure = offline(None, "none", 0.0, cause="ambiguous: a; b", code="ambiguous")
    assert crossed(unsure, absent, "amap") == unsure
    told = crossed(
        offline(None, "none", 0.0, cause="address not found", runners_up="z"), absent, "amap"
    )
    assert (told["cause"], told["runners_up"]) == ("address not found", "z")


@given(
    st.floats(-300, 300), st.sampled_from(["building", "street"]), st.floats(0, 1), st.floats(0, 1)
)
def test_confidence_stays_a_share(north: float, kind: str, ours: float, theirs: float) -> None:
    """Whatever two sources say, confidence lies between 0 and 1, and a place is one of the two."""
    online = Judged("", 116.84, 32.62, "building", theirs, "y")
    row = crossed(offline(north, kind, ours), online, "amap")
    assert 0 <= row["confidence"] <= 1
    if np.isfinite(row["lat"]):
        assert row["lat"] in (32.62, 32.62 + north * M)

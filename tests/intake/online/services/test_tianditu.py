"""How tianditu is asked and read."""

from __future__ import annotations

import pytest

from planner.intake.online.services.replies import AREA, Verdict
from planner.intake.online.services.tianditu import TIANDITU


@pytest.mark.parametrize(
    ("payload", "verdict"),
    [
        ({"msg": "非法Key", "code": "301003", "resolve": "x"}, Verdict.STOP),
        ({"msg": "日访问次数超限", "code": 301009}, Verdict.STOP),
        ({"msg": "访问过于频繁", "code": 301010}, Verdict.SLOWER),
        ({"msg": "error", "status": "1"}, Verdict.AGAIN),
    ],
)
def test_faults_inside_a_200(payload: object, verdict: Verdict) -> None:
    """Quota, key, speed and passing faults in a good status are told apart."""
    reply = TIANDITU.read(payload)
    assert reply.verdict is verdict
    assert not reply.spots
    assert reply.note


@pytest.mark.parametrize(
    ("level", "precision"),
    [
        ("门牌号", "address point"),
        ("楼栋", "building"),
        ("POI", "compound"),
        ("街巷", "street"),
        ("省", AREA),
    ],
)
def test_levels_are_read(level: str, precision: str) -> None:
    """What the service calls a level is one of ours; an unknown one places nobody."""
    (spot,) = TIANDITU.read(
        {"status": "0", "location": {"lon": "116.8", "lat": "32.6", "level": level, "score": 98}}
    ).spots
    assert (spot.lon, spot.lat, spot.precision) == (116.8, 32.6, precision)


def test_a_low_score_is_no_building() -> None:
    """Below 80 of 100 Tianditu has guessed; without a score it is not trusted either."""
    place = {"lon": "116.8", "lat": "32.6", "level": "楼栋"}
    for score in ({"score": 79}, {}):
        told = TIANDITU.read({"status": "0", "location": {**place, **score}})
        assert told.spots[0].precision == AREA


@pytest.mark.parametrize(
    "payload", [{"status": "404"}, {"status": "0", "location": {}}, {"status": "101"}]
)
def test_no_result_is_an_absence(payload: object) -> None:
    """Three ways to say that there is no such place."""
    assert TIANDITU.read(payload).verdict is Verdict.ABSENT

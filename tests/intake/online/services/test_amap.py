"""How amap is asked and read."""

from __future__ import annotations

import pytest

from planner.intake.online.services.amap import AMAP
from planner.intake.online.services.replies import AREA, Verdict


@pytest.mark.parametrize(
    ("payload", "verdict"),
    [
        ({"status": "0", "info": "DAILY_QUERY_OVER_LIMIT", "infocode": "10003"}, Verdict.STOP),
        ({"status": "0", "info": "USER_DAILY_QUERY_OVER_LIMIT", "infocode": "10044"}, Verdict.STOP),
        ({"status": "0", "info": "INVALID_USER_KEY", "infocode": "10001"}, Verdict.STOP),
        (
            {"status": "0", "info": "CUQPS_HAS_EXCEEDED_THE_LIMIT", "infocode": "10021"},
            Verdict.SLOWER,
        ),
        ({"status": "0", "info": "SERVER_IS_BUSY", "infocode": "10016"}, Verdict.AGAIN),
        (
            {"status": "0", "info": "ENGINE_RESPONSE_DATA_ERROR", "infocode": "30001"},
            Verdict.REFUSED,
        ),
    ],
)
def test_faults_inside_a_200(payload: object, verdict: Verdict) -> None:
    """Quota, key, speed and passing faults in a good status are told apart."""
    reply = AMAP.read(payload)
    assert reply.verdict is verdict
    assert not reply.spots
    assert reply.note


@pytest.mark.parametrize(
    ("level", "precision"),
    [("单元号", "building"), ("小区", "compound"), ("道路", "street"), ("区县", AREA), ("", AREA)],
)
def test_levels_are_read(level: str, precision: str) -> None:
    """What the service calls a level is one of ours; an unknown one places nobody."""
    (spot,) = AMAP.read(
        {"status": "1", "geocodes": [{"location": "116.8,32.6", "level": level}]}
    ).spots
    assert (spot.lon, spot.lat, spot.precision) == (116.8, 32.6, precision)


def test_no_result_is_an_absence() -> None:
    """AMap says that it knows no such place with an empty list."""
    assert AMAP.read({"status": "1", "geocodes": []}).verdict is Verdict.ABSENT


def test_one_text_is_no_batch() -> None:
    """A bar would split a text into several, so it goes; the city goes beside."""
    told = AMAP.params("a|b", "某市", "k")
    assert told["address"] == "a b"
    assert told["city"] == "某市"
    assert "city" not in AMAP.params("a", "", "k")

"""How baidu is asked and read."""

from __future__ import annotations

import pytest

from planner.intake.online.services.baidu import BAIDU
from planner.intake.online.services.replies import AREA, Verdict


@pytest.mark.parametrize(
    ("payload", "verdict"),
    [
        ({"status": 302, "message": "天配额超限，限制访问"}, Verdict.STOP),
        ({"status": 401, "message": "当前并发量已经超过约定并发配额"}, Verdict.SLOWER),
        ({"status": 402, "message": "当前并发量已经超过约定并发配额"}, Verdict.SLOWER),
        ({"status": 200, "message": "APP不存在"}, Verdict.STOP),
        ({"status": 1, "message": "服务器内部错误"}, Verdict.AGAIN),
    ],
)
def test_faults_inside_a_200(payload: object, verdict: Verdict) -> None:
    """Quota, key, speed and passing faults in a good status are told apart."""
    reply = BAIDU.read(payload)
    assert reply.verdict is verdict
    assert not reply.spots
    assert reply.note


@pytest.mark.parametrize(
    ("level", "precision"),
    [
        ("门址", "address point"),
        ("楼栋", "address point"),
        ("小区", "compound"),
        ("道路", "street"),
        ("区县", AREA),
    ],
)
def test_levels_are_read(level: str, precision: str) -> None:
    """What the service calls a level is one of ours; an unknown one places nobody."""
    (spot,) = BAIDU.read(
        {
            "status": 0,
            "result": {"location": {"lng": 116.8, "lat": 32.6}, "confidence": 90, "level": level},
        }
    ).spots
    assert (spot.lon, spot.lat, spot.precision) == (116.8, 32.6, precision)


@pytest.mark.parametrize(("sure", "understood"), [(50, 95), (None, 95), (90, 10)])
def test_a_point_that_is_not_meant_is_none(sure: float | None, understood: float) -> None:
    """A door that Baidu itself puts a kilometre off, or did not understand, is no building."""
    result = {"location": {"lng": 116.8, "lat": 32.6}, "level": "门址", "comprehension": understood}
    told = BAIDU.read({"status": 0, "result": {**result, "confidence": sure}})
    assert told.spots[0].precision == AREA


def test_no_result_is_an_absence() -> None:
    """An empty list is an answer; a status of 1 is none, for it may be an inner fault."""
    assert BAIDU.read({"status": 0, "result": []}).verdict is Verdict.ABSENT
    assert BAIDU.read({"status": 1}).verdict is Verdict.AGAIN
    assert BAIDU.read({"status": 2}).verdict is Verdict.REFUSED

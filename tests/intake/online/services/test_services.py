"""How the four services are asked and read."""

from __future__ import annotations

import json

import pytest

from planner.errors import ConfigError
from planner.intake.online import SERVICES, ProviderSettings
from planner.intake.online.services.replies import AREA, Verdict
from tests.intake.online.conftest import CITY, EXACT, KEYS
from tests.intake.online.fake import ANSWER

NAMES = sorted(SERVICES)


@pytest.mark.parametrize("name", NAMES)
def test_documented_answers_are_read(name: str) -> None:
    """A place, its level and an absence come out of each service's own format."""
    read = SERVICES[name].read
    found = read(ANSWER[name]("柳荫路1号", (116.8, 32.6, EXACT[name])))
    assert found.verdict is Verdict.FOUND
    assert (found.spots[0].lon, found.spots[0].lat) == pytest.approx((116.8, 32.6))
    assert found.spots[0].precision in ("address point", "building")
    assert read(ANSWER[name]("柳荫路1号", (116.8, 32.6, CITY[name]))).spots[0].precision == AREA
    assert read(ANSWER[name]("柳荫路1号", None)).verdict is Verdict.ABSENT


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        {},
        "",
        7,
        [None],
        [[]],
        {"status": "1"},
        {"status": 0},
        {"status": "0"},
        {"status": True},
        {"geocodes": {}},
        {"status": "1", "geocodes": [{"location": []}]},
        {"status": 0, "result": {"location": 3}},
        {"status": "0", "location": {"lon": "0", "lat": "0"}},
        {"status": 0, "result": {"location": {"lng": 999, "lat": 1}}},
        [{"lat": "x", "lon": "y"}],
        [{"lat": "91", "lon": "1"}],
        {"error": "x"},
        {"status": "1", "geocodes": [{"location": "nan,nan"}]},
    ],
)
def test_anything_else_is_no_place(name: str, payload: object) -> None:
    """Valid JSON of another shape is a fault, never a place; an empty list is Nominatim's absence."""
    reply = SERVICES[name].read(payload)
    assert not reply.spots
    expected = (
        (Verdict.ABSENT,)
        if name == "nominatim" and payload == []
        else (Verdict.AGAIN, Verdict.STOP)
    )
    assert reply.verdict in expected


@pytest.mark.parametrize(
    ("name", "payload", "verdict"),
    [
        (
            "amap",
            {"status": "0", "info": "DAILY_QUERY_OVER_LIMIT", "infocode": "10003"},
            Verdict.STOP,
        ),
        (
            "amap",
            {"status": "0", "info": "USER_DAILY_QUERY_OVER_LIMIT", "infocode": "10044"},
            Verdict.STOP,
        ),
        ("amap", {"status": "0", "info": "INVALID_USER_KEY", "infocode": "10001"}, Verdict.STOP),
        (
            "amap",
            {"status": "0", "info": "CUQPS_HAS_EXCEEDED_THE_LIMIT", "infocode": "10021"},
            Verdict.SLOWER,
        ),
        ("amap", {"status": "0", "info": "SERVER_IS_BUSY", "infocode": "10016"}, Verdict.AGAIN),
        (
            "amap",
            {"status": "0", "info": "ENGINE_RESPONSE_DATA_ERROR", "infocode": "30001"},
            Verdict.REFUSED,
        ),
        ("baidu", {"status": 302, "message": "天配额超限，限制访问"}, Verdict.STOP),
        ("baidu", {"status": 401, "message": "当前并发量已经超过约定并发配额"}, Verdict.SLOWER),
        ("baidu", {"status": 402, "message": "当前并发量已经超过约定并发配额"}, Verdict.SLOWER),
        ("baidu", {"status": 200, "message": "APP不存在"}, Verdict.STOP),
        ("baidu", {"status": 1, "message": "服务器内部错误"}, Verdict.AGAIN),
        ("tianditu", {"msg": "非法Key", "code": "301003", "resolve": "x"}, Verdict.STOP),
        ("tianditu", {"msg": "日访问次数超限", "code": 301009}, Verdict.STOP),
        ("tianditu", {"msg": "访问过于频繁", "code": 301010}, Verdict.SLOWER),
        ("tianditu", {"msg": "error", "status": "1"}, Verdict.AGAIN),
    ],
)
def test_faults_inside_a_200(name: str, payload: object, verdict: Verdict) -> None:
    """Quota, key, speed and passing faults in a good status are told apart."""
    reply = SERVICES[name].read(payload)
    assert reply.verdict is verdict
    assert not reply.spots


def test_baidu_confidence_counts() -> None:
    """A door that Baidu itself puts a kilometre off is no building."""
    payload = json.loads(json.dumps(ANSWER["baidu"]("x", (116.8, 32.6, "门址"))))
    payload["result"]["confidence"] = 50
    assert SERVICES["baidu"].read(payload).spots[0].precision == AREA


@pytest.mark.parametrize("name", NAMES)
def test_the_text_cannot_break_the_request(name: str) -> None:
    """Quotes, bars and ampersands in a text stay inside their parameter."""
    params = SERVICES[name].params('柳荫路1号"|&tk=x', "某市", "k")
    assert all(isinstance(v, str) for v in params.values())
    if name == "tianditu":
        assert json.loads(params["ds"])["keyWord"] == '某市柳荫路1号"|&tk=x'
    if name == "amap":
        assert "|" not in params["address"]


@pytest.mark.parametrize(
    "values",
    [
        {"name": "google"},
        {"per_second": 0},
        {"per_second": float("nan")},
        {"retries": -1},
        {"most": 0},
        {"timeout_s": 0},
        {"seconds": float("inf")},
        {"failures": 0},
        {"ask": "everyone"},
        {"accept": ()},
        {"accept": ("area",)},
        {"city": "a\nb"},
        {"base_url": "ftp://x"},
        {"base_url": "https://u:p@x"},
        {"base_url": "https://x/?key=1"},
        {"base_url": "http://example.org"},
        {"base_url": "nonsense"},
        {"base_url": "http://[::1"},
        {"contact": "电话"},
        {"same_spot": 1},
    ],
)
def test_settings_check_themselves(values: dict[str, object]) -> None:
    """Values that cannot be meant are refused before anything is sent."""
    with pytest.raises(ConfigError):
        ProviderSettings(**{"name": "amap", **values})  # type: ignore[arg-type]


def test_the_public_nominatim_is_spared() -> None:
    """One request a second, and no bulk, on the public host; an own server is free."""
    with pytest.raises(ConfigError, match="one request a second"):
        ProviderSettings("nominatim", per_second=2)
    public = ProviderSettings("nominatim")
    public.check_bulk(1000)
    with pytest.raises(ConfigError, match="too many"):
        public.check_bulk(1001)
    ProviderSettings("nominatim", base_url="http://10.0.0.5", per_second=50).check_bulk(10**6)


def test_keys_come_from_the_environment_alone() -> None:
    """A missing or mangled key is said without being shown."""
    settings = ProviderSettings("amap")
    assert settings.api_key(KEYS) == KEYS["PLANNER_AMAP_KEY"]
    with pytest.raises(ConfigError, match="PLANNER_AMAP_KEY"):
        settings.api_key({})
    with pytest.raises(ConfigError) as caught:
        settings.api_key({"PLANNER_AMAP_KEY": "canary key with blanks"})
    assert "canary" not in str(caught.value)
    assert ProviderSettings("nominatim").api_key({}) == ""

"""What holds of each service: its own format is read, any other is no place."""

from __future__ import annotations

import json

import pytest

from planner.intake.online.services.replies import AREA, Verdict, is_place, number_of, text_of
from planner.intake.online.settings import SERVICES
from tests.intake.online.conftest import CITY, EXACT
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
    ("value", "text", "number"),
    [
        ("12.5", "12.5", 12.5),
        (7, "7", 7.0),
        ([], "", float("nan")),
        (None, "", float("nan")),
        (True, "", float("nan")),
        ("x" * 300, "x" * 200, float("nan")),
        (10**400, str(10**400)[:200], float("nan")),
    ],
)
def test_json_values_are_read_or_nothing(value: object, text: str, number: float) -> None:
    """Lists for nothing, booleans and numbers beyond all bounds are no text and no number."""
    assert text_of(value) == text
    assert number_of(value) == pytest.approx(number, nan_ok=True)


@pytest.mark.parametrize(
    ("lon", "lat", "good"),
    [
        (116.8, 32.6, True),
        (0.0, 0.0, False),
        (0.0, 51.5, True),
        (181.0, 1.0, False),
        (1.0, -91.0, False),
        (float("nan"), 1.0, False),
        (float("inf"), 1.0, False),
    ],
)
def test_places_are_on_earth(lon: float, lat: float, good: bool) -> None:
    """Null island, infinity and what lies off the globe are no places."""
    assert is_place(lon, lat) is good

"""Coordinates in every notation that people use: read whole, or refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.intake.coordinates.recognise import parse_dms, split_pair


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("116°23′50″E", 116 + 23 / 60 + 50 / 3600),
        ("32°37'12\"", 32.62),
        ("32°37'12''N", 32.62),
        ("116度23分50秒", 116 + 23 / 60 + 50 / 3600),
        ("东经116度23分", 116 + 23 / 60),
        ("北纬 32°37.2′", 32.62),
        ("E116 23.5", 116 + 23.5 / 60),
        ("１１６．３９７", 116.397),
        ("116,397", 116.397),
        ("33.9 S", -33.9),
        ("-70.6", -70.6),
        ("W0.1276", -0.1276),
    ],
)
def test_one_coordinate(text: str, degrees: float) -> None:
    """Degrees, minutes and seconds, hemispheres, full width and decimal commas are read."""
    assert parse_dms(text) == pytest.approx(degrees, abs=1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "190",
        "91N",
        "116°61'",
        "116°23'60\"",
        "116.5°23'",
        "116.3,39.9",
        "-33S",
        "N33S",
        "幸福路12号",
        "116°23.5'10\"",
        "1e2",
    ],
)
def test_what_is_no_coordinate_is_none(text: str) -> None:
    """Anything else is refused rather than read in part."""
    assert parse_dms(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "116.3,39.9",
        "(116.3，39.9)",
        "116,3; 39,9",
        "39.9N 116.3E",
        "POINT (116.3 39.9)",
        "116.3\t39.9",
        "北纬39.9° 东经116.3°",
        "lat 39.9, lon 116.3",
        "116°18′E,39°54′N",
        "SRID=4326;POINT(116.3 39.9)",
    ],
)
def test_a_pair_in_one_cell(text: str) -> None:
    """Both coordinates in a cell come apart, longitude first where the text tells."""
    assert split_pair(text) == pytest.approx((116.3, 39.9), abs=1e-9)


@pytest.mark.parametrize("text", ["", "116.3", "116,3,39,9", "a,b", "39N 40N", "1 2 3"])
def test_what_is_no_pair_is_none(text: str) -> None:
    """One number, three numbers, or two latitudes are no pair."""
    assert split_pair(text) is None


@given(
    d=st.integers(0, 179),
    m=st.integers(0, 59),
    s=st.integers(0, 59),
    letter=st.sampled_from("EW"),
    way=st.integers(0, 5),
)
def test_degrees_minutes_seconds_in_any_spelling(
    d: int, m: int, s: int, letter: str, way: int
) -> None:
    """The same angle is read from every spelling; west is negative."""
    said = {"E": "东经", "W": "西经"}[letter]
    text = (
        f"{d}°{m}′{s}″{letter}", f"{letter}{d}°{m}'{s}\"", f"{said}{d}度{m}分{s}秒",
        f"{letter} {d} {m} {s}", f"{d}º{m}’{s}”{letter}", f"{d}°{m}'{s}''{letter.lower()}",
    )[way]  # fmt: skip
    value = (d + m / 60 + s / 3600) * (1 if letter == "E" else -1)
    assert parse_dms(text) == pytest.approx(value, abs=1e-12)


@given(
    lon=st.floats(-179.9, 179.9).map(lambda v: round(v, 6)),
    lat=st.floats(-89.9, 89.9).map(lambda v: round(v, 6)),
    form=st.sampled_from(
        ["{x:.6f},{y:.6f}", "{x:.6f} {y:.6f}", "({x:.6f}; {y:.6f})", "POINT({x:.6f} {y:.6f})",
         "lat {y:.6f} lon {x:.6f}", "经度{x:.6f} 纬度{y:.6f}", "纬度：{y:.6f}，经度：{x:.6f}"]
    ),
)  # fmt: skip
def test_a_pair_comes_back(lon: float, lat: float, form: str) -> None:
    """Whatever joins the two, the longitude comes first."""
    assert split_pair(form.format(x=lon, y=lat)) == pytest.approx((lon, lat), abs=1e-6)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text brings the reader down, and what it reads is on the globe."""
    one, two = parse_dms(text), split_pair(text)
    assert one is None or -180 <= one <= 180
    assert two is None or all(math.isfinite(v) and abs(v) <= 180 for v in two)

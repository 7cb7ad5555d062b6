"""How Nominatim is asked and read."""

from __future__ import annotations

import pytest

from planner.intake.online.services.nominatim import NOMINATIM
from planner.intake.online.services.replies import AREA, Verdict


def item(**values: object) -> dict[str, object]:
    """Give one answer of ``format=jsonv2``."""
    return {"lon": "116.8", "lat": "32.6", "display_name": "柳荫路1号", **values}


@pytest.mark.parametrize(
    ("values", "precision"),
    [
        ({"category": "place", "type": "house", "place_rank": 30}, "address point"),
        ({"category": "place", "type": "house", "place_rank": 26}, AREA),
        ({"category": "building", "type": "yes", "place_rank": 30}, "building"),
        ({"category": "highway", "type": "residential", "place_rank": 26}, "street"),
        ({"category": "landuse", "type": "residential", "place_rank": 22}, "compound"),
        ({"category": "shop", "type": "bakery", "place_rank": 30}, "compound"),
        ({"category": "boundary", "type": "administrative", "place_rank": 30}, AREA),
        ({"category": "amenity", "type": "x", "place_rank": 27}, "street"),
        ({"category": "place", "type": "city", "place_rank": 16}, AREA),
        ({}, AREA),
    ],
)
def test_rank_and_kind_make_the_precision(values: dict[str, object], precision: str) -> None:
    """Importance is fame and not read; a boundary of house rank is no house."""
    (spot,) = NOMINATIM.read([item(**values, importance=0.9)]).spots
    assert spot.precision == precision


def test_answers_are_all_or_none() -> None:
    """One broken answer of several makes the reply a fault, not a shorter list."""
    good = item(category="building", type="yes", place_rank=30)
    assert len(NOMINATIM.read([good, good]).spots) == 2
    reply = NOMINATIM.read([good, {"lon": "x"}])
    assert (reply.verdict, reply.spots) == (Verdict.AGAIN, ())


def test_the_city_goes_where_it_is_read() -> None:
    """In front of Chinese text, behind western text."""
    assert NOMINATIM.params("柳荫路1号", "淮南市", "")["q"] == "淮南市柳荫路1号"
    assert NOMINATIM.params("Main St 1", "Town", "")["q"] == "Main St 1, Town"
    assert NOMINATIM.params("Main St 1", "", "")["q"] == "Main St 1"

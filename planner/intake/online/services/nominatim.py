"""Nominatim: ``/search?format=jsonv2``, WGS-84; no key, but a public host with a usage policy."""

from __future__ import annotations

from typing import Final

from planner.intake.coordinates.datum import Datum
from planner.intake.online.services.replies import (
    AREA,
    Reply,
    Service,
    Spot,
    Verdict,
    broken,
    is_place,
    number_at,
    text_at,
)

__all__ = ["NOMINATIM", "PUBLIC_HOST", "PUBLIC_MOST"]

PUBLIC_HOST: Final = "nominatim.openstreetmap.org"
PUBLIC_MOST: Final = 1000
"""More than this is bulk geocoding, which the public host asks to take elsewhere."""
_COMPOUND: Final = frozenset(
    ("residential", "apartments", "neighbourhood", "quarter", "housing", "allotments", "block")
)
_AREA_KINDS: Final = frozenset({"boundary", "place", "waterway", "natural", "landuse"})
_HOUSE_RANK: Final = 30
_STREET_RANK: Final = 26


def _params(text: str, city: str, _key: str) -> dict[str, str]:
    # Western addresses go from the small to the large, Chinese ones the other way.
    told = f"{text}, {city}" if city and text.isascii() else city + text
    return {"q": told, "format": "jsonv2", "limit": "3"}


def _read(payload: object) -> Reply:
    if isinstance(payload, dict) and "error" in payload:
        return broken("the service reports a fault")
    if not isinstance(payload, list):
        return broken("the answer is not in Nominatim's format")
    spots = [_spot(item) for item in payload]
    good = tuple(spot for spot in spots if spot is not None)
    if len(good) < len(spots):
        return broken("the answer holds a place without coordinates")
    return Reply(Verdict.FOUND, good) if good else Reply(Verdict.ABSENT)


def _spot(item: object) -> Spot | None:
    lon, lat = number_at(item, "lon"), number_at(item, "lat")
    if not is_place(lon, lat):
        return None
    # jsonv2 says category where the older json says class.
    category = text_at(item, "category") or text_at(item, "class")
    kind, rank = text_at(item, "type"), number_at(item, "place_rank")
    told = text_at(item, "addresstype") or kind
    precision, confidence = _precision(category, kind, told, rank)
    label = text_at(item, "display_name")
    return Spot(lon, lat, precision, confidence, f"{category}/{told}", label)


def _precision(category: str, kind: str, told: str, rank: float) -> tuple[str, float]:
    # Importance is fame, not precision (a house has next to none), so it is not read.
    if kind in ("house", "house_number") or (category == "place" and told in ("house", "place")):
        found = ("address point", 0.9) if rank >= _HOUSE_RANK else (AREA, 0.1)
    elif category == "building" and rank >= _HOUSE_RANK:
        found = ("building", 0.85)
    elif category == "highway" or told in ("road", "street"):
        found = ("street", 0.4)
    elif {kind, told} & _COMPOUND or (rank >= _HOUSE_RANK and category not in _AREA_KINDS):
        found = ("compound", 0.6)
    else:
        found = ("street", 0.3) if _STREET_RANK <= rank < _HOUSE_RANK else (AREA, 0.1)
    return found


NOMINATIM: Final = Service(
    name="nominatim",
    base_url=f"https://{PUBLIC_HOST}",
    path="/search",
    datum=Datum.WGS84,
    version="jsonv2.1",
    key_variable="",
    per_second=1.0,
    params=_params,
    read=_read,
)
"""The service as documented."""

"""Whose zone is this?  An address or a lon/lat pair, answered from a finished plan alone.

The names that the plan keeps, of units and of the buildings beneath them, make a gazetteer of its own.
What fits several places of different zones is told as such, never settled silently; no answer holds a
resident's name, id or room.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd

from planner.intake.address.parse import parse_address
from planner.intake.gazetteer.found import Cause, Match
from planner.intake.gazetteer.geocode import find_places
from planner.model.tables import PlanTables
from planner.plan.names import CHINESE, NameBook, Place, name_book
from planner.plan.venues import nearest_venue

__all__ = ["Lookup", "Place", "look_up"]

SURE = 0.97  # confidence where a text names a place of the plan word for word, or by its building
ESTATE = 0.5  # confidence where no more than the estate is known
MOST = 12  # places told of where several fit
_PAIR = re.compile(
    r"\s*[(\[（]?\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*[)\]）]?\s*"
)
_COARSE = frozenset({"compound", "street", "community"})


@dataclass(frozen=True)
class Lookup:
    """What a plan knows of an address.

    Parameters
    ----------
    places : tuple of Place
        The place, or all that the text could mean; empty where nothing fits.
    settled : bool
        Whether the text means one place, or places of one zone only.
    cause, cause_zh : str
        Why it is not settled; "" if it is.
    """

    places: tuple[Place, ...] = ()
    settled: bool = False
    cause: str = ""
    cause_zh: str = ""

    @property
    def zone(self) -> int | None:
        """Number of the zone; None where the answer is not settled."""
        return self.places[0].zone if self.settled else None

    def to_mapping(self) -> dict[str, Any]:
        """Give plain JSON values."""
        return {
            "settled": self.settled,
            "zone": self.zone,
            "cause": self.cause,
            "places": [asdict(p) | {"minutes": p.minutes} for p in self.places],
        }

    def table(self) -> pd.DataFrame:
        """Give one row a place, for people.

        Returns
        -------
        DataFrame
            ``place, zone, centre, fence, walk_m, match, confidence``.
        """
        names = ("zone", "centre", "fence", "walk_m", "precision", "confidence")
        columns = {name: [getattr(p, name) for p in self.places] for name in names}
        label = [p.label or f"{p.lon:.6f},{p.lat:.6f}" for p in self.places]
        zone = [z or None for z in columns.pop("zone")]
        frame = pd.DataFrame({"place": label, "zone": zone, **columns})
        return frame.rename(columns={"precision": "match"})

    def _repr_html_(self) -> str:
        told = "" if self.settled else f"not settled 未能确定: {self.cause} {self.cause_zh}"
        table = (
            self.table().to_html(index=False, float_format="{:,.2f}".format) if self.places else ""
        )
        return f"<p>{html.escape(told)}</p>{table}"


def look_up(tables: PlanTables, text: str) -> Lookup:
    """Find the zone of an address or of a lon/lat pair.

    Parameters
    ----------
    tables : PlanTables
        A finished plan.
    text : str
        An address, Chinese or western, or ``lon,lat`` in degrees WGS-84.

    Returns
    -------
    Lookup
        Candidates of several zones are all told; nothing is chosen among them.
    """
    found = _looked_up(tables, text)
    if not tables.provenance.get("venues"):
        return found
    places = (replace(p, venue=nearest_venue(tables, p.unit_id)) for p in found.places)
    return replace(found, places=tuple(places))


def _looked_up(tables: PlanTables, text: str) -> Lookup:
    book = name_book(tables)
    pair = _PAIR.fullmatch(text)
    # without a point "12 34" is a road and a number, not a place in the sea
    if pair and "." in text:
        return _at_spot(book, float(pair[1]), float(pair[2]))
    if not text.strip():
        return _open("blank")
    match = find_places([text], [""], book.gazetteer)[0]
    if match.code is Cause.ELSEWHERE:
        return _of_candidates(book, match, "elsewhere")
    # The plan's own names come before the grammar's guess: a name that is there word for word is sure.
    exact = book.units_of(text)
    if exact:
        found = _settle([book.place(u, book.known_as(u), SURE) for u in exact])
        return found if book.agrees(text, exact) else _open("community", found.places)
    estate = book.area(parse_address(text)) if CHINESE.search(text) else frozenset[int]()
    if match.precision in _COARSE or (match.xy is None and estate):
        return _coarse(book, estate, match)
    if match.xy is not None:
        return _settle(book.around(match.candidates[0], match.confidence))
    return _of_candidates(book, match, "absent")


_WHY = {
    "blank": ("nothing was asked", "未填写地址"),
    "elsewhere": ("it names another place", "地址所述地区与本方案不符"),
    "absent": ("the address was not found", "未找到该地址"),
    "nowhere": ("the place lies in no zone", "该处不在任何责任区内"),
    "zones": ("it fits {n} places in {zones} zones", "符合的地点有{n}处，分属{zones}个责任区"),
    "places": ("it fits {n} places", "符合的地点有{n}处"),
    "community": (
        "it names another community than the place lies in",
        "地址所述社区与该地点所在社区不符",
    ),
    "coarse": (
        "only the estate or street is known, not the building",
        "仅知小区或道路，未能确定楼栋",
    ),
    "degrees": ("no such lon,lat", "经纬度超出范围"),
    "swapped": (
        "the spot lies in no zone; the other way round it would: give lon,lat",
        "该处不在任何责任区内；经纬度顺序可能颠倒，请按经度,纬度填写",
    ),
    "spot": ("the spot lies in no zone", "该处不在任何责任区内"),
}


def _open(why: str, places: Sequence[Place] = (), **values: int) -> Lookup:
    """Leave a question open, and say why."""
    cause, zh = (text.format(**values) for text in _WHY[why])
    return Lookup(tuple(places[:MOST]), cause=cause, cause_zh=zh)


def _settle(places: Iterable[Place]) -> Lookup:
    """Settle on places of one zone; tell of all where there are several."""
    found = sorted(places, key=lambda p: (-p.confidence, p.zone, p.label, p.unit_id))
    if not found:
        return _open("nowhere")
    zones = sorted({p.zone for p in found})
    if len(zones) == 1:
        return Lookup(tuple(found[:MOST]), settled=True)
    # one of each zone first: a list that ends at the twelfth must not hide a whole zone
    told = [p for z in zones for p in found if p.zone == z]
    first = [next(p for p in told if p.zone == z) for z in zones]
    rest = [p for p in told if p not in first]
    return _open("zones", [*first, *rest], n=len(found), zones=len(zones))


def _coarse(book: NameBook, units: Iterable[int], match: Match) -> Lookup:
    """Answer where no more than an estate or street is known: settled only if all of it is one zone."""
    found = _settle(book.place(u, "compound", ESTATE) for u in units)
    if found.settled:
        return found
    around = [book.around(c, min(match.confidence, ESTATE)) for c in match.candidates]
    return _open("coarse", found.places or [p for places in around for p in places])


def _of_candidates(book: NameBook, match: Match, why: str) -> Lookup:
    """Tell what the text could mean; nothing is settled."""
    found = [p for c in match.options for p in book.around(c, min(match.confidence, ESTATE))]
    if match.code is Cause.AMBIGUOUS and found:
        return _open("places", found, n=len(found))
    return _open(why, found)


def _at_spot(book: NameBook, lon: float, lat: float) -> Lookup:
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        return _open("degrees")
    found = book.at(lon, lat, "given", 1.0)
    if found:
        return _settle(found)
    swapped = abs(lat) <= 180 and abs(lon) <= 90 and book.at(lat, lon, "given", 1.0)
    return _open("swapped" if swapped else "spot")

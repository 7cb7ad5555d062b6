"""What a service can answer, read from whatever it really sent."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from planner.intake.coordinates.datum import Datum

__all__ = [
    "AREA",
    "Reply",
    "Service",
    "Spot",
    "Verdict",
    "broken",
    "fault",
    "field_of",
    "is_place",
    "number_at",
    "number_of",
    "text_at",
    "text_of",
]

AREA: Final = "area"
"""Precision of an answer that names no more than a village, a district or a city."""


class Verdict(StrEnum):
    """What an answer means for the run."""

    FOUND = "found"
    """One spot or more."""
    ABSENT = "absent"
    """The service knows no such place; that is an answer too."""
    REFUSED = "refused"
    """The service cannot read this one text; others may be asked."""
    AGAIN = "again"
    """A passing fault: worth another try."""
    SLOWER = "slower"
    """Asked too fast: worth another try, later."""
    STOP = "stop"
    """Key, quota or permission: nothing more can be asked today."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One place of an answer.

    Parameters
    ----------
    lon, lat : float
        Degrees in the datum of the service.
    precision : str
        ``address point``, ``building``, ``compound``, ``street`` or `AREA`.
    confidence : float
        0 to 1.
    level : str
        What the service itself calls the precision.
    label : str
        The place in words.
    """

    lon: float
    lat: float
    precision: str
    confidence: float
    level: str
    label: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, classified.

    Parameters
    ----------
    verdict : Verdict
    spots : tuple of Spot, optional
        Best first; empty unless found.
    note : str, optional
        Why, in words that hold neither the key nor the address.
    wait_s : float or None, optional
        How long the service asks to be left alone, seconds.
    fault : bool, optional
        Whether it counts towards the failures in a row that end a run.
    """

    verdict: Verdict
    spots: tuple[Spot, ...] = ()
    note: str = ""
    wait_s: float | None = None
    fault: bool = False


@dataclass(frozen=True)
class Service:
    """How one service is asked and read.

    Parameters
    ----------
    name : str
        Short name.
    base_url : str
        Where it lives.
    path : str
        Of the request, below the base.
    datum : Datum
        How its coordinates are to be read.
    version : str
        Of the reading: a new one makes old cached answers unused.
    key_variable : str
        Environment variable that holds the key; ``""`` where none is needed.
    per_second : float
        Requests a second that a free key is allowed.
    params : callable
        (text, city, key) -> query parameters.
    read : callable
        Parsed JSON -> `Reply`.
    most_bytes : int
        Longest text it takes, in UTF-8 bytes.
    """

    name: str
    base_url: str
    path: str
    datum: Datum
    version: str
    key_variable: str
    per_second: float
    params: Callable[[str, str, str], dict[str, str]]
    read: Callable[[object], Reply]
    most_bytes: int = 400


def fault(verdict: Verdict, note: str, wait_s: float | None = None) -> Reply:
    """Give the reply for a fault, which counts towards those in a row that end a run."""
    return Reply(verdict, note=note, wait_s=wait_s, fault=True)


def broken(note: str) -> Reply:
    """Give the reply for a body that is not what the service documents."""
    return Reply(Verdict.AGAIN, note=note, fault=True)


def field_of(value: object, name: str) -> Any:
    """Give a member of a JSON object, None where there is none or `value` is no object."""
    return value.get(name) if isinstance(value, Mapping) else None


def text_of(value: object) -> str:
    """Give a JSON string or number as text; empty lists, as AMap sends for nothing, are ``""``.

    Returns
    -------
    str
        At most 200 characters.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()[:200]


def number_of(value: object) -> float:
    """Give a JSON number, or a string that holds one, as a float.

    Returns
    -------
    float
        NaN where it is none.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):  # a JSON integer may have a thousand digits
        return math.nan


def text_at(value: object, name: str) -> str:
    """Give a member of a JSON object as `text_of` does."""
    return text_of(field_of(value, name))


def number_at(value: object, name: str) -> float:
    """Give a member of a JSON object as `number_of` does."""
    return number_of(field_of(value, name))


def is_place(lon: float, lat: float) -> bool:
    """Tell whether a pair of degrees can be a place on land: finite, in range and not (0, 0).

    Parameters
    ----------
    lon, lat : float
        Degrees.
    """
    inside = math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90
    # Off the coast of Africa, where services put what they do not know.
    return inside and not (abs(lon) < 1e-6 and abs(lat) < 1e-6)

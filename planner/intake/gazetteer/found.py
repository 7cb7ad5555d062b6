"""What was found for an address: a place with its candidates, or the cause why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

__all__ = ["NOT_FOUND", "OPTIONS", "Candidate", "Cause", "Match", "ambiguous"]

OPTIONS: Final = 5
"""Candidates that are kept for whoever has to choose."""


class Cause(StrEnum):
    """Why an address has no place."""

    NONE = ""
    ABSENT = "absent"
    """It is not known."""
    NUMBER = "number"
    """The street is known, its number is not."""
    NUMBERLESS = "numberless"
    """The street is known, and no number is written."""
    COMMUNITY = "community"
    """No more than the community is known."""
    LIKE = "like"
    """It resembles known names."""
    REJECTED = "rejected"
    """A review found none of the candidates right."""
    AMBIGUOUS = "ambiguous"
    """It fits more than one place."""
    ELSEWHERE = "elsewhere"
    """It is known here, but the address names another place."""
    APART = "apart"
    """Two sources place it differently."""
    OUTSIDE = "outside"
    """It was found far outside the streets."""
    ONLINE = "online"
    """An online service has no answer that can be taken."""


_SAID: Final = {
    Cause.NONE: "",
    Cause.ABSENT: "address not found",
    Cause.NUMBER: "address not found: the street is known, the number is not",
    Cause.NUMBERLESS: "address not found: the address has no house number",
    Cause.COMMUNITY: "address not found: only the community is known",
    Cause.LIKE: "address not found: like {}",
    Cause.REJECTED: "address not found: a review found none of the candidates right",
    Cause.AMBIGUOUS: "ambiguous: {}",
    Cause.ELSEWHERE: "ambiguous: {} is known here, but the address names another place",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place that an address could be.

    Parameters
    ----------
    label : str
        The place in words, building level.
    xy : tuple of float
        Metres in the gazetteer's plane.
    precision : str
        As for `Match`.
    source : str
        What kind of record it is.
    """

    label: str
    xy: tuple[float, float]
    precision: str
    source: str


@dataclass(frozen=True, slots=True)
class Match:
    """Where an address was found.

    Parameters
    ----------
    xy : tuple of float or None
        Metres in the gazetteer's plane; None where there is no place.
    precision : str
        ``address point``, ``building``, ``interpolated``, ``street``, ``compound``... or ``none``.
    confidence : float
        0 to 1.
    matched : str
        The place in words.
    source : str
        What kind of record it is.
    code : Cause
        Why there is no place, ``Cause.NONE`` if there is one.
    told : str
        The places that it fits or resembles, in words.
    runners : tuple of str
        Other places that it could be.
    options : tuple of Candidate
        What a person could choose from where there is no place, the likeliest first.
    """

    xy: tuple[float, float] | None
    precision: str = "none"
    confidence: float = 0.0
    matched: str = ""
    source: str = ""
    code: Cause = Cause.NONE
    told: str = ""
    runners: tuple[str, ...] = ()
    options: tuple[Candidate, ...] = ()

    @property
    def cause(self) -> str:
        """Why there is no place, in words; ``""`` if there is one."""
        return _SAID[self.code].format(self.told)

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The place itself, if there is one, then the options."""
        if self.xy is None:
            return self.options
        return (Candidate(self.matched, self.xy, self.precision, self.source), *self.options)

    def less(self, by: float) -> Match:
        """Give the same with less confidence."""
        return replace(self, confidence=max(0.0, self.confidence - by))

    def offering(self, options: Iterable[Candidate]) -> Match:
        """Give the same with other options, each once and no more than are kept."""
        return replace(self, options=tuple(dict.fromkeys(options))[:OPTIONS])


def ambiguous(labels: tuple[str, ...], options: Iterable[Candidate]) -> Match:
    """Give no place, for the address fits several."""
    told = Match(None, code=Cause.AMBIGUOUS, told="; ".join(labels), runners=labels)
    return told.offering(options)


NOT_FOUND = Match(None, code=Cause.ABSENT)

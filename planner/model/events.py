"""What happens to people and zones between two plans, as plain values: who came, went or was chosen."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from planner.model.characters import simplified

__all__ = [
    "CENTRE_HERE",
    "KINDS",
    "MOVED_BY",
    "ZONE_WORDS",
    "Event",
    "EventKind",
    "HomeMove",
    "kind_of_event",
    "place_key",
]

CENTRE_HERE = "centre-here"
"""A new centre whose home is left open; a plan keeps it as ``centre-new``, with the member chosen."""
ZONE_WORDS = re.compile(r"(?P<before>第|责任区|zone)?0*(?P<n>[0-9]+)(?P<behind>号?责任区|号)?")
"""A zone by its number, as `place_key` gives it."""


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind of event.

    Parameters
    ----------
    code : str
    zh, en : str
        What the sheet calls it.
    words : tuple of str
        What else people write for it.
    needs : tuple of str
        Columns without which it says nothing; ``address`` stands for any way to say where.
    means_zh, means : str
        One line for the sheet's own explanation.
    """

    code: str
    zh: str
    en: str
    words: tuple[str, ...]
    needs: tuple[str, ...]
    means_zh: str
    means: str


def _kinds() -> tuple[EventKind, ...]:
    with Path(__file__).with_name("event_kinds.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            EventKind(
                row["code"],
                row["zh"],
                row["en"],
                tuple(row["words"].split(", ")),
                tuple(row["needs"].split("+")),
                row["means_zh"],
                row["means"],
            )
            for row in csv.DictReader(file)
        )


KINDS = _kinds()
"""Every kind of event, in the order of the template."""


@cache
def _by_word() -> dict[str, EventKind]:
    return {_key(w): k for k in KINDS for w in (k.code, k.zh, k.en, *k.words)}


def _key(text: str) -> str:
    return re.sub(r"[\s_\-]+", "", simplified(text)).casefold()


def kind_of_event(text: str) -> EventKind | None:
    """Tell what a cell of the column 事项/event means; None if it is not known."""
    known = _by_word()
    # the template's list shows both languages in one cell
    return next(
        (known[k] for part in (text, *re.split(r"[/|]", text)) if (k := _key(part)) in known), None
    )


def place_key(text: str) -> str:
    """Give the name of a building or a zone without what people write in several ways."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


MOVED_BY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "centre": ("原中心户退出", "its centre has retired"),
        "own": ("本户变动", "its own change"),
        "given": ("指定划入", "given by hand"),
        "event": ("若无此变动则不变更", "it would have stayed but for this"),
        "community": ("本社区的变动", "changes in its community"),
        "all": ("全部重新划分", "everything was cut again"),
    }
)
"""Why a home changes hands, in Chinese and English, by code."""


@dataclass(frozen=True, slots=True)
class HomeMove:
    """One home that changes hands in a re-zoning.

    Parameters
    ----------
    home : str
        Its id.
    cause : str
        Code of `MOVED_BY`.
    rows : tuple of int
        Rows of the sheet of changes that it comes from: without them its part would not have been cut
        again; of the cause ``event``, without each of them it would have stayed.
    walk_before_m : float or None
        Walk to the centre before, metres.
    """

    home: str
    cause: str
    rows: tuple[int, ...] = ()
    walk_before_m: float | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Parameters
    ----------
    kind : str
        Code of an `EventKind`.
    id : str
        The home or member that it happened to; "" where it happened to none.
    new_id : str
        Of the home that a split makes.
    target : str
        Building, stairwell or zone that is locked, unlocked or given.
    centre : str
        To whom it is given.
    rule : str
        Code of the rule that changes.
    low, high, load : float or None
        New floor and ceiling; new weight of a home.
    where : mapping
        Of who joins or moves: the row as it is read (``address, building, stairwell, floor, community, lon,
        lat``).  Without a room: a plan keeps its events.
    file, sheet : str
    row : int
        Where it stands in the office's sheet.
    """

    kind: str
    id: str = ""
    new_id: str = ""
    target: str = ""
    centre: str = ""
    rule: str = ""
    low: float | None = None
    high: float | None = None
    load: float | None = None
    where: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""
    sheet: str = ""
    row: int = 0

    def to_mapping(self) -> dict[str, Any]:
        """Give it as plain values, blanks left out."""
        told = asdict(self) | {"where": dict(self.where)}
        # a floor of 0 is a floor that was taken away, and no blank
        return {k: v for k, v in told.items() if v is not None and v != "" and v != {}}

    @classmethod
    def from_mapping(cls, told: Mapping[str, Any]) -> Self:
        """Take it from plain values.

        Raises `TypeError`: there is a value that no event has.
        """
        return cls(**told)

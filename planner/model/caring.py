"""Who needs more than others, how fast people walk, and what a visit takes: what a project says of care.

The kinds of care are data: a table of eight rows lies beside this file, and a project may hand in its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from planner.errors import ConfigError, InputError
from planner.model.measures import METRES_A_MINUTE
from planner.model.small_tables import folded, small_table, words_of

__all__ = ["Care", "CareKind", "Pace", "care_kinds", "kinds_in"]

_SECONDS = 60.0
_COLUMNS = ("code", "zh", "en", "words", "slow", "visits_a_month", "minutes")


@dataclass(frozen=True, slots=True)
class CareKind:
    """One reason for which a household needs more than others.

    Parameters
    ----------
    code : str
        Stable name in files.
    zh, en : str
        For people.
    words : tuple of str
        What sheets call it: a heading with a mark beneath, or a cell, that holds one of them.
    slow : bool
        Whoever lives there walks at the elders' pace.
    visits_a_month, minutes : float
        What is needed, unless the project says otherwise.
    """

    code: str
    zh: str
    en: str
    words: tuple[str, ...]
    slow: bool
    visits_a_month: float
    minutes: float


def care_kinds(source: Path | None = None) -> tuple[CareKind, ...]:
    """Read the table of kinds; the product's own where there is no other.

    Parameters
    ----------
    source : Path, optional
        A CSV with the columns ``code, zh, en, words`` (``|`` between them)``, slow`` (1 or 0)``,
        visits_a_month, minutes``.  The first kind whose word is found counts first.

    Raises
    ------
    InputError
        It cannot be read, lacks a column, or a number is none.
    """
    return small_table(
        "care_kinds.csv",
        source,
        _kind,
        lambda name: InputError.of("bad-care-kinds", name=name, columns=", ".join(_COLUMNS)),
    )


def _kind(row: Mapping[str, str]) -> CareKind:
    visits, minutes = float(row["visits_a_month"]), float(row["minutes"])
    if not (row["code"].strip() and 0 <= visits < math.inf and 0 <= minutes < math.inf):
        raise ValueError(row["code"])
    slow = row["slow"].strip().casefold() in ("1", "是", "yes", "true")
    return CareKind(
        row["code"].strip(), row["zh"], row["en"], words_of(row["words"]), slow, visits, minutes
    )


def kinds_in(texts: Iterable[str], kinds: tuple[CareKind, ...]) -> tuple[str, ...]:
    """Give the codes of the kinds that some texts tell of, in the order of the table.

    Parameters
    ----------
    texts : iterable of str
        What the sheet says of one household: headings that are marked, or cells.

    Returns
    -------
    tuple of str
        The last kind without words stands for what no word fits; nothing where nothing is said.
    """
    said = [folded(text) for text in texts if text.strip()]
    found = [k.code for k in kinds if any(w in text for w in k.words for text in said)]
    rest = next((k.code for k in kinds if not k.words), None)
    # What a clerk wrote under a heading of care is care, though its word is in no table.
    other = any(not any(w in text for k in kinds for w in k.words) for text in said)
    return (*found, rest) if other and rest is not None else tuple(found)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast people walk, and which walks are told: the section ``[coverage]``.

    Parameters
    ----------
    minutes : tuple of float
        Ends of the bands, ascending.
    speed_m_s : float
        1.0 by default, as GB 50180-2018 counts 300 m as five minutes.
    elder_speed_m_s : float
        Of those who walk slowly.
    elders_climb : bool
        Whether they walk over flights of steps; where not, steps are no way for them.
    slopes : bool
        Whether a walk uphill and down again takes longer, where the street layer knows how steep it is; see
        `planner.network.relief`.

    Raises
    ------
    ConfigError
        A speed is not above nought, or the bands do not ascend.
    """

    minutes: tuple[float, ...] = (3.0, 5.0, 10.0)
    speed_m_s: float = METRES_A_MINUTE / _SECONDS
    elder_speed_m_s: float = 0.8
    elders_climb: bool = True
    slopes: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "minutes", tuple(float(m) for m in self.minutes))
        ends = (0.0, *self.minutes)
        if len(ends) < 2 or not all(a < b < math.inf for a, b in pairwise(ends)):
            raise ConfigError.of("bands-not-ascending", minutes=list(self.minutes))
        for name in ("speed_m_s", "elder_speed_m_s"):
            if not 0.1 <= getattr(self, name) <= 3.0:
                raise ConfigError.of("speed-not-a-walk", name=name, value=getattr(self, name))

    def limits_m(self, *, slow: bool = False) -> tuple[float, ...]:
        """Give the longest walk of each band, metres."""
        speed = self.elder_speed_m_s if slow else self.speed_m_s
        return tuple(_SECONDS * minutes * speed for minutes in self.minutes)


@dataclass(frozen=True, slots=True)
class Care:
    """What a project says of care: the section ``[care]``.

    Parameters
    ----------
    kinds : Path or None
        A table of kinds of the office's own; see `care_kinds`.
    limit_m : float or None
        Within which a helper counts as near, metres; the walk limit of the rules if None.
    hours_a_month : float
        What a member can give to visits.
    home_visits_a_month, home_minutes : float
        What a household without a mark of care needs.
    log : Path or None
        The office's log of what was done, see `planner.intake.service_log`.
    unseen_days : int
        Who was not visited for longer is listed.
    counts : Path or None
        A table of the figures that the service publishes, of the office's own; see
        `planner.model.serving.service_counts`.
    classes : Path or None
        A table of how often households of a class are visited, of the office's own; see
        `planner.model.serving.visit_classes`.
    needs : Path or None
        A sheet of what households need, see `planner.intake.household_needs`.
    needs_each : int
        How many needs a member is asked to meet at most.
    venues : Path or None
        A sheet of venues with their opening hours, see `planner.intake.venue_sheet`.
    need_kinds, duties : Path or None
        Tables of the office's own; see `planner.model.duties`.

    Raises
    ------
    ConfigError
        A number is none that can be meant.
    """

    kinds: Path | None = None
    limit_m: float | None = None
    hours_a_month: float = 8.0
    home_visits_a_month: float = 0.25
    home_minutes: float = 10.0
    log: Path | None = None
    unseen_days: int = 90
    counts: Path | None = None
    classes: Path | None = None
    needs: Path | None = None
    needs_each: int = 3
    need_kinds: Path | None = None
    duties: Path | None = None
    venues: Path | None = None

    def __post_init__(self) -> None:
        for name in (
            *("hours_a_month", "home_visits_a_month", "home_minutes", "unseen_days", "needs_each"),
        ):
            if not 0 <= getattr(self, name) < math.inf:
                raise ConfigError.of("care-negative", name=name, value=getattr(self, name))
        if self.limit_m is not None and not 0 < self.limit_m < math.inf:
            raise ConfigError.of("care-limit", value=self.limit_m)

"""What a service counts of what it does, and how often it visits whom, as data.

Tables of both lie beside this file, and a project may hand in its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.errors import InputError
from planner.model.small_tables import folded, small_table, words_of

__all__ = [
    "COUNTED",
    "ServiceCount",
    "VisitClass",
    "class_of",
    "count_of",
    "service_counts",
    "visit_classes",
]

COUNTED = ("rows", "solved", "homes", "people")
"""How a figure is counted: rows; rows that are not open; different households; people who took part."""
_COLUMNS = ("code", "match", "zh", "en", "words", "counted", "said_zh", "said_en")


@dataclass(frozen=True, slots=True)
class ServiceCount:
    """One figure that the service publishes.

    Parameters
    ----------
    code : str
        Stable name in files.
    zh, en : str
        For tables.
    words : tuple of str
        What logs call it; none where it is counted from rows of every kind.
    counted : str
        One of `COUNTED`.
    said_zh, said_en : str
        For sentences, with ``{n}`` for the figure.
    match : float
        Words of low numbers are tried first.
    """

    code: str
    zh: str
    en: str
    words: tuple[str, ...]
    counted: str
    said_zh: str
    said_en: str
    match: float


def service_counts(source: Path | None = None) -> tuple[tuple[ServiceCount, ...], tuple[str, ...]]:
    """Read the table of figures; the product's own where there is no other.

    Parameters
    ----------
    source : Path, optional
        A CSV with the columns ``code, match, zh, en, words`` (``|`` between them)``, counted, said_zh,
        said_en``; ``match`` numbers the order in which words are tried.

    Returns
    -------
    counts : tuple of ServiceCount
        In the order in which they are told.
    order : tuple of str
        Codes in the order in which words are tried.

    Raises
    ------
    InputError
        It cannot be read, lacks a column, or counts what cannot be counted.
    """
    found = small_table(
        "service_counts.csv",
        source,
        _count,
        lambda name: InputError.of(
            "bad-service-counts", name=name, columns=", ".join(_COLUMNS), counted=", ".join(COUNTED)
        ),
    )
    ranked = sorted((one for one in found if one.words), key=lambda one: one.match)
    return found, tuple(one.code for one in ranked)


def _count(row: Mapping[str, str]) -> ServiceCount:
    code, counted = row["code"].strip(), row["counted"].strip()
    said = row["said_zh"].strip(), row["said_en"].strip()
    if not code or counted not in COUNTED or not all("{n}" in text for text in said):
        raise ValueError(code)
    match = float(row["match"] or 0)
    return ServiceCount(code, row["zh"], row["en"], words_of(row["words"]), counted, *said, match)


def count_of(text: str, counts: tuple[ServiceCount, ...], order: tuple[str, ...]) -> str:
    """Tell which figure a row counts for, by what its log calls it.

    Returns
    -------
    str
        A code; that of the first in order for an empty text (a visit, in the product's own table); ""
        where no word fits.
    """
    told = folded(text)
    if not told:
        return order[0] if order else ""
    words = {one.code: one.words for one in counts}
    return next((code for code in order if any(w in told for w in words[code])), "")


@dataclass(frozen=True, slots=True)
class VisitClass:
    """How often households of a class are visited.

    Parameters
    ----------
    code, zh, en : str
        Stable name, and what people call it.
    words : tuple of str
        What a sheet calls it.
    days : int
        A visit is due so many days after the last one.
    visits_a_month : float
        Households of which no sheet tells a class are of the first one that asks no more visits than they do.
    """

    code: str
    zh: str
    en: str
    words: tuple[str, ...]
    days: int
    visits_a_month: float


def visit_classes(source: Path | None = None) -> tuple[VisitClass, ...]:
    """Read the table of classes, the most frequent first; the product's own where there is no other.

    Parameters
    ----------
    source : Path, optional
        A CSV with the columns ``code, zh, en, words`` (``|`` between them)``, days, visits_a_month``.

    Raises
    ------
    InputError
        It cannot be read, lacks a column, or a number is none.
    """
    found = small_table(
        "visit_classes.csv",
        source,
        _visit_class,
        lambda name: InputError.of("bad-visit-classes", name=name),
    )
    return tuple(sorted(found, key=lambda one: one.days))


def _visit_class(row: Mapping[str, str]) -> VisitClass:
    code, days, often = row["code"].strip(), int(row["days"]), float(row["visits_a_month"])
    if not code or days < 1 or not 0 <= often < float("inf"):
        raise ValueError(code)
    return VisitClass(code, row["zh"], row["en"], words_of(row["words"]), days, often)


def class_of(
    text: str, visits_a_month: float, classes: tuple[VisitClass, ...]
) -> VisitClass | None:
    """Give the class of a household: the one that its sheet names, else by the visits that it needs.

    Parameters
    ----------
    text : str
        What its sheet says, "" for nothing.
    visits_a_month : float
        What its kind of care, or the project, asks.

    Returns
    -------
    VisitClass or None
        None where it needs no visits at all.
    """
    told = folded(text)
    if told:
        named = next(
            (c for c in classes if told == c.code or any(w in told for w in c.words)), None
        )
        if named is not None:
            return named
    if visits_a_month <= 0:
        return None
    return next((c for c in classes if visits_a_month >= c.visits_a_month), classes[-1])

"""Small tables of kinds: the product's own beside this file, or one that a project hands in."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import Protocol, TypeVar

from planner.errors import InputError
from planner.model.characters import simplified

__all__ = ["folded", "small_table", "words_of"]


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


Kind = TypeVar("Kind", bound=_Coded)


def small_table(
    own: str,
    source: Path | None,
    kind_of: Callable[[Mapping[str, str]], Kind],
    refusal: Callable[[str], InputError],
) -> tuple[Kind, ...]:
    """Read a CSV of kinds, each code once, in its order.

    Parameters
    ----------
    own : str
        The product's file, read where there is no `source`.
    kind_of : callable
        Makes a kind of a row; whatever it raises for what a cell holds or lacks, the table is refused.
    refusal : callable
        Words the refusal, by the file's name.

    Raises
    ------
    InputError
        It cannot be read, has no row, lacks a column, or names a code twice.
    """
    try:
        if source is None:
            text = resources.files("planner.model").joinpath(own).read_text("utf-8")
        else:
            text = source.read_text("utf-8-sig")  # Excel puts a mark in front
        found = tuple(kind_of(row) for row in csv.DictReader(text.splitlines()))
    except (OSError, UnicodeDecodeError, KeyError, ValueError, AttributeError, TypeError):
        found = ()
    if not found or len({one.code for one in found}) < len(found):
        raise refusal(getattr(source, "name", ""))
    return found


def words_of(cell: str) -> tuple[str, ...]:
    """Take a cell of words with ``|`` between them apart, each folded."""
    return tuple(folded(word) for word in cell.split("|") if word.strip())


def folded(text: str) -> str:
    """Give a text as words are compared: without blanks about it, in small and simplified letters."""
    return simplified(text).strip().casefold()

"""Tables of a problem by ids, turned into positions; of any library whose columns are arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.errors import InputError
from planner.model.arrays import Floats, Ints, Ints32

__all__ = ["Columns", "Places", "linked", "numbers_of", "places_of", "rules_of"]

Columns = Mapping[str, Any]
"""A DataFrame, or a mapping of column names to values."""
MOST_WITHOUT = 2000
"""Units that may all count as neighbours; the pairs of more would fill the memory."""


@dataclass(frozen=True, eq=False)
class Places:
    """Ids in the order of their rows.

    Parameters
    ----------
    at : dict
        Id -> row.
    """

    at: dict[Any, int]

    def __len__(self) -> int:
        return len(self.at)

    def of(self, table: Columns, column: str, name: str) -> Ints:
        """Give the row of each id of a column.

        Raises
        ------
        InputError
            The column is missing, or holds an id that is none.
        """
        wanted = _column(table, column, name).tolist()
        unknown = [value for value in wanted if value not in self.at]
        if unknown:
            raise InputError.of("frame-unknown-id", name=name, column=column, n=len(unknown))
        return np.array([self.at[value] for value in wanted], np.int64)

    def fences(self, units: Columns) -> Ints32:
        """Give each unit the number of its fence, in the order of their names."""
        if "fence" not in units:
            return np.zeros(len(self), np.int32)
        told = _column(units, "fence", "units").astype(str)
        return np.unique(told, return_inverse=True)[1].astype(np.int32)

    def neighbours(self, adjacency: Columns | None, units: Columns) -> Ints:
        """Give neighbours u < v, each pair once; all of one fence where no table says."""
        if adjacency is None:
            if len(self) > MOST_WITHOUT:
                raise InputError.of("frame-adjacency-needed", most=MOST_WITHOUT)
            u, v = np.triu_indices(len(self), 1)
            fence = self.fences(units)
            inside = fence[u] == fence[v]
            return np.column_stack([u[inside], v[inside]])
        ends = [self.of(adjacency, column, "adjacency") for column in ("unit", "neighbour")]
        both = np.sort(np.column_stack(ends), axis=1)
        return np.unique(both[both[:, 0] < both[:, 1]], axis=0).reshape(-1, 2)


def places_of(table: Columns, column: str, name: str) -> Places:
    """Give each id of a table its row.

    Raises
    ------
    InputError
        The column is missing, or an id stands twice.
    """
    ids = _column(table, column, name).tolist()
    at = {value: row for row, value in enumerate(ids)}
    if len(at) < len(ids):
        raise InputError.of("frame-id-twice", name=name, column=column, n=len(ids) - len(at))
    return Places(at)


def linked(
    pairs: Columns, at: Mapping[str, Places], numbers: Sequence[str]
) -> tuple[Ints, Ints, dict[str, Floats]]:
    """Give unit and centre of each pair, sorted, and its numbers; the first number must be there.

    Raises
    ------
    InputError
        An id is unknown, or a pair stands twice.
    """
    unit, centre = (at[name].of(pairs, name, "pairs") for name in ("unit", "centre"))
    order = np.lexsort((centre, unit))
    unit, centre = unit[order], centre[order]
    again = int(((np.diff(unit) == 0) & (np.diff(centre) == 0)).sum())
    if again:
        raise InputError.of("frame-id-twice", name="pairs", column="unit, centre", n=again)
    given = [name for name in numbers if name in pairs or name == numbers[0]]
    return unit, centre, {name: numbers_of(pairs, name, "pairs")[order] for name in given}


def rules_of(
    rules: Mapping[str, tuple[float | None, float | None]] | Sequence[Any], units: Columns
) -> Iterator[Any]:
    """Give rules as they are, or the fields of those that are told by their names.

    Raises
    ------
    InputError
        What a rule adds up is no column of the units.
    """
    if not isinstance(rules, Mapping):
        yield from rules
        return
    for name, (low, high) in rules.items():
        amount, _, per = name.partition("_per_")
        told: dict[str, Any] = {"name": name, "low": low, "high": high}
        told["amount"] = numbers_of(units, amount, "units")
        if per not in ("zone", ""):
            # households_per_member counts by the column members
            told["per"] = numbers_of(units, f"{per}s" if f"{per}s" in units else per, "units")
        yield told


def _column(table: Columns, column: str, name: str) -> Any:
    if column not in table:
        raise InputError.of("frame-column-missing", name=name, column=column)
    return np.asarray(table[column])


def numbers_of(table: Columns, column: str, name: str) -> Floats:
    """Give a column of numbers.

    Raises
    ------
    InputError
        It is missing, or holds other things.
    """
    try:
        return np.asarray(_column(table, column, name), np.float64)
    except (TypeError, ValueError):
        raise InputError.of("frame-not-numbers", name=name, column=column) from None

"""A household is one home, however many of its people have rows (与户主关系), or homes have one (户数)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from planner.errors import Finding
from planner.intake.sheets.cell_values import DITTO, half_width, number_in
from planner.intake.sheets.notes import at_row
from planner.model.characters import simplified

__all__ = ["RowAt", "one_row_a_home"]

RowAt = tuple[str, str, int]
"""File, sheet and row, as a spreadsheet shows it."""
_COUNTS: Final = re.compile("(?:住|总)?户数|households?|number of households", re.I)
MOST_HOMES: Final = 2000
"""Homes of one row: above it the number is no such count."""
_HEAD: Final = re.compile("户主(?:本人)?|本人|本户|head(?: of household)?|householder|self", re.I)


def one_row_a_home(
    frames: Sequence[pd.DataFrame],
) -> tuple[list[pd.DataFrame], Mapping[RowAt, RowAt], list[Finding]]:
    """Leave one row of each household: of people one, and of a building as many as it has homes.

    Parameters
    ----------
    frames : sequence of DataFrame
        Columns by role, as text, with ``file, sheet, row``; those without ``relation`` come back as they are.

    Returns
    -------
    list of DataFrame
        The householder's row, else the first, of each household: people are of one household by its number,
        or where none is shared by standing below a householder at the same address, or at none.  A row that
        stands for several homes is there as often, each with an id of its own if it has one, and no load.
    mapping of (file, sheet, row) to (file, sheet, row)
        Each row that was left out -> that of its household.
    list of Finding
        One for each row that was left out, and one for each sheet with a column of homes.
    """
    made: list[pd.DataFrame] = []
    belonging: dict[RowAt, RowAt] = {}
    said: list[Finding] = []
    for sheet in frames:
        frame, told = _apart(sheet)
        said += told
        home = _homes(frame)
        if home is None:
            made.append(frame)
            continue
        away = home != np.arange(len(frame))
        places: list[RowAt] = [
            (str(file), str(sheet), int(row))
            for file, sheet, row in zip(frame["file"], frame["sheet"], frame["row"], strict=True)
        ]
        for i in np.flatnonzero(away):
            belonging[places[i]] = places[home[i]]
            person = Finding.of("person-of-home", row=places[home[i]][2])
            said.append(at_row(frame, i, person))
        # what is equal but for the relation is equal
        made.append(frame[~away].assign(relation="").reset_index(drop=True))
    return made, belonging, said


def _apart(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Repeat the rows that stand for several homes."""
    header = str(frame["load_header"].iloc[0]) if len(frame) else ""
    if "relation" not in frame or not _COUNTS.fullmatch(simplified(header).strip()):
        return frame, []
    told = np.array([number_in(str(text)) if text != "" else 1.0 for text in frame["load"]], float)
    whole = (told >= 1) & (told <= MOST_HOMES) & (told % 1 == 0)
    several = whole & (told > 1)
    if whole.all():  # no load at all: other sheets need none either
        frame = frame.assign(load="", load_header="")
    if not several.any():
        return frame, []
    times = np.where(several, told, 1).astype(np.int64)
    rows = np.repeat(np.arange(len(frame)), times)
    number = np.arange(len(rows)) - np.repeat(np.cumsum(times) - times, times)
    made = frame.iloc[rows].reset_index(drop=True)
    ids = made["id"].astype(str)
    later = (number > 0) & (ids != "").to_numpy()
    made["id"] = ids.mask(later, ids + "-" + pd.Series(number + 1).astype(str))
    # no home at all, or no number: nobody's load, and held as such
    made["load"] = made["load"].mask(whole[rows], "").mask(told[rows] == 0, "无户")
    first = int(np.flatnonzero(several)[0])
    found = Finding.of(
        "homes-in-row", {"column": "load"}, rows=int(several.sum()), n=int(times[several].sum())
    )
    return made, [at_row(frame, first, found)]


def _homes(frame: pd.DataFrame) -> np.ndarray | None:
    """Give for each row the position of the row of its household; None where nothing says who is whose."""
    if "relation" not in frame:
        return None
    said = [simplified(half_width(str(text))).strip() for text in frame["relation"]]
    person = [bool(text) and not _HEAD.fullmatch(text) for text in said]
    if not any(person):
        return None
    ids, address = (_plain(frame[name]) for name in ("id", "address"))
    headed: dict[str, int] = {}
    for i, key in enumerate(ids):
        if key and not person[i]:
            headed.setdefault(key, i)
    # numbers that no person shares with a householder are people's own
    shared = any(person[i] and key in headed for i, key in enumerate(ids))
    home = np.arange(len(frame))
    above = -1
    for i, key in enumerate(ids):
        if not person[i]:
            above = i
        elif shared and key:
            home[i] = headed.setdefault(key, i)
        elif above >= 0 and address[i] in ("", *DITTO, address[above]):
            home[i] = above
        else:
            above = i
    return home


def _plain(texts: pd.Series) -> list[str]:
    return ["".join(half_width(str(text)).split()) for text in texts]

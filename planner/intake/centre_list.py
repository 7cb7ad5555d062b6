"""A list of the centres alone (中心户名单): whoever stands in it is one, though no column says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from planner.errors import Finding
from planner.intake.sheets.cell_values import half_width
from planner.intake.sheets.flags import is_marked
from planner.intake.sheets.notes import at_row
from planner.intake.sheets.read import SheetTable
from planner.model.characters import simplified

__all__ = ["is_centre_list", "with_listed_centres"]

# The whole name: 中心户联系党员名册 and 候选中心户名单 list others.
_LIST: Final = re.compile(
    r"(?:\d{2,4}年度?)?(?:.{0,24}(?:社区|村|街道|[区镇乡市县]))?(?:党员)?中心户(?:户主)?(?:基本)?(?:情况|信息)?"
    r"(?:花?名[单册]|名录|一览表?|登记表|汇总表|台账|表)?(?:\(.{0,20}\))?",
)
_FLAG: Final = "is_centre"


def is_centre_list(t: SheetTable) -> bool:
    """Tell a sheet that by its name, its title or its file lists centres, and has no column that says so."""
    if _FLAG in t.roles:
        return False
    names = (t.title, t.sheet, Path(t.file).stem)
    return any(_LIST.fullmatch(simplified(half_width(name)).strip()) for name in names)


def with_listed_centres(
    tables: Sequence[SheetTable], frames: Sequence[pd.DataFrame]
) -> tuple[list[pd.DataFrame], int, list[Finding]]:
    """Mark the members of lists of centres, and join each with the row that another sheet has of that id.

    Parameters
    ----------
    tables : sequence of SheetTable
        Of members; those of homes come back as they are.
    frames : sequence of DataFrame
        Their columns by role, as text, with ``file, sheet, row``.

    Returns
    -------
    list of DataFrame
        A row of a list whose id another sheet has is left out; that one is marked.
    int
        How many rows were left out so.
    list of Finding
        What became of each row of a list.
    """
    lists = [is_centre_list(t) for t in tables]
    if not any(lists) or _FLAG not in frames[0]:
        return list(frames), 0, []
    keys = [frame["id"].map(lambda text: half_width(str(text)).strip()) for frame in frames]
    others: dict[str, tuple[str, str]] = {}
    for listed, ids, frame in zip(lists, keys, frames, strict=True):
        if not listed:
            others |= zip(ids, zip(frame["file"], frame[_FLAG], strict=True), strict=True)
    others.pop("", None)
    centres = {key for listed, ids in zip(lists, keys, strict=True) if listed for key in ids}
    made: list[pd.DataFrame] = []
    said: list[Finding] = []
    lost = 0
    for listed, ids, frame in zip(lists, keys, frames, strict=True):
        known = ids.isin(list(others)).to_numpy(bool)
        if not listed:
            marked = (ids.isin(list(centres)) & (ids != "")).to_numpy(bool)
            # what that sheet says itself counts, a no included
            open_ = marked & (frame[_FLAG] == "").to_numpy(bool)
            made.append(frame.assign(**{_FLAG: frame[_FLAG].mask(open_, "是")}))
            continue
        for i, key in enumerate(ids):
            file, flag = others.get(key, ("", ""))
            code = "centre-listed" if known[i] else "centre-by-list"
            said.append(at_row(frame, i, Finding.of(code, file=file)))
            if flag and is_marked(flag) is not True:
                said.append(at_row(frame, i, Finding.of("centre-denied", file=file)))
        lost += int(known.sum())
        made.append(frame.assign(**{_FLAG: "是"})[~known].reset_index(drop=True))
    return made, lost, said

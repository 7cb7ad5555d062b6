"""Accepted answers: what people chose in earlier reviews, kept beside the project and used first.

The file is a small CSV for people to read, one line an address, building level only.  An address is
known again by its identity, which its spellings share: for Chinese addresses the parts that
`planner.intake.online.outgoing.Cutter` lets pass, for western ones the words of the line
without flats and telephones.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from planner.errors import Finding
from planner.intake.address.fold import CJK
from planner.intake.gazetteer.western.streets import (
    UNIT_WORDS,
    fold_text,
    is_letter,
    is_number,
    words,
)
from planner.intake.online.outgoing import Cutter
from planner.intake.sheets.formats.grids import read_grids

__all__ = [
    "PRECISIONS",
    "Accepted",
    "Identity",
    "accepted_bytes",
    "identify",
    "merge_accepted",
    "read_accepted",
]

PRECISIONS: Final = (
    *("stairwell", "address point", "building", "interpolated"),
    *("compound", "street", "community"),
)
"""From the finest to the coarsest."""
NONE_WORD: Final = "无"
_HEADERS: Final = ("地址", "社区", "经度", "纬度", "精度", "地点", "标识")
_UNIT: Final = UNIT_WORDS | {"tel", "phone"}
_LONG: Final = 6  # digits from which on a word is a telephone, and no number or postcode
_MOST_WORDS: Final = 6
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Accepted:
    """One answer of a review.

    Parameters
    ----------
    key : str
        See `Identity`.
    text, community : str
        The address, building level, and its community.
    lon, lat : float
        Degrees WGS-84; NaN where none of the candidates was right.
    precision : str
        One of `PRECISIONS`, or ``none``.
    label : str
        The chosen place in words.
    """

    key: str
    text: str
    community: str = ""
    lon: float = math.nan
    lat: float = math.nan
    precision: str = "building"
    label: str = ""

    @property
    def placed(self) -> bool:
        """Whether a place was chosen; else none of the candidates was right."""
        return math.isfinite(self.lon) and math.isfinite(self.lat)

    def same_place(self, other: Accepted) -> bool:
        """Tell whether two answers say the same."""
        if not (self.placed and other.placed):
            return self.placed == other.placed
        return abs(self.lon - other.lon) < 1e-6 and abs(self.lat - other.lat) < 1e-6


@dataclass(frozen=True, slots=True)
class Identity:
    """What an address is known by.

    Parameters
    ----------
    key : str
        Equal for spellings of one building in one community; ``""`` where the text names none.
    text : str
        The address cut down to its building.
    """

    key: str
    text: str


def identify(asked: Sequence[tuple[str, str]]) -> list[Identity]:
    """Give the identity of each address.

    Parameters
    ----------
    asked : sequence of (str, str)
        Address as written, and community.
    """
    cut = Cutter()
    return [_identity(text, beside, cut) for text, beside in asked]


def _identity(text: str, beside: str, cut: Cutter) -> Identity:
    beside = fold_text(beside).strip()
    if CJK.search(text):
        out = cut(text)
        return Identity(_key("zh", out.key, beside) if out.key else "", out.text)
    said = _western(text)
    street = _street_and_number(said)
    if not street or not any(w[0].isalpha() for w in said):
        return Identity("", "")
    return Identity(_key("en", " ".join(w for w in said if w != ","), beside), street)


def _key(*parts: str) -> str:
    # Twenty digits are enough for a town, and a column of them is still read.
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:20]


def _western(text: str) -> list[str]:
    """Give the words of a line without flats, rooms and telephones."""
    kept: list[str] = []
    skip = False
    said = words(fold_text(text))
    for at, word in enumerate(said):
        if skip and word != ",":
            skip = False
            continue
        skip = word in _UNIT
        home = at > 1 and is_number(word) and is_number(said[at - 2]) and is_letter(said[at - 1])
        if home and kept:
            kept.pop()  # 5 A 12: stairwell A, flat 12
        elif not skip and sum(c.isdigit() for c in word) < _LONG:
            kept.append(word)
    return kept


def _street_and_number(said: Sequence[str]) -> str:
    """Give the first part that holds a number and a name, up to what follows them; else ``""``."""
    part: list[str] = []
    for word in (*said, ","):
        if word != ",":
            part.append(word)
            continue
        at = [k for k, w in enumerate(part) if is_number(w)]
        if at and any(len(w) > 1 and w[0].isalpha() for w in part):
            return " ".join(part[: _MOST_WORDS if at[0] == 0 else at[-1] + 1])
        if at and not any(w[0].isalpha() for w in part):
            continue  # 12, Main Street
        part = []
    return ""


def read_accepted(path: str | Path) -> tuple[dict[str, Accepted], tuple[Finding, ...]]:
    """Read the accepted answers.

    Parameters
    ----------
    path : str or Path
        A file that `accepted_bytes` made, edited by hand or not; nothing is read where there is none.

    Returns
    -------
    findings : tuple of Finding
        Lines that cannot be used, and of contradicting lines all but the last.

    Raises
    ------
    SheetError
        The file cannot be read as a table.
    """
    path = Path(path)
    if not path.exists() or not path.stat().st_size:
        return {}, ()
    rows = [row for grid in read_grids(path)[:1] for row in grid.grid]
    said: list[Finding] = []
    found: list[Accepted] = []
    head = [_cell(c).lstrip("\ufeff") for c in rows[0]] if rows else []
    where = {name: head.index(name) for name in _HEADERS if name in head}
    if not {"地址", "经度", "纬度"} <= set(where):
        said.append(Finding.of("bad-accepted/header", {"file": path.name, "row": 1}))
        return {}, tuple(said)
    for nth, row in enumerate(rows[1:], 2):
        cells = {n: _cell(row[k]) if k < len(row) else "" for n, k in where.items()}
        if not any(cells.values()):
            continue
        answer = _answer(cells)
        if answer is None:
            said.append(Finding.of("bad-accepted/line", {"file": path.name, "row": nth}))
        else:
            found.append(answer)
    answers, clashes = merge_accepted({}, found, file=path.name)
    return answers, (*said, *clashes)


def _cell(value: object) -> str:
    return "" if value is None else str(value).strip()


def _answer(cells: Mapping[str, str]) -> Accepted | None:
    text, beside = cells["地址"].removeprefix("'"), cells.get("社区", "").removeprefix("'")
    key = cells.get("标识", "") or identify([(text, beside)])[0].key
    if not key:
        return None
    if cells["经度"] == cells["纬度"] == "":
        none = Accepted(key, text, beside, precision="none")
        return none if cells.get("精度") == NONE_WORD else None
    try:
        lon, lat = float(cells["经度"]), float(cells["纬度"])
    except ValueError:
        return None
    if not (abs(lon) <= 180 and abs(lat) <= 90):  # NaN too
        return None
    precision = cells.get("精度", "")
    precision = precision if precision in PRECISIONS else "building"
    return Accepted(key, text, beside, lon, lat, precision, cells.get("地点", "").removeprefix("'"))


def merge_accepted(
    known: Mapping[str, Accepted], new: Iterable[Accepted], *, file: str = ""
) -> tuple[dict[str, Accepted], tuple[Finding, ...]]:
    """Add answers to those that are known; of two that contradict each other the later one counts.

    Parameters
    ----------
    new : iterable of Accepted
        In the order in which they were given.
    file : str, optional
        Where the new ones stand, for the findings.

    Returns
    -------
    findings : tuple of Finding
        One for each answer that was replaced by a different one.
    """
    made = dict(known)
    said: list[Finding] = []
    for answer in new:
        before = made.get(answer.key)
        if before is not None and not before.same_place(answer):
            said.append(Finding.of("review-changed", {"file": file}, text=answer.text))
        made[answer.key] = answer
    return made, tuple(said)


def accepted_bytes(answers: Mapping[str, Accepted]) -> bytes:
    """Write accepted answers as a CSV, in an order that depends on nothing but them.

    Returns
    -------
    bytes
        UTF-8 with a mark, for spreadsheets; read by `read_accepted`.
    """
    out = io.StringIO(newline="")
    sheet = csv.writer(out, lineterminator="\r\n")
    sheet.writerow(_HEADERS)
    for a in sorted(answers.values(), key=lambda a: (a.community, a.text, a.key)):
        place = (f"{a.lon:.7f}", f"{a.lat:.7f}", a.precision) if a.placed else ("", "", NONE_WORD)
        sheet.writerow((*map(_plain, (a.text, a.community)), *place, _plain(a.label), a.key))
    return out.getvalue().encode("utf-8-sig")


def _plain(text: str) -> str:
    """Keep a text on its line, and from being taken for a formula."""
    flat = " ".join(text.split())
    return f"'{flat}" if flat.startswith(_FORMULA) else flat

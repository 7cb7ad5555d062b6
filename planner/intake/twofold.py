"""What else stands in an address cell: a second address, which must be asked about, or a telephone number."""

from __future__ import annotations

import re

import pandas as pd

from planner.errors import Finding
from planner.intake.address.parse import parse_address
from planner.intake.sheets.notes import each

__all__ = ["is_twofold", "without_contacts"]

_BREAK = re.compile(r"[;；|/／\n]|\s+(?:或|or)\s+|(?<=[号栋幢室楼])[、和或及]")
_DIGIT = re.compile(r"[0-9０-９一二三四五六七八九十]")
_LONG = re.compile(r"\d{4}")
_LABEL = r"[\s,，;；:：(（]*(?:(?:联系)?电话|手机号?|联系方式|身份证号?|tel\.?|phone)?[\s:：]*"
_CONTACT = re.compile(
    _LABEL + r"(?<![0-9０-９A-Za-z])(?:"
    r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8}|\d{17}[\dXx]"
    r")(?![0-9０-９A-Za-z])[)）]?",
    re.I,
)
# A mobile number typed right behind a room.
_GLUED = re.compile(r"(?<!\d)(\d{3,4})1[3-9]\d{9}(?!\d)")


def without_contacts(addresses: pd.Series, rows: pd.DataFrame) -> tuple[pd.Series, list[Finding]]:
    """Take telephone and identity numbers out of addresses; each cell is listed, the number never.

    Parameters
    ----------
    addresses : Series of str, n rows
    rows : DataFrame, n rows
        With ``file, sheet, row``.
    """
    texts = addresses.to_list()
    changed: list[int] = []
    for i, text in enumerate(texts):
        if not _LONG.search(text):
            continue
        bare = _GLUED.sub(r"\1", _CONTACT.sub(" ", text)).strip()
        if bare != text:
            texts[i] = bare
            changed.append(i)
    told = Finding.of("contact-in-address", {"column": "address"})
    return pd.Series(texts, index=addresses.index, dtype=object), each(rows, changed, told)


def is_twofold(text: str) -> bool:
    """Tell whether a cell names two homes that differ, such as ``幸福路1号;解放路2号``.

    Parameters
    ----------
    text : str
        Address as written.

    Returns
    -------
    bool
        True only if two parts each name a road or a compound of their own, with a number, and are
        different places; ``3栋/2单元`` is one.
    """
    if not _BREAK.search(text):
        return False
    named: set[tuple[str, ...]] = set()
    for part in _BREAK.split(text):
        if not _DIGIT.search(part):  # a remark: without a number no home is named
            continue
        found = parse_address(part)
        name = found.compound or found.road
        if name and (found.road_number or found.building):
            # Two spellings of one door are no second address.
            parts = ("road", "road_number", "compound", "building")
            named.add(tuple(found.canonical(part) for part in parts))
    return len(named) > 1

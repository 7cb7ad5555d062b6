"""What else stands in the cell of a place: a second address, which is asked about, a number, a person."""

from __future__ import annotations

import re

import pandas as pd

from planner.errors import Finding
from planner.intake.address.grammar.lexicon import SURNAMES
from planner.intake.address.parse import parse_address
from planner.intake.sheets.notes import each
from planner.model.characters import simplified

__all__ = ["bare_community", "is_twofold", "without_contacts", "without_remarks"]

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

_DUTY = re.compile(
    "包片|包保|包户|包联|包干|分管|主管|负责|联系|网格[员长]|片[区]?长|楼[栋]?长|组长|队长|书记|主任|专干|委员(?!会)|党员(?!中心|活动|群众|服务)|志愿者"
    "|同志|老师|先生|女士|大[妈爷姐哥]|阿姨|叔叔|奶奶|爷爷|in charge|contact|c/o"
)
_PART = re.compile(
    "(?:片|片区|区|组|队|村|期|院|网格|号|段|里|湾|庄|园|苑|坊|巷|屯|寨|街|路|桥|坪|沟)$"
)
_PIECES = re.compile(r"[\s:：,，、/;；]+")
_BEHIND = re.compile(r"^(.*?)\s*[（(\[【〔]([^（(\[【〔]*?)[）)\]】〕]?\s*$")
_TAIL = re.compile(
    r"^(.*?(?:社区|居委会|居民委员会|村委会|村民委员会|村|网格|小区))[\s\-—–:：/、,，]*(.+)$"
)


def without_remarks(communities: pd.Series, rows: pd.DataFrame) -> tuple[pd.Series, list[Finding]]:
    """Take who is in charge out of the names of communities: those are drawn, and read out in meetings.

    Parameters
    ----------
    communities : Series of str, n rows
    rows : DataFrame, n rows
        With ``file, sheet, row``.

    Returns
    -------
    Series
        ``东社区`` for ``东社区（某某包片）``; parts of a community such as ``东社区（北片）`` stay.
    list of Finding
        Each cell that was cut; the remark is never told.
    """
    texts = communities.to_list()
    kept = {text: bare_community(text) for text in dict.fromkeys(texts)}
    changed = [i for i, text in enumerate(texts) if kept[text] != text]
    told = Finding.of("remark-in-community", {"column": "community"})
    made = pd.Series([kept[text] for text in texts], index=communities.index, dtype=object)
    return made, each(rows, changed, told)


def bare_community(text: str) -> str:
    """Cut a remark on a person behind the name of a community."""
    # words are told by their simplified forms; what is kept stays as it is written
    plain = simplified(text)
    if behind := _BEHIND.match(text):
        pieces = _PIECES.split(behind[2])
        stays = "、".join(piece for piece in pieces if not _personal(piece))
        if behind[1] and len(stays) < len("、".join(pieces)):
            name = bare_community(behind[1])
            return f"{name}（{stays}）" if stays else name
    # without brackets only where words say so: what follows may be a part of the name
    if (tail := _TAIL.match(plain)) and _DUTY.search(tail[2]):
        return text[: tail.end(1)]
    return text


def _personal(remark: str) -> bool:
    """Tell whether a remark is about a person: a duty, a number, or a short word that begins as names do."""
    remark = simplified(remark)
    if _DUTY.search(remark) or _LONG.search(remark):
        return True
    return 2 <= len(remark) <= 4 and remark[0] in SURNAMES and not _PART.search(remark)


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
        bare = _GLUED.sub(r"\1", _without(_CONTACT, text)).strip()
        if bare != text:
            texts[i] = bare
            changed.append(i)
    told = Finding.of("contact-in-address", {"column": "address"})
    return pd.Series(texts, index=addresses.index, dtype=object), each(rows, changed, told)


def _without(pattern: re.Pattern[str], text: str) -> str:
    """Put a blank in the place of what fits, in traditional forms or not."""
    kept, at = [], 0
    for found in pattern.finditer(simplified(text)):
        kept.append(text[at : found.start()])
        at = found.end()
    return " ".join((*kept, text[at:]))


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

"""What gives a person away by its form alone: id numbers, phones, rooms, care flags at a door."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

__all__ = ["CARE_WORDS", "folded", "is_citizen_number", "marks_in", "phone_key"]

# Full-width forms, odd blanks, and the radicals that the text of a PDF has for characters.
_WIDE = re.compile(
    "[\u00a0\u2000-\u200f\u2060\u2e80-\u2fdf\uf900-\ufaff\ufeff\uff0b-\uff0d\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]"
)
_RADICALS = str.maketrans("⺠⻓⻔⻋⻅⻉⻘⻢⻥⻦⻰戶－", "民长门车见贝青马鱼鸟龙户-")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_CITIZEN = re.compile(r"(?<![\d.])[1-9]\d{5}[ -]?(?:18|19|20)\d{6}[ -]?\d{3}[\dXx](?![\dA-Za-z])")
# Fifteen digits carry no check digit: the month and the day must be possible, and they count in
# text for people alone.
_OLD_CITIZEN = re.compile(
    r"(?<![\d.])[1-8]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?![\dA-Za-z.])"
)
_DIGEST = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{32,128}(?![0-9A-Za-z])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MOBILE = re.compile(
    r"(?<![\d.])(?:\+?86[- ]?)?1[3-9]\d(?:\d{8}|[- ]\d{4}[- ]\d{4}|[- ]\d{3}[- ]\d{5})(?![\d])"
)
# No local number begins with 0 or 1, so dates and house numbers stay out.
_LANDLINE = re.compile(r"(?<![\d.])\(?0\d{2,3}\)?[- ]?[2-9]\d{6,7}(?![\d])")
_SAID_PHONE = re.compile(
    r"(?:电话|手机|座机|联系方式|[Tt]el\.?|[Pp]hone)[号码]* ?[:：]? ?(\d[\d -]{5,14}\d)"
)
_ROOM = re.compile(
    r"(?<!\d)\d{3,4} ?(?:室(?![内外])|号房(?![管产屋地改])|房间)|单元 ?[-－—]?\d{3,4}(?![\d,.]| ?[户米])"
    r"|(?<![\d.-])\d{1,3}[-－]\d{1,2}[-－]\d{3,4}(?![\d-])"
    r"|\b(?:[Rr]oom|[Ff]lat|[Aa]pt\.?)\s+(?:no\.?\s*)?\d{1,4}\b"
)
_DOOR = re.compile(r"\d\s*(?:号|栋|幢|楼|单元|室|户|弄|\#)|[A-Za-zäöå]{4,} \d{1,4}[a-zA-Z]?\b")
_CARE_TEXT = (
    "独居|空巢|孤寡|残疾|低保|特困|五保|失独|失能|留守老人|留守儿童|留守妇女|重病|精神障碍|精神病|社区矫正|刑满|吸毒"
    "|艾滋|上访|lives alone|disabled|disability"
)
CARE_WORDS = tuple(_CARE_TEXT.split("|"))
"""Words about a resident's condition; at a door they mark a home."""
_CARE = re.compile(_CARE_TEXT, re.IGNORECASE)
_OFFICE_OF_CARE = re.compile("残疾人(?:联合会|综合服务|康复|就业|之家|联)|残联|精神病医院|特困供养")


def folded(text: str) -> str:
    """Bring full-width characters and odd blanks to their plain form, so that nothing hides in them."""
    if not _WIDE.search(text):
        return text
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_RADICALS)


def is_citizen_number(digits: str) -> bool:
    """Tell whether 18 characters are a citizen's id number: the check digit of GB 11643 fits."""
    total = sum(w * int(d) for w, d in zip(_WEIGHTS, digits, strict=False))
    return "10X98765432"[total % 11] == digits[17].upper()


def phone_key(text: str) -> str:
    """Reduce a phone number to its digits, without the country."""
    digits = re.sub(r"\D", "", folded(text))
    return digits[2:] if digits.startswith("86") and len(digits) == 13 else digits


def marks_in(
    text: str, *, spoken: bool, allowed: Collection[str] = (), care: bool = True
) -> Iterator[tuple[str, int]]:
    """Find what gives a person away.

    `spoken`: whether it is text for people: rooms and care flags are looked for in it too; in code and
    numbers they are not.
    Gives: what it is, and where it begins; never the value.
    """
    # blanks of the same length: positions stay true
    text = _DIGEST.sub(lambda m: " " * len(m[0]), text)  # digits in a row by chance
    for found in _CITIZEN.finditer(text):
        if is_citizen_number(re.sub(r"\D", "", found[0][:-1]) + found[0][-1]):
            yield "a citizen's id number", found.start()
    for pattern in (_MOBILE, _LANDLINE):
        for found in pattern.finditer(text):
            if phone_key(found[0]) not in allowed:
                yield "a phone number", found.start()
    if spoken:
        yield from _spoken(text, allowed, care)


def _spoken(text: str, allowed: Collection[str], care: bool) -> Iterator[tuple[str, int]]:
    for found in _OLD_CITIZEN.finditer(text):
        yield "a citizen's id number", found.start()
    for found in _SAID_PHONE.finditer(text):
        if phone_key(found[1]) not in allowed:
            yield "a phone number", found.start()
    for found in _ROOM.finditer(text):
        yield "a room", found.start()
    if care:
        for found in _CARE.finditer(text):
            line = _line(text, found.start())
            if _DOOR.search(line) and _CARE.search(_OFFICE_OF_CARE.sub("", line)):
                yield "a care flag at a door", found.start()


def _line(text: str, at: int) -> str:
    end = text.find("\n", at)
    return text[text.rfind("\n", 0, at) + 1 : len(text) if end < 0 else end]

"""The numeric elements of an address: where they stand and which unit word they carry."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final, NamedTuple

from planner.intake.address.grammar.numerals import CHINESE_DIGITS

__all__ = ["UNIT_WORDS", "Number", "find_numbers"]


class Number(NamedTuple):
    """One numeric element of the line."""

    start: int
    end: int
    unit: str
    """Key of `UNIT_WORDS`, or ``bare``."""
    digits: int
    """Characters of the number itself."""
    dashed: bool
    """Whether a dash and one more element follow."""
    tail: str
    """Unit of the last element of the dashed chain that this one belongs to."""
    whole: bool
    """Whether this is a whole dashed chain read as one number (``17-19号``)."""
    even: bool = False
    """Whether the chain has two elements of equal length, as a range of numbers has."""
    lettered: bool = False
    """Whether a Latin letter is part of it (``B12``)."""
    deep: bool = False
    """Whether the chain goes on to a room: three elements, or a long last one without unit."""
    figures: int = 0
    """Arabic figures of the number, letters apart."""
    stall: bool = False
    """Whether a lettered number and a dash stand before (``C3-41``)."""
    leads: bool = False
    """Whether a stairwell, a floor, a room or a dashed chain follows at once."""
    fronts: bool = False
    """Whether a building with its unit word follows at once (``11号A栋``)."""


UNIT_WORDS: Final[dict[str, str]] = {
    "cell": r"单元号?|单无|单(?=\d|$|-)|梯|门(?=-?[0-9])",
    "gate": "号门(?!市(?!场)|面|卫|诊|口)|门(?=$|[ -])",
    "room": "号室|号房(?!管|产|地|屋)|号铺|号店(?!面)|室|房间|间(?=$|[ -])"
    "|房(?!产|地|管|屋|东)|铺(?!镇)|店(?=$|[ -])|户|档(?!口)|门面|商位|办公室|市(?=$)",
    "bld": "号楼|号高楼|号[甲乙丙丁戊]楼|号院楼|高楼|[栋幢]楼(?!下|上|前|后)|号搂|栋|幢"
    "|座(?!落)|塔楼?|撞|橦|憧|懂|排(?!档)|#楼|#",
    "lane": r"街(?=$|[ -]|\d)",
    "site": "号地块|号厂房?|号车间|号仓库?|号货梯|号电梯|号大厅|号展厅"
    "|号馆|号学生|号岗|号码头|号线|号公寓|号桥|号营|号矿|号井",
    "way": "号?大?街|号?路(?!口)|号?大道|道|[横]?巷|弄堂|国道|省道|县道|线|横路|支路|横街",
    "hao": "号院|号(?:[甲乙丙丁](?=$|[ -]|[0-9])|之[一二三四五六七八九])?|浩(?=$)",
    "nong": "弄",
    "sublane": "支弄",
    "zone": "区|期(?!货)|组团|标段",
    "flr": "楼(?!房|盘)|层(?!级)|[Ff](?![A-Za-z])",
    "group": "村民小?组|小?组(?!团)|社(?!区|会)|生产队|队(?!伍)",
    "far": "米|[Mm](?![A-Za-z])|公里",
}
"""Unit -> the words it is written with, as alternatives of a regular expression."""

_UNIT: Final = re.compile("|".join(f"(?P<{unit}>{words})" for unit, words in UNIT_WORDS.items()))
# 12甲号楼 is no more building 12 than 甲12号楼 is.
_LATIN = (
    r"(?:(?<![A-Za-z])[A-Za-z]{1,2})?\d{1,12}(?:[A-EG-Za-eg-z](?![A-Za-z])(?:\d{1,2}(?!\d))?"
    r"|[甲乙丙丁戊](?=$|[ 号栋幢座楼#]|-?\d))?"
)
_CHINESE = f"[{CHINESE_DIGITS}]{{1,7}}"
_ELEMENT: Final = re.compile(
    rf"(?P<latin>{_LATIN})|(?P<word>[东西南北]?"
    rf"(?:{_CHINESE}|[甲乙丙丁戊]|[IVX]{{3,4}}(?=[期区])|(?<![A-Za-z])[A-Za-z]{{1,2}}(?![A-Za-z])))"
)
_FIRST: Final = re.compile(f"[A-Za-z0-9甲乙丙丁戊东西南北主副中{CHINESE_DIGITS}]")
_PREFIX: Final = re.compile("(?:第|附|负|地下|甲|乙)$")
_SIDE: Final = re.compile("[东西南北中]$")
_SIDE_UNIT: Final = re.compile("(?P<bld>[东西南北主副]座)|(?P<cell>[东西中]单元)")
_LINK: Final = re.compile(
    r"[-/_、~]{1,2}|号[-至]|(?<=[0-9号])[至到](?=[0-9])|(?<=[0-9号])[,和及](?=[0-9]{1,4}号(?!楼))"
)
# What stands between two numbers of one door, each of which may have its 号 (``12号、14号``).
_BOTH: Final = re.compile("[、,和及至到]")
# `8 2 501`: building, stairwell and room with blanks or points for dashes.
_SPACED: Final = re.compile(r"\d{1,3}(?:[ ,.、]{1,3}\d{1,2}){1,2}[ ,.、]{1,3}\d{3,4}(?![\d米])")
_BLANKS: Final = re.compile("[ ,.、]{1,3}")
_SPELT: Final = re.compile(
    "[一二三四五六七八九零]{2,4}[一二三四五六七八九]|[一二三四五六七八九]百零?[一二三四五六七八九]"
)
# Last characters of names behind which ``一号`` counts.
_COUNTED: Final = (
    "路街道巷弄线村组队社元门楼层幢栋座排号区期院园苑城场厦庭附"
    "里居府坊湾寓舍厂庄屯家宅塘桥头浜岙坞坝埭店镇乡"
)
# Numerals that number nothing in an address: ``4S店``, ``半山一号``.
_NO_NUMBER: Final = re.compile(
    "[0-9][Ss](?:店|$)|[0-9][Dd](?=打印)|[0-9]{1,3}(?:班|床|病区|路公交|届|年级)"
    f"|(?<=[一-龥][一-龥])(?<![{_COUNTED}])[一壹]号(?!楼|院)"
)
# A letter that names a building before its floor (``...大厦A三楼``).
_TOWER: Final = re.compile(
    f"(?<=[一-龥])[A-Ea-e](?=(?:[0-9]{{1,2}}|[{CHINESE_DIGITS}]{{1,3}})(?:楼|层))"
)
_DIRECTION: Final = re.compile("[东西南北]")


def _unit_at(text: str, at: int) -> tuple[str, int]:
    match = _UNIT.match(text, at)
    return (match.lastgroup or "bare", match.end()) if match else ("bare", at)


def _element_at(text: str, at: int, *, chained: bool) -> Number | None:
    side = _SIDE_UNIT.match(text, at)
    if side is not None:
        unit = side.lastgroup or "bld"
        return Number(at, side.end(), unit, 1, False, unit, False)
    if _TOWER.match(text, at):
        return Number(at, at + 1, "bare", 1, False, "bare", False, lettered=True)
    match = _ELEMENT.match(text, at)
    if match is None:
        return None
    unit, end = _unit_at(text, match.end())
    if match["latin"] is None and unit == "bare" and not chained and not _lone_letter(text, match):
        return None
    if _DIRECTION.match(match[0]) and unit not in {"bld", "cell", "zone"}:
        return None
    # A楼 is a building: floors are counted in figures.
    if unit == "flr" and match["word"] and match[0].isascii():
        unit = "bld"
    lettered = not match[0].isdecimal() and any(c.isascii() and c.isalpha() for c in match[0])
    figures = sum(map(str.isdecimal, match[0]))
    size = match.end() - at
    return Number(at, end, unit, size, False, unit, False, lettered=lettered, figures=figures)


def _lone_letter(text: str, match: re.Match[str]) -> bool:
    """Tell a letter that names a building (``...大厦A``) from a letter of a word."""
    after = text[match.end() : match.end() + 1]
    before = text[match.start() - 1 : match.start()]
    if _SPELT.fullmatch(match[0]) and (not after or after in " -"):
        return True
    if not match[0].isascii():
        return after == "-" and match[0] not in "东西南北" and text[match.end() + 1 :][:1].isdigit()
    return (not after or after in " -") and len(match[0]) == 1 and "一" <= before <= "龥"


def _chain(text: str, first: Number) -> list[Number]:
    """Follow the dashes after an element."""
    chain = [first]
    spaced = _SPACED.match(text, first.start) if first.unit == "bare" else None
    between = _LINK if spaced is None else _BLANKS
    while chain[-1].unit in {"bare", "bld", "cell", "hao", "flr"} and len(chain) < 8:
        link = between.match(text, chain[-1].end)
        follower = _element_at(text, link.end(), chained=True) if link else None
        if follower is None or follower.unit in {"way", "zone", "far"}:
            break
        chain.append(follower)
    return chain


def _finish(text: str, chain: list[Number]) -> list[Number]:
    if len(chain) == 1:
        return chain
    tail = chain[-1].unit
    even = len(chain) == 2 and chain[0].digits == chain[1].digits
    deep = len(chain) >= 3 or (len(chain) == 2 and tail == "bare" and chain[1].digits >= 3)
    stall = len(chain) == 2 and chain[0].lettered and chain[1].figures >= 2
    done = [
        one._replace(dashed=i + 1 < len(chain), tail=tail, even=even, deep=deep)
        for i, one in enumerate(chain)
    ]
    done[-1] = done[-1]._replace(stall=stall)
    pair = len(chain) == 2 and chain[0].unit == chain[1].unit == "hao"
    pair = pair and _BOTH.fullmatch(text, chain[0].end, chain[1].start) is not None
    even = even or pair
    if pair or (len(chain) == 2 and chain[0].unit == "bare"):
        span = chain[-1].end - chain[0].start
        whole = Number(chain[0].start, chain[-1].end, tail, span, False, tail, True, even)
        done.append(whole._replace(figures=chain[1].figures))
    return done


def find_numbers(text: str) -> list[Number]:
    """Find the numeric elements of a folded line, dashed chains both split and whole.

    Parameters
    ----------
    text : str
        Folded (see `planner.intake.address.fold.fold`).

    Returns
    -------
    list of Number
        By start.  Chinese numerals and letters count only where a unit word follows or a dash
        ties them to a number, so that ``三元里`` and ``A股`` stay words.
    """
    found: list[Number] = []
    at = 0
    while (match := _FIRST.search(text, at)) is not None:
        at = match.start()
        word = _NO_NUMBER.match(text, at)
        first = None if word else _element_at(text, at, chained=False)
        if first is None:
            at = word.end() if word else at + 1
            continue
        chain = _finish(text, _chain(text, first))
        prefix = _PREFIX.search(text, max(0, at - 2), at)
        if chain[0].unit in {"zone", "cell"}:
            prefix = prefix or _SIDE.search(text, max(0, at - 1), at)
        if prefix and (not found or prefix.start() >= found[-1].end):
            chain = [
                one._replace(start=prefix.start()) if one.start == at else one for one in chain
            ]
        if found and found[-1].end in (chain[0].start, chain[0].start - 1):
            inner = chain[0].unit in {"cell", "flr", "room"}
            lead = inner or chain[0].digits >= 3 or chain[0].dashed
            fronts = chain[0].unit == "bld"
            found[-1] = found[-1]._replace(leads=lead and not fronts, fronts=fronts)
        found.extend(chain)
        at = max(one.end for one in chain)
    return _with_blocks(text, found)


def _with_blocks(text: str, found: list[Number]) -> list[Number]:
    """Read `2楼1门` and `2楼 1单元` as building and stairwell: no floor has a stairwell."""
    for i, (one, after) in enumerate(pairwise(found)):
        entered = after.unit == "cell" or (
            after.unit == "gate" and not text.endswith("号门", 0, after.end)
        )
        near = 0 <= after.start - one.end <= 1 and not (one.lettered or one.dashed or one.whole)
        if one.unit == "flr" and text[one.end - 1] == "楼" and near and entered:
            found[i] = one._replace(unit="bld", tail="bld")
            found[i + 1] = after._replace(unit="cell", tail="cell")
    return found

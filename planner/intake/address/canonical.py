"""The comparable spelling of each field of an address: all wordings of one thing give one text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from planner.intake.address.fold import fold
from planner.intake.address.grammar.lexicon import SEPARATORS, words
from planner.intake.address.grammar.numerals import canonical_number

__all__ = ["canonical_field"]

_NAMES: Final = frozenset({"province", "city", "district", "town", "remainder"})
_UNITS: Final[dict[str, re.Pattern[str]]] = {
    "road_number": re.compile("号院?$|号(?=附)|号(?=[甲乙丙丁]$)"),
    "building": re.compile("号?高?楼$|号?院楼$|号搂$|塔楼?$|[栋幢]楼?$|[座撞橦憧懂排]$|#楼?$|号$"),
    "stairwell": re.compile("单元号?$|单无$|[单梯门号]$"),
    "floor": re.compile("[楼层FfＦ]$"),
    "room": re.compile("号?(?:室|房间|间|房|商铺|铺|店|户|档|商位|办公室|门市|门面|市)$|号$"),
}
_AND: Final = re.compile("(?<=[0-9])号?[、,/;&和及 ]+(?=[0-9])")
_TO: Final = re.compile("(?<=[0-9])号?(?:至|到)(?=[0-9])")
_PLAIN_SEPARATORS: Final = re.escape("".join(sorted(SEPARATORS - {"-", ","})))
_DROP: Final = re.compile(f"[{_PLAIN_SEPARATORS}]|(?<![0-9]),|,(?![0-9])")
_ROMAN: Final = re.compile("^[IVX]{1,4}(?=期|区)")
_ROMANS: Final = {
    roman: str(n) for n, roman in enumerate(words("I II III IV V VI VII VIII IX X"), start=1)
}
_GROUP: Final = re.compile(r"^第?(.{1,3}?)(?:村民|居民|生产)?小?([组队社])$")
"""第一村民小组, 第1组 and 一组 are one group of a village."""
_TWICE: Final = re.compile(r"^(.{2,}?)\1+$")
"""A name that a clerk put before a line which began with it already."""
_STEMMED: Final = frozenset({"building", "road_number"})
_STEM: Final = re.compile("^([0-9]+)号?([甲乙丙丁戊])(?:号?楼)?$")
"""甲12号, 12号甲 and 12甲号 are one door, in the words of different towns."""
_ANY_ESTATE: Final = re.compile("^(?:住宅小区|小区|住宅区|生活区)$")
"""Behind the name of an estate this says nothing: 南湖东园小区 has no part that is called 小区."""
_MAY_REPEAT: Final = frozenset({"compound", "road", "community", "sub_compound"})
_EDGE_DASH: Final = re.compile("^-+|-+$")


@lru_cache(maxsize=65536)
def canonical_field(name: str, text: str) -> str:
    """Give the text of a field in its comparable spelling (see `Address.canonical`).

    Parameters
    ----------
    name : str
        One of `FIELDS`.
    text : str
        Its text; a comparable spelling is returned as it is.
    """
    # Taking one word off may bare another, so it is done until nothing changes.
    for _ in range(8 + len(text)):
        again = _canonical_step(name, text)
        if again == text:
            break
        text = again
    return text


def _canonical_step(name: str, text: str) -> str:
    # What parts two numbers stays: 12、14号 are two doors, and never one that is numbered 1214.
    folded = _TO.sub("-", _AND.sub(",", fold(text)))
    folded = _EDGE_DASH.sub("", _DROP.sub("", folded))
    unit = _UNITS.get(name)
    if unit is not None:
        folded = unit.sub("", folded).removeprefix("第") or folded
    if name in _STEMMED:
        folded = _STEM.sub(r"\2\1", folded)
    if name in _NAMES:
        return folded.upper()
    if name in _MAY_REPEAT:
        folded = _TWICE.sub(r"\1", folded)
    if name == "road" and (group := _GROUP.match(folded)):
        folded = f"{group[1]}{group[2]}"
    if name == "sub_compound":
        folded = _ANY_ESTATE.sub("", folded)
        folded = _ROMAN.sub(lambda m: _ROMANS.get(m[0], m[0]), folded.upper())
        folded = folded.removeprefix("第") or folded
    # A numeral may be part of a name (三元桥): there only those that count something become figures.
    return canonical_number(folded, counted_only=unit is None)

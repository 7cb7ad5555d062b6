"""What the map and the office's tables call places: every spelling, and what each name is the name of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from planner.intake.address.parse import parse_address

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DISTRICTS", "known_names", "spellings"]

DISTRICTS: Final = frozenset(
    (
        *("city", "town", "village", "hamlet", "suburb", "quarter", "neighbourhood", "borough"),
        *("district", "isolated_dwelling", "locality"),
    )
)
"""Kinds of place that are no single spot."""
_ESTATES: Final = DISTRICTS - {"city", "borough", "district"} | {"residential", "apartments"}
_VILLAGE: Final = re.compile("(?:村|社区|村委会|居委会|屯)$")
_TOWN: Final = re.compile("(?:镇|乡|街道|办事处)$")
_ABOVE: Final = re.compile("(?:省|市|[^小社园发业住]区|县|州|盟|旗)$")
_PART: Final = re.compile("(?<=..)第?[0-9ⅠⅡⅢⅣⅤ一二三四五六七八九十]+[期区]$")
_CJK: Final = re.compile("[\u3400-\u9fff]")
_LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f .'’-]{2,}")
_CHINESE_RUN: Final = re.compile("[\u3400-\u9fff][\u3400-\u9fff0-9A-Z]*")


def spellings(name: str, others: Mapping[str, Sequence[str]]) -> list[str]:
    """Give what else a place is called: its other names, and each language of a bilingual one.

    Parameters
    ----------
    name : str
        As mapped, such as ``幸福路 Xingfu Road``.
    others : mapping of str to sequence of str
        Name -> old and alternative names.
    """
    found = list(others.get(name, ()))
    latin, chinese = _LATIN.search(name), _CHINESE_RUN.search(name)
    if latin and chinese and len(chinese[0]) >= 2:
        found += [chinese[0], latin[0].strip(" .-")]
    return [other for other in dict.fromkeys(found) if other != name]


def known_names(
    streets: Iterable[Any],
    places: pd.DataFrame,
    table: pd.DataFrame | None,
    others: Mapping[str, Sequence[str]],
) -> dict[str, str]:
    """Tell what the Chinese names of an area are the names of.

    Parameters
    ----------
    places : DataFrame
        ``name, kind``.
    table : DataFrame or None
        The office's own buildings.
    others : mapping of str to sequence of str
        Name -> old and alternative names.

    Returns
    -------
    dict of str to str
        Name -> ``road``, ``town``, ``community`` or ``compound``; a place outweighs a street of its name.
    """
    found = {street.name: "road" for street in streets}
    for name, kind in zip(places["name"], places["kind"], strict=True) if len(places) else ():
        if kind in _ESTATES:
            found[str(name)] = _sort_of(str(name))
    for name in _table_names(table):
        found[name] = _sort_of(name) or "compound"
    for name, sort in list(found.items()):
        for other in spellings(name, others):
            found.setdefault(other, sort)
    return {n: found[n] for n in sorted(found) if found[n] and _CJK.search(n)}


def _sort_of(name: str) -> str:
    if _VILLAGE.search(name) and not name.endswith("新村"):
        return "community"
    if _TOWN.search(name):
        return "town"
    return "" if _ABOVE.search(name) else "compound"


def _table_names(table: pd.DataFrame | None) -> list[str]:
    """Names of estates in the office's table, without their numbered parts."""
    if table is None:
        return []
    column = table["name"] if "name" in table else table.get("address", [])
    names: dict[str, None] = {}
    for text in dict.fromkeys(str(name) for name in column if isinstance(name, str) and name):
        read = parse_address(text)
        if read.compound:
            names[_PART.sub("", read.compound)] = None
    return list(names)

"""Chinese numerals to Arabic ones, and the canonical spelling of a number in an address."""

from __future__ import annotations

import re

__all__ = ["CHINESE_DIGITS", "canonical_number", "to_int"]

_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")}
# 幺 is how a one is read out, so that nobody hears a seven.
_DIGIT |= {"〇": 0, "两": 2, "兩": 2, "幺": 1}
_DIGIT |= {c: i for i, c in enumerate("壹贰叁肆伍陆柒捌玖", start=1)}
_UNIT = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "廿": 20, "卅": 30}

CHINESE_DIGITS = "".join(sorted(set(_DIGIT) | set(_UNIT)))
"""Every character that a Chinese number may be written with."""

_RUN = re.compile(f"[{CHINESE_DIGITS}]+")
_COUNTED = re.compile(
    f"[{CHINESE_DIGITS}]+(?=[区期组村路街巷弄道队社段园苑院号幢栋门排]|大街|大道|国道|支路|$)"
)


def to_int(numeral: str) -> int | None:
    """Read a Chinese numeral, either counted (``一百零三``) or spelt digit by digit (``五零一``).

    Parameters
    ----------
    numeral : str
        Only characters of `CHINESE_DIGITS`.

    Returns
    -------
    int or None
        None where the characters do not form a number.
    """
    if not numeral or any(c not in _DIGIT and c not in _UNIT for c in numeral):
        return None
    if all(c in _DIGIT for c in numeral):
        return int("".join(str(_DIGIT[c]) for c in numeral)) if len(numeral) <= 12 else None
    total, pending = 0, None
    for char in numeral:
        if char in _DIGIT:
            pending = _DIGIT[char]
            continue
        # These two hold their own digit: 廿三 is 23.
        if char in "廿卅":
            total += _UNIT[char]
        else:
            total += (1 if pending is None else pending) * _UNIT[char]
        pending = None
    return total + (pending or 0)


def canonical_number(text: str, *, counted_only: bool = False) -> str:
    """Spell the numbers of a folded text one way: Arabic, no leading zeros, letters upper case.

    Parameters
    ----------
    text : str
        A folded field, unit word already dropped.
    counted_only : bool, optional
        Leave numerals that are part of a name (``五一小区``): only those before a word that is
        counted, such as 期, 区, 组 or 路, or at the end are read.

    Returns
    -------
    str
        ``三`` and ``03`` both give ``3``; ``b`` gives ``B``.  Applying it twice changes nothing.
    """

    def arabic(match: re.Match[str]) -> str:
        value = to_int(match[0])
        return match[0] if value is None else str(value)

    text = (_COUNTED if counted_only else _RUN).sub(arabic, text).upper()
    # 03号楼 and 3号楼 are one building.
    return re.sub(r"(?<!\d)0+(?=\d)", "", text)

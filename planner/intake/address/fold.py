"""Fold an address character by character, so that every offset stays that of the original."""

from __future__ import annotations

import re
import unicodedata

from planner.model.characters import SIMPLIFIED

__all__ = ["CJK", "fold"]

CJK = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
"""A Chinese character: without one an address is a western one."""
_DASHES = "‐‑‒–—―−﹣－ー─━~～〜﹘⁃"
_BLANKS = "\t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff\u00ad\u2028\u2029"
_ROMAN = dict(zip("ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ", "一二三四五六七八九十" * 2, strict=True))
_WRITTEN = "〇＃﹟№"
_MEANT = "零###"
_SPECIAL: dict[int, str] = {
    **{ord(c): same for c, same in _ROMAN.items()},
    **{ord(c): "-" for c in _DASHES},
    **{ord(c): " " for c in _BLANKS},
    **{ord(c): same for c, same in zip(_WRITTEN, _MEANT, strict=True)},
    # Names, too: those of map and tables are folded alike before they are compared.
    **SIMPLIFIED,
}


class _Table(dict[int, str]):
    """A translation table that works out each character once (Unicode NFKC, one for one)."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if 0xD800 <= code <= 0xDFFF or unicodedata.category(char) in {"Cc", "Cf", "Co", "Cn"}:
            folded = " "
        else:
            wide = unicodedata.normalize("NFKC", char)
            folded = wide if len(wide) == 1 else char
            folded = SIMPLIFIED.get(ord(folded), folded)
        # The table is bounded by Unicode itself; no text can make it grow past that.
        self[code] = folded
        return folded


_TABLE = _Table(_SPECIAL)
# `3一2一501`: the numeral one typed for a dash.
_TYPED_DASH = re.compile("(?<=[0-9A-Za-z])一(?=[0-9])")


def fold(text: str) -> str:
    """Fold width, dashes, blanks, traditional forms and look-alikes; the length is kept.

    Parameters
    ----------
    text : str
        Any text at all: lone surrogates, NUL and control characters become blanks.

    Returns
    -------
    str
        As long as `text`, character for character, so offsets in one are offsets in the other.
        Folding twice changes nothing.
    """
    return _TYPED_DASH.sub("-", text.translate(_TABLE))

"""Fold an address character by character, so that every offset stays that of the original."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["CJK", "fold", "same_shape"]

CJK = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
"""A Chinese character: without one an address is a western one."""
_DASHES = "‐‑‒–—―−﹣－ー─━~～〜﹘⁃"
_BLANKS = "\t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff\u00ad\u2028\u2029"
# Radicals that a PDF gives for the characters that look the same; Unicode's own folding leaves them.
_RADICALS = dict(
    zip(
        "⺁⺒⺛⺝⺞⺠⺩⺪⺬⺮⺯⺶⺷⺻⺽⻁⻃⻄⻅⻆⻇⻉⻋⻑⻒⻓⻔⻕⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲",
        "厂巳旡月歹民王疋示竹糸羊羊聿臼虎西西见角角贝车长长长门阜雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齐齿齿龙龙龟龟",
        strict=True,
    )
)
_ROMAN = dict(zip("ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹ", "一二三四五六七八九十" * 2, strict=True))
# Traditional forms of unit words alone: a whole conversion would change names.
_WRITTEN = "〇＃﹟№號樓棟區縣鎮鄉單層戶戸門園廣場灣東衖"
_MEANT = "零###号楼栋区县镇乡单层户户门园广场湾东弄"
_SPECIAL: dict[int, str] = {
    **{ord(c): same for c, same in (_RADICALS | _ROMAN).items()},
    **{ord(c): "-" for c in _DASHES},
    **{ord(c): " " for c in _BLANKS},
    **{ord(c): same for c, same in zip(_WRITTEN, _MEANT, strict=True)},
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
        # The table is bounded by Unicode itself; no text can make it grow past that.
        self[code] = folded
        return folded


_TABLE = _Table(_SPECIAL)
_LOOK_ALIKE = {ord(c): same for c, same in _RADICALS.items()}
# `3一2一501`: the numeral one typed for a dash.
_TYPED_DASH = re.compile("(?<=[0-9A-Za-z])一(?=[0-9])")


def same_shape(text: str) -> str:
    """Put characters in the place of radicals that look like them (``⻓江路``)."""
    return text if text.isascii() else text.translate(_LOOK_ALIKE)


def fold(text: str) -> str:
    """Fold width, dashes, blanks and the common traditional unit words; the length is kept.

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

"""Characters that are written in two ways: traditional forms, and radicals that look like characters."""

from __future__ import annotations

from importlib import resources
from typing import Final

__all__ = ["SIMPLIFIED", "simplified"]

# Radicals that a PDF gives for the characters that look the same; Unicode's own folding leaves them.
_LOOK_ALIKE: Final[dict[int, str]] = {
    ord(radical): same
    for radical, same in zip(
        "⺁⺒⺛⺝⺞⺠⺩⺪⺬⺮⺯⺶⺷⺻⺽⻁⻃⻄⻅⻆⻇⻉⻋⻑⻒⻓⻔⻕⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲",
        "厂巳旡月歹民王疋示竹糸羊羊聿臼虎西西见角角贝车长长长门阜雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齐齿齿龙龙龟龟",
        strict=True,
    )
}


def _pairs() -> dict[int, str]:
    text = "".join(
        resources.files("planner.model").joinpath("traditional.txt").read_text("utf-8").split()
    )
    return {ord(old): new for old, new in zip(text[::2], text[1::2], strict=True)}


# Only forms that no simplified text has: 乾, 著 and the like mean something of their own there.
SIMPLIFIED: Final[dict[int, str]] = _LOOK_ALIKE | _pairs()
"""Code point -> its simplified form, or the character that a radical looks like."""


def simplified(text: str) -> str:
    """Give a text with the simplified forms of its characters, for comparing: ``編號`` and ``编号`` are one.

    Parameters
    ----------
    text : str
        As written; simplified texts stay as they are.

    Returns
    -------
    str
        As long as `text`, character for character.
    """
    return text if text.isascii() else text.translate(SIMPLIFIED)

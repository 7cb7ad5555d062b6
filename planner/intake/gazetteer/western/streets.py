"""Spellings of western street names and house numbers, reduced to what can be compared.

Both the gazetteer and the address are reduced in the same way, so a word may stand for two (``st``
is street and saint) without harm: only two names that become equal could be confused, and those
are told apart by their house numbers, or reported as ambiguous.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib import resources

from planner.model.characters import simplified

__all__ = [
    "UNIT_WORDS",
    "fold_text",
    "is_letter",
    "is_number",
    "join_name",
    "number_key",
    "number_span",
    "spelled_out",
    "street_key",
    "street_stem",
    "street_word",
    "words",
]

_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"}
    | dict.fromkeys("‐‑‒–—―−﹣－~～〜", "-")
    | dict.fromkeys("'’‘`´ʼ＇", "")
)
_TOLD = tomllib.loads(
    resources.files("planner.intake.gazetteer.western")
    .joinpath("street_words.toml")
    .read_text("utf-8")
)
_TYPES = {short: told.split() for short, told in _TOLD["types"].items()}
_ORDINALS = _TOLD["ordinals"]["words"].split()
_SHORT = {long: short for short, longs in _TYPES.items() for long in longs}
_SHORT |= {long: short for short, long in _TOLD["directions"].items()}
_SHORT |= {word: str(i) for i, word in enumerate(_ORDINALS, 1)}
# A garden is more often in a name than its type, so that it is not spelt out.
_LONG = {short: longs[0] for short, longs in _TYPES.items() if short != "gdn"}
_LONG |= _TOLD["directions"]
_TYPE_WORDS = _TYPES.keys() - {"mt", "ft"}  # these stand before a name, not behind it
_ORDINAL = re.compile(r"^(\d+)[^\W\d_]{1,4}$")
_WORD = re.compile(r"\d+[^\W_]*(?:\s?[-/]\s?\d+[^\W_]*)*|[^\W\d_]+|[,;\n|()]")
_NUMBER = re.compile(r"^\d+[^\W\d_]{0,2}(?:[-/]\d+[^\W\d_]{0,2})*$")
_NUMBER_WORD = re.compile("[号號](院|楼)?|^第")
_ORDINAL_ENDS = frozenset({"st", "nd", "rd", "th"})
_PARTS = re.compile(r"(\d+)([^\W\d_]*)")
# 甲12号 is 12号甲, and not 12号; no more are 附12号 and 东12号.
_STEM_FIRST = re.compile(r"(?:([甲乙丙丁戊])|^([附东西南北前后]))(\d+)")
UNIT_WORDS = frozenset(
    ("apt", "apartment", "unit", "flat", "suite", "ste", "room", "rm", "floor", "fl", "no")
)
"""Words before the number of a home inside a building."""


def fold_text(text: str) -> str:
    """Fold width, ligatures, case, diacritics, dashes and apostrophes.

    Returns
    -------
    str
        Of another length than `text`, it may be.
    """
    if text.isascii():
        return text.casefold().replace("'", "").replace("`", "")
    folded = simplified(unicodedata.normalize("NFKC", text)).casefold().translate(_LETTERS)
    split = unicodedata.normalize("NFKD", folded)
    return "".join(c for c in split if not unicodedata.combining(c))


@lru_cache(maxsize=65536)
def words(text: str) -> tuple[str, ...]:
    """Cut a folded line into words, numbers (``89-15``, ``12b``) and breaks (``,``)."""
    found = _WORD.findall(text)
    return tuple("," if w in ",;\n|()" else w.replace(" ", "").replace("/", "-") for w in found)


def is_letter(word: str) -> bool:
    """Tell whether a word is one letter, as that of a stairwell or of a house beside another."""
    return len(word) == 1 and word.isalpha()


def is_number(word: str) -> bool:
    """Tell whether a word can be a house number; ``2nd`` cannot."""
    return bool(_NUMBER.match(word)) and word[-2:] not in _ORDINAL_ENDS


@lru_cache(maxsize=65536)
def street_word(word: str) -> str:
    """Reduce one word of a street name: ``Boulevard`` to ``blvd``, ``221st`` to ``221``."""
    ordinal = _ORDINAL.match(word)
    return ordinal[1].lstrip("0") if ordinal else _SHORT.get(word, word)


@lru_cache(maxsize=65536)
def street_key(name: str) -> str:
    """Reduce a street name to its key, such as ``hollis ct blvd`` or ``221 st``."""
    return join_name(words(fold_text(name)))


def join_name(tokens: tuple[str, ...]) -> str:
    """Join the reduced words of a street name."""
    return " ".join(filter(None, (street_word(w) for w in tokens if w != ",")))


@lru_cache(maxsize=65536)
def street_stem(key: str) -> str:
    """Give a street key without its last type word, ``""`` where nothing would be left."""
    parts = key.split(" ")
    if len(parts) > 1 and parts[-1] in _TYPE_WORDS:
        return " ".join(parts[:-1])
    return ""


@lru_cache(maxsize=65536)
def spelled_out(key: str) -> str:
    """Spell the short words of a key out, so that misspellings of the long ones come near."""
    return " ".join(_LONG.get(w, w) for w in key.split(" "))


@lru_cache(maxsize=65536)
def number_key(number: str) -> str:
    """Reduce a house number: ``89-05`` and ``89–5`` are one, and so are ``12 B`` and ``12b``.

    Returns
    -------
    str
        ``""`` where there is no digit.
    """
    plain = _NUMBER_WORD.sub("", fold_text(number)).replace(" ", "")
    parts = _PARTS.findall(_STEM_FIRST.sub(r"\3\1\2", plain))
    return "-".join(f"{int(digits[:9])}{letter}" for digits, letter in parts)


def number_span(key: str) -> tuple[int, ...]:
    """Give the plain numbers of a key: ``(89, 15)`` for ``89-15``, ``(12,)`` for ``12b``."""
    return tuple(int(digits) for digits, _ in _PARTS.findall(key))

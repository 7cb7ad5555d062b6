"""One coordinate, or a pair of them, from the text of a cell in any notation that people use."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["parse_dms", "split_pair"]

_FOLD: Final = str.maketrans(
    {
        **dict(zip("０１２３４５６７８９．，；－（）", "0123456789.,;-()", strict=True)),
        **dict.fromkeys("度º˚", "°"),
        **dict.fromkeys("分′’‘´`＇", "'"),
        **dict.fromkeys("秒″”“＂", '"'),
        **dict.fromkeys("−–—", "-"),
        **dict(zip("东東西南北　", "EEWSN ", strict=True)),
    }
)
_AXIS: Final = re.compile(
    "[东西東]经|[北南]纬|longitude|latitude|lon|lng|lat|[经纬]度?|[:：=]", re.I
)
_LATITUDE_FIRST: Final = re.compile("(?:lat|纬).*(?:lon|lng|经)", re.I | re.S)
# A degree sign may be missing only where a blank tells the parts apart: 116 23.5 but not 11623.5.
_DMS: Final = re.compile(
    r"""(?P<before>[NSEWnsew])?\s*(?P<sign>[+-])?\s*
    (?P<deg>\d{1,3}(?:[.,]\d+)?)\s*(?:°|d|\s(?=\d))?\s*
    (?:(?P<min>\d{1,2}(?:[.,]\d+)?)\s*(?:'(?!')|m|\s(?=\d)|$|(?=[NSEWnsew]))\s*)?
    (?:(?P<sec>\d{1,2}(?:[.,]\d+)?)\s*(?:"|''|s)?\s*)?
    (?P<after>[NSEWnsew])?""",
    re.VERBOSE,
)


def _folded(text: str) -> str:
    def axis(match: re.Match[str]) -> str:
        return {"东经": "E", "東经": "E", "西经": "W", "北纬": "N", "南纬": "S"}.get(match[0], " ")

    return _AXIS.sub(axis, text).translate(_FOLD).replace("''", '"').strip(" ()[]{}<>\t\r\n")


def _number(text: str | None) -> float:
    return float(text.replace(",", ".")) if text else 0.0


def _degrees(text: str) -> tuple[float, str] | None:
    """Read one folded coordinate; the second value is its hemisphere letter or ``""``."""
    match = _DMS.fullmatch(text.strip())
    if match is None or (match["before"] and match["after"]):
        return None
    if (match["min"] and re.search("[.,]", match["deg"])) or (match["sec"] and not match["min"]):
        return None
    if match["sec"] and re.search("[.,]", match["min"]):
        return None
    minutes, seconds = _number(match["min"]), _number(match["sec"])
    if minutes >= 60 or seconds >= 60:  # then they are decimals with another mark
        return None
    hemisphere = (match["before"] or match["after"] or "").upper()
    if hemisphere and match["sign"] == "-":
        return None
    value = _number(match["deg"]) + minutes / 60 + seconds / 3600
    if value > (90 if hemisphere in {"N", "S"} else 180):
        return None
    negative = match["sign"] == "-" or hemisphere in {"S", "W"}
    return (-value if negative else value), hemisphere


def parse_dms(text: str) -> float | None:
    """Read one coordinate written in any of the usual ways.

    Parameters
    ----------
    text : str
        ``116°23′50″E``, ``32°37'12"``, ``116度23分50秒``, ``E116 23.83``, ``116.397``, ``116,397``
        (one comma is a decimal mark), full width or not.

    Returns
    -------
    float or None
        Degrees, south and west negative; None where it is not one coordinate, or minutes or
        seconds reach 60, or the value passes 180 (90 for N and S).
    """
    found = _degrees(_folded(text))
    return None if found is None else found[0]


def split_pair(text: str) -> tuple[float, float] | None:
    """Split a cell that holds both coordinates.

    Parameters
    ----------
    text : str
        ``116.3,39.9``, ``(116.3，39.9)``, ``116,3; 39,9``, ``39.9N 116.3E``, ``POINT (116.3 39.9)``.

    Returns
    -------
    tuple of float or None
        In the order written, unless letters or the words latitude and longitude (纬度, 经度) tell
        which is which: then longitude first.
        None where the cell is not a pair.
    """
    bare = re.sub(r"^\s*(?:SRID\s*=\s*\d+\s*;)?\s*(?:POINT)?", "", text, flags=re.I)
    folded = _folded(bare)
    latitude_first = _LATITUDE_FIRST.search(text) is not None
    # From the mark that parts nothing else to the comma, which may be a decimal mark.
    for separator in (
        r"\s*[;/|\t]\s*",
        r"\s*,\s+|\s+,\s*",
        r"\s*,\s*",
        r"(?<=[NSEWnsew])\s*(?=\d)|\s+",
        r"(?<!^)(?=[NSEW])",
    ):
        parts = [part for part in re.split(separator, folded) if part]
        if len(parts) != 2:
            continue
        first, second = _degrees(parts[0]), _degrees(parts[1])
        if first is None or second is None:
            continue
        if first[1] in {"N", "S"} or second[1] in {"E", "W"}:
            if first[1] in {"E", "W"} or second[1] in {"N", "S"}:
                return None
            return second[0], first[0]
        return (second[0], first[0]) if latitude_first else (first[0], second[0])
    return None

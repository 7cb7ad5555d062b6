"""Dates as spreadsheets keep them: numbers that a format shows as days."""

from __future__ import annotations

import datetime
import re
from functools import lru_cache
from typing import Any, Final

__all__ = ["DATE_FORMATS", "ELAPSED_FORMATS", "moment", "shows_date", "shows_elapsed"]

DATE_FORMATS: Final = frozenset((*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)))
"""Numbers of the built-in formats that show a date or a time, the Chinese ones among them."""
ELAPSED_FORMATS: Final = frozenset((46,))
LAST_SERIAL: Final = 2_958_465
"""31 December 9999."""
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKET = re.compile(r"\[([^\]]*)\]")
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.I)


@lru_cache(maxsize=1024)
def shows_date(code: str) -> bool:
    """Tell whether a number format shows a date or a time of day.

    Parameters
    ----------
    code : str
        Such as ``yyyy"年"m"月"d"日"`` or ``[$-804]m-d``.
    """
    plain = _LITERAL.sub("", code.split(";", 1)[0])
    plain = _BRACKET.sub("", plain)
    return "general" not in plain.lower() and bool(re.search(r"[ymdhs]", plain, re.I))


@lru_cache(maxsize=1024)
def shows_elapsed(code: str) -> bool:
    """Tell whether a number format shows hours, minutes or seconds that may pass a whole day."""
    return bool(_ELAPSED.search(_LITERAL.sub("", code.split(";", 1)[0])))


def moment(serial: float, *, elapsed: bool, epoch_1904: bool) -> Any:
    """Turn a number into the date, the time, the moment or the span that its format shows.

    Parameters
    ----------
    serial : float
        Days since the epoch of the workbook.
    elapsed : bool
        The format shows a span.
    epoch_1904 : bool
        Days are counted from 1 January 1904.

    Returns
    -------
    date, time, datetime, timedelta or float
        The number itself where it is no day of the calendar.
    """
    if not 0 <= serial <= LAST_SERIAL:
        return serial
    span = datetime.timedelta(seconds=round(serial * 86_400, 3))
    if elapsed:
        return span
    if serial < 1 and not epoch_1904:
        return (datetime.datetime.min + span).time()
    # the calendar of 1900 has a 29 February that never was
    first = (1904, 1, 1) if epoch_1904 else (1899, 12, 31) if serial < 60 else (1899, 12, 30)
    try:
        made = datetime.datetime(*first) + span
    except OverflowError:
        return serial
    return made.date() if made.time() == datetime.time() else made

"""A finding: one thing noticed in the input, where it stands and what to do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Severity", "without_numbers"]

_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z.])(?:(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|[1-9]\d{16}[\dXx])(?![0-9A-Za-z])"
)


def without_numbers(text: str) -> str:
    """Hide mobile phones and citizens' id numbers: sheets are at times named or headed by them."""
    return _PERSONAL.sub("***", text)


class Severity(StrEnum):
    """What the planner did about a finding."""

    STOP = "stop"
    """Nothing is planned until it is mended."""
    HOLD = "hold"
    """The row is set aside as a gap, with its cause; the run goes on."""
    FIX = "fix"
    """The value was repaired by a named rule; the file itself is untouched."""
    WARN = "warn"
    """The run goes on unchanged."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed in the input.

    Parameters
    ----------
    code : str
        Short stable name, such as ``duplicate-id``.
    severity : Severity
        What was done about it.
    what : str
        What is wrong, in English.  Never holds a name, an id number, a phone or a room.
    what_zh : str
        The same in Chinese.
    remedy, remedy_zh : str
        What to do.
    file, sheet, column : str
        Where it stands; empty where it does not apply.  `file` is a bare file name.
    row : int or None
        The row as the spreadsheet shows it: titles and header counted, first row 1.
    """

    code: str
    severity: Severity
    what: str
    what_zh: str = ""
    remedy: str = ""
    remedy_zh: str = ""
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""

    @property
    def where(self) -> str:
        """The place in words, such as ``homes.xlsx, sheet 居民户, row 417, column 地址``."""
        parts = [self.file]
        if self.sheet:
            parts.append(f"sheet {self.sheet}")
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column {self.column}")
        return without_numbers(", ".join(part for part in parts if part))

    def __str__(self) -> str:
        text = f"[{self.severity}] {self.where + ': ' if self.where else ''}{self.what}"
        return without_numbers(f"{text} -> {self.remedy}" if self.remedy else text)

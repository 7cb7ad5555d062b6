"""Every error that the planner raises on purpose, with its exit code and remedy.

::

    PlannerError                 1  our fault, unless a subclass says otherwise
    |-- ConfigError (ValueError) 2  the project file, the rule book or an option is wrong
    |-- InputError  (ValueError) 2  a file that was handed in cannot be used as it is
    |   |-- SheetError           2  a workbook, CSV or layer cannot be read as a table
    |   |-- SchemaError          2  a table was read, but columns or values are wrong (all faults)
    |   `-- DatumError           2  coordinates do not fall where they claim to
    |-- NetworkError (ValueError) 2 streets are missing, empty, damaged or elsewhere
    |-- MissingExtraError (ImportError) 2  an optional package is needed: names the extra
    |-- InfeasibleError          3  hard rules cannot hold together; carries its certificate
    |-- OutputError  (OSError)   4  a file cannot be written; nothing half-written is left
    `-- PrivacyError             5  the privacy gate refused to release a file

Catch `PlannerError` to catch them all.  The text of each says where, what, which numbers, and
what to do; `PlannerError.remedy` holds the last part alone.  A `Finding` is one thing noticed in the
input: where it stands and what to do about it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "ConfigError",
    "DatumError",
    "Finding",
    "InfeasibleError",
    "InputError",
    "MissingExtraError",
    "NetworkError",
    "OutputError",
    "PlannerError",
    "PrivacyError",
    "SchemaError",
    "Severity",
    "SheetError",
    "without_numbers",
]


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


class PlannerError(Exception):
    """Base of all errors raised on purpose.

    Parameters
    ----------
    message : str
        Where and what, with the numbers.  Never a resident's name, id number, phone or room.
    remedy : str, optional
        What the reader can do about it.
    """

    exit_code: int = 1

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n  -> {self.remedy}" if self.remedy else self.message


class ConfigError(PlannerError, ValueError):
    """The project file, the rule book or an option is wrong."""

    exit_code = 2


class InputError(PlannerError, ValueError):
    """A file that was handed in cannot be used as it is."""

    exit_code = 2


class SheetError(InputError):
    """A workbook, CSV or layer cannot be read as a table."""


class SchemaError(InputError):
    """A table was read, but its columns or values are wrong.

    Parameters
    ----------
    message : str
        Names the table and its file.
    findings : sequence of Finding, optional
        All faults, not only the first; the text shows the first twenty.
    remedy : str, optional
        What the reader can do about it.
    """

    SHOWN = 20

    def __init__(self, message: str, *, findings: Sequence[Finding] = (), remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.findings = tuple(findings)

    def __str__(self) -> str:
        lines = [self.message]
        lines += [f"  {finding}" for finding in self.findings[: self.SHOWN]]
        if len(self.findings) > self.SHOWN:
            lines.append(f"  ... and {len(self.findings) - self.SHOWN} more")
        if self.remedy:
            lines.append(f"  -> {self.remedy}")
        return "\n".join(lines)


class DatumError(InputError):
    """Coordinates do not fall where they claim to."""


class NetworkError(PlannerError, ValueError):
    """Streets are missing, empty, damaged, or those of another place."""

    exit_code = 2


class MissingExtraError(PlannerError, ImportError):
    """An optional package is needed for what was asked."""

    exit_code = 2

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"this needs the package {package!r}, which is not installed",
            remedy=f'pip install "zone-planner[{extra}]"',
        )


class InfeasibleError(PlannerError):
    """Hard rules cannot hold together.

    Parameters
    ----------
    message : str
        Which rules, where, with the numbers.
    certificate : object, optional
        The `planner.model.problem.Certificate` of the attempt, where there is one.
    remedy : str, optional
        The cheapest ways out.
    """

    exit_code = 3

    def __init__(self, message: str, *, certificate: object = None, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.certificate = certificate


class OutputError(PlannerError, OSError):
    """A file cannot be written; nothing half-written is left behind."""

    exit_code = 4


class PrivacyError(PlannerError):
    """The privacy gate refused to release a file."""

    exit_code = 5

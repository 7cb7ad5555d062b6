"""Delimited text: which encoding, which separator, and rows that keep their place."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from planner.errors import Finding, SheetError
from planner.intake.sheets.formats.charset import cut_short, decode
from planner.intake.sheets.headers import is_total_row

__all__ = ["RAGGED_SHARE", "CsvRows", "read_csv"]

SEPARATORS = (",", ";", "\t", "|", "\uff0c")
RAGGED_SHARE = 0.05
FEWEST_ROWS = 5
SAMPLE, SAMPLE_ROWS = 200_000, 200
_PUNCTUATION = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "bar",
    "\uff0c": "full-width comma",
}


@dataclass(frozen=True, eq=False)
class CsvRows:
    """Rows of a delimited text.

    Parameters
    ----------
    rows : list of list of str
        As the file has them, blank ones included, so that row i is row i + 1 of the spreadsheet.
    findings : tuple of Finding
        What was guessed.
    encoding, separator : str
        Such as ``gb18030`` and ``semicolon``.
    """

    rows: list[list[str]]
    findings: tuple[Finding, ...]
    encoding: str = ""
    separator: str = ""


def read_csv(data: bytes, name: str, encoding: str | None = None) -> CsvRows:
    """Read delimited text of any usual encoding and separator.

    Parameters
    ----------
    data : bytes
    name : str
        File name for messages.
    encoding : str, optional
        See `decode`.

    Raises
    ------
    SheetError
        Undecodable, cut in the middle of its last row, an unterminated quote, or not delimited at all.
    """
    text, encoding = decode(data, name, encoding)
    text = text.removeprefix("\ufeff").replace("\x00", "")
    separator = _sniff(text)
    findings = []
    if encoding != "utf-8":
        findings.append(Finding.of("encoding", {"file": name}, encoding=encoding.upper()))
    if separator != ",":
        told = Finding.of("separator", {"file": name}, separator=_PUNCTUATION[separator])
        findings.append(told)
    rows = _rows(text, separator, name)
    if not text.endswith(("\n", "\r")) and _ends_early(rows):
        raise cut_short(name, len(data), len(rows))
    return CsvRows(rows, tuple(findings), encoding, _PUNCTUATION[separator])


def _rows(text: str, separator: str, name: str) -> list[list[str]]:
    limit = csv.field_size_limit(1_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        raise SheetError.of("open-quote", name=name, row=len(rows) + 1, error=error) from None
    finally:
        csv.field_size_limit(limit)
    return rows


def _ends_early(rows: list[list[str]]) -> bool:
    """Tell whether only the last of many rows is short, and not one that stands alone in its line."""
    if len(rows) < FEWEST_ROWS or len(rows[-1]) < 2 or is_total_row(rows[-1]):
        return False
    width = len(rows[-1])
    return all(len(row) > width for row in rows[:-1] if row)


def _sniff(text: str) -> str:
    """Choose the separator that cuts most rows into the same number of fields, two or more."""
    best, best_score = ",", 0.0
    for separator in SEPARATORS:
        counts = Counter(_widths(text[:SAMPLE], separator))
        if not counts:
            continue
        fields, same = max(counts.items(), key=lambda item: (item[0] > 1, item[1], item[0]))
        # More fields speak for a separator too, but less than rows that agree.
        score = same / counts.total() + min(fields, 30) / 100
        if fields > 1 and score > best_score:
            best, best_score = separator, score
    return best


def _widths(text: str, separator: str) -> Iterator[int]:
    """Count the fields of the first rows; a break within quotes ends no row."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for row in islice(rows, SAMPLE_ROWS):
            if len(row) > 1 or (row and row[0].strip()):
                yield len(row)
    except csv.Error:  # a field past all measure: not this separator
        return

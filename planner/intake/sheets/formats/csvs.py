"""Delimited text: which encoding, which separator, and rows that keep their place."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from dataclasses import dataclass

from planner.errors import Finding, Severity, SheetError
from planner.intake.sheets.headers import is_total_row

__all__ = ["RAGGED_SHARE", "CsvRows", "decode", "read_csv"]

SEPARATORS = (",", ";", "\t", "|", "\uff0c")
RAGGED_SHARE = 0.05
FEWEST_ROWS = 5
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


def decode(data: bytes, name: str, encoding: str | None = None) -> tuple[str, str]:
    """Find the encoding: byte order mark, strict UTF-8, then GB18030.

    Parameters
    ----------
    data : bytes
    name : str
        File name for messages.
    encoding : str, optional
        Read as this one, whatever the bytes look like.

    Returns
    -------
    tuple of str
        The text and the name of the encoding.

    Raises
    ------
    SheetError
        Two encodings in one file, or neither; names the first row that cannot be read.
    """
    if encoding is not None:
        return _strict(data, _known(encoding), name), encoding
    for mark, own in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return _strict(data[len(mark) :], own, name), own
    sample = data[:4000]
    zeros = sample.count(0)
    if zeros > len(sample) // 5:
        encoding = "utf-16-le" if sample[1::2].count(0) > zeros // 2 else "utf-16-be"
        return _strict(data, encoding, name), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        _refuse_cut(data, name, error)
        _refuse_mixture(data, name, error)
    return _strict(data, "gb18030", name), "gb18030"


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise SheetError(
            f"there is no encoding {encoding!r}", remedy="usual ones: utf-8, gb18030, utf-16"
        ) from None


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        row = _row_of(data, error.start, encoding)
        raise SheetError(
            f"{name}, row {row}: the bytes are not {encoding} text",
            remedy="open the file in Excel or WPS and save it as CSV UTF-8",
        ) from None


def _row_of(data: bytes, position: int, encoding: str) -> int:
    feed = "\n".encode(encoding)
    return data.count(feed, 0, position) + 1


def _refuse_cut(data: bytes, name: str, error: UnicodeDecodeError) -> None:
    """Refuse a file that ends in the middle of a character and is Chinese UTF-8 up to there."""
    whole = data[: error.start].decode("utf-8")
    if len(data) - error.start < 4 and sum("\u4e00" <= c <= "\u9fff" for c in whole) > 3:
        raise _cut(name, len(data), data.count(b"\n") + 1)


def _cut(name: str, size: int, row: int) -> SheetError:
    return SheetError(
        f"{name}, row {row}: the file is damaged or incomplete ({size:,} bytes), "
        "it ends in the middle of a row",
        remedy="copy it again from where it came",
    )


def _refuse_mixture(data: bytes, name: str, error: UnicodeDecodeError) -> None:
    """Refuse a file pasted together from two encodings: either reading would garble half of it."""
    for line in data.split(b"\n"):
        if line.isascii():
            continue
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if sum("\u4e00" <= c <= "\u9fff" for c in text) > 3:
            row = _row_of(data, error.start, "utf-8")
            start = data.rfind(b"\n", 0, error.start) + 1
            raise SheetError(
                f"{name} mixes UTF-8 and another encoding: the first bytes that are not UTF-8 are in "
                f"row {row}, byte {error.start - start + 1} of the row",
                remedy="save the two parts as CSV UTF-8 before joining them",
            )


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
        what = f"read as {encoding.upper()} text"
        findings.append(
            Finding("encoding", Severity.FIX, what, f"按{encoding.upper()}编码读取", file=name)
        )
    if separator != ",":
        what = f"columns are separated by {_PUNCTUATION[separator]}"
        findings.append(Finding("separator", Severity.FIX, what, "已识别分隔符", file=name))
    rows = _rows(text, separator, name)
    if not text.endswith(("\n", "\r")) and _ends_early(rows):
        raise _cut(name, len(data), len(rows))
    return CsvRows(rows, tuple(findings), encoding, _PUNCTUATION[separator])


def _rows(text: str, separator: str, name: str) -> list[list[str]]:
    limit = csv.field_size_limit(1_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        raise SheetError(
            f"{name}, row {len(rows) + 1}: a quotation mark opens here and is not closed properly ({error})",
            remedy="close or remove the quotation mark in this row",
        ) from None
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
    """Choose the separator that cuts most lines into the same number of fields, two or more."""
    lines = [line for line in text[:200_000].splitlines()[:200] if line.strip()]
    best, best_score = ",", 0.0
    for separator in SEPARATORS:
        counts = Counter(len(_fields(line, separator)) for line in lines)
        fields, same = max(counts.items(), key=lambda item: (item[0] > 1, item[1], item[0]))
        score = same / max(1, len(lines)) + min(fields, 30) / 100
        if fields > 1 and score > best_score:
            best, best_score = separator, score
    return best


def _fields(line: str, separator: str) -> list[str]:
    if '"' not in line:
        return line.split(separator)
    return next(csv.reader([line], delimiter=separator), [])

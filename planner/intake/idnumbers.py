"""The check digit of resident identity numbers (GB 11643): looked at only when asked, shown never."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from planner.errors import Finding, Severity
from planner.intake.sheets.cell_values import half_width
from planner.intake.sheets.read import read_table
from planner.model.given import Given
from planner.model.schema import header_key

__all__ = ["examine_id_numbers", "fault_of", "is_id_number"]

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK: Final = "10X98765432"
_LOST: Final = (
    "an identity number kept as a number, of which Excel lost the last digits",
    "证件号为数字格式，末几位已失真",
)
_HEADERS: Final = ("身份证", "公民身份号码", "证件号", "idnumber", "idcard")


def fault_of(number: str) -> tuple[str, str]:
    """Say what is wrong with an identity number, in English and Chinese; two "" if nothing.

    Parameters
    ----------
    number : str
        As written; the answer never repeats it.
    """
    text = half_width(number).replace(" ", "").strip("'")
    if not text:
        return "", ""
    if len(text) == 15 and text.isdecimal():
        return "an identity number of the old form with 15 digits", "为15位旧证件号"
    if len(text) != 18:
        return (
            f"an identity number of {len(text)} characters, 18 expected",
            f"证件号为{len(text)}位，应为18位",
        )
    if not text[:17].isascii() or not text[:17].isdecimal() or text[17] not in "0123456789Xx":
        return "an identity number with characters that are no digits", "证件号含非数字字符"
    total = sum(w * int(d) for w, d in zip(_WEIGHTS, text, strict=False))
    if _CHECK[total % 11] != text[17].upper():
        return "an identity number whose check digit does not fit", "证件号校验位不符"
    if text[17] == "x":
        return "an identity number that ends in a lower-case x", "证件号末位应为大写X"
    return "", ""


def is_id_number(text: str) -> bool:
    """Tell whether a text is a citizen's id number: eighteen characters, a day of birth, the right last one.

    Parameters
    ----------
    text : str
    """
    if len(text) != 18 or not text[:17].isdecimal() or not "1900" <= text[6:10] <= "2099":
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return not fault_of(text.upper())[0]


def examine_id_numbers(path: str | Path | Given, *, name: str = "") -> list[Finding]:
    """Check the identity numbers of a file.

    Parameters
    ----------
    path : str or Path
        See `planner.intake.sheets.read.read_table`.
    name : str
        What the file is called in messages; its bare name if "".

    Returns
    -------
    list of Finding
        Of severity WARN, with row and column and never the number.

    Raises
    ------
    SheetError
        The file cannot be read as a table.
    """
    return [
        Finding(
            "id-number",
            Severity.WARN,
            what,
            zh,
            file=t.file,
            sheet=t.sheet,
            row=int(t.row[r]),
            column=header,
        )
        for t in read_table(path, table=None, name=name)
        for k, header in enumerate(t.headers)
        if any(part in header_key(header) for part in _HEADERS)
        for r, text in enumerate(t.cells[:, k])
        for what, zh in (_LOST if t.faults.get((r, k)) == "long" else fault_of(str(text)),)
        if what
    ]

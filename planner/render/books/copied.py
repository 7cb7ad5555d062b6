"""A copy of an office's own workbook: its layout, its values, and nothing that computes, calls or strays."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Collection, Mapping
from typing import Any, Final
from xml.parsers import expat

__all__ = ["copied_book"]

_LARGEST_MERGE: Final = 2_000_000
_PLAIN: Final = re.compile(
    r"""-?\d+(?:\.\d+)?|"[^"]*"|(?:'[^'\[\]|]*'!|[^\W\d][\w.]*!)?\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?"""
)


def copied_book(data: bytes, strays: Mapping[str, Collection[str]] | None = None) -> Any:
    """Open a workbook to make a copy: values in place of formulas, no way out of the file.

    Raises
    ------
    ValueError
        The workbook cannot be laid out again; see `laid_out`.
    """
    import warnings

    import openpyxl

    _refuse_wide_merges(data)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # parts that a copy cannot keep, such as form controls
        try:
            book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
        except Exception as error:  # noqa: BLE001 - it raises whatever the file provokes
            raise ValueError(f"the workbook cannot be copied ({type(error).__name__})") from None
        for sheet in book.worksheets:
            _defuse(sheet, (strays or {}).get(sheet.title, ()))
        for name in [n for n, one in book.defined_names.items() if not _plain(one.attr_text)]:
            del book.defined_names[name]
        return book


def _refuse_wide_merges(data: bytes) -> None:
    """Refuse merged ranges that would be laid out cell by cell: one may span the whole sheet."""
    from openpyxl.utils.cell import range_boundaries

    cells = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal cells
        if tag.rsplit(":", 1)[-1] == "mergeCell":
            left, top, right, bottom = (int(n or 0) for n in range_boundaries(attributes["ref"]))
            cells += (right - left + 1) * (bottom - top + 1)

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                xml = archive.read(name) if name.lower().endswith(".xml") else b""
                if b"mergeCell" in xml.replace(b"\0", b""):  # UTF-16 too
                    parser = expat.ParserCreate()
                    parser.StartElementHandler = start
                    parser.Parse(xml, True)
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        KeyError,
        TypeError,
        expat.ExpatError,
    ) as error:
        raise ValueError(f"the workbook cannot be copied ({type(error).__name__})") from None
    if cells > _LARGEST_MERGE:
        raise ValueError(f"merged ranges of {cells:,} cells cannot be copied")


def _plain(formula: Any) -> bool:
    """Whether what stands where a formula may is a number, a text, a list or a place of this very file."""
    return formula is None or _PLAIN.fullmatch(str(formula).lstrip("=").strip()) is not None


def _without_formulas(sheet: Any) -> None:
    """Drop what computes or calls beside the cells: validations, conditional formats, names, pivots."""
    rules = sheet.data_validations.dataValidation
    sheet.data_validations.dataValidation = [
        rule for rule in rules if _plain(rule.formula1) and _plain(rule.formula2)
    ]
    kept = [
        (area.sqref, rule)
        for area in sheet.conditional_formatting
        for rule in area.rules
        if rule.type != "expression" and all(map(_plain, rule.formula))
    ]
    sheet.conditional_formatting = type(sheet.conditional_formatting)()
    for area, rule in kept:
        sheet.conditional_formatting.add(str(area), rule)
    for name in [n for n, one in sheet.defined_names.items() if not _plain(one.attr_text)]:
        del sheet.defined_names[name]
    for table in sheet.tables.values():
        for column in table.tableColumns:
            column.calculatedColumnFormula = column.totalsRowFormula = None
    sheet._pivots = []


def _defuse(sheet: Any, strays: Collection[str]) -> None:
    """Keep every text a text, and drop links that lead out of the file and cells gone astray."""
    _without_formulas(sheet)
    for address in strays:
        cell = sheet[address]
        sheet._cells.pop((cell.row, cell.column), None)
    for cell in list(sheet._cells.values()):  # the cells that exist, not the whole rectangle
        if isinstance(cell.value, str):
            cell.data_type = "s"
        link = cell.hyperlink
        if link is not None and (link.target or not link.location):
            cell.hyperlink = None

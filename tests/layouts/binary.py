"""Binary workbooks (``.xlsb``) written by hand, record by record."""

from __future__ import annotations

import struct

import numpy as np

from tests.layouts.books import PACKED, REL, Cell, Error, Sheet, packed

__all__ = ["write_xlsb"]


def write_xlsb(sheet: Sheet, rng: np.random.Generator) -> bytes:
    """Write a package whose parts are records: texts in the cells, errors by themselves or of formulas."""
    listed = struct.pack("<II", 0, 1) + _text("rId1") + _text(sheet.name)
    book = _record(131) + _record(143) + _record(156, listed) + _record(144) + _record(132)
    width = max((len(row) for row in sheet.rows), default=1)
    body = _record(129) + _record(148, struct.pack("<4I", 0, len(sheet.rows) - 1, 0, width - 1))
    if sheet.hidden_columns:
        body += _record(390)
        for c in sheet.hidden_columns:
            body += _record(60, struct.pack("<4IH", c, c, 2304, 0, 1))
        body += _record(391)
    body += _record(145)
    for r, row in enumerate(sheet.rows):
        options = 0x10 if r in sheet.hidden_rows else 0
        body += _record(0, struct.pack("<IIHBBBI", r, 0, 300, 0, options, 0, 0))
        for c, value in enumerate(row):
            body += _cell(c, value, rng)
    body += _record(146)
    if sheet.merges:
        body += _record(177, struct.pack("<I", len(sheet.merges)))
        for r1, c1, r2, c2 in sheet.merges:
            body += _record(176, struct.pack("<4I", r1, r2, c1, c2))
        body += _record(178)
    link = f"<Relationship Id='rId1' Type='{REL}/worksheet' Target='worksheets/sheet1.bin'/>"
    main = f"<Relationship Id='a' Type='{REL}/officeDocument' Target='xl/workbook.bin'/>"
    xml = "<?xml version='1.0' encoding='UTF-8'?>\n"
    parts = {
        "_rels/.rels": f"{xml}<Relationships xmlns='{PACKED}'>{main}</Relationships>".encode(),
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": (
            f"{xml}<Relationships xmlns='{PACKED}'>{link}</Relationships>".encode()
        ),
        "xl/worksheets/sheet1.bin": body + _record(130),
    }
    return packed(parts)


def _record(number: int, body: bytes = b"") -> bytes:
    return _seven_bits(number) + _seven_bits(len(body)) + body


def _seven_bits(value: int) -> bytes:
    signs = bytearray()
    while value >= 0x80:
        signs.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*signs, value])


def _text(text: str) -> bytes:
    data = text.encode("utf-16-le")
    return struct.pack("<I", len(data) // 2) + data


def _cell(column: int, value: Cell | Error, rng: np.random.Generator) -> bytes:
    at = struct.pack("<II", column, 0)
    if isinstance(value, Error):
        if rng.random() < 0.5:
            return _record(3, at + b"\x2a")
        return _record(11, at + b"\x17" + struct.pack("<HI", 0, 0) + struct.pack("<I", 0))
    if value is None or value == "":
        return b""
    if isinstance(value, str):
        return _record(6, at + _text(value))
    return _record(5, at + struct.pack("<d", value))

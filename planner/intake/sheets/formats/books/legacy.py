"""What the records of an Excel 97 workbook (``.xls``, ``.et``) tell and its reader hides."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from planner.intake.sheets.formats.books.sparse import Range

__all__ = ["Marks", "marks_of_xls"]

_END: Final = 0xFFFF_FFFC
"""From here on a sector number says that nothing follows."""
SECTORS: Final = 1 << 22
BOF, EOF, BOUNDSHEET = 0x0809, 0x000A, 0x0085
ROW, COLINFO, BOOLERR, FORMULA, MERGED = 0x0208, 0x007D, 0x0205, 0x0006, 0x00E5
FONT, XF, MULRK = 0x0031, 0x00E0, 0x00BD
# Labels, numbers and results, each with row, column and style in front.
_CELLS: Final = frozenset((0x00FD, 0x0204, 0x00D6, 0x0203, 0x027E, BOOLERR, FORMULA))
# Of Excel 97, 4 and 3.
_BEGINNINGS: Final = (BOF, 0x0409, 0x0209)
_OLDER: Final = {0x0206: FORMULA, 0x0406: FORMULA}


@dataclass(eq=False)
class Marks:
    """Faults and hidden parts of one worksheet.

    Parameters
    ----------
    errors : set of (int, int)
        Row and column, from 0, of cells that hold an error.
    hidden_rows : set of int
    hidden_columns : list of (int, int)
        First and last of each run.
    merges : list of (int, int, int, int)
    struck : Counter of int
        Row -> how many of its cells are struck through.
    """

    errors: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merges: list[Range] = field(default_factory=list)
    struck: Counter[int] = field(default_factory=Counter)


def marks_of_xls(data: bytes) -> list[Marks]:
    """Read the marks of each worksheet, in the order of the book.

    Parameters
    ----------
    data : bytes
        An OLE container, or bare records.

    Returns
    -------
    list of Marks
        Of worksheets only; empty where the container cannot be followed: its reader will refuse it.
    """
    try:
        stream = _stream(data, ("workbook", "book"))
        struck = _struck_styles(stream)
        return [_marks(stream, place, struck) for place in _worksheets(stream)]
    # Marks are an extra: where they cannot be read the values still stand.
    except (struct.error, IndexError, ValueError):
        return []


def _records(stream: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """Give the records of a substream up to its end."""
    depth = 0
    while place + 4 <= len(stream):
        number, size = struct.unpack_from("<HH", stream, place)
        yield number, stream[place + 4 : place + 4 + size]
        depth += number in _BEGINNINGS
        depth -= number == EOF
        if depth <= 0 and number == EOF:
            return
        place += 4 + size


def _worksheets(stream: bytes) -> list[int]:
    """Find where each worksheet begins."""
    return [
        struct.unpack_from("<I", body)[0]
        for number, body in _records(stream, 0)
        if number == BOUNDSHEET and body[5] & 0x0F == 0
    ]


def _struck_styles(stream: bytes) -> frozenset[int]:
    """Find the cell styles whose text is struck through."""
    fonts: list[bool] = []
    styles: list[int] = []
    for number, body in _records(stream, 0):
        if number == FONT:
            fonts.append(bool(body[2] & 0x08))
        elif number == XF:
            (font,) = struct.unpack_from("<H", body)
            # there is no font of number 4
            styles.append(font - (font > 4))
    return frozenset(at for at, font in enumerate(styles) if font < len(fonts) and fonts[font])


def _strike(marks: Marks, kind: int, body: bytes, struck: frozenset[int]) -> None:
    """Count the cells of a record whose style is struck through."""
    row = struct.unpack_from("<H", body)[0]
    places = range(4, len(body) - 2, 6) if kind == MULRK else (4,)
    marks.struck[row] += sum(struct.unpack_from("<H", body, at)[0] in struck for at in places)


def _marks(stream: bytes, place: int, struck: frozenset[int]) -> Marks:
    marks = Marks()
    depth = 0
    for number, body in _records(stream, place):
        kind = _OLDER.get(number, number)
        depth += number in _BEGINNINGS
        depth -= number == EOF
        if depth > 1:  # a chart inside the sheet
            continue
        if struck and (kind in _CELLS or kind == MULRK):
            _strike(marks, kind, body, struck)
        if kind == ROW:
            if len(body) > 12 and body[12] & 0x20:
                marks.hidden_rows.add(struct.unpack_from("<H", body)[0])
        elif kind == COLINFO:
            first, last, _, _, options = struct.unpack_from("<5H", body)
            if options & 1:
                marks.hidden_columns.append((first, last))
        elif kind == BOOLERR:
            if body[7]:
                marks.errors.add(struct.unpack_from("<HH", body))
        elif kind == FORMULA:
            # a result that is no number: its kind stands in the first byte, 2 is an error
            if body[12:14] == b"\xff\xff" and body[6] == 2:
                marks.errors.add(struct.unpack_from("<HH", body))
        elif kind == MERGED:
            (count,) = struct.unpack_from("<H", body)
            for k in range(count):
                r1, r2, c1, c2 = struct.unpack_from("<4H", body, 2 + 8 * k)
                marks.merges.append((r1, c1, r2, c2))
    return marks


def _stream(data: bytes, names: tuple[str, ...]) -> bytes:
    """Take a stream out of an OLE container, by the first of some names."""
    if not data.startswith(bytes.fromhex("d0cf11e0a1b11ae1")):
        return data
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    small = 1 << struct.unpack_from("<H", data, 32)[0]
    if not 128 <= size <= 1 << 16 or not 16 <= small <= size:
        raise ValueError("sector size")
    first_folder, _, cutoff, first_mini = struct.unpack_from("<4I", data, 48)
    fat = _table(data, size)
    folder = _chain(data, fat, first_folder, size, 1)
    entries = {}
    for at in range(0, len(folder) - 127, 128):
        length = struct.unpack_from("<H", folder, at + 64)[0]
        name = folder[at : at + max(0, length - 2)].decode("utf-16-le", "replace").lower()
        start, bytes_in = struct.unpack_from("<II", folder, at + 116)
        entries.setdefault(name, (folder[at + 66], start, bytes_in))
    found = next((entries[n] for n in names if n in entries), None)
    root = next((e for e in entries.values() if e[0] == 5), None)
    if found is None or root is None:
        raise ValueError("no such stream")
    _, start, length = found
    # Shorter streams lie in small sectors of their own, within the stream of the root.
    if length >= cutoff:
        return _chain(data, fat, start, size, 1)[:length]
    mini = _chain(data, fat, first_mini, size, 1)
    mini_fat = list(struct.unpack(f"<{len(mini) // 4}I", mini[: len(mini) // 4 * 4]))
    return _chain(_chain(data, fat, root[1], size, 1), mini_fat, start, small, 0)[:length]


def _table(data: bytes, size: int) -> list[int]:
    """Read the table that says which sector follows which."""
    places = [s for s in struct.unpack_from("<109I", data, 76) if s < _END]
    more, count = struct.unpack_from("<II", data, 68)
    for _ in range(min(count, SECTORS)):
        if more >= _END:
            break
        block = data[(more + 1) * size : (more + 2) * size]
        numbers = struct.unpack(f"<{size // 4}I", block)
        places += [s for s in numbers[:-1] if s < _END]
        more = numbers[-1]
    table: list[int] = []
    for place in places:
        block = data[(place + 1) * size : (place + 2) * size]
        table += struct.unpack(f"<{len(block) // 4}I", block[: len(block) // 4 * 4])
    return table


def _chain(data: bytes, table: list[int], sector: int, size: int, before: int) -> bytes:
    """Join the sectors of a chain; `before` sectors stand in front of the first."""
    parts: list[bytes] = []
    while sector < _END:
        if len(parts) > len(table):
            raise ValueError("a chain without an end")
        parts.append(data[(sector + before) * size : (sector + before + 1) * size])
        sector = table[sector]
    return b"".join(parts)

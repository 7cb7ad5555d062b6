"""A workbook of openpyxl becomes bytes: in memory alone, and the same bytes for the same workbook.

The package itself lays each sheet down in the folder for temporary files, where a killed run leaves the
residents' rows behind and a full disk is a fault of nobody; and it stamps the hour of the day.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any

__all__ = ["book_bytes"]

_EARLIEST = (1980, 1, 1, 0, 0, 0)


class _Archive(zipfile.ZipFile):
    """An archive whose members carry no date."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *args: Any, **kwargs: Any) -> None:
        info = zinfo_or_arcname
        if isinstance(info, str):
            info = zipfile.ZipInfo(info, _EARLIEST)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
        super().writestr(info, data, *args, **kwargs)


def book_bytes(book: Any) -> bytes:
    """Lay a workbook out.

    Returns
    -------
    bytes
        The ``.xlsx``.
    """
    from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
    from openpyxl.worksheet._writer import WorksheetWriter
    from openpyxl.writer.excel import ExcelWriter

    class InMemory(ExcelWriter):
        def write_worksheet(self, ws: Any) -> None:
            ws._drawing = SpreadsheetDrawing()
            ws._drawing.charts = ws._charts
            ws._drawing.images = ws._images
            writer: Any = WorksheetWriter(ws, out=io.BytesIO())
            writer.write()
            ws._rels = writer._rels
            archive.writestr(ws.path[1:], writer.read())
            self.manifest.append(ws)

    buffer = io.BytesIO()
    with _Archive(buffer, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        InMemory(book, archive).write_data()
    return buffer.getvalue()

"""Secrets, and files that hide a text, each in another place."""

# ruff: noqa: E501 - one case a line

from __future__ import annotations

import base64
import gzip
import io
import json
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from functools import cache
from typing import Any
from urllib.parse import quote

import openpyxl
from openpyxl.comments import Comment
from pypdf import PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from planner.privacy import Secrets
from planner.privacy.audience import Audience

ID = "110101" + "19900307" + "8515"
PHONE = "138" + "0013" + "8000"
NAME = "欧阳甲乙"
SECRETS = Secrets(
    {
        "a resident's name": frozenset({NAME, "王芳", "anna virtanen"}),
        "an id": frozenset({"jm00017"}),
    }
)
NOBODY = Secrets({})
"""What is known where the register is known, and names nobody."""
MEETING, PUBLIC, INTERNAL = Audience.MEETING, Audience.PUBLIC, Audience.INTERNAL
HIDDEN = {"id number": ID, "phone": PHONE, "name": NAME, "id": "JM00017"}


def html(body: str = "", head: str = "") -> bytes:
    """Give a page."""
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def packed(text: str) -> str:
    """Give a text as the map packs its data."""
    return base64.b64encode(gzip.compress(text.encode())).decode()


def page_of(book: openpyxl.Workbook) -> Any:
    """Give the first sheet."""
    return book.active


def workbook(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    """Give a workbook."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    fill(book)
    book.save(file)
    return file.getvalue()


def bare_deflate(text: str) -> bytes:
    """Give a text deflated without a header."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(text.encode()) + engine.flush()


def database(*statements: tuple[str, tuple[str, ...]]) -> bytes:
    """Give a SQLite file."""
    with closing(sqlite3.connect(":memory:")) as db:
        for sql, values in statements:
            db.execute(sql, values)
        db.commit()
        return db.serialize()


def between_rows(text: str) -> bytes:
    """Give a SQLite file with a text where no row is, as deleted rows leave it."""
    data = bytearray(database(("CREATE TABLE t (a TEXT)", ())))
    at = len(data) - 2000
    data[at : at + len(text.encode())] = text.encode()
    return bytes(data)


def pdf(text: str, *, meta: str = "", attached: bytes = b"", note: str = "") -> bytes:
    """Give a PDF of one page: what it shows, its title, an attached file, a note on the page."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = DictionaryObject({NameObject(k): NameObject(v) for k, v in font.items()})
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    shown = StreamObject()
    shown.set_data(f"BT /F1 12 Tf 10 100 Td ({text}) Tj ET".encode())
    page[NameObject("/Contents")] = writer._add_object(shown.flate_encode())
    writer.add_metadata({"/Title": meta})
    if attached:
        writer.add_attachment("a.txt", attached)
    if note:
        writer.add_annotation(0, FreeText(text=note, rect=(10, 10, 90, 90)))
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


@cache
def in_places(s: str) -> dict[str, tuple[str, bytes]]:
    """Give files that hold a string, each in another place."""
    cdata = json.dumps({"a": {"b": [[1, 2], s]}})
    latin = s if s.isascii() else "x"
    escaped = "".join(f"\\u{ord(c):04x}" for c in s)
    return {
        "visible text": ("a.html", html(f"<p>x {s} y</p>")),
        "across inline tags": ("a.html", html(f"<p>{s[:2]}<b>{s[2:]}</b></p>")),
        "entities": ("a.html", html("".join(f"&#{ord(c)};" for c in s))),
        "attribute": ("a.html", html(f'<p title="{s}">x</p>')),
        "comment": ("a.html", html(f"<!-- {s} -->")),
        "script": ("a.html", html(f"<script>var a = '{s}';</script>")),
        "style": ("a.html", html(head=f"<style>p::after {{ content: '{s}' }}</style>")),
        "island": ("a.html", html(f'<script type="application/json" id="x">{cdata}</script>')),
        "escaped in an island": ("a.html", html(f'<script type="application/json">{{"a":"{escaped}"}}</script>')),
        "packed island": ("a.html", html(f'<script type="application/json">"{packed(cdata)}"</script>')),
        "packed twice": ("a.html", html(f"<script>f('{packed(json.dumps(packed(cdata + ' ' * 40)))}')</script>")),
        "bare base64": ("a.html", html(f"<script>f('{base64.b64encode((s + ' ' * 40).encode()).decode()}')</script>")),
        "deflate": ("a.html", html(f"<script>f('{base64.b64encode(zlib.compress(s.encode())).decode()}')</script>")),
        "bare deflate": ("a.html", html(f"<script>f('{base64.b64encode(bare_deflate(s + ' ' + 'abc' * 60)).decode()}')</script>")),
        "escapes of a script": ("a.html", html(f"<script>var a = '{escaped}';</script>")),
        "json in json": ("a.json", json.dumps({"a": json.dumps({"b": s})}).encode()),
        "percent signs": ("a.html", html(f'<a href="?q={quote(s)}">x</a>')),
        "pieces of a drawing": ("a.svg.html", html(f"<svg><text>{s[:2]}<tspan>{s[2:]}</tspan></text></svg>")),
        "data address": ("a.html", html(f'<img src="data:text/plain;base64,{base64.b64encode(s.encode()).decode()}">')),
        "frame": ("a.html", html(f'<iframe srcdoc="&lt;html&gt;&lt;p title=&quot;{s}&quot;&gt;"></iframe>')),
        "json value": ("a.json", cdata.encode()),
        "json key": ("a.json", json.dumps({s: 1}).encode()),
        "csv": ("a.csv", f"a,b\r\n1,{s}\r\n".encode("gb18030")),
        "markdown": ("a.md", f"| a | {s} |\n".encode()),
        "svg": ("a.svg", f"<svg><desc>{s}</desc></svg>".encode()),
        "cell": ("a.xlsx", workbook(lambda b: page_of(b).append([1, s]))),
        "sheet name": ("a.xlsx", workbook(lambda b: b.create_sheet(s))),
        "hidden sheet": ("a.xlsx", workbook(lambda b: setattr(b.create_sheet(s), "sheet_state", "veryHidden"))),
        "cell comment": ("a.xlsx", workbook(lambda b: setattr(page_of(b)["A1"], "comment", Comment(s, "x")))),
        "author": ("a.xlsx", workbook(lambda b: setattr(b.properties, "creator", s))),
        "table row": ("a.gpkg", database(("CREATE TABLE t (a TEXT)", ()), ("INSERT INTO t VALUES (?)", (s,)))),
        "between the rows": ("a.gpkg", between_rows(s)),
        "column name": ("a.gpkg", database((f'CREATE TABLE t ("{s}" TEXT)', ()))),
        "pdf": ("a.pdf", pdf(latin, meta=s)),
    }  # fmt: skip

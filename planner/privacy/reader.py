"""Everything that a finished file says, wherever it says it.

Text, attributes, scripts, styles, comments, data in base64, packed data; every part of a workbook, its
comments and properties too; every table of a database and the bytes between them; the streams of a
PDF.  What is inside something is read as if it were a file of its own.
"""

from __future__ import annotations

import base64
import binascii
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from planner.errors import PrivacyError
from planner.privacy.marks import folded
from planner.privacy.pdfs import pdf_texts
from planner.privacy.stores import database_parts, row_lines, shared_strings

__all__ = ["Part", "parts_of", "unescaped", "unpacked"]

# A bomb of zeros inflates a thousandfold; no honest file for a meeting comes near either limit.
_MOST_BYTES, _DEEPEST = 400_000_000, 8
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_QUOTED = re.compile(r"""["'`]([A-Za-z0-9+/_-]{12,}={0,2})["'`]""")
_DIGEST = re.compile(r"'sha256-[A-Za-z0-9+/]{43}='")
_DATA_URL = re.compile(r"data:([\w/+.-]*)((?:;[\w=.-]+)*),([^\"')\s]*)")
_INLINE = re.compile(
    r"</?(?:r|t|rPr|b|i|u|sz|color|rFont|family|charset|scheme|text:span|text:s)\b[^>]*>"
)
_ESCAPED = re.compile(r"\\u\{([0-9A-Fa-f]{1,6})\}|\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})")
_TAG = re.compile(r"<[^>]*>")
_INLINE_TAGS = frozenset("a b em font i mark s small span strong sub sup tspan u".split())  # noqa: SIM905
_ATTRIBUTE = re.compile(r"""=\s*(?:"([^"]*)"|'([^']*)')""")
_XML_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """Some text of a file.

    `where`: the part of the file, in words; never what stands there.
    `kind`: ``text`` (for people), ``code`` (scripts, styles), ``raw`` (data as it lies there) or
    ``numbers`` (data whose texts are another part).
    `places`: where in `text` a further part begins, and what it is called.
    """

    where: str
    text: str
    kind: str = "text"
    places: tuple[tuple[int, str], ...] = ()

    def place(self, at: int) -> str:
        """Name the place of a position of the text."""
        inside = ""
        for start, name in self.places:
            if start > at:
                break
            inside = name
        return f"{self.where}, {inside}" if inside else self.where


def parts_of(data: bytes, name: str = "", *, depth: int = 0) -> Iterator[Part]:
    """Give everything that a file says.

    `name`: what the part is called; its ending tells texts apart.
    Raises `PrivacyError`: it is packed too deeply or too large to be read, so nobody can say what is in
    it.
    """
    if depth > _DEEPEST or len(data) > _MOST_BYTES:
        raise PrivacyError.of(
            "gate-packed-too-deep", name=name or "the file", name_zh=name or "文件"
        )
    if data.startswith(b"PK\x03\x04"):
        yield from _zip_parts(data, name, depth)
    elif data.startswith(b"SQLite format 3\x00"):
        for where, text in database_parts(data):
            kind = "text" if where.startswith("table") else "raw"
            yield Part(f"{name}: {where}", folded(text), kind)
    elif data.startswith(b"%PDF"):
        for where, text in pdf_texts(data):
            yield Part(f"{name}: {where}", folded(text))
    elif data[:2] in (b"\x1f\x8b", b"BZ", b"\xfd7"):
        yield from parts_of(unpacked(data, name), name, depth=depth + 1)
    else:
        yield from _text_parts(_decoded(data), name, depth)


def unpacked(data: bytes, name: str = "") -> bytes:
    """Inflate gzip, zlib or bare deflate; refuse what grows beyond reason."""
    for bits in (47, -15):
        engine = zlib.decompressobj(bits)
        try:
            made = engine.decompress(data, _MOST_BYTES)
        except zlib.error:
            continue
        if engine.unconsumed_tail:
            raise PrivacyError.of(
                "gate-file-too-large", name=name or "the file", name_zh=name or "文件"
            )
        if engine.eof:
            return made
    raise PrivacyError.of("gate-packed-part", name=name or "the file", name_zh=name or "文件")


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # every byte sequence is some text in GB18030, so it comes last
        return data.decode("gb18030", "replace")


def _text_parts(text: str, name: str, depth: int) -> Iterator[Part]:
    start = text[:2000].lstrip().lower()
    if start.startswith(("<!doctype html", "<html")) or name.lower().endswith((".html", ".htm")):
        yield from _html_parts(text, name, depth)
    elif start.startswith(("{", "[", '"')):
        yield from _json_parts(text, name, depth)
    elif start.startswith("<"):
        yield from _xml_parts(text, name)
    else:
        yield Part(name, folded(text))


def _json_parts(text: str, name: str, depth: int) -> Iterator[Part]:
    yield Part(name, folded(text), "numbers")
    try:
        value = json.loads(text)
    except ValueError:
        yield Part(name, folded(text))
        return
    strings: list[str] = []
    places: list[tuple[int, str]] = []
    at = 0
    for path, string in _walk_strings(value):
        inner = _inside(string)
        if inner is not None:
            yield from parts_of(inner, f"{name} (packed)", depth=depth + 1)
            continue
        plain = folded(string)
        if not places or places[-1][1] != path:
            places.append((at, path))
        strings.append(plain)
        at += len(plain) + 1
    yield Part(name, "\n".join(strings), "text", tuple(places))


def _walk_strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Give every string of JSON values, keys too, with the names that lead to it, joined by dots."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield path, str(key)
            yield from _walk_strings(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for inner in value:
            if not isinstance(inner, int | float):
                yield from _walk_strings(inner, path)


def _inside(string: str) -> bytes | None:
    """Give the bytes that a string in base64 holds; None where it is plain text."""
    if not _BASE64.fullmatch(string):
        return _json_in(string)
    bare = string.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        data = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    if any(_inflates(data, bits) for bits in (47, -15)):
        return unpacked(data)
    if data.startswith((b"PK\x03\x04", b"SQLite format 3", b"%PDF")):
        return data
    return data if _is_text(data) else None


def _json_in(string: str) -> bytes | None:
    """Give JSON that was written into a string, whose escapes would hide what it says; else None."""
    if not (string.startswith(("{", "[")) and string.endswith(("}", "]"))):
        return None
    try:
        json.loads(string)
    except ValueError:
        return None
    return string.encode("utf-8", "replace")


def _inflates(data: bytes, bits: int) -> bool:
    engine = zlib.decompressobj(bits)
    try:
        engine.decompress(data, _MOST_BYTES)
    except zlib.error:
        return False
    return engine.eof


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(c.isprintable() or c in "\r\n\t" for c in text[:4000])


class _Page(HTMLParser):
    """Takes a page apart: what it says, its attributes, its scripts and its comments."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.scripts: list[tuple[str, str]] = []
        self.comments: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(f"{tag} {name}", value or "") for name, value in attrs]
        self._space(tag)
        if tag in ("script", "style"):
            known = dict(attrs)
            self.inside = f"{tag} {known.get('id') or ''}".strip()
            self.scripts.append((self.inside, ""))

    def _space(self, tag: str) -> None:
        if tag not in _INLINE_TAGS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._space(tag)
        if tag in ("script", "style"):
            self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.scripts[-1] = (self.inside, self.scripts[-1][1] + data)
        else:
            self.said.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    # declarations and instructions are read like comments: all of them may hold text
    handle_decl = unknown_decl = handle_pi = handle_comment  # type: ignore[assignment]


def _html_parts(text: str, name: str, depth: int) -> Iterator[Part]:
    page = _Page()
    page.feed(text)
    page.close()
    yield Part(f"{name}: visible text", folded("".join(page.said)))
    yield Part(f"{name}: comments", folded("\n".join(page.comments)))
    # the page's policy holds digests of its scripts, in letters that are no text
    plain = [_DIGEST.sub("", v) for k, v in page.attributes if k != "iframe srcdoc"]
    # a name in a link is written in percent signs
    plain += [unquote(v) for v in plain if "%" in v]
    yield Part(f"{name}: attributes", folded("\n".join(plain)))
    for key, value in page.attributes:
        if key == "iframe srcdoc":
            yield from parts_of(value.encode(), f"{name}: frame .html", depth=depth + 1)
        yield from _data_urls(value, f"{name}: attribute {key}", depth)
    for which, code in page.scripts:
        where = f"{name}: {which}"
        if code.lstrip()[:1] in ('"', "{", "["):
            yield from _json_parts(code, where, depth + 1)
            continue
        yield Part(where, folded(code), "code")
        if _ESCAPED.search(code):
            yield Part(f"{where} (escapes)", folded(unescaped(code)), "code")
        yield from _data_urls(code, where, depth)
        for found in _QUOTED.finditer(code):
            inner = _inside(found[1])
            if inner is not None:
                yield from parts_of(inner, f"{where} (packed)", depth=depth + 1)


def unescaped(code: str) -> str:
    """Give code with its escapes of characters resolved."""
    return _ESCAPED.sub(lambda m: chr(min(int(m[1] or m[2] or m[3], 16), 0x10FFFF)), code)


def _data_urls(text: str, where: str, depth: int) -> Iterator[Part]:
    for found in _DATA_URL.finditer(text):
        data = unquote_to_bytes(found[3])
        if ";base64" in found[2]:
            try:
                data = base64.b64decode(data + b"=" * (-len(data) % 4))
            except (binascii.Error, ValueError):
                continue
        # pixels and glyphs hold no text; SVG does, and is read
        if found[1].startswith(("image/png", "image/jpeg", "image/gif", "font/")):
            continue
        yield from parts_of(data, f"{where} (data)", depth=depth + 1)


def _zip_parts(data: bytes, name: str, depth: int) -> Iterator[Part]:
    try:
        book = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError):
        raise PrivacyError.of("gate-damaged", name=name) from None
    with book:
        if sum(info.file_size for info in book.infolist()) > _MOST_BYTES:
            raise PrivacyError.of(
                "gate-file-too-large", name=name or "the file", name_zh=name or "文件"
            )
        said = [(i.filename, i.comment.decode(errors="replace")) for i in book.infolist()]
        yield Part(f"{name}: names of its parts", folded("\n".join(map("\n".join, said))))
        shared: list[str] = []
        if "xl/sharedStrings.xml" in book.namelist():
            shared = shared_strings(_decoded(book.read("xl/sharedStrings.xml")))
        for info in book.infolist():
            where = f"{name}: {info.filename}"
            inner = book.read(info)
            if inner[:4] in (b"\x89PNG", b"\xff\xd8\xff\xe0", b"GIF8"):
                continue
            if inner.lstrip()[:1] == b"<":
                yield from _xml_parts(_decoded(inner), where)
                rows = "\n".join(row_lines(_decoded(inner), shared))
                if rows:
                    yield Part(f"{where} (rows)", folded(rows))
            else:
                yield from parts_of(inner, where, depth=depth + 1)


def _xml_parts(text: str, where: str) -> Iterator[Part]:
    """Give the text of markup, a cell's runs joined, then its attributes and comments."""
    bare = _XML_COMMENT.sub("\n", text)
    # A cell's runs are joined: a name that is half bold is still a name.
    said = html.unescape(_TAG.sub("\n", _INLINE.sub("", bare)))
    yield Part(where, folded("\n".join(line for line in said.split("\n") if line.strip())))
    kept = [html.unescape(a or b) for a, b in _ATTRIBUTE.findall(bare)]
    yield Part(f"{where} (attributes)", folded("\n".join(kept)), "raw")
    comments = _XML_COMMENT.findall(text)
    if comments:
        yield Part(f"{where} (comments)", folded(html.unescape("\n".join(comments))))

"""What a PDF says: the text that its fonts show, its properties, and whatever else lies in it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner.errors import PrivacyError

__all__ = ["pdf_texts"]

_OBJECT = re.compile(rb"(\d+)\s+\d+\s+obj\b(.*?)\bendobj", re.DOTALL)
_STREAM = re.compile(rb"\bstream\r?\n(.*)\r?\n?endstream", re.DOTALL)
_NAMED = re.compile(rb"/([^\s/<>\[\]()]+)\s+(\d+)\s+\d+\s+R")
_MEANING = re.compile(rb"/ToUnicode\s+(\d+)\s+\d+\s+R")
_TOKEN = re.compile(
    rb"/(?P<font>[^\s/<>\[\]()]+)\s+[-\d.]+\s+Tf|(?P<literal>\((?:\\.|[^\\()])*\))"
    rb"|<(?P<hex>[0-9A-Fa-f\s]{2,})>|\b(?P<end>ET)\b",
    re.DOTALL,
)
_BFCHAR = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_BFRANGE = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_TRIPLE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]+)>|\[([^\]]*)\])")
_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_HEX = re.compile(rb"<([0-9A-Fa-f\s]{2,})>")
_ESCAPE = re.compile(rb"\\([nrtbf()\\]|[0-7]{1,3})")
_PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_SHOWS = re.compile(rb"\bT[jJ]\b")
_MOST = 400_000_000


@dataclass(frozen=True, slots=True)
class _Font:
    """How the codes of a font are read."""

    means: Mapping[int, str]
    wide: bool


def pdf_texts(data: bytes) -> Iterator[tuple[str, str]]:
    """Give the text of a PDF.

    Parameters
    ----------
    data : bytes
        The file.

    Yields
    ------
    (str, str)
        The part and its text.

    Raises
    ------
    PrivacyError
        It is encrypted, or packed in a way that is not read here.
    """
    if b"/Encrypt" in data:
        raise PrivacyError("the PDF is not released: it is encrypted and cannot be read")
    objects = dict(_objects(data))
    streams = {n: body for n, text in objects.items() if (body := _inflated(text)) is not None}
    for body in list(streams.values()):
        objects.update(_packed_objects(body))
    heads = {n: _STREAM.sub(b"", text) for n, text in objects.items()}
    fonts = _fonts(heads, streams)
    for body in streams.values():
        if _SHOWS.search(body):
            yield "text", _shown(body, fonts)
        elif b"begincmap" not in body:
            yield "a stream", body.decode("utf-8", "replace")
    bare = b"\n".join(heads.values()) + b"\n" + _OBJECT.sub(b"", data)
    yield "properties", "\n".join(_strings(bare))


def _objects(data: bytes) -> Iterator[tuple[int, bytes]]:
    for found in _OBJECT.finditer(data):
        yield int(found[1]), found[2]


def _inflated(text: bytes) -> bytes | None:
    """Give the stream of an object; None where it has none, or is a picture or a font."""
    found = _STREAM.search(text)
    if found is None:
        return None
    head, body = text[: found.start()], found[1]
    if b"/Image" in head or b"/FontFile" in head or b"/Length1" in head or b"FontType" in head:
        return None
    if b"/FlateDecode" in head:
        try:
            return zlib.decompressobj().decompress(body, _MOST)
        except zlib.error:
            raise _unread() from None
    if b"/Filter" in head and b"/DCTDecode" not in head:
        raise _unread()
    return body


def _unread() -> PrivacyError:
    return PrivacyError("the PDF is not released: a part of it cannot be read")


def _packed_objects(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the objects of an object stream: pairs of number and place, then the objects."""
    head = re.match(rb"(?:\s*\d+\s+\d+)+\s*(?=[<\[(/])", body)
    if head is None:
        return
    numbers = [int(n) for n in head[0].split()]
    for n, start in zip(numbers[::2], numbers[1::2], strict=False):
        yield n, body[head.end() + start :]


def _fonts(heads: Mapping[int, bytes], streams: Mapping[int, bytes]) -> dict[bytes, list[_Font]]:
    """Find what the fonts are called and how their codes are read."""
    read: dict[int, _Font] = {}
    for n, head in heads.items():
        meaning = _MEANING.search(head)
        if meaning is not None and int(meaning[1]) in streams:
            read[n] = _Font(_unicode_map(streams[int(meaning[1])]), b"/Type0" in head)
    named: dict[bytes, list[_Font]] = {}
    for head in heads.values():
        for name, n in _NAMED.findall(head):
            if int(n) in read and read[int(n)] not in named.setdefault(name, []):
                named[name].append(read[int(n)])
    return named


def _shown(body: bytes, fonts: Mapping[bytes, list[_Font]]) -> str:
    """Give the text of a page; fonts of one name are each tried."""
    most = max((len(several) for several in fonts.values()), default=1)
    return "\n".join(_reading(body, fonts, k) for k in range(min(most, 8)))


def _reading(body: bytes, fonts: Mapping[bytes, list[_Font]], nth: int) -> str:
    said: list[str] = []
    font: _Font | None = None
    for token in _TOKEN.finditer(body):
        if token["font"]:
            several = fonts.get(token["font"], [])
            font = several[min(nth, len(several) - 1)] if several else None
        elif token["end"]:
            said.append("\n")
        else:
            run = _bytes_of(token)
            said.append(_decoded(run, font))
    return "".join(said)


def _bytes_of(token: re.Match[bytes]) -> bytes:
    if token["literal"]:
        return _unescaped(token["literal"][1:-1])
    return _from_hex(token["hex"])


def _from_hex(text: bytes) -> bytes:
    digits = re.sub(rb"\s", b"", text)
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


def _decoded(run: bytes, font: _Font | None) -> str:
    if run.startswith(b"\xfe\xff"):
        return ""  # what a run is to be read as: the run itself follows
    if font is None:
        return run.decode("latin-1")
    step = 2 if font.wide else 1
    codes = (int.from_bytes(run[i : i + step], "big") for i in range(0, len(run), step))
    return "".join(font.means.get(code, "") for code in codes)


def _strings(text: bytes) -> Iterator[str]:
    """Give the strings of properties, which are UTF-16 or one byte a letter."""
    for token in _TOKEN.finditer(text):
        if token["literal"] or token["hex"]:
            run = _bytes_of(token)
            wide = run.startswith(b"\xfe\xff")
            yield run[2:].decode("utf-16-be", "replace") if wide else run.decode("latin-1")


def _unescaped(text: bytes) -> bytes:
    def plain(m: re.Match[bytes]) -> bytes:
        code = m[1]
        return bytes([int(code, 8) & 255]) if code.isdigit() else _PLAIN.get(code, code)

    return _ESCAPE.sub(plain, text)


def _unicode_map(body: bytes) -> dict[int, str]:
    """Read what the glyphs of a font mean."""
    known: dict[int, str] = {}
    for block in _BFCHAR.findall(body):
        for code, meaning in _PAIR.findall(block):
            known[int(code, 16)] = _utf16(meaning)
    for block in _BFRANGE.findall(body):
        for first, last, start, listed in _TRIPLE.findall(block):
            low, high = int(first, 16), min(int(last, 16), int(first, 16) + 65535)
            if listed:
                for code, m in zip(range(low, high + 1), _HEX.findall(listed), strict=False):
                    known[code] = _utf16(m)
            else:
                for code in range(low, high + 1):
                    known[code] = chr(min(int(start, 16) + code - low, 0x10FFFF))
    return known


def _utf16(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", "replace")

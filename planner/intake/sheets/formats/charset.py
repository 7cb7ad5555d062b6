"""In which encoding a text is written: decided by its bytes and by whether the result is likely.

Nearly any bytes are some text in GB18030.  So an encoding must both decode every byte and give characters
that people write: those of everyday Chinese for GB18030 and Big5, single accented letters among plain ones
for the Western page.  Where two are as likely, or none is, the file is refused: text that is nearly right
is worse than none.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from planner.errors import SheetError

__all__ = [
    "CHINESE",
    "WESTERN",
    "cut_short",
    "decode",
    "likely_encoding",
    "repaired",
]

LIKELY: Final = 0.6
"""Share of the characters that must be usual ones."""
APART: Final = 0.12
"""By how much the likeliest encoding must be ahead of the next."""
SAMPLE: Final = 200_000
CHINESE: Final = ("gb18030", "big5hkscs")
WESTERN: Final = "cp1252"
_PLACES: Final = frozenset(
    "路街道巷村镇乡区县市省社小号楼栋幢单元室层组东西南北中地址编姓名户號樓棟區縣東"
)
_MARKS: Final = frozenset("，。、；：（）“”‘’《》【】！？—－·　０１２３４５６７８９№×√")
_ACCENTED = re.compile(rb"(?<![\x80-\xff])[\xc0-\xff](?![\x80-\xff])")
_HIGH = re.compile(rb"[\x80-\xff]")
_LATIN_RUN = re.compile("[\u0080-\u00ff]{2,}")


def decode(data: bytes, name: str, encoding: str | None = None) -> tuple[str, str]:
    """Find the encoding of a text: byte order mark, strict UTF-8, then what is likely.

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
        Two encodings in one file, or none that is likely; names the first row that cannot be read.
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
    # UTF-16 without its mark: half of every Latin character is a zero.
    if zeros > len(sample) // 5:
        encoding = "utf-16-le" if sample[1::2].count(0) > zeros // 2 else "utf-16-be"
        return _strict(data, encoding, name), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        _refuse_cut(data, name, error)
        _refuse_mixture(data, name, error)
    found = likely_encoding([data])
    if found is None:
        possible = [e for e in CHINESE if _decodes(data, e)]
        if not possible:
            _strict(data, "gb18030", name)  # names the row
        raise SheetError.of(
            "encoding-unclear", name=name, possible=" or ".join(possible).upper() or "GB18030"
        )
    return _strict(data, found, name), found


def likely_encoding(texts: Sequence[bytes]) -> str | None:
    """Say which encoding texts that are no UTF-8 are written in; None where that is not sure.

    Parameters
    ----------
    texts : sequence of bytes
        Pieces that share one encoding.
    """
    whole = b"\n".join(t for t in texts if not t.isascii())
    if not whole:
        return "utf-8"
    scores = {e: _likelihood(whole, e) for e in CHINESE}
    scores[WESTERN] = _western(whole)
    best, following = sorted(scores, key=lambda e: -scores[e])[:2]
    sure = scores[best] >= LIKELY and scores[best] - scores[following] >= APART
    return best if sure else None


def repaired(texts: Iterable[str]) -> str | None:
    """Say which encoding texts were written in before a program took them for Western ones.

    Parameters
    ----------
    texts : iterable of str
        Such as ``¶«ÉçÇø``, which is 东社区.

    Returns
    -------
    str or None
        None where the texts are what they seem.
    """
    own = [t for t in texts if not t.isascii()]
    if not own or any(max(t) > "\u00ff" for t in own) or not any(map(_LATIN_RUN.search, own)):
        return None
    data = [t.encode("latin-1") for t in own]
    if all(_decodes(d, "utf-8") for d in data):
        return "utf-8"
    found = likely_encoding(data)
    return found if found in CHINESE else None


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _likelihood(data: bytes, encoding: str) -> float:
    """Give how usual the characters are that bytes mean in an encoding, from 0 to 1."""
    if not _decodes(data, encoding):
        return -1.0
    text = data.decode(encoding)[:SAMPLE]
    foreign = [c for c in text if c > "\x7f"]
    if not foreign:
        return 0.0
    usual, known = _usual(encoding)
    worth = sum(
        1.0 if c in usual or c in _MARKS else 0.6 if c in known else 0.0 for c in foreign
    ) / len(foreign)
    # words of places and forms weigh: of two readings one speaks of roads and buildings
    return worth + 0.3 * min(1.0, 4 * sum(c in _PLACES for c in foreign) / len(foreign))


def _western(data: bytes) -> float:
    """Give the share of high bytes that stand alone among plain letters, as accented letters do."""
    high = len(_HIGH.findall(data))
    return len(_ACCENTED.findall(data)) / high if high and _decodes(data, WESTERN) else -1.0


@lru_cache(maxsize=4)
def _usual(encoding: str) -> tuple[frozenset[str], frozenset[str]]:
    """Give the everyday characters of an encoding, and the others of its first standard."""
    if encoding == "gb18030":  # GB 2312: level 1 in order of sound, level 2 in order of shape
        return _square("gb2312", range(0xB0, 0xD8)), _square("gb2312", range(0xD8, 0xF8))
    return _square("big5", range(0xA4, 0xC7)), _square("big5", range(0xC9, 0xFA))


def _square(codec: str, leads: Iterable[int]) -> frozenset[str]:
    pairs = (bytes((lead, trail)) for lead in leads for trail in range(0x40, 0xFF))
    return frozenset(
        c for pair in pairs if len(c := pair.decode(codec, "ignore")) == 1 and c > "\x7f"
    )


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise SheetError.of("unknown-encoding", encoding=encoding) from None


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        row = _row_of(data, error.start, encoding)
        raise SheetError.of("undecodable", name=name, row=row, encoding=encoding) from None


def _row_of(data: bytes, position: int, encoding: str) -> int:
    feed = "\n".encode(encoding)
    return data.count(feed, 0, position) + 1


def _refuse_cut(data: bytes, name: str, error: UnicodeDecodeError) -> None:
    """Refuse a file that ends in the middle of a character and is Chinese UTF-8 up to there."""
    whole = data[: error.start].decode("utf-8")
    if len(data) - error.start < 4 and sum("\u4e00" <= c <= "\u9fff" for c in whole) > 3:
        raise cut_short(name, len(data), data.count(b"\n") + 1)


def cut_short(name: str, size: int, row: int) -> SheetError:
    """Make the refusal of a text that ends in the middle of a row."""
    return SheetError.of("cut-short", name=name, row=row, size=size)


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
            raise SheetError.of("mixed-encodings", name=name, row=row, byte=error.start - start + 1)

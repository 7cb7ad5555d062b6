"""Street-and-number lines in Latin script: ``89-15 Hollis Court Blvd``, ``Mannerheimintie 12 B 4``."""

from __future__ import annotations

import re
from typing import Final

from planner.intake.address.decode import Piece
from planner.intake.address.grammar.labels import Kind

__all__ = ["read_latin"]

_CJK: Final = re.compile("[㐀-鿿豈-﫿]")
_NUMBER: Final = r"\d+[A-Za-z]?(?:\s?[-–/]\s?\d+[A-Za-z]?)?(?:\s1/2)?"
_WORD: Final = r"[^\W\d_](?:[^\W_]|[.'’´-])*"
_STREET: Final = (
    r"(?:\d+(?:st|nd|rd|th)\s+|\d+\s+(?=(?:Ave|St|Road|Rd|Pl|Dr|Ln)))?"
    rf"{_WORD}(?:\s+(?:{_WORD}|\d+(?:st|nd|rd|th)?(?=\s|$|,)))*"
)
_INNER: Final = re.compile(
    r"(?P<floor>(?:\d+(?:st|nd|rd|th)\s+(?:floor|fl)\b|(?:floor|fl)\.?\s*\d+))"
    r"|(?P<room>(?:apartment|apt|unit|suite|ste|room|rm|flat)\b\.?\s*\#?\s*[A-Za-z]?-?\d*[A-Za-z]?\b|\#\s*\w+)"
    r"|(?P<building>(?:building|bldg|block|tower)\b\.?\s*\w+)"
    r"|(?P<stairwell>(?:staircase|stair|entrance)\b\.?\s*\w+)",
    re.IGNORECASE,
)
_NUMBER_FIRST: Final = re.compile(rf"\s*(?P<no>{_NUMBER})[,\s]\s*(?P<road>{_STREET})(?=\s*(?:,|$))")
_NUMBER_LAST: Final = re.compile(
    rf"\s*(?P<road>{_WORD}(?:\s+{_WORD})*)\s+(?P<no>{_NUMBER})"
    r"(?:\s+(?P<stair>[A-Za-z])(?:\s+(?P<flat>\d+))?)?(?=\s*(?:,|$))"
)
_TAIL: Final = re.compile(r"[^,;]+")
_KIND: Final = {"floor": Kind.FLR, "room": Kind.ROOM, "building": Kind.BLD, "stairwell": Kind.CELL}


def _inner_pieces(text: str) -> tuple[str, list[Piece]]:
    """Take units out of the line first, blanking them so that offsets stay."""
    pieces: list[Piece] = []
    for match in _INNER.finditer(text):
        kind = _KIND[match.lastgroup or "room"]
        if match.start() == 0 or any(piece.kind is kind for piece in pieces):
            continue
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        pieces.append(Piece(start, match.start() + len(match[0].rstrip()), kind))
        text = text[:start] + "," * (match.end() - start) + text[match.end() :]
    return text, pieces


def read_latin(text: str) -> list[Piece] | None:
    """Read a line in Latin script.

    Returns
    -------
    list of Piece or None
        None where the line holds Chinese characters or no letters: it is not of this kind.
    """
    # Without a word, as in 3-2-501, it is Chinese shorthand: building, stairwell and room.
    if _CJK.search(text) or not re.search(r"[^\W\d_]{2}", text):
        return None
    bare, pieces = _inner_pieces(text)
    # American lines begin with the number, European ones end with it.
    match = _NUMBER_FIRST.match(bare) or _NUMBER_LAST.match(bare)
    rest = 0
    if match is not None:
        groups = match.groupdict()
        pieces.append(Piece(*match.span("no"), Kind.RNO))
        pieces.append(Piece(*match.span("road"), Kind.ROAD))
        if groups.get("stair"):
            pieces.append(Piece(*match.span("stair"), Kind.CELL))
        if groups.get("flat"):
            pieces.append(Piece(*match.span("flat"), Kind.ROOM))
        rest = match.end()
    for tail in _TAIL.finditer(bare, rest):
        words = tail[0].strip(" ,;-")
        if words:
            start = tail.start() + tail[0].index(words)
            pieces.append(Piece(start, start + len(words), Kind.OTHER))
    return sorted(pieces)

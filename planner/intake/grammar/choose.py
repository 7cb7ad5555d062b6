"""One piece for each field: what only the whole line can tell, once it has been read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from planner.intake.grammar.decode import Piece
from planner.intake.grammar.labels import FIELD, Kind
from planner.intake.grammar.lexicon import HOME_SUFFIXES, words

__all__ = ["choose"]

_RESTARTS: Final = frozenset({Kind.PROV, Kind.CITY, Kind.DIST, Kind.TOWN})
_HOMES: Final = words(HOME_SUFFIXES)
_HOMELY: Final = words("里 苑 园 庭 居 府 坊 村")
_INNER: Final = frozenset({Kind.BLD, Kind.CELL, Kind.FLR, Kind.ROOM})
_CJK: Final = re.compile("[一-龥]")
_RANGE: Final = re.compile("([0-9]+)-([0-9]+)(号?)")
_ROOMS_APART: Final = 20
_ROOMS: Final = re.compile(
    "[A-Za-z]{0,2}([0-9]{3,9})[号室]?[-/、~][A-Za-z]{0,2}([0-9]{3,9})[号室]?"
)


def choose(folded: str, pieces: Sequence[Piece]) -> tuple[dict[str, Piece], list[Piece]]:
    """Pick one piece for each field.

    Parameters
    ----------
    folded : str
        The folded line.
    pieces : sequence of Piece
        Its best reading, from left to right.

    Returns
    -------
    dict of str to Piece
        The piece of each field that was found.
    list of Piece
        Repeats of what a field already says.
    """
    chosen: dict[str, Piece] = {}
    spare: list[Piece] = []
    inner = {"stairwell", "floor", "room"}
    for at, piece in enumerate(pieces):
        name = FIELD.get(piece.kind)
        numbered = at + 1 < len(pieces) and pieces[at + 1].kind is Kind.RNO
        numbered = numbered and "town" in chosen
        if piece.kind is Kind.HAMLET and numbered and piece.end - piece.start <= 3:
            # A short name between town and house number is a village written without 村.
            name = "community"
        if name is None:
            spare.append(piece)
        elif name not in chosen:
            chosen[name] = piece
        elif piece.kind in _RESTARTS:
            spare.append(chosen[name])
            chosen[name] = piece
        elif piece.kind is Kind.RNO and "building" not in chosen and "compound" in chosen:
            # A second number behind a named place counts its buildings.
            chosen["building"] = piece._replace(kind=Kind.BLD)
        elif piece.kind is Kind.BLD and folded[piece.end - 1] == "座" and not inner & {*chosen}:
            # A tower inside a building (``9幢D座``) is entered like a stairwell.
            chosen["stairwell"] = piece._replace(kind=Kind.CELL)
        else:
            spare.append(piece)
    _settle(folded, chosen, spare)
    if "compound" not in chosen and "road" not in chosen and pieces and pieces[0].kind in _INNER:
        _settle_slip(folded, pieces, chosen, spare)
    kept = {folded[piece.start : piece.end] for piece in chosen.values()}
    again = [p for p in spare if p.kind <= Kind.COMM and folded[p.start : p.end] in kept]
    return chosen, again


def _settle(folded: str, chosen: dict[str, Piece], spare: list[Piece]) -> None:
    """Put right, in place, what only the whole line can tell."""

    def said(piece: Piece) -> str:
        return folded[piece.start : piece.end]

    if "branch_road" in chosen and "road" not in chosen:
        chosen["road"] = chosen.pop("branch_road")
    number, building = chosen.get("road_number"), chosen.get("building")
    if number and building and number.end == building.start and said(building)[0] == "附":
        # The guide of the field reads 12号附3号 as one number.
        chosen["road_number"] = number._replace(end=building.end)
        del chosen["building"]
    elif number and number.start:
        _settle_range(folded, chosen)
    _settle_rooms(folded, chosen)
    place, part = chosen.get("compound"), chosen.get("sub_compound")
    if place is None:
        homes = [p for p in spare if p.kind is Kind.OTHER and said(p).endswith(_HOMES)]
        if homes:
            chosen["compound"] = homes[0]
    elif (
        part
        and place.end < part.start
        and place.kind in (Kind.PLACE, Kind.HAMLET)
        and said(part).endswith(_HOMES)
    ):
        # `某某 阳光小区`: what stands apart before the estate is no place.
        chosen["compound"] = chosen.pop("sub_compound")


def _settle_slip(
    folded: str, pieces: Sequence[Piece], chosen: dict[str, Piece], spare: list[Piece]
) -> None:
    """Take the name behind a home for its estate where nothing stands before (``3栋1单元402 曙光里``)."""
    last = pieces[-1]
    name = folded[last.start : last.end]
    if last.kind is Kind.OTHER and last in spare and len(name) > 2 and name.endswith(_HOMELY):
        chosen["compound"] = last
        spare.remove(last)


def _settle_range(folded: str, chosen: dict[str, Piece]) -> None:
    """Tell a range of numbers, which ascends (``17-19号``), from a number and its building."""
    number, building = chosen["road_number"], chosen.get("building")
    end = number.end if building is None else building.end
    match = _RANGE.fullmatch(folded, number.start, end)
    if match is None or not _CJK.match(folded, number.start - 1):
        return
    ascends = int(match[1]) < int(match[2])
    if building is None and not ascends:
        chosen["road_number"] = number._replace(end=match.end(1))
        chosen["building"] = Piece(match.start(2), number.end, Kind.BLD)
    elif building is not None and ascends and match[3]:
        chosen["road_number"] = number._replace(end=end)
        del chosen["building"]


def _settle_rooms(folded: str, chosen: dict[str, Piece]) -> None:
    """Join neighbouring rooms that were let as one (``2005-2006``)."""
    for first, second in (("building", "stairwell"), ("building", "room"), ("stairwell", "room")):
        if first not in chosen or second not in chosen:
            continue
        start, end = chosen[first].start, chosen[second].end
        match = _ROOMS.fullmatch(folded, start, end)
        if match is None or not 0 < int(match[2]) - int(match[1]) <= _ROOMS_APART:
            continue
        if second == "room" or "room" not in chosen:
            del chosen[first], chosen[second]
            chosen["room"] = Piece(start, end, Kind.ROOM)
            return

"""One piece for each field: what only the whole line can tell, once it has been read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from planner.intake.address.decode import Piece
from planner.intake.address.grammar.labels import FIELD, Kind
from planner.intake.address.grammar.lexicon import HOME_SUFFIXES, words

__all__ = ["choose"]

_RESTARTS: Final = frozenset({Kind.PROV, Kind.CITY, Kind.DIST, Kind.TOWN})
_HOMES: Final = words(HOME_SUFFIXES)
_HOMELY: Final = words("里 苑 园 庭 居 府 坊 村")
_NO_VILLAGE: Final = frozenset("路街区园场院厂店城号")
_INSIDE: Final = frozenset({"road_number", "stairwell", "floor", "room"})
_INNER: Final = frozenset({Kind.BLD, Kind.CELL, Kind.FLR, Kind.ROOM})
_CJK: Final = re.compile("[一-龥]")
_RANGE: Final = re.compile("([0-9]+)(?:号?[至到]|-)([0-9]+)(号?)")
_ROOMS_APART: Final = 20
# How far apart the ends of a range of house numbers may be.  In a village the second number of
# `12-87号` counts from the first, unless they are neighbours.
_REACH: Final = 1000
_VILLAGE_REACH: Final = 10
_DOORS: Final = re.compile("[0-9]+号[、,和及][0-9]+号")
_FLOOR: Final = re.compile("([0-9]+)楼")
_HIGHEST: Final = 60
_STRETCH: Final = re.compile("[东西南北中前后上下][一二三四]?段")
_PLAIN: Final = re.compile("[0-9]+号")
_PAIR: Final = re.compile("[A-Za-z]?([0-9]{1,4})-[A-Za-z]?([0-9]{1,4})[号室]?")
_ROOMS: Final = re.compile(
    "[A-Za-z]{0,2}([0-9]{3,9})[号室]?[-/、~][A-Za-z]{0,2}([0-9]{3,9})[号室]?"
)


def choose(folded: str, pieces: Sequence[Piece]) -> tuple[dict[str, Piece], list[Piece]]:
    """Pick one piece for each field.

    Parameters
    ----------
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
        numbered = numbered and "town" in chosen and folded[piece.end - 1] not in _NO_VILLAGE
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

    road, stretch = chosen.get("road"), chosen.get("compound")
    if road and stretch and road.end == stretch.start and _STRETCH.fullmatch(said(stretch)):
        # `建设路西段12号`: the stretch of a road, whatever else ends in 段.
        chosen["branch_road"] = chosen.pop("compound")._replace(kind=Kind.SROAD)
    if "branch_road" in chosen and "road" not in chosen:
        chosen["road"] = chosen.pop("branch_road")
    number, building = chosen.get("road_number"), chosen.get("building")
    if number and building and number.end == building.start and said(building)[0] == "附":
        # The guide of the field reads 12号附3号 as one number.
        chosen["road_number"] = number._replace(end=building.end)
        del chosen["building"]
    elif number and number.start:
        _settle_range(folded, chosen)
    _settle_pair(folded, chosen)
    _settle_rooms(folded, chosen)
    _settle_building(folded, chosen)
    _settle_village(folded, chosen, spare)
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


def _settle_building(folded: str, chosen: dict[str, Piece]) -> None:
    """Tell a building with nothing but a number from a house number and from a room."""
    building, floor, part = (chosen.get(name) for name in ("building", "floor", "sub_compound"))
    place = chosen.get("compound")
    homes = place and (place.kind is Kind.HOME or (part and part.kind is Kind.SUB))
    if building is None and floor and homes:
        high = _FLOOR.fullmatch(folded, floor.start, floor.end)
        if high and int(high[1]) > _HIGHEST:
            # `望京西园三区329楼`: no estate has a floor so high.
            chosen["building"] = chosen.pop("floor")._replace(kind=Kind.BLD)
        return
    if building is None or not _PLAIN.fullmatch(folded, building.start, building.end):
        return
    if floor and floor.end <= building.start and "room" not in chosen:
        # Behind a floor there are only rooms: `三楼B区463号`.
        chosen["room"] = chosen.pop("building")._replace(kind=Kind.ROOM)
    elif part and part.end == building.start and not (_INSIDE | {"road"}) & {*chosen}:
        place, village = chosen.get("compound"), chosen.get("community")
        hamlet = place is not None and place.kind is Kind.HAMLET and place.end == part.start
        if folded[part.end - 1] == "区" and (hamlet or (village and village.end == part.start)):
            # The numbered parts of a village have house numbers: `王庄2区83号`.
            chosen["road_number"] = chosen.pop("building")._replace(kind=Kind.RNO)


def _settle_village(folded: str, chosen: dict[str, Piece], spare: list[Piece]) -> None:
    """Tell a village from the estates that are called one."""
    village, building = chosen.get("community"), chosen.get("building")
    place, town = chosen.get("compound"), chosen.get("town")
    if village is None and place and town and building and not _INSIDE & {*chosen}:
        new = folded.endswith("新村", place.start, place.end) and town.end == place.start
        if new and place.end == building.start and folded[building.end - 1] == "号":
            # `某镇新兴村` and `某镇新村` alike have house numbers.
            chosen["community"] = chosen.pop("compound")._replace(kind=Kind.COMM)
            chosen["road_number"] = chosen.pop("building")._replace(kind=Kind.RNO)
        return
    if village is None or "compound" in chosen:
        return
    built = folded[building.end - 1] if building and building.start == village.end else ""
    if built in ("栋", "幢") and folded[village.end - 1] == "村":
        # Numbered blocks make an estate of it: `曙光村3栋`.
        chosen["compound"] = chosen.pop("community")._replace(kind=Kind.HOME)
        return
    second = [p for p in spare if p.kind is Kind.COMM and p.start >= village.end]
    if second:
        # Of a village within a village, the outer one is the community.
        chosen["compound"] = second[0]
        spare.remove(second[0])


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
    if building is not None and _DOORS.fullmatch(folded, number.start, end):
        # `12号、14号` is one door with two numbers.
        chosen["road_number"] = number._replace(end=end)
        del chosen["building"]
        return
    match = _RANGE.fullmatch(folded, number.start, end)
    if match is None or not _CJK.match(folded, number.start - 1):
        return
    village = "community" in chosen and chosen["community"].end == number.start
    reach = _VILLAGE_REACH if village else _REACH
    ascends = 0 < int(match[2]) - int(match[1]) <= reach
    annex = not match[3] and len(match[2]) == 1 and len(match[1]) <= len("57")
    if building is None and not ascends and not annex:
        chosen["road_number"] = number._replace(end=match.end(1))
        chosen["building"] = Piece(match.start(2), number.end, Kind.BLD)
    elif building is not None and ascends and match[3]:
        chosen["road_number"] = number._replace(end=end)
        del chosen["building"]


def _settle_pair(folded: str, chosen: dict[str, Piece]) -> None:
    """Take apart two numbers read as neighbouring rooms that are no neighbours (``102-1301``)."""
    room = chosen.get("room")
    match = room and _PAIR.fullmatch(folded, room.start, room.end)
    if not room or not match or "floor" in chosen or "stairwell" in chosen:
        return
    if 0 < int(match[2]) - int(match[1]) <= _ROOMS_APART:
        return
    dash = folded.index("-", room.start)
    name, kind = ("stairwell", Kind.CELL) if "building" in chosen else ("building", Kind.BLD)
    chosen[name] = Piece(room.start, dash, kind)
    chosen["room"] = room._replace(start=dash + 1)


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

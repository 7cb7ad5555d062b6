"""Read a written address: Chinese as people type it, and western street-and-number lines.

`parse_address` is a pure function of its text.  Nothing is guessed silently: whatever finds no
place in a field stands in `Address.remainder`.  Every field is a slice of the original text with
its unit word (``3栋``, ``12号``, ``八公山区``); comparable spellings come from `Address.canonical`
and `Address.building_key`, which fold width, read Chinese numerals and drop unit words, so that
``幸福路12号3栋2单元501``, ``幸福路１２号3号楼2-501`` and ``幸福路十二号院3幢2单元501`` share one
building key.

The grammar is a small semi-Markov model with hand-set weights, decoded with Viterbi's algorithm
(S. Sarawagi, W. Cohen: Semi-Markov conditional random fields for information extraction, 2004),
over name endings and number units; see `planner.intake.address`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from types import MappingProxyType
from typing import Final, NamedTuple

import pandas as pd

from planner.intake.address.canonical import canonical_field
from planner.intake.address.decode import Piece
from planner.intake.address.fold import fold
from planner.intake.address.grammar.choose import choose
from planner.intake.address.grammar.lexicon import NOTHING, SEPARATORS, words
from planner.intake.address.named import Names
from planner.intake.address.parallel import Line, Reading, read_line, reading_ahead

__all__ = ["FIELDS", "Address", "parse_address", "parse_addresses", "parse_each"]

FIELDS: Final = (
    *("province", "city", "district", "dev_zone", "town", "community", "road", "branch_road"),
    *("road_number", "compound", "sub_compound", "building", "stairwell", "floor", "room"),
    "remainder",
)
"""Names of the text fields of `Address`, from the largest place to the smallest."""

_LONGEST: Final = 400
_every_field: Final = attrgetter(*FIELDS)
_SIDES: Final = frozenset("东西南北前后")
_NOTHING: Final = frozenset(words(NOTHING))
_SEPARATORS: Final = "".join(sorted(SEPARATORS))
_GAP: Final = re.compile(
    "(?<=[0-9A-Za-z]) +(?=[号栋幢楼单层室弄组院座排附#])|(?<=[#附]) +(?=[0-9])|(?<=[0-9]号) +(?=附)"
)
# What a clerk put before a line that began with it already: 幸福路12号幸福路12号3栋.
_TWICE: Final = re.compile(r"([\u3400-\u9fff]{2}[\u3400-\u9fff0-9]{1,18})(?=\1)")
# Another name of the same place: it is shown as it is written, and not read.
_FORMER: Final = re.compile(
    r"\( *(?:原名?|旧名|旧称|曾用名|曾名|现名?|又名|别名|俗称)[^()]{1,20}\)"
)
_DIGITS: Final = re.compile("[0-9]+")
# Digits in a row -> how many stand for them: the grammar asks only whether there are one, two,
# three, some (a room, say), those of a postal code or of a telephone number.
_STANDS_FOR: Final = (0, 1, 2, 3, 4, 4, 6)
_MANY: Final = 7


@dataclass(frozen=True)
class Address:
    """One address, taken apart.

    Every field is a slice of the original text, unit word included, or ``""`` where absent.

    Parameters
    ----------
    province, city, district : str
        Administrative levels one to three; municipalities such as 上海市 are in `city`.
    dev_zone : str
        Development zone, an informal level between district and road (``经济开发区``).
    town, community : str
        Town or sub-district; village or community.
    road : str
        Road, or the numbered group of a village (``5组``).  Of two roads, the first.
    branch_road : str
        Second road, on which the number stands when both are given.
    road_number : str
        Number on the road (``12号``, ``17-19号``) or lane (``669弄``).
    compound, sub_compound : str
        Estate or other named place, and its named part (``一期``, ``东区``).
    building, stairwell, floor, room : str
        ``3栋``, ``2单元``, ``5楼``, ``501室``.
    remainder : str
        What found no place, in order, joined by blanks.  A repeated prefix that says the same
        again is dropped, not kept here.
    spans : mapping of str to tuple of int
        Field found -> (start, end) in the original text; `remainder` has no span.
    side : str
        Of the road, where it stands before the number (``幸福路东12号``): that may be another door than 12号,
        so it is part of the number's comparable spelling.
    """

    province: str = ""
    city: str = ""
    district: str = ""
    dev_zone: str = ""
    town: str = ""
    community: str = ""
    road: str = ""
    branch_road: str = ""
    road_number: str = ""
    compound: str = ""
    sub_compound: str = ""
    building: str = ""
    stairwell: str = ""
    floor: str = ""
    room: str = ""
    remainder: str = ""
    spans: Mapping[str, tuple[int, int]] = field(
        default_factory=lambda: MappingProxyType({}), compare=False, repr=False
    )
    side: str = field(default="", repr=False)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle whole: a mapping that nobody changes cannot be pickled by itself."""
        return _again, ({name: getattr(self, name) for name in (*FIELDS, "side")}, dict(self.spans))

    def canonical(self, name: str) -> str:
        """Give a field in its comparable spelling.

        Parameters
        ----------
        name : str
            One of `FIELDS`.

        Returns
        -------
        str
            Folded, separators dropped, letters upper case; below the town, Chinese numerals that
            count something and leading zeros turned into plain Arabic numbers; in numbered
            fields the unit word dropped (``弄`` stays, as lane 12 is not number 12).
        """
        text = getattr(self, name)
        if not text:
            return ""
        return (self.side if name == "road_number" else "") + canonical_field(name, text)

    @property
    def street(self) -> str:
        """The road on which the number stands, in its comparable spelling (``建设路西段``)."""
        road, branch = self.canonical("road"), self.canonical("branch_road")
        return road + branch if branch.endswith("段") else branch or road

    @property
    def building_key(self) -> str:
        """Identity of the building inside its community, ``""`` where no building is named.

        Road, number, compound, part and building joined by ``|``; equal for all spellings of one
        place that name the same elements.  Stairwell, floor and room are not in it, nor are
        province to town: join it with the fence where road names repeat.
        """
        place = self.street
        if place.endswith(("组", "队", "社")):
            place = self.canonical("community") + place
        parts = [place, self.canonical("road_number")]
        parts += [self.canonical("compound"), self.canonical("sub_compound")]
        if not any(parts) or not (place or parts[2]):
            parts[0] = self.canonical("community")
        parts.append(self.canonical("building"))
        return "|".join(parts) if any(parts) else ""

    @property
    def building_keys(self) -> tuple[str, ...]:
        """`building_key`, then the keys by road number alone and by compound alone.

        ``幸福路12号阳光小区3栋`` is also ``幸福路|12|||3`` and ``||阳光小区||3``: a gazetteer may
        know either.
        """
        key = self.building_key
        if not key:
            return ()
        road, number, compound, part, building = key.split("|")
        keys = [key]
        if road and number and (compound or part):
            keys.append(f"{road}|{number}|||{building}")
        if compound and (road or number):
            keys.append(f"||{compound}|{part}|{building}")
        return tuple(dict.fromkeys(keys))


class _Line(NamedTuple):
    """A text made ready for the grammar."""

    folded: str
    line: str
    """Without the blanks between a number and its unit word."""
    at: Sequence[int]
    """Offsets of `line` in `folded`."""
    shape: str
    """What the grammar looks at (see `_shape`)."""
    shape_at: list[int]
    """Offsets of `shape` in `line`."""
    known: Reading = ()
    """Names of `shape` that are known."""

    @property
    def asked(self) -> Line:
        """What is read of it."""
        return self.shape, self.known


def _again(texts: dict[str, str], spans: dict[str, tuple[int, int]]) -> Address:
    return Address(**texts, spans=MappingProxyType(spans))


def _prepare(text: str, names: Names | None) -> _Line:
    folded = _TWICE.sub(_blank, fold(text[:_LONGEST]))
    line, at = _closed_up(_FORMER.sub(_blank, folded))
    shape, shape_at = _shape(line)
    known = tuple(
        Piece(bisect_left(shape_at, p.start), bisect_left(shape_at, p.end - 1) + 1, p.kind)
        for p in (names.spans(line) if names is not None else ())
    )
    return _Line(folded, line, at, shape, shape_at, known)


def _blank(found: re.Match[str]) -> str:
    """Leave a part out, and every offset as it is."""
    return " " * len(found[0])


def _shape(line: str) -> tuple[str, list[int]]:
    """Reduce a line to what the grammar looks at, so that equal shapes are read once.

    Returns the shape, with every run of digits turned into zeros of a standard length, and the
    offset in `line` of each of its characters.
    """
    parts: list[str] = []
    at: list[int] = []
    done = 0
    for match in _DIGITS.finditer(line):
        start, end = match.span()
        size = _STANDS_FOR[end - start] if end - start < _MANY else _MANY
        parts += [line[done:start], "0" * size]
        at += range(done, start + size - 1)
        at.append(end - 1)
        done = end
    parts.append(line[done:])
    at += range(done, len(line))
    return "".join(parts), at


def _closed_up(folded: str) -> tuple[str, Sequence[int]]:
    """Take out the blanks between a number and its unit word (``3 栋``); keep the offsets."""
    if not _GAP.search(folded):
        return folded, range(len(folded) + 1)
    gaps = {at for match in _GAP.finditer(folded) for at in range(*match.span())}
    at = [i for i in range(len(folded)) if i not in gaps]
    return "".join(folded[i] for i in at), [*at, len(folded)]


def _left_over(folded: str, text: str, covered: list[tuple[int, int]]) -> list[str]:
    """Give the runs of the text that nothing covers, separators apart."""
    runs: list[str] = []
    at = 0
    for start, end in (*sorted(covered), (len(folded), len(folded))):
        gap = folded[at:start]
        inner = gap.strip(_SEPARATORS)
        if inner:
            begin = at + gap.index(inner)
            runs.append(text[begin : begin + len(inner)])
        at = max(at, end)
    return runs


def parse_address(text: str, names: Names | None = None) -> Address:
    """Take one address apart.

    Parameters
    ----------
    text : str
        As written.  Any string is accepted; after 400 characters the rest is remainder.
    names : Names, optional
        Names that the map and the tables hold.

    Returns
    -------
    Address
        Empty fields for what is not there; spans are disjoint and in range.

    Examples
    --------
    >>> found = parse_address("幸福路１２号3号楼2-501")
    >>> found.road, found.road_number, found.building, found.stairwell, found.room
    ('幸福路', '１２号', '3号楼', '2', '501')
    >>> found.building_key == parse_address("幸福路十二号院3幢2单元501").building_key
    True
    """
    ready = _prepare(text, names)
    return _take_apart(text, ready, read_line(ready.asked))


def _take_apart(text: str, ready: _Line, reading: Reading) -> Address:
    folded, line, at, _, shape_at, _ = ready
    if line.strip() in _NOTHING:
        return Address(remainder=text.strip())
    pieces = [Piece(shape_at[s], shape_at[e - 1] + 1, kind) for s, e, kind in reading]
    chosen, again = choose(line, pieces)
    places = {name: (at[p.start], at[p.end - 1] + 1) for name, p in chosen.items()}
    values = {name: text[start:end] for name, (start, end) in places.items()}
    covered = [*places.values(), *((at[p.start], at[p.end - 1] + 1) for p in again)]
    left = _left_over(folded, text, covered)
    if len(text) > _LONGEST:
        left.append(text[_LONGEST:])
    side = _side(folded, places)
    return Address(**values, remainder=" ".join(left), spans=MappingProxyType(places), side=side)


def _side(folded: str, places: Mapping[str, tuple[int, int]]) -> str:
    """Give the side of the road that stands alone between it and the number."""
    (_, road), (number, _) = (places.get(name, (-1, -1)) for name in ("road", "road_number"))
    said = folded[road:number] if "branch_road" not in places and 0 < road < number else ""
    return said if said in _SIDES else ""


def parse_each(texts: Iterable[str], names: Names | None = None) -> dict[str, Address]:
    """Take many addresses apart, on every core where they are thousands.

    Parameters
    ----------
    names : Names, optional
        Names that the map and the tables hold.

    Returns
    -------
    dict of str to Address
        One entry for each distinct text, in the order of the texts.
    """
    ready = {text: _prepare(text, names) for text in dict.fromkeys(texts)}
    with reading_ahead(line.asked for line in ready.values()) as read:
        return {text: _take_apart(text, line, read(line.asked)) for text, line in ready.items()}


def parse_addresses(texts: pd.Series | Iterable[str], names: Names | None = None) -> pd.DataFrame:
    """Take a column of addresses apart; equal lines are read once.

    Parameters
    ----------
    texts : pandas.Series or iterable of str, length n
        Missing values count as empty.
    names : Names, optional
        Names that the map and the tables hold.

    Returns
    -------
    pandas.DataFrame, n rows
        Columns `FIELDS`, then ``building_key``; the index of the series, or 0..n-1.
    """
    if not isinstance(texts, pd.Series):
        texts = pd.Series(list(texts), dtype=object)
    lines = ["" if pd.isna(value) else str(value) for value in texts]
    known = {
        line: (*_every_field(found), found.building_key)
        for line, found in parse_each(lines, names).items()
    }
    rows = [known[line] for line in lines]
    return pd.DataFrame(rows, columns=[*FIELDS, "building_key"], index=texts.index, dtype=object)

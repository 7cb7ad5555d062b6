"""Names that the map and the office's tables hold: they are tried before grammar cuts a line.

Grammar knows how names end; a map knows which names there are.  ``建设路西段``, ``358弄`` or an estate
called ``南湖东园`` beside a town called 南湖 are read right only by who has seen them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Self

from planner.intake.address.decode import Piece
from planner.intake.address.fold import fold
from planner.intake.address.grammar.labels import Kind
from planner.intake.address.grammar.lexicon import BARE_CITIES, BARE_COUNTIES, PROVINCES, SEPARATORS
from planner.intake.address.grammar.numerals import CHINESE_DIGITS

__all__ = ["Names"]

_KINDS: Final = {
    "town": Kind.TOWN,
    "community": Kind.COMM,
    "road": Kind.ROAD,
    "compound": Kind.HOME,
}
_HEAD: Final = 2
_CJK: Final = re.compile("[\u3400-\u9fff]")
_BEFORE: Final = frozenset("省市区县旗盟州镇乡道办处村社屯组队路街巷弄号院") | SEPARATORS
# A lane behind a road is a number on it (`定西路|358弄`), whatever road is called so.
_NUMBERED: Final = frozenset("路街道巷弄0123456789")
_BARE: Final = tuple(sorted({*PROVINCES, *BARE_CITIES, *BARE_COUNTIES}))
# What may follow the whole name of a place: a number, a part of it, the end.
_AFTER: Final = re.compile(
    f"$|[0-9A-Za-z第甲乙丙丁]|[{CHINESE_DIGITS}]+(?=[期区组号栋幢楼座弄排门单])"
    "|[东西南北中](?=[0-9区门座栋幢楼单])|小区|[" + re.escape("".join(sorted(SEPARATORS))) + "]"
)
# What makes a longer name of the name of a road.
_LONGER_ROAD: Final = re.compile(
    "[东西南北中支段]|[一二三四五六七八九十]+[路街巷弄段]|村(?!口)|社区|小区|街道|新村|小学|中学|幼儿园"
    "|派出所|菜市场|农贸市场|办事处"
)


@dataclass(frozen=True, eq=False)
class Names:
    """Known names of one area.

    Parameters
    ----------
    by_head : mapping of str to tuple of (str, Kind)
        First two characters -> names that begin so, the longest first.
    """

    by_head: Mapping[str, tuple[tuple[str, Kind], ...]]

    @classmethod
    def of(cls, names: Mapping[str, str]) -> Self:
        """Prepare names for the search.

        Parameters
        ----------
        names : mapping of str to str
            Name -> ``town``, ``community``, ``road`` or ``compound``.  Western names are left out.
        """
        found: dict[str, list[tuple[str, Kind]]] = defaultdict(list)
        for name, sort in names.items():
            folded = fold(name).replace(" ", "")
            if len(folded) >= _HEAD and _CJK.search(folded):
                found[folded[:_HEAD]].append((folded, _KINDS[sort]))

        def longest_first(one: tuple[str, Kind]) -> tuple[int, tuple[str, Kind]]:
            return -len(one[0]), one

        return cls(
            {head: tuple(sorted(set(own), key=longest_first)) for head, own in found.items()}
        )

    def spans(self, line: str) -> tuple[Piece, ...]:
        """Find the known names of a line that stand in it as whole names.

        Returns
        -------
        tuple of Piece
            By start; at each start only the longest.
        """
        found: list[Piece] = []
        ends = {0}
        for at in range(len(line) - 1):
            if at not in ends and line[at - 1] not in _BEFORE and not line.endswith(_BARE, 0, at):
                continue
            if line[at].isdigit() and at and line[at - 1] in _NUMBERED:
                continue
            for name, kind in self._from(line, at):
                end = at + len(name)
                if self._whole(line, end, kind):
                    found.append(Piece(at, end, kind))
                    ends.add(end)
                    break
        return tuple(found)

    def _from(self, line: str, at: int) -> Iterator[tuple[str, Kind]]:
        return (
            one
            for one in self.by_head.get(line[at : at + _HEAD], ())
            if line.startswith(one[0], at)
        )

    def _whole(self, line: str, end: int, kind: Kind) -> bool:
        """Tell whether a name that ends here goes on no further."""
        if kind in (Kind.ROAD, Kind.TOWN):
            return not _LONGER_ROAD.match(line, end)
        if _AFTER.match(line, end):
            return True
        return next(self._from(line, end), None) is not None

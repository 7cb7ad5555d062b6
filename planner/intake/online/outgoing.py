"""What may leave the machine of an address: the building and what is above it, nothing else.

An address is taken apart, and only parts that look like what they claim to be are put together
again: a town must end like a town, an estate like an estate.  So names glued to an address fall
out, where the grammar alone would take them for places; a place with an unusual name is lost with
them, and then found less precisely, which is the cheaper mistake.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from planner.intake.address.fold import CJK, fold
from planner.intake.address.grammar.lexicon import SUFFIXES, SURNAMES, words
from planner.intake.address.parse import FIELDS, Address, parse_address

__all__ = ["Cutter", "Outgoing", "cut_label"]

# From the province down to the building: stairwell, floor and room never leave.
_PARTS: Final = FIELDS[: FIELDS.index("building") + 1]
_ENDINGS: Final = {
    "province": "",
    "city": "",
    "district": "区 县 市 旗",
    "dev_zone": "区 园",
    "town": "镇 乡 街道 街办 办事处 街道办 苏木 农场 林场",
    "community": "社区 村 居委会 村委会 小区 居民委员会 村民委员会 行政村 自然村 庄 屯 寨 圩",
    "road": f"{SUFFIXES.get('road', '')} 路 街 道 大道 巷 弄 胡同 里 条 组 队 社 线 大街 公路",
    "branch_road": f"{SUFFIXES['road']} {SUFFIXES['sroad']} 支弄 支巷",
    "compound": f"{SUFFIXES['poi']} 村 庄 里 期",
    "sub_compound": f"{SUFFIXES['spoi']} 期 村 庄 支弄",
}
_NAMED: Final = {name: words(text) for name, text in _ENDINGS.items()}
_NAME_LONGEST: Final = 4  # characters: what is shorter may be the name of a person
# Telephones, identity cards and other long numbers, also where blanks or dashes part the digits.
_NUMBERS: Final = re.compile(
    r"(?<!\d)(?:\+?86[-\s.]?)?1[3-9]\d(?:[-\s.]?\d){8}(?!\d)"
    r"|(?<!\d)0\d{2,3}[-\s]?\d{7,8}(?!\d)"
    r"|\d(?:[-\s.]?\d){10,}[Xx]?"
    r"|\d{6,}[Xx]?"
    r"|[零〇一二三四五六七八九幺两]{7,}"
    r"|[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+"
)
_PHONE_WORDS: Final = re.compile(
    "(?:联系)?电话号?码?|手机号?码?|身份证号?码?|座机|微信号?|邮箱|[Qq][Qq]号?|[Tt][Ee][Ll]"
)
_PEOPLE: Final = "联系人|户主|姓名|业主|房主|房东|租客|租户|先生|女士|收件人|身份证|电话|手机|微信"
_PERSON: Final = re.compile(
    rf"(?:{_PEOPLE})\s*[:：]?\s*[\u3400-\u9fff·]{{2,4}}(?=[\s,，;；。、()（）]|$)"
)
_PEOPLE_WORD: Final = re.compile(_PEOPLE)
_SEVERAL: Final = re.compile("[;；]|[/|｜]")
_LONG_NUMBER: Final = re.compile(r"\d{5,}")
_LETTERS: Final = re.compile(r"[A-Za-z]{4,}|_")
_MOST_NUMBER: Final = 14  # characters; what is longer is a telephone or an identity card


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The part of an address that may be sent.

    Parameters
    ----------
    text : str
        Building and above; ``""`` where nothing may be sent.
    key : str
        SHA-256 of the building's identity, equal for all its spellings; ``""`` without a text.
    cause : str
        Why nothing may be sent, ``""`` if something may.
    building : str, optional
        `Address.building_key`: the same for a building with and without its city.
    numbered : bool, optional
        Whether a building of an estate or yard is named, beside its number on the road.
    """

    text: str
    key: str
    cause: str
    building: str = ""
    numbered: bool = False


class Cutter:
    """Cuts addresses down to their buildings; each set of parts is put together once.

    Parameters
    ----------
    city : str, optional
        Hint that is sent beside the text; part of the identity.
    withhold : collection of str, optional
        Words that must never leave, such as the names of residents; a text that still holds one of
        two characters or more is not sent.
    most_bytes : int, optional
        Longest text the service takes, UTF-8 bytes; the largest places are left out first.
    knows : callable, optional
        (part, value) -> whether it may leave, from `planner.intake.online.known.names_known`; without
        it the parts only have to look like what they are, which is not enough to send them.
    """

    def __init__(
        self,
        city: str = "",
        withhold: Collection[str] = (),
        most_bytes: int = 400,
        knows: Callable[[str, str], bool] | None = None,
    ) -> None:
        self._city = fold(city)
        self._forbidden = _fold_names(withhold)
        self._most_bytes = most_bytes
        self._knows = knows
        self._known: dict[tuple[str, ...], Outgoing] = {}

    def __call__(self, text: str) -> Outgoing:
        """Cut one address down to its building."""
        numberless = _NUMBERS.sub(" ", _PERSON.sub(" ", _folded(text)))
        clean = " ".join(_PHONE_WORDS.sub(" ", numberless).split())
        if _several(clean):
            return Outgoing("", "", "more than one address in the cell")
        found = parse_address(clean)
        parts = tuple(getattr(found, name) for name in _PARTS)
        if parts not in self._known:
            self._known[parts] = self._put_together(found)
        return self._known[parts]

    def _put_together(self, found: Address) -> Outgoing:
        kept = _kept(found, self._forbidden, sure=self._knows is not None)
        if self._knows is not None:
            known = _known_parts(kept, self._knows)
            if known is None:
                return Outgoing("", "", "a name that neither the map nor a table knows")
            kept = known
        named = kept.building_key and (kept.road or kept.compound or kept.community)
        told = _joined(kept, self._most_bytes) if named else ""
        if not told or _PEOPLE_WORD.search(told) or _holds(told, self._forbidden):
            return Outgoing("", "", "no building in the address that may be sent")
        # Of the canonical parts, so that all spellings of a building are asked once.
        identity = "\x1f".join([self._city, *(kept.canonical(name) for name in _PARTS)])
        key = hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()
        return Outgoing(told, key, "", kept.building_key, bool(kept.building))


def _known_parts(kept: Address, knows: Callable[[str, str], bool]) -> Address | None:
    """Give what of an address somebody knows, None where the rest no longer says which building."""
    strange = {name for name in _PARTS if (v := getattr(kept, name)) and not knows(name, v)}
    spare = {"province", "city", "district", "dev_zone", "town"}
    if kept.compound and "compound" not in strange:
        spare |= {"community", "road", "branch_road", "road_number"}
    elif kept.road and "road" not in strange:
        spare.add("community")
    if strange - spare:
        return None
    if strange & {"road", "branch_road"}:
        strange |= {"road", "branch_road", "road_number"}
    return replace(kept, **dict.fromkeys(strange, ""))  # pyright: ignore[reportArgumentType]


def cut_label(text: str) -> str:
    """Cut a place as the service words it down to its building, should it say more.

    Returns
    -------
    str
        ``""`` where no building-level place is left.
    """
    if not CJK.search(text):
        return _NUMBERS.sub(" ", _folded(text)).strip()[:120]
    return _joined(
        _kept(parse_address(_NUMBERS.sub(" ", _folded(text))), frozenset(), sure=False), 400
    )


def _folded(text: str) -> str:
    wide = unicodedata.normalize("NFKC", fold(text))
    if wide.isprintable():
        return wide
    return "".join(" " if unicodedata.category(c)[0] == "C" else c for c in wide)


def _several(text: str) -> bool:
    parts = [part for part in _SEVERAL.split(text) if part.strip()]
    if len(parts) < 2:
        return False
    found = [parse_address(part) for part in parts]
    return sum(bool((a.road and a.road_number) or a.compound) for a in found) > 1


def _kept(found: Address, forbidden: frozenset[str], *, sure: bool) -> Address:
    """Give the parts that look like what they claim to be; all, where it is known what they are."""
    values = {name: fold(getattr(found, name)).strip() for name in _PARTS}
    kept = {
        name: value
        for name, value in values.items()
        if value and (sure or _plausible(name, value)) and not _holds(value, forbidden)
    }
    if kept.get("branch_road") and not kept.get("road"):
        kept["road"] = kept.pop("branch_road")
    if "road_number" in kept:
        kept["road_number"] = found.side + kept["road_number"]
    return replace(Address(), **kept)  # pyright: ignore[reportArgumentType]


def _plausible(name: str, value: str) -> bool:
    if name in ("road_number", "building"):
        long = len(value) > _MOST_NUMBER or _LONG_NUMBER.search(value) or _LETTERS.search(value)
        return not long and not _PEOPLE_WORD.search(value)
    if _LONG_NUMBER.search(value) or _PEOPLE_WORD.search(value):
        return False
    if not CJK.search(value):
        return name == "road" and "_" not in value
    if name in ("province", "city"):
        return True
    endings = [ending for ending in _NAMED[name] if value.endswith(ending)]
    if not endings:
        return False
    short = len(value) < _NAME_LONGEST and max(map(len, endings)) == 1
    # 李庭 and 周小园 end like estates; 李庄 and 王家湾村 are villages and stay.
    return not (name in ("compound", "sub_compound") and short and value[0] in SURNAMES)


def _joined(kept: Address, most_bytes: int) -> str:
    values = {name: value for name in _PARTS if (value := getattr(kept, name))}
    chinese = any(CJK.search(value) for value in values.values())
    for name, unit in (("road_number", "号"), ("building", "号楼")):
        # `小区3-2-501` names its building without a unit word, which a service would not read.
        if chinese and values.get(name, "").isdecimal():
            values[name] += unit
    parts = list(values.values())
    between = "" if chinese else " "
    while len(parts) > 1 and len(between.join(parts).encode()) > most_bytes:
        parts = parts[1:]
    told = between.join(parts)
    return told if len(told.encode()) <= most_bytes else ""


def _fold_names(names: Collection[str]) -> frozenset[str]:
    return frozenset(told for name in names if len(told := _folded(str(name)).strip()) > 1)


def _holds(text: str, forbidden: frozenset[str]) -> bool:
    if not forbidden:
        return False
    # Looked up in the set by every stretch: a town has more names than an address has stretches.
    sizes: Sequence[int] = range(2, min(len(text), 40) + 1)
    return any(text[i : i + n] in forbidden for n in sizes for i in range(len(text) - n + 1))

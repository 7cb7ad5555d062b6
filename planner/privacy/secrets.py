"""The strings that must not show, and the search for all of them at once."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.model.arrays import Bools, Ints
from planner.model.tables import PlanTables
from planner.privacy.marks import folded, phone_keys
from planner.privacy.person import People, Person

__all__ = ["SEAL", "UNKNOWN", "Secrets"]

SEAL = "guard"
"""Where a plan's provenance keeps the seal of what no file for others may hold."""
_Known = Callable[[str], "str | None"]
_DIGEST = 6

# Shorter ids and numbers are those of houses; a name in three labels or more is that of a place.
_SHORTEST_ID, _SHORTEST_NUMBER, _OFTEN = 5, 7, 3
# Four million slots: with 35,000 secrets one window in a hundred is looked up in vain.
_MASK = (1 << 22) - 1
# The prime of FNV-1a: odd, so that no character is ever multiplied away.
_BASE = np.uint64(0x100000001B3)
_GAP = re.compile("(?<=[\u3400-\u9fff])[ \u3000]{1,4}(?=[\u3400-\u9fff])")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]+")


@dataclass(frozen=True, eq=False)
class Secrets:
    """What the register holds and a file must not.

    Parameters
    ----------
    kinds : mapping of str to frozenset of str
        What the strings are, such as ``a resident's name``, to the strings, `folded`, lower case.
    phones : frozenset of str
        `phone_key` of the office phones that may show.
    seals : tuple of mapping
        Digests of strings that are not known here: `seal` of the run that knew them.
    spared : frozenset of str
        Strings that may show, whatever a seal says.
    blind : bool
        Nobody has told what the sheets hold, and nobody has waived it: the gate releases nothing then.
    """

    kinds: Mapping[str, frozenset[str]]
    phones: frozenset[str] = frozenset()
    seals: tuple[Mapping[str, Any], ...] = ()
    spared: frozenset[str] = frozenset()
    blind: bool = False
    _hashed: dict[int, tuple[Bools, list[_Known]]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls,
        tables: PlanTables | None,
        people: People | None = None,
        *,
        centres: bool = True,
        shown: Iterable[Person] = (),
    ) -> Secrets:
        """Gather the secrets of a plan.

        Parameters
        ----------
        tables : PlanTables or None
            Its ids; short ones and plain small numbers are left out, as house numbers are.
        people : People, optional
            What the office's sheets say of each resident.
        centres : bool
            Whether the ids of centres may show, and of members who are proposed as such.
        shown : iterable of Person
            Those whose names and office phones may show all the same: the centres on a public map.  A
            number within a name is no office phone.
        """
        kinds: dict[str, frozenset[str]] = {}
        if tables is not None:
            public = {*tables.centres["centre_id"], *_proposed(tables)}
            private = {*tables.households["household_id"], *tables.members["member_id"]} - {""}
            private -= public if centres else set()
            shared = {*tables.units["label"], *tables.centres["label"], *tables.units["unit_id"]}
            ids = frozenset(i for i in private if _telling(i)) - shared
            kinds["the id of a household, or of a member who is no centre"] = _lower(ids)
        shown = tuple(shown)
        allowed = {folded(t).lower() for p in shown for t in (p.name, p.office_phone) if t}
        seals = () if tables is None else _seals_of(tables)
        for what, strings in ({} if people is None else people.secrets()).items():
            kinds[what] = _lower(strings) - allowed - {""}
        places: frozenset[str] = frozenset()
        if tables is not None and (people is not None or seals):
            places = _places(tables, cls(dict(kinds), seals=seals))
        kinds = {what: strings - places for what, strings in kinds.items()}
        phones = frozenset[str]().union(*(phone_keys(p.office_phone) for p in shown))
        spared = places | allowed if seals else frozenset[str]()
        # A seal that knows of nobody is knowledge; no seal is none.
        blind = people is None and not seals and not (tables is not None and tables.waived)
        return cls(kinds, phones, seals, spared, blind)

    def seal(self, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Give digests of all strings, from which a later run finds them without knowing them.

        `before`: the seal of an earlier plan; what it knows besides is kept, for who moved away still
        stands in what a plan remembers.
        Gives: plain JSON values for a plan's provenance. The key is drawn from the strings themselves,
        so that equal registers give equal plans. Digests keep names out of sight, not from somebody who
        has the file and a list of names to try: it stays the office's own.
        """
        texts = sorted((what, text) for what, strings in self.kinds.items() for text in strings)
        # Not drawn at random: equal registers must give equal plan files.
        key = hashlib.blake2b(repr(texts).encode("utf-8", "replace"), digest_size=16).digest()
        kinds: dict[str, dict[str, str]] = {}
        slots: dict[str, str] = {}
        for length, known in sorted(_by_length(self.kinds).items()):
            slots[str(length)] = _base64(
                np.unique(_slots_of(known, length)).astype("<u4").tobytes()
            )
            for what in sorted(set(known.values())):
                digests = sorted(_digest(key, text) for text, kind in known.items() if kind == what)
                kinds.setdefault(what, {})[str(length)] = _base64(b"".join(digests))
        made: dict[str, Any] = {"key": key.hex(), "slots": slots, "kinds": kinds}
        older = [one for one in _chain(before) if one["key"] != made["key"]] if before else []
        older = [rest for one in older if (rest := self._forgotten(one))["kinds"]]
        return made | ({"older": older} if older else {})

    def _forgotten(self, seal: Mapping[str, Any]) -> dict[str, Any]:
        """Give what of an older seal is not known here: those who have left since."""
        key, by_length = bytes.fromhex(seal["key"]), _by_length(self.kinds)
        today = {_digest(key, text) for texts in by_length.values() for text in texts}
        kinds: dict[str, dict[str, str]] = {}
        for what, packed in seal["kinds"].items():
            for length, digests in packed.items():
                if left := [one for one in _cut(digests) if one not in today]:
                    kinds.setdefault(what, {})[length] = _base64(b"".join(left))
        lengths = {length for packed in kinds.values() for length in packed}
        # The slots that today's strings have are looked up in any case, in every seal.
        slots = {
            length: _base64(
                np.setdiff1d(
                    _unpacked(seal["slots"][length]),
                    _slots_of(by_length.get(int(length), ()), int(length)),
                )
                .astype("<u4")
                .tobytes()
            )
            for length in sorted(lengths, key=int)
        }
        return {"key": seal["key"], "slots": slots, "kinds": kinds}

    def __len__(self) -> int:
        return sum(map(len, self.kinds.values())) + len(self.seals)

    def found_in(self, text: str) -> list[tuple[str, int]]:
        """Find every secret in a text, wherever it stands.

        `text`: `folded`; any length: 35,000 secrets in 4 MB take well under two seconds.
        Gives: what it is, and where it begins. A secret that begins or ends in a letter or digit of the
        Latin script counts only as a whole word; a Chinese name of two characters only where what
        touches it leaves it a word, as in 王芳家 or 联系王芳.
        """
        return [(what, at) for what, at, _ in self.hits_in(text)]

    def found_apart(self, text: str) -> list[tuple[str, int]]:
        """Find Chinese names written with blanks between their characters, as columns are aligned."""
        gaps = [(m.start(), m.end()) for m in _GAP.finditer(text)]
        if not gaps:
            return []
        kept = np.ones(len(text), np.bool_)
        for start, end in gaps:
            kept[start:end] = False
        places = np.flatnonzero(kept)
        return [(what, int(places[at])) for what, at in self.found_in(_GAP.sub("", text))]

    def hits_in(self, text: str) -> list[tuple[str, int, int]]:
        """Find every secret in a text, as `found_in`, with where it ends."""
        if not self._hashed:
            for length, known in _by_length(self.kinds).items():
                self._know(length, _slots_of(known, length), known.get)
            for seal in (one for whole in self.seals for one in _chain(whole)):
                for length, slots, known_by in _opened(seal):
                    self._know(length, slots, known_by)
        lower = text.lower()
        if len(lower) != len(
            text
        ):  # a few letters of other scripts grow: their case does not count
            lower = text
        codes = np.frombuffer(lower.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
        rolling = np.zeros(len(codes), np.uint64)
        hits: list[tuple[str, int, int]] = []
        for length in range(1, max(self._hashed, default=0) + 1):
            n = len(codes) - length + 1
            if n <= 0:
                break
            # Hashes of all windows of one length come from those of the length before, in one pass
            # of NumPy: Karp and Rabin (1987), every length at once.
            rolling = rolling[:n] * _BASE + codes[length - 1 :]
            if length in self._hashed:
                hits += _hits(lower, rolling, length, *self._hashed[length])
        spared = self.spared
        return sorted((h for h in hits if lower[h[1] : h[2]] not in spared), key=lambda h: h[1])

    def often_in(self, texts: Iterable[object]) -> frozenset[str]:
        """Give what stands in so many addresses that it is a place: a village called like a resident."""
        told = folded("\n".join(map(str, texts))).lower()
        counts = Counter(told[a:b] for _, a, b in self.hits_in(told))
        return frozenset(name for name, count in counts.items() if count >= _OFTEN)

    def without(self, places: frozenset[str]) -> Secrets:
        """Leave strings out that are those of places."""
        kinds = {what: strings - places for what, strings in self.kinds.items()}
        return Secrets(kinds, self.phones, self.seals, self.spared | places, self.blind)

    def _know(self, length: int, slots: NDArray[Any], known: _Known) -> None:
        marked, asked = self._hashed.setdefault(length, (np.zeros(_MASK + 1, np.bool_), []))
        marked[slots] = True
        asked.append(known)


UNKNOWN: Final = Secrets({}, blind=True)
"""What is known of the people of a file that nobody vouches for."""


def _places(tables: PlanTables, secrets: Secrets) -> frozenset[str]:
    """Names that are those of places too: of the base map, or in the labels of several buildings.

    A village may be called like a resident; a resident's name that slipped into a label stands there
    once or twice.
    """
    names = [str(n) for layer in ("streets", "buildings") for n in set(tables.base[layer]["name"])]
    on_map = folded("\n".join(sorted(names))).lower()
    often = secrets.often_in(tables.units["label"])
    return frozenset(often | {on_map[a:b] for _, a, b in secrets.hits_in(on_map)})


def _proposed(tables: PlanTables) -> set[str]:
    """Members whom the repairs would make centres: a meeting decides on them by their ids."""
    advice = dict(tables.provenance.get("advice") or {})
    return {
        str(r["change"]["centre"]) for r in advice.get("repairs", []) if "centre" in r["change"]
    }


def _telling(value: str) -> bool:
    """Whether a text is long or odd enough to be nothing but an id."""
    if len(value) < _SHORTEST_ID and value.isalnum():
        return False
    return not (value.isdigit() and len(value) < _SHORTEST_NUMBER)


def _lower(strings: Iterable[str]) -> frozenset[str]:
    return frozenset(folded(s).strip().lower() for s in strings)


def _slot(rolled: NDArray[np.uint64]) -> Ints:
    mixed = rolled ^ (rolled >> np.uint64(29))
    return (mixed & np.uint64(_MASK)).astype(np.int64)


def _by_length(kinds: Mapping[str, frozenset[str]]) -> dict[int, dict[str, str]]:
    """Give for each length the strings of it, and what each one is."""
    made: dict[int, dict[str, str]] = {}
    for what, strings in kinds.items():
        for text in strings:
            if text:
                made.setdefault(len(text), {}).setdefault(text, what)
    return made


def _slots_of(known: Iterable[str], length: int) -> Ints:
    """Give the slots of the hashes of strings of one length."""
    data = "".join(known).encode("utf-32-le", "replace")
    codes = np.frombuffer(data, np.uint32).astype(np.uint64).reshape(-1, length)
    rolled = np.zeros(len(codes), np.uint64)
    for column in codes.T:
        rolled = rolled * _BASE + column
    return _slot(rolled)


def _digest(key: bytes, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    return hashlib.blake2b(data, key=key, digest_size=_DIGEST).digest()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _seals_of(tables: PlanTables) -> tuple[Mapping[str, Any], ...]:
    """Give the seal of a plan; one that cannot be read tells nothing, and counts as none."""
    seal = tables.provenance.get(SEAL)
    try:
        for one in _chain(seal or {}):
            list(_opened(one))
    except (KeyError, ValueError, TypeError, AttributeError):
        return ()
    return (seal,) if seal else ()


def _chain(seal: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give a seal, and the older ones that it carries."""
    yield seal
    yield from seal.get("older", ())


def _unpacked(slots: str) -> NDArray[np.uint32]:
    return np.frombuffer(base64.b64decode(slots), "<u4")


def _cut(digests: str) -> Iterator[bytes]:
    data = base64.b64decode(digests)
    return (data[k : k + _DIGEST] for k in range(0, len(data), _DIGEST))


def _opened(seal: Mapping[str, Any]) -> Iterator[tuple[int, NDArray[np.uint32], _Known]]:
    """Read a seal: for each length the marked slots, and what a string of it is."""
    key = bytes.fromhex(seal["key"])
    for length, packed in seal["slots"].items():
        known: dict[bytes, str] = {}
        for what, by_length in seal["kinds"].items():
            known.update((digest, what) for digest in _cut(by_length.get(length, "")))

        def found(text: str, known: Mapping[bytes, str] = known) -> str | None:
            return known.get(_digest(key, text))

        yield int(length), _unpacked(packed), found


def _hits(
    text: str,
    rolled: NDArray[np.uint64],
    length: int,
    marked: Bools,
    known: Iterable[_Known],
) -> list[tuple[str, int, int]]:
    hits: list[tuple[str, int, int]] = []
    for at in np.flatnonzero(marked[_slot(rolled)]).tolist():
        found = text[at : at + length]
        what = next((told for one in known if (told := one(found)) is not None), None)
        if what is not None and _stands_alone(text, at, at + length):
            hits.append((what, at, at + length))
    return hits


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether what stands there is a word, and not a piece of another one."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if _latin(text[start]) and _latin(before):
        return False
    if _latin(text[end - 1]) and _latin(after):
        return False
    if end - start == 2 and _HAN.fullmatch(text[start:end]):
        return _may_touch(text[max(start - 2, 0) : start], text[end : end + 2])
    return True


_BEFORE = re.compile(
    "(?:^|[^\u3400-\u9fff\uf900-\ufaff]|[的和与及、访找请由给对是叫为联系问号室户楼栋元层家人长员友嫂哥姐]|[老小阿])$"
)
_AFTER = re.compile(
    "^(?:$|[^\u3400-\u9fff\uf900-\ufaff]|[的和与及、家户宅住独已在等去说]|同志|老师|女士|先生|阿姨|大[爷妈娘叔]|奶奶|爷爷|叔叔"
    "|夫妇|夫妻|一家|书记|主任|党员|老人|本人|负责|联系|包联|之[家子妻夫父母女])"
)


def _may_touch(before: str, after: str) -> bool:
    """Whether what touches two characters lets them be a name: the word before ends, the next begins."""
    return bool(_BEFORE.search(before) and _AFTER.search(after))


def _latin(char: str) -> bool:
    return char.isalnum() and not _HAN.match(char)

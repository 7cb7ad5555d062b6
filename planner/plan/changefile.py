"""The file of changes that a meeting made on the map, read strictly.

The file is JSON, as the page writes it::

    {"format": "planner-changes-1", "plan": "<fingerprint>", "created": "2026-05-18T09:30:00Z",
     "moves": [{"unit": "U00012", "from": "M003", "to": "M007"}],
     "locks": ["U00012"], "unlocked": [], "notes": [{"lon": 117.02, "lat": 32.62, "text": "..."}],
     "centres": [{"centre": "M003", "unit": "U00015"}]}

``locks`` are all that stand afterwards; ``unlocked`` are locks of the plan that were opened.  ``centres``
are elsewhere from now on, "" where a zone is given up; one that the plan does not have is that of a new zone.
With ``"insist": true`` the meeting was told that zones are not connected or a hard rule is broken, and
decided so.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field

from planner.errors import InputError

__all__ = [
    "FORMAT",
    "LONGEST_NAME",
    "Changes",
    "Move",
    "Note",
    "Seat",
    "holds_private",
    "read_changes",
]

FORMAT = "planner-changes-1"
LARGEST_FILE = 32_000_000
MOST_NOTES, LONGEST_NOTE, LONGEST_ID, LONGEST_NAME = 1_000, 300, 200, 60
_PRIVATE = re.compile(
    r"(?<!\d)(1[3-9]\d(?:[ -]?\d{4}){2}|\d{6}[ -]?\d{8}[ -]?\d{3}[\dXx])(?![\dA-Za-z])"
)


_Id = Annotated[str, Meta(max_length=LONGEST_ID)]
_Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
_Time = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]


class Move(Struct, frozen=True, forbid_unknown_fields=True):
    """One unit that goes from one centre to another; ids, "" for none."""

    unit: _Id
    origin: _Id = field(name="from")
    target: _Id = field(name="to")


class Seat(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a centre is from now on: a unit's id, "" for one whose zone is given up.

    `number`: that of a new zone, as the meeting saw it; 0 for one that the plan has.
    """

    centre: Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)]
    unit: _Id
    number: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class Note(Struct, frozen=True, forbid_unknown_fields=True):
    """A remark on a place, degrees WGS-84."""

    lon: Annotated[float, Meta(ge=-180, le=180)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    text: Annotated[str, Meta(max_length=LONGEST_NOTE)]


class Changes(Struct, frozen=True, forbid_unknown_fields=True):
    """What a changes file says.

    `plan`: `planner.plan.provenance.plan_fingerprint` of the plan that was changed.
    `created`: UTC time, ``2026-05-18T09:30:00Z``.
    `locks` and `unlocked`: unit ids: all locks that stand afterwards; locks of the plan that were
    opened.
    `centres`: where centres are from now on, each once.
    `insist`: whether the meeting wants them although zones fall apart or a hard rule is broken.
    """

    format: Literal["planner-changes-1"]
    plan: _Digest
    created: _Time
    moves: tuple[Move, ...]
    locks: tuple[_Id, ...]
    notes: Annotated[tuple[Note, ...], Meta(max_length=MOST_NOTES)]
    unlocked: tuple[_Id, ...] = ()
    insist: bool = False
    centres: Annotated[tuple[Seat, ...], Meta(max_length=MOST_NOTES)] = ()


def holds_private(text: str) -> bool:
    """Tell whether a text holds a number like a mobile phone's or a citizen's id number."""
    return bool(_PRIVATE.search(unicodedata.normalize("NFKC", text)))


def read_changes(source: str | Path | bytes) -> Changes:
    """Read a changes file; anything that is not as it must be is refused.

    Raises `InputError`: the file is missing, too large, no JSON, or not a changes file of this version.
    """
    if isinstance(source, bytes):
        where, data = "the changes", source
    else:
        where, data = str(source), _bytes_of(Path(source))
    if len(data) > LARGEST_FILE:
        raise InputError.of(
            "changes-too-large",
            where=where,
            size=len(data) / 1e6,
            most=LARGEST_FILE / 1e6,
        )
    try:
        read = msgspec.json.decode(data.removeprefix(codecs.BOM_UTF8), type=Changes)
    except msgspec.ValidationError as error:
        # It names fields and places of the file; a key that is not known may say anything.
        what = re.sub("unknown field `.*`", "an unknown field", str(error), flags=re.DOTALL)
        raise _refusal(where, what) from None
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise InputError.of("changes-not-json", where=where) from error
    return _checked(where, read)


def _checked(where: str, changes: Changes) -> Changes:
    """Check what types cannot tell: repeats, and numbers that belong to a person."""
    named = {
        "moves": [move.unit for move in changes.moves],
        "centres": [seat.unit for seat in changes.centres if seat.unit],
    }
    if len({seat.centre for seat in changes.centres}) != len(changes.centres):
        raise _refusal(where, "centres names a centre twice")
    for what, units in (named | {"locks": changes.locks, "unlocked": changes.unlocked}).items():
        if len(set(units)) != len(units):
            raise _refusal(where, f"{what} names a unit twice")
    for number, note in enumerate(changes.notes, 1):
        if holds_private(note.text):
            raise InputError.of("changes-private-note", where=where, number=number)
    return changes


def _refusal(where: str, what: str) -> InputError:
    return InputError.of("changes-faulty", where=where, what=what)


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            # One byte more than may be is enough to refuse it.
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise InputError.of("changes-unreadable", path=path, reason=error.strerror) from error

"""The file of changes that a meeting made on the map, read strictly.

The file is JSON, as the page writes it::

    {"format": "planner-changes-1", "plan": "<fingerprint>", "created": "2026-05-18T09:30:00Z",
     "moves": [{"unit": "U00012", "from": "M003", "to": "M007"}],
     "locks": ["U00012"], "unlocked": [], "notes": [{"lon": 117.02, "lat": 32.62, "text": "..."}]}

``locks`` are all that stand afterwards; ``unlocked`` are locks of the plan that were opened.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.errors import InputError

__all__ = [
    "AGAIN",
    "AGAIN_ZH",
    "FORMAT",
    "LONGEST_NAME",
    "Changes",
    "Move",
    "Note",
    "holds_private",
    "read_changes",
]

FORMAT = "planner-changes-1"
LARGEST_FILE = 32_000_000
MOST_NOTES, LONGEST_NOTE, LONGEST_ID, LONGEST_NAME = 1_000, 300, 200, 60
_KEYS = {"format", "plan", "created", "moves", "locks", "unlocked", "notes"}
_PRIVATE = re.compile(
    r"(?<!\d)(1[3-9]\d(?:[ -]?\d{4}){2}|\d{6}[ -]?\d{8}[ -]?\d{3}[\dXx])(?![\dA-Za-z])"
)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
AGAIN_ZH = "请从本方案的地图重新导出调整"
AGAIN = "export the changes again from the map of this plan"


@dataclass(frozen=True, slots=True)
class Move:
    """One unit that goes from one centre to another; ids, "" for none."""

    unit: str
    origin: str
    target: str


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on a place, degrees WGS-84."""

    lon: float
    lat: float
    text: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What a changes file says.

    Parameters
    ----------
    plan : str
        `planner.plan.provenance.plan_fingerprint` of the plan that was changed.
    created : str
        UTC time, ``2026-05-18T09:30:00Z``.
    locks, unlocked : tuple of str
        Unit ids: all locks that stand afterwards; locks of the plan that were opened.
    """

    plan: str
    created: str
    moves: tuple[Move, ...] = ()
    locks: tuple[str, ...] = ()
    unlocked: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


def holds_private(text: str) -> bool:
    """Tell whether a text holds a number like a mobile phone's or a citizen's id number."""
    return bool(_PRIVATE.search(unicodedata.normalize("NFKC", text)))


def read_changes(source: str | Path | bytes) -> Changes:
    """Read a changes file; anything that is not as it must be is refused.

    Raises
    ------
    InputError
        The file is missing, too large, no JSON, or not a changes file of this version.
    """
    if isinstance(source, bytes):
        where, data = "the changes", source
    else:
        where, data = str(source), _bytes_of(Path(source))
    if len(data) > LARGEST_FILE:
        raise InputError(
            f"{where} has {len(data) / 1e6:,.0f} MB; changes have at most "
            f"{LARGEST_FILE / 1e6:,.0f} MB",
            remedy="give the changes.json that the map exported",
            zh=f"{where} 有 {len(data) / 1e6:,.0f} MB，超过上限 {LARGEST_FILE / 1e6:,.0f} MB",
            remedy_zh="请提供地图导出的 changes.json",
        )
    try:
        value = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{where} is not JSON",
            remedy=AGAIN,
            zh=f"{where} 不是 JSON",
            remedy_zh=AGAIN_ZH,
        ) from error
    return _Reader(where).changes(value)


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise InputError(
            f"the changes {path} cannot be read: {error.strerror}",
            remedy="give the changes.json that the map exported",
            zh=f"无法读取 {path}：{error.strerror}",
            remedy_zh="请提供地图导出的 changes.json",
        ) from error


def _no_number(text: str) -> float:
    raise ValueError(text)


class _Reader:
    """Checks types, keys, lengths and repeats; says where a fault is, never what text it holds."""

    def __init__(self, where: str) -> None:
        self.where = where

    def refuse(self, what: str) -> InputError:
        return InputError(
            f"{self.where}: {what}",
            remedy=AGAIN,
            zh=f"{self.where}：内容有误（{what}）",
            remedy_zh=AGAIN_ZH,
        )

    def changes(self, value: Any) -> Changes:
        top = self.mapping(value, _KEYS, "the file", optional={"unlocked"})
        if top["format"] != FORMAT:
            raise self.refuse(f"the format is not {FORMAT!r}")
        plan = self.text(top["plan"], 64, "plan")
        if not re.fullmatch(r"[0-9a-f]{64}", plan):
            raise self.refuse("plan is not a fingerprint of 64 hexadecimal digits")
        created = self.text(top["created"], 20, "created")
        if not _TIME.fullmatch(created):
            raise self.refuse("created is not a time such as 2026-05-18T09:30:00Z")
        moves = tuple(self.move(m, i) for i, m in enumerate(self.listed(top["moves"], "moves")))
        self.once([m.unit for m in moves], "moves")
        notes = self.listed(top["notes"], "notes")
        if len(notes) > MOST_NOTES:
            raise self.refuse(f"there are {len(notes)} notes; at most {MOST_NOTES} are taken")
        return Changes(
            plan,
            created,
            moves,
            self.units(top["locks"], "locks"),
            self.units(top.get("unlocked", []), "unlocked"),
            tuple(self.note(n, i) for i, n in enumerate(notes)),
        )

    def mapping(
        self, value: Any, keys: set[str], what: str, optional: set[str] | None = None
    ) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.refuse(f"{what} is not an object")
        if missing := sorted(keys - (optional or set()) - set(value)):
            raise self.refuse(f"{what} lacks {', '.join(missing)}")
        if unknown := len(set(value) - keys):
            raise self.refuse(f"{what} has {unknown} unknown keys")
        return value

    def listed(self, value: Any, what: str) -> list[Any]:
        if not isinstance(value, list):
            raise self.refuse(f"{what} is not a list")
        return value

    def text(self, value: Any, longest: int, what: str) -> str:
        if not isinstance(value, str) or len(value) > longest:
            raise self.refuse(f"{what} is not a text of at most {longest} characters")
        return value

    def once(self, names: list[str], what: str) -> None:
        if len(set(names)) != len(names):
            raise self.refuse(f"{what} names a unit twice")

    def units(self, value: Any, what: str) -> tuple[str, ...]:
        names = [
            self.text(n, LONGEST_ID, f"{what} {i + 1}")
            for i, n in enumerate(self.listed(value, what))
        ]
        self.once(names, what)
        return tuple(names)

    def move(self, value: Any, i: int) -> Move:
        what = f"move {i + 1}"
        one = self.mapping(value, {"unit", "from", "to"}, what)
        return Move(
            *(self.text(one[k], LONGEST_ID, f"{what}, {k},") for k in ("unit", "from", "to"))
        )

    def note(self, value: Any, i: int) -> Note:
        what = f"note {i + 1}"
        one = self.mapping(value, {"lon", "lat", "text"}, what)
        for key, most in (("lon", 180.0), ("lat", 90.0)):
            number = one[key]
            if isinstance(number, bool) or not isinstance(number, int | float):
                raise self.refuse(f"{what}: {key} is not a number")
            if not (math.isfinite(number) and abs(number) <= most):
                raise self.refuse(f"{what}: {key} is not between -{most:g} and {most:g}")
        text = self.text(one["text"], LONGEST_NOTE, what)
        if holds_private(text):
            raise InputError(
                f"{self.where}: {what} holds a number like a phone's or a citizen's id number",
                remedy="take the number out of the note, on the map or in the file",
                zh=f"{self.where}：{what} 中含类似电话或身份证号的数字",
                remedy_zh="请在地图上或文件中将其从备注中去掉",
            )
        return Note(float(one["lon"]), float(one["lat"]), text)

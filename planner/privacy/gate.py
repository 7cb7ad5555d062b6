"""The gate: it reads a finished file, hidden data included, and refuses what its audience must not see."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import TypeVar

from planner.errors import PrivacyError
from planner.privacy.audience import INTERNAL_WORDS, Audience
from planner.privacy.marks import folded, marks_in
from planner.privacy.pages import check_structure
from planner.privacy.reader import Part, parts_of, unescaped
from planner.privacy.secrets import UNKNOWN, Secrets
from planner.privacy.stores import finest_step

__all__ = ["check_page", "released"]

_BLANK = re.compile(r"\W+")
# Formats that people open and print; in a plan file or JSON a watermark would be data.
_MARKED = (".html", ".xlsx", ".ods", ".docx")
_LISTED = 8
_KINDS_ZH = {
    "a citizen's id number": "身份证号",
    "a phone number": "电话号码",
    "a room": "房号",
    "a number plate": "车牌号",
    "an e-mail address": "电子邮箱",
    "a messenger id": "社交账号",
    "a bank card number": "银行卡号",
    "a care flag at a door": "门牌旁的关怀标记",
    "a people or faith at a door": "门牌旁的民族或信仰",
    "a position finer than the grid of its audience": "比该版网格更精细的位置",
    "a resident's name": "居民姓名",
    "a resident's phone number": "居民电话",
    "a resident's id number": "居民身份证号",
    "a resident's address with its room": "带房号的居民住址",
    "what a sheet says of a resident": "表格中的居民信息",
}
"""What may be found, as the refusal tells it in Chinese."""
_OF_THE_MAP = ("base.", "meta.attribution", "meta.source")


_File = TypeVar("_File", bytes, Path)


def released(
    content: _File,
    name: str,
    audience: Audience,
    secrets: Secrets = UNKNOWN,
    *,
    known: Collection[str] = (),
) -> _File:
    """Give a finished file back, or refuse to.

    Parameters
    ----------
    content : bytes or Path
        The file as it would be released, or where it lies.
    name : str
        What it is called; told in the refusal.
    secrets : Secrets
        What the register holds.  Without it nothing is released but to the office itself, for a name has
        no form of its own; id numbers, phones, rooms and care flags at a door have one.
    known : collection of str
        Scripts and styles that the product wrote itself, word for word: what a resident is called
        may stand there by chance.

    Raises
    ------
    PrivacyError
        The file holds what the audience must not see, cannot be read, is internal and does not say so,
        or nobody knows whose names it must not hold.  It tells what kind of thing and in which part of the
        file, never the thing itself.
    """
    # Read from where it lies: what is released is what was read, and nothing that was made beside
    # it.
    data = content.read_bytes() if isinstance(content, Path) else content
    if b'id="plan-data"' in data:
        check_structure(data.decode("utf-8", "replace"), audience, name)
    if audience is Audience.INTERNAL:
        _require_mark(data, name)
        return content
    if secrets.blind:
        raise PrivacyError.of(
            "gate-unknown", name=name, audience=audience.terms.en, audience_zh=audience.terms.zh
        )
    # With their escapes resolved too, for the reader resolves them in what it finds.
    own = {folded(form) for code in known for form in (code, unescaped(code))}
    found: Counter[tuple[str, str]] = Counter()
    for part in parts_of(data, name):
        for what, at in _faults(part, secrets, own):
            found[what, part.place(at)] += 1
    if audience is Audience.PUBLIC and _too_fine(data, name, audience.terms.grid_steps):
        found["a position finer than the grid of its audience", name] += 1
    if found:
        raise _refusal(name, audience, found)
    return content


def check_page(
    html: str,
    audience: Audience,
    secrets: Secrets,
    *,
    known: Collection[str] = (),
    name: str = "map.html",
) -> None:
    """Refuse a map that tells its audience more than it may know.

    Raises `PrivacyError`: as for `released`; or the data of the page cannot be found.
    """
    if 'id="plan-data"' not in html:
        check_structure(html, audience, name)  # which says that there is none
    released(html.encode("utf-8"), name, audience, secrets, known=known)


def _too_fine(data: bytes, name: str, grid_steps: int) -> bool:
    if not name.lower().endswith((".gpkg", ".json", ".geojson", ".kml")):
        return False
    step = finest_step(data)
    return step is not None and (step == 0 or step % grid_steps != 0)


def _faults(part: Part, secrets: Secrets, own: Collection[str]) -> list[tuple[str, int]]:
    spoken = part.kind == "text"
    found = [
        (what, at)
        for what, at in marks_in(part.text, spoken=spoken, allowed=secrets.phones)
        if what in ("a citizen's id number", "a phone number") or not _public_map(part, at)
    ]
    if part.kind == "numbers" or (part.kind == "code" and part.text in own):
        return found
    for what, at in secrets.found_in(part.text):
        if not _public_map(part, at) or _whole_line(part.text, at, secrets):
            found.append((what, at))
    if spoken and not found:
        found += [hit for hit in secrets.found_apart(part.text) if not _public_map(part, hit[1])]
    return found


def _public_map(part: Part, at: int) -> bool:
    """Whether a position lies in the names of the base map, which anyone can look up."""
    if not part.places:
        return False
    return part.place(at).partition(", ")[2].startswith(_OF_THE_MAP)


def _whole_line(text: str, at: int, secrets: Secrets) -> bool:
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    line = text[start : len(text) if end < 0 else end].strip().lower()
    return start == at and any(line in strings for strings in secrets.kinds.values())


def _require_mark(data: bytes, name: str) -> None:
    if not name.lower().endswith(_MARKED):
        return
    words = _BLANK.sub("", INTERNAL_WORDS)
    if not any(words in _BLANK.sub("", part.text) for part in parts_of(data, name)):
        raise PrivacyError.of("gate-internal-unsaid", name=name)


def _refusal(name: str, audience: Audience, found: Counter[tuple[str, str]]) -> PrivacyError:
    terms = audience.terms
    first = sorted(found.items())[:_LISTED]
    lines = [f"{what}, {count} time(s) in {where}" for (what, where), count in first]
    lines_zh = [f"{_KINDS_ZH.get(what, what)}{n}处（{where}）" for (what, where), n in first]
    rest = len(found) - len(first)
    return PrivacyError.of(
        "gate-holds",
        name=name,
        audience=terms.en,
        audience_zh=terms.zh,
        what="; ".join(lines) + (f"; and {rest} more" if rest else ""),
        what_zh="；".join(lines_zh) + (f"；另有{rest}项" if rest else ""),
    )

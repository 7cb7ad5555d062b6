"""What the data of a map may hold: known kinds only, no small counts, no position finer than the grid."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Any

from planner.errors import InputError, PrivacyError
from planner.privacy.attack import determined, page_sums
from planner.privacy.audience import INTERNAL_WORDS, Audience, Terms
from planner.privacy.blocks import FEW, HIDDEN, LEAST, MANY, PERCENT_STEP
from planner.privacy.reader import unpacked

__all__ = ["check_structure", "check_together"]

_ISLAND = re.compile(r'<script type="application/json" id="([\w-]+)">(.*?)</script>', re.DOTALL)
_PACKED = {
    Audience.PUBLIC: {"shapes"},
    Audience.MEETING: {"shapes", "base", "units", "edit", "find", "before", "compare"},
    Audience.INTERNAL: {"shapes", "base", "units", "edit", "find", "roster", "care"},
}
_PUBLIC_BASE = {"streets", "water", "green", "rails", "fences", "zones"}
_PUBLIC_SHARES = {(s, g) for s in ("own_centre", "own_member") for g in ("all", "care")}
_PUBLIC_ZONE = {"n", "colour", "fence", "homes", "name", "phone", "at", "estates"}
_MEETING_KEYS = {
    "units": {"x", "y", "zone", "block", "building", "moved", "label", "name"},
    "blocks": {"homes", "walk"},
    # counts of blocks, prices of these, and streets: nothing that tells of a single home
    "edit": frozenset(
        "plan units block zone fixed homes left home pairs edges rules unserved locks notes".split()  # noqa: SIM905
    )
    | {"walk", "fence", "doors", "last", "away"},
}


def check_structure(html: str, audience: Audience, name: str) -> None:
    """Refuse a map whose data are of a kind, a count or a position that its audience must not see.

    Raises `PrivacyError`: the page holds data of an unknown kind, a small count, or a position finer
    than the audience's grid; an internal one lacks its watermark. The text does not repeat what it
    found.
    """
    try:
        islands = dict(_ISLAND.findall(html))
        data = json.loads(islands.pop("plan-data"))
        heavy = _unpack(islands.pop("plan-packed", None))
        _known_kinds(data, heavy, islands, audience)
        _check_requests(html, data, audience)
        if audience is Audience.PUBLIC:
            _check_public(data, heavy)
        elif audience is Audience.MEETING:
            _check_meeting(data, heavy)
        elif html.count(INTERNAL_WORDS) < 2:
            raise _Refused("its watermark is missing", "缺少水印")
    except _Refused as why:
        raise _refusal(name, audience, why) from None
    except (KeyError, ValueError, TypeError, IndexError):
        lost = _Refused("its data cannot be found or read", "找不到或无法读取其中的数据")
        raise _refusal(name, audience, lost) from None


def check_together(html: str, earlier: Sequence[str], name: str) -> None:
    """Refuse a meeting's map whose hidden counts follow from it and from pages that were handed out before.

    `earlier`: maps of a meeting, comparisons among them.
    Raises `PrivacyError`: some count follows. `InputError`: an earlier file is no such map.
    """
    pages: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for nth, text in enumerate((*earlier, html), 1):
        try:
            islands = dict(_ISLAND.findall(text))
            data, heavy = json.loads(islands["plan-data"]), _unpack(islands.get("plan-packed"))
            page_sums([(data, heavy)])
        except (KeyError, ValueError, TypeError, IndexError):
            raise InputError.of("no-meeting-page", nth=nth) from None
        pages.append((data, heavy))
    found = determined(page_sums(pages), max(p[0]["meta"]["smallest"] for p in pages))
    if found:
        raise PrivacyError.of("gate-together", name=name, n=len(found), files=len(earlier))


class _Refused(Exception):  # noqa: N818 - a reason on its way to a PrivacyError
    """Why a page is not released, in English and Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh


def _unknown(kinds: Iterable[str]) -> _Refused:
    listed = ", ".join(sorted(kinds))
    return _Refused(
        f"it holds data of an unknown kind ({listed})", f"含有未知种类的数据（{listed}）"
    )


def _unpack(text: str | None) -> dict[str, Any]:
    return {} if text is None else json.loads(unpacked(base64.b64decode(json.loads(text))))


def _known_kinds(
    data: dict[str, Any], heavy: dict[str, Any], islands: dict[str, str], audience: Audience
) -> None:
    # what is known may pass, never what is merely not forbidden: new data need a decision
    unknown = {*data} - audience.terms.shows | {*heavy} - _PACKED[audience] | {*islands}
    if unknown:
        raise _unknown(unknown)


def _check_requests(html: str, data: dict[str, Any], audience: Audience) -> None:
    """Only a page that says so asks for tiles, and an internal one never does."""
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    asks = policy is None or "://" in policy[1]
    if asks != ("basemap" in data) or (asks and audience is Audience.INTERNAL):
        raise _Refused("it may make requests that it does not tell of", "可能发出未说明的网络请求")


def _check_meeting(data: dict[str, Any], heavy: dict[str, Any]) -> None:
    """Homes by block only, nothing finer in what is edited, and no count that follows from others."""
    smallest, base = data["meta"]["smallest"], data["meta"]["rounded"]
    # With an odd base each count has one nearest multiple; halves would be told by where they went.
    if smallest < LEAST or base < 3 or not base % 2:
        raise _Refused(
            f"its threshold is below {LEAST}, or its counts are not rounded",
            f"隐去小数的下限低于{LEAST}，或数目未取整",
        )
    told = [data, heavy["before"]] if "before" in heavy else [data]
    for one in told:
        _known_kinds(one, {}, {}, Audience.MEETING)
        if {*one["units"]} - _MEETING_KEYS["units"] or {*one["blocks"]} - _MEETING_KEYS["blocks"]:
            raise _Refused("it tells of the homes of single units", "含有单个楼栋单元的户数")
        _check_counts(_told_counts(one), smallest)
    if "compare" in heavy:
        _check_counts(heavy["compare"]["counts"], smallest)
        _check_counts([flow[2] for flow in heavy["compare"]["flows"]], smallest)
    if "edit" in heavy:
        _check_edit(data, heavy["edit"], smallest)
    found = determined(page_sums([(data, heavy)]), smallest)
    if found:
        raise _Refused(
            f"{len(found)} count(s) that it hides follow from the others",
            f"由其余数目可推出其中隐去的{len(found)}个数",
        )


def _told_counts(data: dict[str, Any]) -> Iterator[int]:
    yield from data["blocks"]["homes"]
    yield from data["units"]["moved"]
    yield from (gap[2] for gap in data["gaps"])
    yield from (
        zone[name] for zone in data["zones"] for name in ("homes", "members", "gaps", "moved")
    )
    marked = {cause for _, cause, _ in data["gaps"]}
    totals = enumerate(data["figures"]["gaps"].values())
    yield from (n for cause, n in totals if cause in marked)
    yield data["figures"]["zoneless"]
    yield from (count for _, _, count in data.get("needs", ()))


def _check_counts(counts: Iterable[int], smallest: int) -> None:
    if any(0 < n < smallest or (n < 0 and n not in (FEW, HIDDEN)) for n in counts):
        raise _Refused(
            f"it shows a count below {smallest} of one place", f"含有某一处少于{smallest}户的数目"
        )


def _check_edit(data: dict[str, Any], edit: dict[str, Any], smallest: int) -> None:
    """Refuse editing that tells more than the blocks: each price is that of so many homes alike."""
    # The page solves with half the threshold where a count is hidden; the same figure is no secret
    # here.
    homes = [n if n >= 0 else smallest // 2 for n in data["blocks"]["homes"]]
    pairs, prices = edit["pairs"], ("cost", "penalty", "change", "beyond")
    counted = [n for n, count in zip(homes, pairs["count"], strict=True) for _ in range(count)]
    even = all(
        not value % n if n else not value
        for name in prices
        for value, n in zip(pairs[name], counted, strict=True)
    )
    same = edit["homes"] == homes and edit["block"] == data["units"]["block"]
    plain = all(rule["per"] is None and rule["amount"] == homes for rule in edit["rules"])
    if {*edit} - _MEETING_KEYS["edit"] or pairs["paced"] or not (even and same and plain):
        raise _Refused(
            "what it can edit tells more than the homes of blocks",
            "可调整的数据透露了各区块户数以外的内容",
        )


def _check_public(data: dict[str, Any], heavy: dict[str, Any]) -> None:
    """Zones only: rounded counts, coarse outlines, no building and nobody's place."""
    terms = Audience.PUBLIC.terms
    kinds = {*data["base"], *heavy["shapes"]} - _PUBLIC_BASE
    kinds |= {key for zone in data["zones"] for key in zone} - _PUBLIC_ZONE
    if kinds:
        raise _unknown(kinds)
    counts = [zone["homes"] for zone in data["zones"]]
    _check_counts(counts, terms.smallest)
    if any(n % terms.rounded for n in (*counts, data["figures"]["households"]) if n > 0):
        raise _Refused(
            f"it shows a count that is not rounded to {terms.rounded}",
            f"含有未取整到{terms.rounded}的数目",
        )
    _check_shares(data["shares"], terms)
    for zone in data["zones"]:
        # estates share the zone's homes: each that is named has the least number of them or more
        if len(zone["estates"]) * terms.smallest > max(zone["homes"], 0) + terms.rounded / 2:
            raise _Refused("it names an estate of few homes", "含有户数过少的小区名称")
    for zone, rings in zip(data["zones"], heavy["shapes"]["zones"], strict=True):
        _check_grid(rings, zone["at"], data["origin"], terms.grid_steps)


def _check_shares(told: dict[str, Any], terms: Terms) -> None:
    """Whole per cent of all homes, none that stands for few; of care households steps of many, or nothing."""
    homes, rows = told["homes"], told["rows"]
    keys = [(source, group, minutes) for source, group, minutes, _ in rows]
    fine = len(keys) > len(set(keys)) or not {key[:2] for key in keys} <= _PUBLIC_SHARES
    fine |= homes % terms.rounded > 0 or {*told} > {"homes", "rows"}
    fine |= any(not isinstance(p, int) or not (p == FEW or 0 <= p <= 100) for *_, p in rows)
    care = [p for _, group, _, p in rows if group == "care" and p != FEW]
    fine |= any(homes < MANY or p % PERCENT_STEP for p in care)
    shown = sorted({0, 100, *(p for _, group, _, p in rows if group == "all" and p != FEW)})
    # A whole per cent may stand for a little more or less: two of them for a whole one.
    fine |= any((b - a + 1) * homes < 100 * terms.smallest for a, b in pairwise(shown) if homes)
    if fine:
        raise _Refused("it holds a share finer than it may tell", "含有过细的户数比例")


def _check_grid(rings: list[list[int]], at: list[int] | None, origin: list[int], step: int) -> None:
    fine = any((origin[i % 2] + v) % step for i, v in enumerate(at[:2])) if at else False
    for ring in rings:
        for axis in (0, 1):
            fine |= any((origin[axis] + v) % step for v in accumulate(ring[axis::2]))
    if fine:
        raise _Refused("it holds a position finer than its grid", "含有比其网格更精细的位置")


def _refusal(name: str, audience: Audience, why: _Refused) -> PrivacyError:
    terms = audience.terms
    return PrivacyError.of(
        "gate-page",
        name=name,
        audience=terms.en,
        audience_zh=terms.zh,
        why=why.en,
        why_zh=why.zh,
    )

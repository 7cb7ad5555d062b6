"""One page for a meeting over many communities: where they lie, how each came out, and all of them together.

A drawing and a table, without a script and without a request: it opens from a USB stick in any browser.
Counts of homes are told in tens, and of few homes nothing but that they are few.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Final

import numpy as np

from planner.privacy.audience import Audience
from planner.privacy.blocks import FEW, shown_counts

__all__ = ["Line", "Ring", "overview_page"]

Ring = tuple[tuple[float, float], ...]
"""Longitude and latitude of the corners of an outline, degrees WGS-84."""

TENS: Final = 10
_WIDE: Final = 1000.0
# Blues that also a colour-blind eye puts in order: the longer the walk, the darker.
_SHADES: Final = ("#deebf7", "#9ecae1", "#4292c6", "#08519c")
_STEPS_M: Final = (100.0, 200.0, 300.0)
_NO_PLAN: Final = "#e4e7eb"
_STYLE: Final = """
body{margin:1rem auto;max-width:75rem;padding:0 1rem;color:#1f2933;
 font:15px/1.5 "Noto Sans CJK SC","Microsoft YaHei",sans-serif}
h1{font-size:1.3rem;margin:.2rem 0}svg{width:100%;height:auto;max-height:80vh;background:#f5f7fa}
path{stroke:#52606d;stroke-width:1.5}path:hover{stroke:#1f2933;stroke-width:3}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{border-bottom:1px solid #cbd2d9;padding:.25rem .5rem;text-align:right}
th:first-child,td:first-child{text-align:left}thead th{background:#f5f7fa;position:sticky;top:0}
.key{display:inline-block;width:1.1em;height:1.1em;vertical-align:-.15em;margin:0 .3em 0 1em}
.lost{color:#b00020}@media print{thead th{position:static}}
"""
_HEADS: Final = (
    "社区 community", "户 homes", "责任区 zones", "规则不符 rules broken", "户均步行 mean walk (m)",
    "与最优差距 gap",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One community of the page.

    Parameters
    ----------
    name : str
    homes, zones, broken : int
        Counts; `broken`: how often its zones break a rule.
    walk_m, gap : float
        Mean walk of its homes, metres, and optimality gap.
    rings : tuple of Ring
        Its outline; none where it is not known.
    planned : bool
        Whether it has a plan.
    """

    name: str
    homes: int = 0
    zones: int = 0
    broken: int = 0
    walk_m: float = math.nan
    gap: float = math.nan
    rings: tuple[Ring, ...] = ()
    planned: bool = True


def overview_page(lines: Sequence[Line], told: Sequence[tuple[str, str]]) -> bytes:
    """Draw the page up.

    Parameters
    ----------
    lines : sequence of Line
        In the order in which they are told.
    told : sequence of (str, str)
        Sentences over all of them, Chinese and English; the proof last.

    Returns
    -------
    bytes
        HTML, to be handed to the gate.
    """
    title = "责任区总览 Overview of all communities"
    body = [
        f"<h1>{title}</h1>",
        *(
            f"<p lang='zh'>{escape(zh)}<br><span lang='en'>{escape(en)}</span></p>"
            for zh, en in told
        ),
        _drawing(lines),
        _key(),
        _table(lines),
    ]
    head = (
        '<!DOCTYPE html>\n<html lang="zh"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main>"
    )
    return (head + "\n".join(body) + "</main><!-- zone-planner --></body></html>\n").encode(
        "utf-8", "replace"
    )


def _homes(line: Line) -> str:
    """Tell homes in tens, few as few."""
    smallest = Audience.MEETING.terms.smallest
    shown = int(shown_counts(np.array([line.homes], np.int64), smallest, TENS)[0])
    return f"少于{smallest} fewer than {smallest}" if shown == FEW else f"{shown:,}"


def _few(line: Line) -> bool:
    # a mean walk of some homes is the walk of each of them
    return line.homes < Audience.MEETING.terms.smallest


def _cells(line: Line) -> list[str]:
    if not line.planned:
        return [line.name, "没有方案 no plan", *["-"] * (len(_HEADS) - 2)]
    walk = "-" if _few(line) or math.isnan(line.walk_m) else f"{line.walk_m:,.0f}"
    gap = "-" if math.isnan(line.gap) else f"{100 * line.gap:.2f} %"
    return [line.name, _homes(line), f"{line.zones:,}", f"{line.broken:,}", walk, gap]


def _table(lines: Sequence[Line]) -> str:
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in _HEADS)
    rows = []
    for line in lines:
        name, *rest = map(escape, _cells(line))
        lost = "" if line.planned else ' class="lost"'
        cells = "".join(f"<td>{cell}</td>" for cell in rest)
        rows.append(f'<tr{lost}><th scope="row">{name}</th>{cells}</tr>')
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _drawing(lines: Sequence[Line]) -> str:
    """Draw the outlines; nothing where none is known."""
    corners = np.array([at for line in lines for ring in line.rings for at in ring], float)
    if not corners.size:
        return ""
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    across = math.cos(math.radians((south + north) / 2.0))
    scale = _WIDE / max((east - west) * across, north - south, 1e-9)
    wide, high = (east - west) * across * scale, (north - south) * scale
    drawn = []
    for line in lines:
        runs = [
            "M"
            + "L".join(
                f"{(x - west) * across * scale:.1f} {(north - y) * scale:.1f}" for x, y in ring
            )
            for ring in line.rings
        ]
        if runs:
            said = ", ".join(f"{h}: {c}" for h, c in zip(_HEADS, _cells(line), strict=True))
            drawn.append(
                f'<path d="{"".join(f"{run}Z" for run in runs)}" fill="{_shade(line)}" '
                f'fill-rule="evenodd"><title>{escape(said)}</title></path>'
            )
    return (
        f'<svg viewBox="-5 -5 {wide + 10:.0f} {high + 10:.0f}" role="img" '
        f'aria-label="各社区位置 where the communities lie">{"".join(drawn)}</svg>'
    )


def _shade(line: Line) -> str:
    if not line.planned or _few(line) or math.isnan(line.walk_m):
        return _NO_PLAN
    return _SHADES[int(np.searchsorted(_STEPS_M, line.walk_m, side="right"))]


def _key() -> str:
    words = [f"&lt; {_STEPS_M[0]:.0f}"]
    words += [f"{a:.0f}-{b:.0f}" for a, b in pairwise(_STEPS_M)]
    words.append(f"&ge; {_STEPS_M[-1]:.0f}")
    keys = "".join(
        f'<span class="key" style="background:{c}"></span>{w}'
        for c, w in zip(_SHADES, words, strict=True)
    )
    none = f'<span class="key" style="background:{_NO_PLAN}"></span>不示 not told'
    return f"<p>户均步行（米）mean walk (m):{keys}{none}</p>"

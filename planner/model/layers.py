"""The columns of map layers: names of fences, and headings that a format has cut short."""

from __future__ import annotations

import re

from planner.model.schema import (
    ALIASES,
    BUILDINGS,
    HOUSEHOLDS,
    MEMBERS,
    NOMINATIONS,
    PERSONAL_HEADERS,
    PREVIOUS,
    TIES,
    Column,
    Table,
    header_key,
)

__all__ = ["FENCES", "whole_heading"]

_OPEN_BRACKET = re.compile(r"[(\[{<【〔《「（][^)\]}>】〕》」）]*$")
FENCES = Table(
    "fences",
    (
        Column(
            "fence",
            "社区, community, fence, 网格, 社区名称, 社区名, 所属社区, 网格名称, 网格名, 村, 村居, "
            "村名, 村名称, 行政村, 村社区, 居委会, 村委会, 自然村, 小区, 小区名称, name, 名称, 名字, "
            "区域名称, 网格号, 网格编号, 网格编码, grid, grid_id, neighbourhood, neighborhood, "
            "village, committee, 街道, 街道名称, 乡镇, 乡镇名称, 镇, 街镇, town, township, street, "
            "subdistrict, 标注, label",
        ),
    ),
)
"""Polygons that no zone crosses; a layer may have several of these columns, and the first counts."""
_TABLES = (HOUSEHOLDS, MEMBERS, BUILDINGS, PREVIOUS, ALIASES, NOMINATIONS, TIES, FENCES)
_SHORTEST = 2  # one character begins too many headings


def whole_heading(text: str) -> str:
    """Give the heading that one cut short begins, 社区名称 for 社区名; the text itself if that is not sure.

    Parameters
    ----------
    text : str
        As a format left it that keeps ten bytes of a heading.
    """
    key = header_key(text)
    known = {h: c.name for t in _TABLES for c in t.columns for h in c.headers}
    known |= dict.fromkeys(PERSONAL_HEADERS.split(", "), "")
    keys = {header_key(h) for h in known}
    if key in keys or len(key) < _SHORTEST:
        return text
    before = _OPEN_BRACKET.sub("", text)
    if before != text and header_key(before) in keys:
        return before
    longer = [h for h in known if header_key(h).startswith(key)]
    return min(longer, key=len) if len({known[h] for h in longer}) == 1 else text

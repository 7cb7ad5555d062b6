"""The list to be published before centres are confirmed (公示): ids alone, unless the office says names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

__all__ = ["notice_text"]


def notice_text(
    chosen: pd.DataFrame,
    ways: Mapping[str, tuple[str, str]],
    names: Mapping[str, str],
    about: Mapping[str, Any],
) -> str:
    """Write the list as Markdown in both languages.

    Parameters
    ----------
    chosen : DataFrame
        ``candidate_id, fence, way``, by community.
    ways : mapping of str to (str, str)
        What each way of being nominated is called, Chinese and English.
    names : mapping of str to str
        Of those who are named; nobody if empty.
    about : mapping
        ``title, synthetic``.

    Returns
    -------
    str
        No address, score, criterion or objection is in it, and nobody who was not chosen.
    """
    title = _plain(str(about.get("title") or ""))
    lines = [
        f"# {title} 党员中心户拟定人选公示 Proposed central households".replace("#  ", "# "),
        "",
    ]
    if about.get("synthetic"):
        lines += ["合成示例数据，非真实居民。SYNTHETIC DATA, not real residents.", ""]
    lines += [
        f"经推荐与评议，拟定以下 {len(chosen)} 名党员为中心户，现予公示。"
        "对人选有异议的，请向所在社区党组织反映。",
        "",
        f"{len(chosen)} members are proposed as central households. Objections: to the community's "
        "party organisation.",
        "",
        "| 序号 No. | 社区 Community | 人选 Proposed | 推荐方式 Nominated |",
        "|---|---|---|---|",
    ]
    rows = zip(chosen["candidate_id"], chosen["fence"], chosen["way"], strict=True)
    for number, (who, fence, way) in enumerate(rows, 1):
        said = " ".join(ways.get(str(way), ("", "")))
        shown = _plain(names.get(str(who)) or str(who))
        lines.append(f"| {number} | {_plain(str(fence))} | {shown} | {said} |")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Write what a sheet says so that it is a cell of a table and nothing else."""
    # entities, not backslashes: what is escaped in one dialect of Markdown is code in another
    return "".join(
        f"&#{ord(c)};" if c in "\\`*_{}[]<>|#!~$&" else c for c in " ".join(text.split())
    )

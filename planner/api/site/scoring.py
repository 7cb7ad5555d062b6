"""The scoring sheet of a proposal: how each was nominated, every point, and what one more would change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from planner.model.project import Siting

__all__ = ["SCORING", "scoring_table"]

SCORING = ("candidate_id", "fence", "way", "by", "day", "score", "rank", "outcome", "objection")
"""Columns before those of the criteria and of what a point would change."""
_ONE = 1.0


def scoring_table(
    nominated: pd.DataFrame,
    chosen: pd.DataFrame,
    left: pd.DataFrame,
    terms: Siting,
    objections: Mapping[str, str],
) -> pd.DataFrame:
    """List everyone who could have been chosen, the best of each community first.

    Parameters
    ----------
    nominated : DataFrame
        ``id, way, by, day, score`` and a column for each criterion.
    chosen, left : DataFrame
        From `planner.api.site.proposal`.
    terms : Siting
        The criteria, and what a point is worth.
    objections : mapping of str to str
        What became of objections to some of them.

    Returns
    -------
    DataFrame
        `SCORING`, the criteria, then ``points`` (by how many points a chosen one is ahead of the runner-up of
        its zone, below 0 how many another one lacks; NaN where points are worth nothing, or nobody else could
        be)``, change, change_zh`` (what one point more, or of a chosen one less, would change).
    """
    criteria, score_m = tuple(terms.criteria), terms.score_m
    columns = ["candidate_id", "fence", "score", "instead_m"]
    both = pd.concat(
        [
            chosen[columns].assign(outcome="chosen", other=chosen["runner_up"]),
            left[columns].assign(
                outcome=np.where(left["centre_id"] != "", "left", "aside"), other=left["centre_id"]
            ),
        ],
        ignore_index=True,
    )
    known = nominated.set_index("id").reindex(both["candidate_id"])
    for name in ("way", "by", "day"):
        both[name] = known[name].fillna("").to_numpy(object)
    for name in criteria:
        both[name] = known[name].to_numpy(float)
    both["objection"] = [objections.get(str(i), "") for i in both["candidate_id"]]
    scores = pd.to_numeric(both["score"])
    both["rank"] = scores.groupby(both["fence"]).rank(ascending=False, method="min")
    metres = both["instead_m"].to_numpy(float)
    points = metres / score_m if score_m > 0 else np.full(len(both), np.nan)
    points = np.where(both["outcome"] == "chosen", points, -points)
    both["points"] = np.where(np.isfinite(points), points, np.nan).round(1)
    said = [
        _change(*row) for row in zip(both["outcome"], both["other"], both["points"], strict=True)
    ]
    both["change_zh"], both["change"] = [zh for zh, _ in said], [en for _, en in said]
    order = both.sort_values(
        ["fence", "rank", "candidate_id"], kind="stable", na_position="last", ignore_index=True
    )
    return order[[*SCORING, *criteria, "points", "change", "change_zh"]]


def _change(outcome: Any, other: Any, points: float) -> tuple[str, str]:
    """Say what one point would change, the zone as it is: Chinese and English."""
    if not np.isfinite(points):
        return "", ""
    if outcome == "chosen":
        if points < _ONE:
            return f"若少1分，将由{other}替换", f"with one point less {other} would replace it"
        return f"领先{other} {points:.1f}分", f"{points:.1f} points ahead of {other}"
    if -points < _ONE:
        return f"若多1分，将替换{other}", f"with one point more it would replace {other}"
    return f"比{other}少{-points:.1f}分", f"{-points:.1f} points short of {other}"

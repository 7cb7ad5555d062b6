"""The scoring sheet: everybody once, ranked by community, with what one point more or less would change."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.api.site.scoring import scoring_table
from planner.model.project import Siting

CHOSEN = pd.DataFrame(
    {
        "candidate_id": ["M1", "M2"],
        "fence": ["东", "西"],
        "score": [90.0, 70.0],
        "instead_m": [1.0, np.nan],
        "runner_up": ["M3", ""],
    }
)
LEFT = pd.DataFrame(
    {
        "candidate_id": ["M3", "M4", "M5"],
        "fence": ["东", "东", "西"],
        "score": [95.0, np.nan, 60.0],
        "instead_m": [1.0, 9.0, np.nan],
        "centre_id": ["M1", "M1", ""],
    }
)
KNOWN = pd.DataFrame(
    {
        "id": ["M1", "M2", "M3", "M4", "M5"],
        "way": ["self", "", "people", np.nan, ""],
        "by": "",
        "day": "",
        "素质": [90.0, 70.0, 95.0, np.nan, 60.0],
    }
)


def test_what_one_point_would_change() -> None:
    """Two metres a point: one metre behind is less than a point, nine are four and a half."""
    made = scoring_table(KNOWN, CHOSEN, LEFT, Siting(2.0, criteria={"素质": 1.0}), {"M5": "upheld"})
    assert made["candidate_id"].tolist() == ["M3", "M1", "M4", "M2", "M5"]
    assert made["rank"].fillna(0).tolist() == [1, 2, 0, 1, 2]
    of = made.set_index("candidate_id")
    assert of["points"].fillna(0).to_dict() == {"M3": -0.5, "M1": 0.5, "M4": -4.5, "M2": 0, "M5": 0}
    assert of.loc["M3", "change"] == "with one point more it would replace M1"
    assert of.loc["M1", "change_zh"] == "若少1分，将由M3替换"
    assert of.loc["M4", "change_zh"] == "比M1少4.5分"
    assert of.loc["M2", "change"] == ""
    assert of.loc["M5", ["outcome", "objection"]].tolist() == ["aside", "upheld"]
    assert of.loc["M3", "素质"] == 95


def test_where_points_are_worth_nothing_none_changes_anything() -> None:
    """Without a price there is nothing to be told."""
    made = scoring_table(KNOWN, CHOSEN, LEFT, Siting(0.0), {})
    assert made["points"].isna().all()
    assert (made["change"] == "").all()

"""Why no centre serves a unit: each cause has its own code."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from planner.demand.reach import told_unreached, unreached
from planner.model.rules import RuleBook, WalkLimit
from planner.model.tables import GAP_CAUSES
from planner.network.straight import StraightNetwork
from planner.plan.draft import Survey
from tests.office import PLANE, office, people

HARD = RuleBook(walk=WalkLimit(200, hard=True))


def centre(**columns: object) -> pd.DataFrame:
    """A centre in the first building."""
    return people("M", [(0.0, 0.0)], is_centre=True, building="0", **columns)


def homes_at(*x: float, **columns: object) -> pd.DataFrame:
    """One home at each x along a street, each a building of its own."""
    return people("H", [(v, 0.0) for v in x], building=[str(i) for i in range(len(x))], **columns)


def test_beyond_a_hard_limit_with_the_metres() -> None:
    """400 m straight at 1.3 are 520 m on foot: told in the gap, and the home has a cause of its own."""
    located, demand, ground = office(homes_at(0, 100, 400), centre(), HARD)
    assert demand.units["cause"].tolist() == ["", "", "beyond_hard_limit"]
    assert demand.units["nearest_m"].iloc[2] == pytest.approx(520, abs=1)
    draft = Survey(located, demand, ground, None, HARD).draft()
    assert draft.gaps["cause"].tolist() == ["beyond_hard_limit"]
    assert draft.gaps["detail"].tolist() == ["520 m > 200 m"]
    assert [f.code for f in demand.findings] == ["gap-beyond-hard-limit"]
    assert demand.findings[0].remedy_zh


def test_a_community_without_a_centre_and_homes_outside_all() -> None:
    """The two are told apart; where there is no fence at all, neither applies."""
    homes = homes_at(0, 100, 200, fence=["甲", "乙", ""])
    member = centre(fence="甲")
    demand = office(homes, member)[1]
    by_fence = dict(zip(demand.units["fence"], demand.units["cause"], strict=True))
    assert by_fence == {"甲": "", "乙": "no_centre_in_fence", "": "outside_fences"}


def test_an_elastic_limit_leaves_nobody_out() -> None:
    """However far, the nearest centre may serve: no cause."""
    demand = office(homes_at(0, 3000), centre())[1]
    assert set(demand.units["cause"]) == {""}


class _Torn(StraightNetwork):
    """Two pieces of street: west and east of 150 m; a gate stands where the second one comes near."""

    def nearest(self, sources, targets):  # type: ignore[no-untyped-def]
        n = len(targets)
        return np.full(n, -1, np.int32), np.full(n, np.inf)

    def pieces_of(self, snaps):  # type: ignore[no-untyped-def]
        return (snaps.xy[:, 0] > 150).astype(int)

    def rejoined(self, snaps, at, pieces, max_m):  # type: ignore[no-untyped-def]
        moved = snaps.xy.copy()
        near = np.asarray(at)[moved[np.asarray(at), 0] < 300]
        moved[near, 0] = 0.0
        return type(snaps)(
            snaps.edge, snaps.along_m, snaps.access_m, moved, snaps.home_xy, snaps.crosses
        )


def test_behind_a_gate_and_on_another_piece() -> None:
    """Beside a street of the centre's without a way, or on streets that lead nowhere near."""
    _, demand, _ = office(homes_at(0, 200, 900), centre(), HARD)
    network = _Torn(PLANE, 1.3)
    found = unreached(demand.units, demand.problem, demand.snaps, network)
    assert found["cause"].tolist() == ["", "behind_gate", "other_piece"]
    assert found["nearest_m"].isna().all()
    bare = unreached(demand.units, demand.problem, demand.snaps, StraightNetwork(PLANE, 1.3))
    assert set(bare["cause"]) == {"", "beyond_hard_limit"}


def test_rows_that_were_set_aside_keep_why() -> None:
    """A refused weight, coordinates outside the streets, and no street nearby are three causes."""
    homes = homes_at(0, 1, 2, 3, code="")
    homes.loc[[1, 2], ["lon", "lat"]] = np.nan
    homes.loc[[1, 2], "cause"] = "address_not_found"
    homes.loc[[1, 2], "code"] = ["bad-load", "outside"]
    located, demand, ground = office(homes, centre())
    unit = demand.household_unit.copy()
    unit[3] = -1
    changed = replace(demand, household_unit=unit)
    survey = Survey(located, changed, ground, None, RuleBook())
    assert survey.draft().gaps["cause"].tolist() == [
        "refused_load",
        "outside_streets",
        "far_from_streets",
    ]


def test_every_cause_has_words_and_a_remedy() -> None:
    """In Chinese and English; counts are of homes, one finding a cause."""
    assert all(c.title and c.title_zh and c.remedy and c.remedy_zh for c in GAP_CAUSES.values())
    units = pd.DataFrame({"households": [3, 4, 0, 5]})
    causes = pd.DataFrame({"cause": ["other_piece", "other_piece", "behind_gate", ""]})
    said = told_unreached(units, causes)
    assert [f.code for f in said] == ["gap-other-piece"]
    assert said[0].what.startswith("7 homes")
    assert "7户" in said[0].what_zh

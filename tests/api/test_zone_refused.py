"""Hard rules that do not hold: told by id and community, and never called impossible without a proof."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString

from planner.api import zone as room
from planner.api.make import make_plan
from planner.api.zone import Case, Clock
from planner.demand.ground import Ground
from planner.errors import InfeasibleError
from planner.intake.residents import Residents, read_households, read_members
from planner.model.problem import Problem, Result
from planner.model.project import Search
from planner.model.rules import Bound, RuleBook
from planner.network.graph import WalkingNetwork
from planner.solve.stop import Stop
from planner.solve.zones.search import solve


@pytest.fixture(scope="module")
def ground() -> Ground:
    """A lane with a vertex every 94 m."""
    line = LineString([(117 + 0.001 * i, 32.6) for i in range(14)])
    return Ground(WalkingNetwork.from_lines(gpd.GeoDataFrame(geometry=[line], crs="EPSG:4326")))


def people(path: Path, letter: str, places: list[int], **columns: object) -> Path:
    """Write a sheet with one person at each place along the lane, in two communities."""
    frame = pd.DataFrame(
        {
            "编号": [f"{letter}{i:03d}" for i in range(len(places))],
            "经度": [117 + 0.001 * p for p in places],
            "纬度": 32.60003,
            "社区": ["红旗社区" if p < 7 else "东风社区" for p in places],
            "楼栋": [f"{p}号楼" for p in places],
        }
    )
    frame.assign(**columns).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Residents, Residents]:
    """Four homes at each of thirteen places, and four centres."""
    folder = tmp_path_factory.mktemp("lane")
    homes = people(folder / "homes.csv", "H", [p for p in range(13) for _ in range(4)])
    members = people(folder / "members.csv", "M", [1, 5, 8, 11], 是否中心户="是")
    return read_households(homes), read_members(members)


HARD = RuleBook(households_per_zone=Bound(15, 40, hard=True))


def refusal(
    sheets: tuple[Residents, Residents], ground: Ground, **search: float
) -> InfeasibleError:
    """Plan under hard rules, and give the error that it ends with."""
    with pytest.raises(InfeasibleError) as caught:
        make_plan(*sheets, ground, rules=HARD, search=Search(**search))  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize("advice", [0.0, 5.0])
def test_a_proof_speaks_in_ids_and_names(
    sheets: tuple[Residents, Residents], ground: Ground, advice: float
) -> None:
    """The community that has too few homes, and the centre that misses: no position of any array."""
    refused = refusal(sheets, ground, seconds=60, advice_seconds=advice)
    assert refused.proven
    assert refused.exit_code == 3
    assert "红旗社区" in refused.message or "东风社区" in refused.message
    assert "centre M00" in refused.message
    assert "号楼" in refused.message
    assert "households in a zone" in refused.message
    assert "硬性规则无法同时满足" in refused.zh
    assert "fence" not in refused.message
    assert not any(h in str(refused) for h in sheets[0].kept["id"])


def test_out_of_time_is_not_called_impossible(
    sheets: tuple[Residents, Residents], ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever ran out of time does not know: it says so, and names the zone that still breaks the rule."""

    def hasty(case: Case, search: Search, clock: Clock) -> tuple[Problem, Result]:
        del search, clock
        problem = case.demand.problem
        free = tuple(replace(rule, low=None, high=None) for rule in problem.rules)
        return problem, solve(problem.replace(rules=free), stop=Stop(0.0, 60.0))

    monkeypatch.setattr(room, "_searched", hasty)
    refused = refusal(sheets, ground, seconds=1, advice_seconds=0.0)
    assert not refused.proven
    assert "cannot hold" not in refused.message
    assert "was found in time" in refused.message
    assert "尚未证明" in refused.zh
    assert "centre M00" in refused.message
    assert "seconds" in refused.remedy

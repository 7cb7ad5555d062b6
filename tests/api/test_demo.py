"""The made-up office in data/bagongshan, and the generator that writes it."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import planner
from planner.api.plan import Plan
from planner.model.project import Project
from tests.town import write
from tests.town.folk import make_townsfolk
from tests.town.town import build_town, town_lon_lat

OFFICE = Path(__file__).resolve().parents[2] / "data" / "bagongshan"
FILES = {
    "README.md", "buildings.xlsx", "communities.geojson", "households.xlsx", "members.xlsx",
    "planner.toml", "streets.osm", "log.xlsx", "gates.xlsx", "needs.xlsx", "wishes.xlsx", "objections.xlsx",
    "venues.xlsx",
}  # fmt: skip
LETTER = ("households_per_zone", "members_per_zone", "households_per_member")


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The office as it lies in the project, planned; the cache goes elsewhere."""
    folder = tmp_path_factory.mktemp("office")
    for name in FILES:
        (folder / name).write_bytes((OFFICE / name).read_bytes())
    return planner.run(Project.read(folder / "planner.toml"))


def unpacked(book: bytes) -> dict[str, bytes]:
    """Give the parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def test_the_office_is_remade_byte_for_byte(tmp_path: Path) -> None:
    """The generator, called as its README says, writes every committed file again."""
    write.main(["--to", str(tmp_path), "--seed", "0"])
    assert {p.name for p in tmp_path.iterdir()} == FILES
    for name in sorted(FILES):
        made, kept = (tmp_path / name).read_bytes(), (OFFICE / name).read_bytes()
        if name.endswith(".xlsx"):
            assert unpacked(made) == unpacked(kept), name
        if not name.endswith(".xlsx") or "ng" not in zlib.ZLIB_RUNTIME_VERSION:
            assert made == kept, name  # zlib-ng packs the same parts into other bytes


def test_the_office_is_small_and_says_that_it_is_synthetic() -> None:
    """Every file that a person opens says so in both languages; together they stay under 1.5 MB."""
    assert sum((OFFICE / name).stat().st_size for name in FILES) < 1_500_000
    told = (OFFICE / "README.md").read_text("utf-8")
    assert "合成数据" in told
    assert "SYNTHETIC" in told
    assert "SYNTHETIC" in (OFFICE / "streets.osm").read_text("utf-8")[:200]
    for name in ("households.xlsx", "members.xlsx", "buildings.xlsx"):
        top = str(pd.read_excel(OFFICE / name, header=None, nrows=1, engine="calamine").iloc[0, 0])
        assert "合成示例数据" in top
        assert "SYNTHETIC" in top


def test_another_seed_is_another_town() -> None:
    """Not only the hands differ: the street numbers of the compounds do too."""
    numbers = [[b.number for b in build_town(seed).blocks] for seed in (0, 1)]
    assert numbers[0] != numbers[1]


@pytest.mark.parametrize("seed", range(6))
def test_the_numbers_fit_the_letter_of_the_rules(seed: int) -> None:
    """For each seed 2,000 to 3,000 households and 300 members; 75 homes and 5 to 10 members a centre."""
    folk = make_townsfolk(build_town(seed), seed=seed)
    assert 2000 <= len(folk.truth) <= 3000
    members = folk.members
    assert len(members) >= 300
    centres = (members["是否中心户"] == "是").to_numpy()
    for name in members["社区"].unique():
        chosen = int(centres[(members["社区"] == name).to_numpy()].sum())
        homes = int((folk.truth["community"] == name).sum())
        assert 75 * chosen + 3 * chosen <= homes
        assert 6 * chosen <= int((members["社区"] == name).sum()) <= 9.5 * chosen


def test_candidates_are_told_as_an_office_tells_them() -> None:
    """Centres are the candidates with the most points; roles and strengths are the field's words."""
    members = make_townsfolk(build_town(0), seed=0).members
    assert set(members["角色"]) == {
        "社区委员",
        "网格员",
        "楼栋长",
        "退役军人",
        "在职党员",
        "退休党员",
    }
    strengths = set("、".join(members["特长"]).split("、")) - {""}
    assert strengths == {"政策宣讲员", "学习组织员", "矛盾调解员", "志愿服务员"}
    candidate, centre = members["候选户"] == "是", members["是否中心户"] == "是"
    assert candidate[centre].all()
    assert candidate.sum() > 1.5 * centre.sum()
    assert ((members["择优得分"] != "") == candidate).all()
    score = members.loc[candidate, "择优得分"].astype(float)
    assert score.between(0, 100).all()
    assert score[centre].mean() > score[~centre].mean() + 5


def test_the_default_rules_hold_and_it_is_proven(plan: Plan) -> None:
    """Every zone has its homes and members, and the plan is within 1 % of the best possible."""
    summary = plan.summary()
    rules = {r["name"]: r["broken"] for r in summary["rules"]}
    assert {name: rules[name] for name in LETTER} == dict.fromkeys(LETTER, 0)
    assert summary["optimality_gap"] <= 0.01
    assert summary["zones_connected"]


def test_gaps_are_few_and_of_several_causes(plan: Plan) -> None:
    """One in a hundred homes or so: unknown addresses, two doubtful ones, a lane that is too far."""
    gaps = plan.gaps
    assert 10 <= len(gaps) <= 45
    assert set(gaps["cause"]) == {"address_not_found", "beyond_walk_limit"}
    details = gaps["detail"].astype(str)
    assert details.str.contains("ambiguous").sum() == 2
    assert (gaps["cause"] == "beyond_walk_limit").sum() >= 4


def test_addresses_are_read_as_they_were_meant(plan: Plan) -> None:
    """Of the homes that were placed, no more than one in three hundred lies at another building."""
    truth = make_townsfolk(build_town(0), seed=0).truth.set_index("id")
    homes = plan.households.set_index("household_id")
    homes = homes[~homes.geometry.is_empty]
    meant = truth.loc[homes.index]
    scale = 111_320 * np.array([np.cos(np.radians(32.64)), 1.0])
    off = np.hypot(
        *(
            (
                np.column_stack([homes.geometry.x, homes.geometry.y])
                - meant[["lon", "lat"]].to_numpy()
            )
            * scale
        ).T
    )
    assert (off > 60).sum() <= len(homes) / 300


def test_no_two_centres_share_a_stairwell() -> None:
    """A stairwell stays together, so two centres in one could not both have a zone."""
    members = make_townsfolk(build_town(3), seed=3).members
    at = members.loc[members["是否中心户"] == "是", "地址"].str.replace(r"\d+室$", "", regex=True)
    assert at.is_unique


def test_the_paper_is_bent_but_its_metres_stay_metres() -> None:
    """A hundred metres of the paper are a hundred on the ground, within a quarter."""
    from planner.model.plane import LocalProjection

    paper = np.array([[200.0, 200.0], [300.0, 200.0], [200.0, 300.0]])
    lon_lat = town_lon_lat(paper)
    xy = LocalProjection.around(lon_lat[:, 0], lon_lat[:, 1]).to_xy(lon_lat[:, 0], lon_lat[:, 1])
    sides = np.hypot(*(xy[1:] - xy[0]).T)
    assert ((sides > 75) & (sides < 125)).all()

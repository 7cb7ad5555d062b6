"""Ties, wishes and kinds of centres go with their community; what is between two is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from planner.api.batch.divide import divide
from planner.api.batch.jobs import Job
from planner.api.batch.run import batch
from planner.api.plan import Plan
from planner.api.task import Wishes
from planner.api.zone import run
from planner.errors import ConfigError
from planner.model.project import Project
from tests.api.batch.conftest import PROJECT

pytest.importorskip("pyarrow")
TIES = [
    "H1,H9,亲属,", "H3,M8,联系人,", "A5,A14,分开,400", "A2,A1,老同事,250",  # each of one community
    "H1,A9,亲属,", "H2,Z9,亲属,",  # of two, and of nobody
]  # fmt: skip
WISHES = ["H9,M2,", "M13,M17,M2", "A3,B2,M2", "H4,B2,", "Z1,M2,"]


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """Two lanes of twenty homes (synthetic), a community each, with ties and wishes."""
    homes, members = ["编号,经度,纬度,社区"], ["编号,经度,纬度,社区,是否中心户,中心户类型"]
    for h, m, fence, lat in (("H", "M", "东社区", 32.6), ("A", "B", "西社区", 32.7)):
        for i in range(20):
            where = f"{117 + 0.0002 * i:.6f},{lat},{fence}"
            homes.append(f"{h}{i},{where}")
            kind = "商户" if (m, i) == ("M", 2) else ""
            members.append(f"{m}{i},{where},{'是' if i in (2, 17) else '否'},{kind}")
    (tmp_path / "homes.csv").write_text("\n".join(homes), "utf-8")
    (tmp_path / "members.csv").write_text("\n".join(members), "utf-8")
    (tmp_path / "ties.csv").write_text("\n".join(["甲,乙,关系,折合米数", *TIES]), "utf-8")
    (tmp_path / "wishes.csv").write_text("\n".join(["编号,意愿1,意愿2", *WISHES]), "utf-8")
    text = PROJECT.replace("[inputs]", '[inputs]\nties = "ties.csv"')
    text += 'gap = 0.0\n[affinity]\nwishes = "wishes.csv"\nwish_m = 90\n'
    (tmp_path / "planner.toml").write_text(text, "utf-8")
    return tmp_path / "planner.toml"


def test_each_part_has_its_own(town: Path, tmp_path: Path) -> None:
    """Rows both of whose ends are of it, the ids as the register has them; what no part has is counted."""
    found = divide(Project.of(town), tmp_path / "parts", Wishes())
    own = {name: Path(file).parent for name, file in found.parts}
    ties = {n: pd.read_csv(d / "ties.internal.csv", dtype=str).fillna("") for n, d in own.items()}
    assert ties["东社区"].to_numpy().tolist() == [
        ["H1", "H9", "kin", ""],
        ["H3", "M8", "helper", ""],
    ]
    assert ties["西社区"]["折合米数"].tolist() == ["400", "250"]
    wishes = {
        n: pd.read_csv(d / "wishes.internal.csv", dtype=str).fillna("") for n, d in own.items()
    }
    assert wishes["东社区"].to_numpy().tolist() == [["H9", "M2", "", ""], ["M13", "M17", "M2", ""]]
    assert wishes["西社区"].to_numpy().tolist() == [["A3", "B2", "", ""]]
    assert found.ties_left == 4
    assert {p.stat().st_mode & 0o077 for d in own.values() for p in d.iterdir()} == {0}


def test_the_parts_serve_as_the_whole_does(town: Path, tmp_path: Path) -> None:
    """The same homes with the same centres; whose tie or wish is nowhere is said in the report."""
    with ThreadPoolExecutor(1) as threads:
        told = batch([Job("town", town, by_fence=True)], tmp_path / "out", executor=threads)
    assert told.exit_code == 0, told.markdown()
    assert told.figures()["ties_left"] == 4
    assert "4 ties and wishes" in told.markdown()
    whole = run(town).households.set_index("household_id")["zone"]
    plans = [Plan.load(file.parent) for file in sorted((tmp_path / "out").rglob("plan.gpkg"))]
    parts = pd.concat([plan.households for plan in plans]).set_index("household_id")["zone"]
    assert parts.to_dict() == whole.to_dict()
    assert {str(v) for plan in plans for v in plan.provenance.get("centre_kinds", {}).values()}


def test_a_community_without_any_has_no_sheet(town: Path, tmp_path: Path) -> None:
    """Nor has its project the section's own path, which would lie elsewhere."""
    (town.parent / "ties.csv").write_text("甲,乙,关系\nH1,H9,亲属\n", "utf-8")
    (town.parent / "wishes.csv").write_text("编号,意愿1\nH9,M2\n", "utf-8")
    found = divide(Project.of(town), tmp_path / "parts", Wishes())
    west = Project.of(dict(found.parts)["西社区"])
    assert (west.inputs.ties, west.affinity.wishes) == (None, None)
    assert west.affinity.wish_m == 90
    assert found.ties_left == 0
    run(west)


def test_a_tie_that_must_hold_between_two_is_refused(town: Path, tmp_path: Path) -> None:
    """It cannot: with the row, as where the project is planned whole."""
    text = town.read_text("utf-8").replace("[affinity]", '[affinity]\nmust = ["kin"]')
    town.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=r"ties.csv, row 6"):
        divide(Project.of(town), tmp_path / "parts", Wishes())

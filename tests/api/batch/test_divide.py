"""One project of several communities becomes a project for each, and nobody is lost on the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from planner.api.batch.divide import PARTS, Divided, divide
from planner.api.batch.jobs import Job
from planner.api.batch.run import batch
from planner.api.task import Wishes
from planner.api.zone import run
from planner.errors import ConfigError, InputError
from planner.model.project import Project
from tests.api.batch.conftest import PROJECT

pytest.importorskip("pyarrow")
FENCES = (("东社区", 32.6), ("西/社区", 32.7), ("西:社区", 32.8))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three lanes far from each other, a community each; one home has no place, one no community."""
    folder = tmp_path_factory.mktemp("town")
    homes, members = ["编号,地址,经度,纬度,社区"], ["编号,经度,纬度,社区,是否中心户,最多联系户数"]
    for k, (fence, lat) in enumerate(FENCES):
        n = 16 + 4 * k
        for i in range(n):
            where = f"{117 + 0.0002 * i:.6f},{lat},{fence}"
            homes.append(f"0{k}{i},,{where}")
            members.append(
                f"M{k}{i},{where},{'是' if i in (2, n - 3) else '否'},{9 if i == 5 else ''}"
            )
    homes.append("077,某路1号,,,东社区")
    (folder / "homes.csv").write_text("\n".join(homes), "utf-8")
    (folder / "members.csv").write_text("\n".join(members), "utf-8")
    own = '[rules.by_fence."东社区"]\nhouseholds_per_zone = { low = 5, high = 9 }\n'
    text = PROJECT.replace("[search]", own + "[search]\ngap = 0.0")
    (folder / "planner.toml").write_text(text + '[outputs]\ntitle = "镇 \\"A\\""\n', "utf-8")
    return folder / "planner.toml"


@pytest.fixture(scope="module")
def parts(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Divided:
    """Its communities."""
    return divide(Project.of(town), tmp_path_factory.mktemp("parts"), Wishes())


def test_everybody_is_in_one_part_or_told(parts: Divided) -> None:
    """Folders have names of their own; the home without a place is counted, in no part."""
    assert len(parts.parts) == len({name.casefold() for name, _ in parts.parts}) == 3
    assert (parts.homes, parts.left) == (61, 1)


def test_a_part_says_what_the_whole_says(parts: Divided) -> None:
    """Its own rules, its search and title; ids, communities and limits as they were; for its owner alone."""
    east = Project.of(next(file for name, file in parts.parts if name == "东社区"))
    assert east.rules.households_per_zone.high == 9
    assert east.search.gap == 0.0
    assert east.title == '镇 "A" 东社区'
    assert east.file is not None
    assert {p.stat().st_mode & 0o077 for p in east.file.parent.iterdir()} == {0}
    plan = run(east)
    assert set(plan.households["household_id"]) == {f"00{i}" for i in range(16)}
    assert set(plan.zones["fence"]) == {"东社区"}
    assert int((plan.members["most"] == 9).sum()) == 1 if "most" in plan.members else True


def test_the_parts_together_are_the_whole(town: Path, tmp_path: Path) -> None:
    """The same value and bound; the home without a place is in the sum; done twice, stored once."""
    jobs = [Job(town.parent.name, town, by_fence=True)]
    with ThreadPoolExecutor(1) as threads:
        first = batch(jobs, tmp_path, executor=threads)
        again = batch(jobs, tmp_path, executor=threads)
    whole = run(town).certificate
    figures = first.figures()
    assert first.exit_code == 0, first.markdown()
    assert figures["value_m"] == pytest.approx(whole.value_m, rel=1e-6)
    assert figures["bound_m"] == pytest.approx(whole.bound_m, rel=1e-6)
    assert (figures["households"], figures["unassigned"], figures["zones"]) == (61, 1, 6)
    assert again.figures()["kept"] == again.figures()["jobs"] == 4
    assert len(list((tmp_path / town.parent.name / PARTS).glob("*/*/planner.toml"))) == 3


def test_what_holds_across_communities_is_refused(town: Path, tmp_path: Path) -> None:
    """With its name, and what to do."""
    more = '\n[[shares]]\ncare = ["独居老人"]\nhigh = 3\n'
    shared = town.with_name("shared.toml")
    shared.write_text(town.read_text("utf-8") + more, "utf-8")
    with pytest.raises(ConfigError, match="shares") as caught:
        divide(Project.of(shared), tmp_path, Wishes())
    assert "--by-fence" in caught.value.remedy


def test_a_centre_without_a_place_is_refused(town: Path, tmp_path: Path) -> None:
    """As where the project is planned whole; it may be left out."""
    text = (town.parent / "members.csv").read_text("utf-8").replace("M02,117.000400,32.6", "M02,,")
    (town.parent / "lost.csv").write_text(text, "utf-8")
    lost = town.with_name("lost.toml")
    lost.write_text(town.read_text("utf-8").replace("members.csv", "lost.csv"), "utf-8")
    with pytest.raises(InputError, match="M02"):
        divide(Project.of(lost), tmp_path, Wishes())
    assert len(divide(Project.of(lost), tmp_path, Wishes(None, None, False, True)).parts) == 3

"""Many jobs, handed to workers that may die."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from planner.api.batch.run import batch, scheduler_of
from planner.api.progress import Event
from planner.errors import ConfigError
from tests.api.batch.conftest import write_project


def test_any_executor_will_do(district: Path, tmp_path: Path) -> None:
    """The sum is that of the rows; a second run keeps all."""
    heard: list[Event] = []
    with ThreadPoolExecutor(1) as threads:
        one = batch(district, tmp_path / "a", executor=threads, listener=heard.append)
        again = batch(district, tmp_path / "a", executor=threads)
    assert one.exit_code == again.exit_code == 0
    assert [o.name for o in one.outcomes] == ["东社区", "南社区", "西社区"]
    assert [e.done for e in heard if e.stage == "batch"] == pytest.approx([1 / 3, 2 / 3, 1])
    f, table = one.figures(), one.table()
    assert f["households"] == table["households"].sum() == 60
    assert f["zones"] == 6
    assert 0 <= f["gap"] <= table["gap"].max() + 1e-9
    assert f["bound_m"] <= f["value_m"] + 1e-6
    assert again.figures()["kept"] == 3


class Mortal(ThreadPoolExecutor):
    """Workers that die at one job, as those of a cluster do."""

    def __init__(self, victim: str, times: int) -> None:
        super().__init__(2)
        self.victim, self.left = victim, times

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Break the job's future instead of doing it."""
        from concurrent.futures.process import BrokenProcessPool

        if args[0].name == self.victim and self.left:
            self.left -= 1
            broken: Future[Any] = Future()
            broken.set_exception(BrokenProcessPool())
            return broken
        return super().submit(fn, *args, **kwargs)


@pytest.mark.parametrize(("times", "failed"), [(2, 0), (9, 1)])
def test_a_worker_that_dies_is_replaced(
    district: Path, tmp_path: Path, times: int, failed: int
) -> None:
    """A job whose worker died is tried again, thrice in all; the others are done."""
    with Mortal("南社区", times) as mortal:
        report = batch(district, tmp_path / "out", executor=mortal)
    assert (report.figures()["done"], report.figures()["failed"]) == (3 - failed, failed)
    assert report.exit_code == (4 if failed else 0)
    if failed:
        assert "died 3 times" in report.outcomes[1].error
        assert "南社区" in report.markdown().split("|")[0]


def test_nobody_at_the_address() -> None:
    """A scheduler that does not answer is told with the commands that start one."""
    pytest.importorskip("distributed")
    with pytest.raises(ConfigError, match="no Dask scheduler") as caught:
        scheduler_of("tcp://127.0.0.1:9")
    assert "dask scheduler" in caught.value.remedy


def test_names_that_folders_cannot_have(tmp_path: Path) -> None:
    """A job's folder is made safe; its name is told as it is, and no markup of it works."""
    file = write_project(tmp_path / "a", 16)
    manifest = tmp_path / "m.toml"
    manifest.write_text(f'[[job]]\nproject = "{file.as_posix()}"\nname = "x/../<b>|y"\n', "utf-8")
    with ThreadPoolExecutor(1) as threads:
        report = batch(manifest, tmp_path / "out", executor=threads)
    assert [p.parent.parent for p in (tmp_path / "out").glob("*/plan.gpkg")] == [tmp_path / "out"]
    assert "&lt;b>\\|y" in report.markdown()

"""Which projects a batch plans."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.api.batch.jobs import Job, read_jobs
from planner.errors import ConfigError


def test_a_folder_of_projects(district: Path) -> None:
    """Each folder with a project file is a job of its name; others are none."""
    (district / "notes").mkdir()
    assert [job.name for job in read_jobs(district)] == ["东社区", "南社区", "西社区"]


def test_a_manifest_names_projects_beside_it(district: Path) -> None:
    """Paths are relative to the manifest; a folder will do; a name may be given."""
    manifest = district / "all.toml"
    manifest.write_text(
        '[[job]]\nproject = "东社区"\nname = "east"\nby_fence = true\n'
        '[[job]]\nproject = "西社区/planner.toml"\n',
        "utf-8",
    )
    east, west = read_jobs(manifest)
    assert east == Job("east", district / "东社区" / "planner.toml", by_fence=True)
    assert (west.name, west.project.is_file(), west.by_fence) == ("西社区", True, False)


def test_a_project_is_a_batch_of_one_and_a_list_is_a_batch(district: Path) -> None:
    """A project file is no manifest; paths and jobs may be mixed."""
    file = district / "东社区" / "planner.toml"
    assert [job.name for job in read_jobs(file)] == ["东社区"]
    told = read_jobs([file, Job("other", file)])
    assert [job.name for job in told] == ["东社区", "other"]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("[[job]]\nname = 'a'\n", "job 1 must have project"),
        ("[[job]]\nproject = 'a'\nseconds = 3\n", "job 1 must have project"),
        ("[[job]]\nproject = 'a'\nby_fence = 1\n", "job 1 must have project"),
        ("[job]\nproject = 'a'\n", "holds tables"),
        ("title = 'a'\n[[job]]\nproject = 'a'\n", "found: title"),
        ("[[job]\n", "is not a manifest"),
        ("[[job]]\nproject = 'x/a'\n[[job]]\nproject = 'y/A'\nname='A'\n", "one folder"),
    ],
)
def test_what_a_manifest_must_not_be(tmp_path: Path, text: str, match: str) -> None:
    """Each mistake is told with the file and the job."""
    (tmp_path / "x" / "a").mkdir(parents=True)
    (tmp_path / "m.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=match) as caught:
        read_jobs(tmp_path / "m.toml")
    assert caught.value.remedy
    assert caught.value.zh


def test_nothing_to_do_is_said(tmp_path: Path) -> None:
    """An empty folder, an empty list, a path that is missing, a number."""
    missing = tmp_path / "none.toml"
    asked = [
        (tmp_path, "no project"),
        ([], "no project"),
        (missing, "cannot be read"),
        (3, "neither"),
    ]
    for source, match in asked:
        with pytest.raises(ConfigError, match=match):
            read_jobs(source)

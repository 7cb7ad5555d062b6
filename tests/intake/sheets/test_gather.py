"""Files get names that tell them apart."""

from __future__ import annotations

from pathlib import Path

from planner.intake.sheets.gather import labels


def test_bare_names_where_they_differ() -> None:
    """A file is called by its bare name, unless another one is too."""
    paths = [Path("/a/x/homes.xlsx"), Path("/a/y/homes.xlsx"), Path("/a/x/people.csv")]
    assert list(labels(paths).values()) == ["x/homes.xlsx", "y/homes.xlsx", "people.csv"]


def test_as_many_folders_as_it_takes() -> None:
    """Folders of one name are told apart by those above them; one path has one name."""
    paths = ["/a/1/x/h.csv", "/a/2/x/h.csv", "/a/1/x/h.csv"]
    assert labels(paths) == {Path("/a/1/x/h.csv"): "1/x/h.csv", Path("/a/2/x/h.csv"): "2/x/h.csv"}
    assert labels(["h.csv", "x/h.csv"]) == {Path("h.csv"): "h.csv", Path("x/h.csv"): "x/h.csv"}

"""Names that every system takes, records that only grow, files that are made or moved by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import OutputError
from planner.files import append_line, free_folder, make_private, mark_as_read, safe_name, set_aside
from tests.files.test_write import seen


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.text(max_size=10))
def test_safe_name_is_always_accepted(text: str, other: str) -> None:
    """Any text becomes a name that passes the writer's own check, and differs from those taken."""
    name = safe_name(text)
    assert safe_name(name) == name
    assert "/" not in name
    assert name not in {"", ".", ".."}
    second = safe_name(text, taken=[name.upper(), other])
    assert second.casefold() != name.casefold()


def test_a_private_file_is_its_owners_from_the_first_byte(tmp_path: Path) -> None:
    """It is made with its folder; what has content keeps its mode and its bytes."""
    path = tmp_path / "deep" / "a.sqlite"
    make_private(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    make_private(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"x")
    path.chmod(0o640)
    make_private(path)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"x", 0o640)


def test_damaged_files_are_set_aside_one_by_one(tmp_path: Path) -> None:
    """Each gets the first number that is free, and what belongs to it goes along."""
    path = tmp_path / "a.db"
    for n in (1, 2):
        path.write_bytes(b"%d" % n)
        (tmp_path / "a.db-journal").write_bytes(b"j")
        assert set_aside(path, "corrupt", tails=("-journal", "-wal")).name == f"a.db.corrupt-{n}"
    assert seen(tmp_path) == {
        "a.db.corrupt-1": b"1",
        "a.db.corrupt-1-journal": b"j",
        "a.db.corrupt-2": b"2",
        "a.db.corrupt-2-journal": b"j",
    }
    with pytest.raises(FileNotFoundError):
        set_aside(path, "corrupt")


def test_a_record_only_grows(tmp_path: Path) -> None:
    """It begins with its header; a file that does not is somebody else's."""
    path = tmp_path / "a.sent.csv"
    for line in ("1,a\n", "2,b\n"):
        append_line(path, line, header="n,what\n")
    assert path.read_text("utf-8-sig") == "n,what\n1,a\n2,b\n"
    assert path.stat().st_mode & 0o777 == 0o600
    other = tmp_path / "households.csv"
    other.write_bytes(b"id,address\n")
    with pytest.raises(OutputError, match="left alone"):
        append_line(other, "3,c\n", header="n,what\n")
    assert other.read_bytes() == b"id,address\n"


def test_a_record_follows_no_link_and_is_no_input(tmp_path: Path) -> None:
    """What was read stays as it is, and a link in the place of the record is refused."""
    path = append_line(tmp_path / "a.csv", "1\n", header="n\n")
    mark_as_read(path)
    with pytest.raises(OutputError, match="never changed"):
        append_line(path, "2\n", header="n\n")
    mine = tmp_path / "mine.csv"
    mine.write_bytes(b"")
    (tmp_path / "b.csv").symlink_to(mine)
    with pytest.raises(OutputError):
        append_line(tmp_path / "b.csv", "2\n", header="n\n")
    assert mine.read_bytes() == b""


def test_results_get_a_folder_of_their_own(tmp_path: Path) -> None:
    """Where results stand a dated folder is given, and strays beside them go."""
    out = tmp_path / "out"
    assert free_folder(out, "plan.gpkg") == out
    out.mkdir()
    (out / "plan.gpkg").write_bytes(b"plan")
    (out / ".planner-tmp-1-ab-roster.xlsx").write_bytes(b"residents")
    first = free_folder(out, "plan.gpkg")
    assert first.parent == tmp_path
    assert first.name.startswith("out-20")
    first.mkdir()
    (first / "plan.gpkg").write_bytes(b"plan")
    assert free_folder(out, "plan.gpkg").name == f"{first.name}-2"
    assert [p.name for p in out.iterdir()] == ["plan.gpkg"]

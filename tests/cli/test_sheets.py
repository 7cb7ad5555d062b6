"""Commands about sheets: checked with a project or without one, reviewed and read back."""

from __future__ import annotations

import json
from pathlib import Path

from tests.api.small import write_small_office
from tests.conftest import Cli


def test_a_project_is_checked(cli: Cli, tmp_path: Path) -> None:
    """By its file or its folder: the same report, and code 0 where a plan can be made."""
    write_small_office(tmp_path)
    by_file, by_folder = cli("check", "planner.toml", "--json"), cli("check", ".", "--json")
    assert by_file.returncode == 0, by_file.stderr
    told = json.loads(by_file.stdout)
    assert told == json.loads(by_folder.stdout)
    assert told["counts"]["rows"] == 15
    assert {f["table"] for f in told["files"]} == {"households", "members"}


def test_a_sheet_by_itself(cli: Cli, tmp_path: Path) -> None:
    """Alone or with that of the members; a project file names its own and takes no other."""
    write_small_office(tmp_path)
    assert "12" in cli("check", "homes.csv").stdout
    both = cli("check", "homes.csv", "--members", "members.csv", "--json")
    assert json.loads(both.stdout)["counts"]["rows"] == 15
    refused = cli("check", "planner.toml", "--members", "members.csv")
    assert refused.returncode == 2
    assert "--members" in refused.stderr


def test_what_must_be_mended_ends_in_two(cli: Cli, tmp_path: Path) -> None:
    """The report is written in any case, with a marked copy of the sheet."""
    (tmp_path / "homes.csv").write_text("备注,其他\n1,2\n", "utf-8")
    said = cli("check", "homes.csv", "--out", "checked")
    assert said.returncode == 2
    names = {p.name for p in (tmp_path / "checked").iterdir()}
    assert {"check.json", "check.md", "homes.checked.xlsx"} <= names


def test_a_review_is_written_and_read(cli: Cli, tmp_path: Path) -> None:
    """Without an open address it is empty; read back it remembers nothing, and says so."""
    write_small_office(tmp_path, 'accepted = "accepted.csv"\n')
    wrote = cli("review", "planner.toml", "--out", "review.xlsx")
    assert wrote.returncode == 0, wrote.stderr
    assert (tmp_path / "review.xlsx").is_file()
    read = cli("review", "planner.toml", "--read", "review.xlsx")
    assert read.returncode == 0, read.stderr
    assert "accepted 已接受 0" in read.stdout
    plain = cli("review", "planner.toml", "--read", "review.xlsx", "--json")
    assert json.loads(plain.stdout)["accepted"] == 0
    again = cli("review", "planner.toml", "--out", "again.xlsx", "--json")
    assert json.loads(again.stdout) == {"addresses": 0, "homes": 0, "file": "again.xlsx"}

"""Reading a column on every core."""

from __future__ import annotations

import subprocess

import pytest

from planner.intake.address import parallel
from planner.intake.address.parse import parse_address, parse_addresses, parse_each

ROADS = ("幸福", "曙光", "新华", "建设", "胜利", "解放", "和平")
LINES = [
    f"八公山区{road}路{number}号{estate}小区{number % 9 + 1}栋"
    for road in ROADS
    for number in range(1, 12)
    for estate in ("阳光", "明珠", "锦绣", "翠湖")
]


@pytest.fixture(autouse=True)
def _small_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Share a column with other processes from twenty lines on, each time as if it were new."""
    monkeypatch.setattr(parallel, "WORTH_SHARING", 20)
    monkeypatch.setattr(parallel.os, "cpu_count", lambda: 3)
    monkeypatch.setattr(parallel, "_known", {})


def test_many_processes_read_as_one_does() -> None:
    """A column that several processes read is what reading line by line gives."""
    together = parse_each(LINES)
    parallel._known.clear()
    assert together == {line: parse_address(line) for line in LINES}
    assert [found.spans for found in together.values()] == [
        parse_address(line).spans for line in LINES
    ]


def test_others_are_asked_only_where_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short column starts no process; a long one starts some, and not for the same lines again."""
    started: list[int] = []
    real = parallel._read_elsewhere

    def counted(lines: list[str]) -> list[parallel.Reading]:
        started.append(len(lines))
        return real(lines)

    monkeypatch.setattr(parallel, "_read_elsewhere", counted)
    parse_addresses(LINES[:10])
    assert not started
    parse_addresses(LINES)
    assert len(started) == 2
    parse_addresses(LINES)
    assert len(started) == 2


def test_a_process_that_fails_costs_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no process can be started, the lines are read here."""

    def fails(*args: object, **kwargs: object) -> None:
        raise subprocess.CalledProcessError(1, "python")

    expected = parse_addresses(LINES)
    monkeypatch.setattr(parallel, "_known", {})
    monkeypatch.setattr(parallel.subprocess, "run", fails)
    assert parse_addresses(LINES).equals(expected)

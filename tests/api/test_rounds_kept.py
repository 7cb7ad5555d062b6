"""The record of rounds: whole zones alone are taken, of the same rounds alone; done, it goes."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from planner.api.rounds_kept import RoundsKept
from planner.api.visiting import visit_plan
from tests.plan.care.town import care_town

WAYS = [(3, [5, 1, 2, 5], 812.0000000001), (4, [7, 7], 0.0)]


def test_what_was_kept_is_given_back_to_the_last_bit(tmp_path: Path) -> None:
    """Zones in any order; another key begins anew; done, nothing is left."""
    path = tmp_path / "new" / "rounds.internal.part"
    first = RoundsKept(path)
    assert first.begun("a" * 64) == {}
    first.add(2, WAYS)
    first.add(0, [])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = RoundsKept(path)
    assert again.begun("a" * 64) == {2: WAYS, 0: []}
    assert again.taken == 2
    other = RoundsKept(path)
    assert other.begun("b" * 64) == {}
    other.add(1, WAYS)
    assert RoundsKept(path).begun("b" * 64) == {1: WAYS}
    assert RoundsKept(path).begun("a" * 64) == {}
    other.add(1, WAYS)
    other.done()
    assert not path.exists()


@pytest.mark.parametrize("lost", [1, 20, 60])
def test_a_torn_line_is_no_zone(tmp_path: Path, lost: int) -> None:
    """What a killed run left half written is made again, and what follows is whole."""
    path = tmp_path / "rounds.internal.part"
    kept = RoundsKept(path)
    kept.begun("k")
    kept.add(0, WAYS)
    kept.add(1, WAYS)
    path.write_bytes(path.read_bytes()[:-lost])
    again = RoundsKept(path)
    begun = again.begun("k")
    assert 1 not in begun
    assert all(ways == WAYS for ways in begun.values())
    again.add(1, WAYS)
    assert RoundsKept(path).begun("k")[1] == WAYS


def test_rounds_that_go_on_are_the_same(tmp_path: Path) -> None:
    """Stopped after each zone: the files are those of a run in one go; another week begins anew."""
    plan, project = care_town()
    whole = visit_plan(plan, project, week=2)
    files = whole.save(tmp_path / "whole", gpx=True)
    path = tmp_path / "part"
    full = RoundsKept(path)
    visit_plan(plan, project, week=2, kept=full)
    assert full.taken == 0
    lines = path.read_bytes().splitlines(keepends=True)
    assert len(lines) == 1 + 3
    assert b"H0" not in path.read_bytes()
    for n in (1, 3, 4):
        path.write_bytes(b"".join(lines[:n]))
        kept = RoundsKept(path)
        found = visit_plan(plan, project, week=2, kept=kept)
        assert kept.taken == n - 1
        assert found.rounds.equals(whole.rounds)
        made = found.save(tmp_path / f"part{n}", gpx=True)
        assert all(made[name].read_bytes() == files[name].read_bytes() for name in files)
    kept = RoundsKept(path)
    visit_plan(plan, project, week=3, kept=kept)
    assert kept.taken == 0

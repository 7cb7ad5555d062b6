"""A sample of every group of attacks: each works on what is leaky, and none is open."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from tests.attack.groups import GROUPS, Group


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("group", GROUPS, ids=lambda g: g.name)
def test_a_sample_is_held(group: Group, tmp_path: Path) -> None:
    """`python -m tests.attack` runs them all."""
    (tmp_path / "leaky").mkdir()
    (tmp_path / "ours").mkdir()
    assert not all(islice(group.works(tmp_path / "leaky"), 12))
    found = list(islice(group.attacks(tmp_path / "ours"), group.sample))
    assert found
    assert all(found)

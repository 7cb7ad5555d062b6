"""Short lives of plans; five hundred longer ones are lived by `python -m tests.benchmarks.sequences`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from planner.model.events import KINDS
from tests.benchmarks.sequences import Town, lived


def test_short_lives(tmp_path: Path) -> None:
    """A dozen months on small towns: nothing that must hold ever breaks."""
    told = Counter[str]()
    for seed in range(6):
        folder = tmp_path / str(seed)
        folder.mkdir()
        town = Town.straight(np.random.default_rng(seed), buildings=5, homes=4)
        told += lived(town, seed, 8, folder, at_once=4)
    assert told["months"] == told["replayed"] == 12
    assert len({kind.code for kind in KINDS} & set(told)) > 10
    assert told["locks"]
    assert told["untouched"]

"""The same table in every format, encoding, spelling of the package and layout is read as the same homes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.intake.residents import read_households
from planner.intake.sheets.formats import grids
from planner.intake.sheets.formats.workbooks import cells_here
from tests.layouts.variants import FORMATS, OWN, Table, made_up, said_by, written

VARIANTS = 200
IN_CHILD = 20
"""One workbook in so many is read by a process of its own, as all are in earnest."""


def plain(table: Table, folder: Path) -> tuple[list[list[str]], list[list[str]]]:
    """Give what the homes are as a plain CSV, with the row that a workbook spoilt."""
    rows = [list(row) for row in table.rows]
    path = folder / "plain.csv"
    path.write_text("\n".join(",".join(row) for row in [list(OWN), *rows]), "utf-8")
    kept, held = said_by(read_households(path))
    if table.fault < 0:
        return kept, held
    spoilt = table.rows[table.fault][0]
    held = [h for h in held if h[0] != spoilt]
    return [k for k in kept if k[0] != spoilt], sorted([*held, [spoilt, "formula-error"]])


def compare(seed: int, folder: Path) -> None:
    """Write one variant and hold what is read of it against the plain table."""
    rng = np.random.default_rng([13, seed])
    kind = FORMATS[seed % len(FORMATS)]
    path, table = written(made_up(rng), kind, folder, rng)
    assert said_by(read_households(path)) == plain(table, folder), (seed, kind)


@pytest.mark.parametrize("part", range(10))
def test_variants(part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred; `tests.benchmarks.formats` tries thousands."""
    for seed in range(part, VARIANTS, 10):
        folder = tmp_path / str(seed)
        folder.mkdir()
        with monkeypatch.context() as patch:
            if seed % IN_CHILD:
                patch.setattr(grids, "cells_of", cells_here)
            compare(seed, folder)

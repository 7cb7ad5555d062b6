"""Files and texts damaged at random: a message for the clerk, never a crash, never a lost row."""

from __future__ import annotations

import warnings
from pathlib import Path

from tests.benchmarks.fuzz_readers import KINDS, mutants, read_one

CASES = 200


def test_damaged_files_never_crash_a_reader(tmp_path: Path) -> None:
    """Fixed seeds, every kind of file and text: only documented errors come out, and no row is lost."""
    outcomes: set[str] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GDAL remarks on endings
        for n, (kind, data) in enumerate(mutants(CASES, 7, tmp_path)):
            try:
                outcomes.add(f"{kind}: {read_one(kind, data, tmp_path)}")
            except Exception as error:
                raise AssertionError(
                    f"case {n} ({kind}) crashed: {type(error).__name__}"
                ) from error
    assert {name.partition(":")[0] for name in outcomes} == set(KINDS)
    assert "csv: read/read" in outcomes
    assert "xlsx: SheetError/SheetError" in outcomes

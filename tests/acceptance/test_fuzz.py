"""Files damaged at random: a message for the clerk, never a crash, never a lost row."""

from __future__ import annotations

import warnings
from pathlib import Path

from tests.benchmarks.fuzz_readers import mutants, read_one

CASES = 300


def test_damaged_files_never_crash_a_reader(tmp_path: Path) -> None:
    """Fixed seeds, every kind of file: only documented errors come out, and no row is lost."""
    outcomes: set[str] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GDAL remarks on endings
        for n, (kind, data) in enumerate(mutants(CASES, 7, tmp_path)):
            try:
                outcomes.add(read_one(data, tmp_path / "mutant"))
            except Exception as error:
                raise AssertionError(
                    f"case {n} ({kind}) crashed: {type(error).__name__}"
                ) from error
    assert "read/read" in outcomes
    assert "SheetError/SheetError" in outcomes

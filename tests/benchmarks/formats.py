"""Write one table in thousands of layouts and read each: the homes must be the same.

    python -m tests.benchmarks.formats [--cases 2000] [--first 0]

Formats: CSV, xlsx, xlsm, xls, et, ods, GeoPackage, FlatGeobuf, GeoJSON, KML, KMZ, shapefiles, dBASE.
Encodings, separators, guards, titles, notes, merged and hidden cells, errors, spellings of the package,
headings and the order of columns follow from the number of the case alone.  Each workbook is read as in
earnest.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.intake.test_layouts import compare
from tests.layouts.variants import FORMATS


def main() -> None:
    """Run the cases and fail where one differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    args = parser.parse_args()
    began, wrong, done = time.perf_counter(), Counter[str](), Counter[str]()
    for seed in range(args.first, args.first + args.cases):
        kind = FORMATS[seed % len(FORMATS)]
        with tempfile.TemporaryDirectory() as scratch:
            try:
                compare(seed, Path(scratch))
                done[kind] += 1
            except Exception as error:  # noqa: BLE001 - every kind of failure is counted
                wrong[kind] += 1
                print(seed, kind, type(error).__name__, str(error)[:300])
    print(
        f"{sum(done.values())} equal, {sum(wrong.values())} not, {time.perf_counter() - began:.0f} s"
    )
    print(dict(done))
    assert not wrong, dict(wrong)


if __name__ == "__main__":
    main()

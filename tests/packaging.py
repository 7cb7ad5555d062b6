"""Wheel and sdist, built twice: the same bytes, and all in them that they need.

``python -m tests.packaging`` exits with 1 where they are not.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
IN_WHEEL = (
    "planner/py.typed",
    "planner/__init__.pyi",
    "planner/data/bagongshan/households.xlsx",
    "planner/data/helsinki/helsinki.osm.pbf",
    "planner/intake/address/divisions.txt.gz",
    "planner/model/profiles/bagongshan-1-5-15.toml",
    "planner/render/map/page/page.js",
    "licences/leaflet.txt",
    "licences/administrative-divisions.txt",
    "licences/openstreetmap.txt",
    "LICENSE",
)


def built(folder: Path) -> dict[str, str]:
    """Build both into a folder: name -> digest."""
    command = [sys.executable, "-m", "build", "--outdir", str(folder), str(PROJECT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def missing(wheel: Path) -> list[str]:
    """List what a wheel lacks."""
    names = zipfile.ZipFile(wheel).namelist()
    return [wanted for wanted in IN_WHEEL if not any(name.endswith(wanted) for name in names)]


def main() -> int:
    """Build twice and compare."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        first, second = built(Path(one)), built(Path(two))
        lacking = missing(next(Path(one).glob("*.whl")))
    for name, digest in first.items():
        print(f"{digest[:16]}  {name}")
    if first != second:
        print("not reproducible")
    if lacking:
        print("the wheel lacks " + ", ".join(lacking))
    return int(first != second or bool(lacking))


if __name__ == "__main__":
    sys.exit(main())

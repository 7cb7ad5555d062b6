"""Wheel and sdist, built twice: the same bytes, all in them that they need, and both demonstrations run.

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


def demonstrated(wheel: Path, folder: Path) -> list[str]:
    """Unpack a wheel into a folder, and run its demonstrations there; list those that fail.

    What the wheel needs is taken from the environment of the caller; the program is the wheel's alone.
    """
    unpacked, away = folder / "unpacked", folder / "away"
    away.mkdir()
    zipfile.ZipFile(wheel).extractall(unpacked)
    start = (
        f"import sys; sys.path.insert(0, {str(unpacked)!r}); import planner; from planner.cli import main; "
        f"assert planner.__file__.startswith({str(unpacked)!r}); main()"
    )
    failed = []
    for town in ([], ["--town", "bagongshan"]):
        out = away / f"out{len(town)}"
        command = [sys.executable, "-c", start, "-q", "demo", *town, "--out", str(out)]
        done = subprocess.run(command, cwd=away, stdout=subprocess.DEVNULL, check=False)
        if done.returncode or not (out / "map.html").is_file():
            failed.append(" ".join(["demo", *town]))
    return failed


def main() -> int:
    """Build twice and compare; run what was built."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        first, second = built(Path(one)), built(Path(two))
        wheel = next(Path(one).glob("*.whl"))
        lacking, failed = missing(wheel), demonstrated(wheel, Path(two))
    for name, digest in first.items():
        print(f"{digest[:16]}  {name}")
    if first != second:
        print("not reproducible")
    if lacking:
        print("the wheel lacks " + ", ".join(lacking))
    if failed:
        print("from the wheel these fail: " + ", ".join(failed))
    return int(first != second or bool(lacking or failed))


if __name__ == "__main__":
    sys.exit(main())

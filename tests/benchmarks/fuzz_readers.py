"""Damage files at random and read them: whatever comes, a message and no crash.

    python -m tests.benchmarks.fuzz_readers [--cases 100000] [--seed 0] [--json FILE]

Good files of each kind are cut, have bytes flipped, doubled, or swapped for troublesome ones; workbooks are
also unpacked, damaged in one of their parts, and packed again.  Only `PlannerError` may come out.
"""

# ruff: noqa: E501 - one case a line

from __future__ import annotations

import argparse
import io
import json
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from planner.errors import PlannerError
from planner.intake.survey import survey
from planner.schema import HOUSEHOLDS, MEMBERS
from tests.acceptance.corpus import HEAD, plain, workbook, write_as

__all__ = ["main", "mutants", "read_one"]

TROUBLE = (
    b"\x00", b"\xff\xfe", b'"', b"'", b",", b"\n", b"\r", b";", b"\t", b"<", b">", b"&", b"]]>", b"=1+1",
    b"1e999", b"-0", b"NaN", b"999999999999999999999", b"\xf0\xa0\xae\xb7", b"\xed\xa0\x80", b"XFD1048576",
    b'r="A0"', b't="e"', b"<v></v>", b"<f>", b'hidden="1"', b"<mergeCell ref=\"A1:XFD1048576\"/>", b"\xef\xbb\xbf",
    "同上".encode(), "合计".encode(), "１２".encode(), b"&#0;", b"&lol;",
)  # fmt: skip
KINDS = ("csv", "gb18030", "utf-16", "xlsx", "xlsx-part", "geojson", "gpkg")
SHARES = (0.3, 0.15, 0.1, 0.15, 0.2, 0.07, 0.03)


def seeds(folder: Path) -> dict[str, bytes]:
    """Make one good file of each kind."""
    rows = [[*HEAD, "经度", "纬度", "是否中心户"],
            *[[*row, 116.8 + i / 997, 32.6 + i / 991, "是"] for i, row in enumerate(plain(12))]]  # fmt: skip
    text = "\n".join(",".join(map(str, row)) for row in rows)
    points = [
        {
            "type": "Feature",
            "properties": {"编号": str(i)},
            "geometry": {"type": "Point", "coordinates": [116.8, 32.6]},
        }
        for i in range(5)
    ]
    book = workbook({"居民": [["居民信息表"], *rows]}, merges=["A1:G1", "C4:C6"], hidden_rows=[5])
    return {
        "csv": text.encode(), "gb18030": text.encode("gb18030"), "utf-16": text.encode("utf-16"),
        "xlsx": book, "xlsx-part": book,
        "geojson": json.dumps({"type": "FeatureCollection", "features": points}).encode(),
        "gpkg": write_as(folder / "seed.gpkg", rows).read_bytes(),
    }  # fmt: skip


def mutants(cases: int, seed: int, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Give damaged files, the same for the same seed."""
    good = seeds(folder)
    for n in range(cases):
        rng = np.random.default_rng([seed, n])
        kind = str(rng.choice(KINDS, p=SHARES))
        yield kind, _in_part(good[kind], rng) if kind == "xlsx-part" else _damaged(good[kind], rng)


def _damaged(data: bytes, rng: np.random.Generator) -> bytes:
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 6))):
        at = int(rng.integers(0, max(1, len(changed))))
        what = int(rng.integers(6))
        if what == 0:
            changed[at : at + 1] = bytes([int(rng.integers(256))])
        elif what == 1:
            changed[at:at] = TROUBLE[int(rng.integers(len(TROUBLE)))]
        elif what == 2:
            changed[at : at + int(rng.integers(1, 40))] = b""
        elif what == 3:
            piece = changed[at : at + int(rng.integers(1, 200))]
            changed[at:at] = piece * int(rng.integers(1, 4))
        elif what == 4 and rng.random() < 0.3:
            del changed[at:]
        else:
            trouble = TROUBLE[int(rng.integers(len(TROUBLE)))]
            changed[at : at + len(trouble)] = trouble
    return bytes(changed)


def _in_part(data: bytes, rng: np.random.Generator) -> bytes:
    """Damage one part of a workbook and pack it again, so that the container stays sound."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        names = old.namelist()
        hurt = names[int(rng.integers(len(names)))]
        if rng.random() < 0.6:
            hurt = next(n for n in names if "worksheets/sheet" in n)
        for name in names:
            part = old.read(name)
            if name == hurt and rng.random() < 0.05:
                continue
            new.writestr(name, _damaged(part, rng) if name == hurt else part)
    return buffer.getvalue()


def read_one(data: bytes, path: Path) -> str:
    """Read a damaged file as households and members; give what came of it.

    Raises
    ------
    AssertionError
        A row was lost.
    """
    path.write_bytes(data)
    said = []
    for table in (HOUSEHOLDS, MEMBERS):
        try:
            got = survey([path], table)
        except PlannerError as error:
            said.append(type(error).__name__)
            continue
        if got.residents is None:
            said.append(type(got.refused[0][1]).__name__)
            continue
        r = got.residents
        assert r.rows_read == len(r.kept) + len(r.held) + r.repeated
        assert r.kept["id"].is_unique
        said.append("read")
    return "/".join(said)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    outcomes: Counter[str] = Counter()
    crashes: list[dict[str, object]] = []
    slowest, began = 0.0, time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for n, (kind, data) in enumerate(mutants(args.cases, args.seed, Path(folder))):
            start = time.perf_counter()
            try:
                outcomes[f"{kind}: {read_one(data, Path(folder) / 'mutant')}"] += 1
            except Exception as error:  # noqa: BLE001 - that is what is looked for
                crashes.append(
                    {"case": n, "kind": kind, "error": f"{type(error).__name__}: {error}"[:300]}
                )
            slowest = max(slowest, time.perf_counter() - start)
    result = {
        "cases": args.cases, "seed": args.seed, "seconds": round(time.perf_counter() - began, 1),
        "slowest_s": round(slowest, 3), "crashes": crashes, "outcomes": dict(sorted(outcomes.items())),
    }  # fmt: skip
    print(json.dumps(result, indent=1, ensure_ascii=False))
    if args.json:
        args.json.write_text(json.dumps(result, indent=1, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main()

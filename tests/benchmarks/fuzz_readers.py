"""Damage files and texts at random and read them: whatever comes, a message and no crash.

    python -m tests.benchmarks.fuzz_readers [--cases 100000] [--seed 0] [--part 0/2] [--json FILE]

Good files of each kind are cut, have bytes flipped, doubled, or swapped for troublesome ones; workbooks are
also unpacked, damaged in one of their parts, and packed again.  Addresses, coordinates and project files are
made of arbitrary characters.  Only `PlannerError` may come out.  Every case follows from the seed and its number
alone, so that several processes can share the work (``--part``) and a crash can be made again.
"""

# ruff: noqa: E501 - one case a line

from __future__ import annotations

import argparse
import io
import json
import re
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import pandas as pd

from planner.errors import PlannerError
from planner.intake.address.parse import parse_address
from planner.intake.coordinates.pairs import read_coordinates
from planner.intake.fences.read import survey_fences
from planner.intake.survey import survey
from planner.intake.twofold import is_twofold, without_contacts
from planner.model.project import TEMPLATE, Project
from planner.model.schema import HOUSEHOLDS, MEMBERS, Table
from planner.network import WalkingNetwork
from planner.network.streets.osm import read_extract
from tests.acceptance.corpus import HEAD, plain, workbook, write_as
from tests.acceptance.corpus_old import OLD_WORKBOOK

__all__ = ["KINDS", "main", "mutants", "read_one"]

TROUBLE = (
    b"\x00", b"\xff\xfe", b'"', b"'", b",", b"\n", b"\r", b";", b"\t", b"<", b">", b"&", b"]]>", b"=1+1",
    b"1e999", b"-0", b"NaN", b"999999999999999999999", b"\xf0\xa0\xae\xb7", b"\xed\xa0\x80", b"XFD1048576",
    b'r="A0"', b't="e"', b"<v></v>", b"<f>", b'hidden="1"', b"<mergeCell ref=\"A1:XFD1048576\"/>", b"\xef\xbb\xbf",
    "同上".encode(), "合计".encode(), "１２".encode(), b"&#0;", b"&lol;", b"[[", b"]]", b"{}", b"null", b"-181", b"91",
    b"<!DOCTYPE x>", b'number-columns-repeated="16384"', b'number-rows-repeated="1048576"',
)  # fmt: skip
WORDS = (
    "", "0", "-1", "91", "181", "1e308", "1e999", "NaN", "Infinity", "null", "true", "[]", "{}", "[[]]", '"x"', "39500123", "3601055.5",
    "116.8", "32.6", "无", "同上", "合计", "约3", "3人", "１２", "2024-01-01", "3月1日", "=1+1", "幸福路1号;解放路2号", "13800000000", "编号",
    "地址", "经度", "Polygon", "Point", "Feature", "way", "node", "nd", "ref", "id", "k", "v", "[inputs]", "999999999999999999999", "\u202e",
)  # fmt: skip
_WORD = re.compile(r"[^\s,;\"'<>=/\[\]{}:]+")
ADDRESSES = (
    "安徽省淮南市八公山区幸福路12号3栋2单元501室", "幸福路１２号3号楼2-501", "幸福路十二号院3幢", "向阳小区3#楼2单元501",
    "Mannerheimintie 13 B 5", "89-15 Hollis Court Boulevard", "甲社区;乙路2号", "和平路中段学校对面", "三组12号",
)  # fmt: skip
PLACES = (
    "116.3",
    "39.9",
    "116°23′50″E",
    "北纬39度54分20秒",
    "116.3,39.9",
    "39500123.5",
    "1e308",
    "-0",
    "inf",
    "NaN",
    "１１６．３",
    "",
)
_RANGES = ((0x20, 0x7F), (0x4E00, 0x9FFF), (0x00, 0x20), (0xFF00, 0xFFEF), (0x2000, 0x206F), (0x20000, 0x2A6DF),
           (0xD800, 0xDFFF), (0x0600, 0x06FF), (0x1F300, 0x1FAFF), (0x0300, 0x036F), (0x30, 0x3A), (0x80, 0x10FFFF))  # fmt: skip


@lru_cache(maxsize=1)
def _town() -> list[list[object]]:
    return [[*HEAD, "经度", "纬度", "是否中心户"],
            *[[*row, 116.8 + i / 997, 32.6 + i / 991, "是"] for i, row in enumerate(plain(12))]]  # fmt: skip


def seeds(folder: Path) -> dict[str, bytes]:
    """Make one good file of each kind."""
    rows = _town()
    text = "\n".join(",".join(map(str, row)) for row in rows)
    book = workbook({"居民": [["居民信息表"], *rows]}, merges=["A1:G1", "C4:C6"], hidden_rows=[5])
    squares = [_square(i * 0.01) for i in range(3)]
    return {
        "csv": text.encode(), "gb18030": text.encode("gb18030"), "utf-16": text.encode("utf-16"),
        "xlsx": book, "xlsx-part": book, "ods-part": _ods(rows), "xls": OLD_WORKBOOK,
        "geojson": _geojson([{"type": "Point", "coordinates": [116.8, 32.6]}] * 5),
        "gpkg": write_as(folder / "seed.gpkg", rows).read_bytes(),
        "fences-geojson": _geojson(squares), "fences-gpkg": _fences(folder, squares),
        "osm": _osm().encode(), "pbf": _pbf(folder), "toml": TEMPLATE.encode(), "bomb": b"",
        "address": b"", "coordinates": b"",
    }  # fmt: skip


def _square(x: float) -> dict[str, object]:
    ring = [
        [116.8 + x, 32.6],
        [116.81 + x, 32.6],
        [116.81 + x, 32.61],
        [116.8 + x, 32.61],
        [116.8 + x, 32.6],
    ]
    return {"type": "Polygon", "coordinates": [ring]}


def _geojson(shapes: list[dict[str, object]]) -> bytes:
    features = [{"type": "Feature", "properties": {"编号": str(i), "社区": f"社区{i}"}, "geometry": shape}
                for i, shape in enumerate(shapes)]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def _fences(folder: Path, squares: list[dict[str, object]]) -> bytes:
    import geopandas as gpd
    from shapely.geometry import shape

    path = folder / "fences.gpkg"
    gpd.GeoDataFrame(
        {"社区": ["a", "b", "c"]}, geometry=[shape(s) for s in squares], crs=4326
    ).to_file(path, engine="pyogrio")
    return path.read_bytes()


def _ods(rows: list[list[object]]) -> bytes:
    lines = "".join("<table:table-row>" + "".join(
        f'<table:table-cell office:value-type="string"><text:p>{v}</text:p></table:table-cell>' for v in row
    ) + "</table:table-row>" for row in rows)  # fmt: skip
    names = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"'
        for n in ("office", "table", "text")
    )
    content = (f'<?xml version="1.0"?><office:document-content {names}><office:body><office:spreadsheet>'
               f'<table:table table:name="居民">{lines}</table:table></office:spreadsheet></office:body>'
               "</office:document-content>")  # fmt: skip
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return buffer.getvalue()


def _osm() -> str:
    nodes = "".join(
        f'<node id="{i}" version="1" lat="{32.6 + i // 4 / 999:.6f}" lon="{116.8 + i % 4 / 999:.6f}"/>'
        for i in range(1, 13)
    )
    ways = "".join(
        f'<way id="{i}" version="1">{"".join(f"<nd ref={chr(34)}{n}{chr(34)}/>" for n in refs)}<tag k="{k}" v="{v}"/></way>'
        for i, (refs, k, v) in enumerate((([1, 2, 3], "highway", "residential"), ([3, 6, 9], "highway", "path"),
                                          ([1, 5, 9], "highway", "steps"), ([4, 5, 8, 4], "building", "yes"),
                                          ([2, 6, 10], "waterway", "river")), start=1)
    )  # fmt: skip
    member = '<relation id="1" version="1"><member type="way" ref="4" role="outer"/><tag k="type" v="multipolygon"/><tag k="building" v="yes"/></relation>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">{nodes}{ways}{member}</osm>'


def _pbf(folder: Path) -> bytes:
    import osmium

    (folder / "seed.osm").write_text(_osm(), "utf-8")
    with osmium.SimpleWriter(str(folder / "seed.osm.pbf")) as writer:
        for thing in osmium.FileProcessor(str(folder / "seed.osm")):
            writer.add(thing)
    return (folder / "seed.osm.pbf").read_bytes()


def mutants(
    cases: int, seed: int, folder: Path, part: tuple[int, int] = (0, 1)
) -> Iterator[tuple[str, bytes]]:
    """Give damaged files and texts, the same for the same seed and number."""
    good = seeds(folder)
    names, shares = list(KINDS), np.array([KINDS[k][0] for k in KINDS])
    for n in range(part[0], cases, part[1]):
        rng = np.random.default_rng([seed, n])
        kind = str(rng.choice(names, p=shares / shares.sum()))
        yield kind, KINDS[kind][1](good[kind], rng)


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


def _mistyped(encoding: str, data: bytes, rng: np.random.Generator) -> bytes:
    """Put troublesome words where words and numbers were, so that the file stays text of its kind; or damage it."""
    if rng.random() < 0.35:
        return _damaged(data, rng)
    text = data.decode(encoding)
    words = list(_WORD.finditer(text))
    for at in sorted(rng.integers(0, len(words), int(rng.integers(1, 5))).tolist(), reverse=True):
        low, high = words[at].span()
        text = text[:low] + WORDS[int(rng.integers(len(WORDS)))] + text[high:]
    return text.encode(encoding)


def _in_part(data: bytes, rng: np.random.Generator) -> bytes:
    """Damage one part of a workbook and pack it again, so that the container stays sound."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        names = old.namelist()
        hurt = names[int(rng.integers(len(names)))]
        if rng.random() < 0.6:
            hurt = next(n for n in names if "worksheets/sheet" in n or n == "content.xml")
        for name in names:
            part = old.read(name)
            if name == hurt and rng.random() < 0.05:
                continue
            new.writestr(name, _damaged(part, rng) if name == hurt else part)
    return buffer.getvalue()


def _bomb(_: bytes, rng: np.random.Generator) -> bytes:
    """Make an archive that says or holds far more than it should."""
    buffer = io.BytesIO()
    size = int(10 ** rng.uniform(2, 7.3))
    name = str(
        rng.choice(
            [
                "xl/workbook.xml",
                "xl/worksheets/sheet1.xml",
                "content.xml",
                "xl/workbook.bin",
                "../../x.xml",
            ]
        )
    )
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(name, TROUBLE[int(rng.integers(len(TROUBLE)))] * (size // 8))
        if rng.random() < 0.5:
            archive.writestr(
                "xl/workbook.xml" if name != "xl/workbook.xml" else "x.xml", b" " * 1000
            )
    data = bytearray(buffer.getvalue())
    if rng.random() < 0.5:  # a directory that misstates the sizes
        at = data.rfind(b"PK\x01\x02")
        data[at + 20 : at + 28] = rng.integers(0, 256, 8, np.uint8).tobytes()
    return bytes(data)


def _text(rng: np.random.Generator, known: tuple[str, ...]) -> str:
    """Make a text of known pieces and arbitrary characters, lone surrogates among them."""
    pieces = []
    for _ in range(int(rng.integers(1, 6))):
        if rng.random() < 0.5:
            whole = known[int(rng.integers(len(known)))]
            first, last = sorted(rng.integers(0, len(whole) + 1, 2))
            pieces.append(whole[first:last] * int(rng.integers(1, 3)))
        else:
            low, high = _RANGES[int(rng.integers(len(_RANGES)))]
            pieces.append("".join(map(chr, rng.integers(low, high, int(rng.integers(1, 20))))))
    if rng.random() < 0.01:
        pieces *= 200
    return "".join(pieces)


def _address(_: bytes, rng: np.random.Generator) -> bytes:
    return _text(rng, ADDRESSES).encode("utf-8", "surrogatepass")


def _coordinates(_: bytes, rng: np.random.Generator) -> bytes:
    cells = [[_text(rng, PLACES) if rng.random() < 0.7 else PLACES[int(rng.integers(len(PLACES)))] for _ in "xy"]
             for _ in range(4)]  # fmt: skip
    return json.dumps(cells).encode()


def read_one(kind: str, data: bytes, folder: Path) -> str:
    """Read a damaged file or text; give what came of it.

    Raises
    ------
    AssertionError
        A row was lost, or a fence is broken.
    """
    return KINDS[kind][2](data, folder)


def _read_table(data: bytes, folder: Path) -> str:
    path = folder / "mutant"
    path.write_bytes(data)
    return "/".join(_surveyed(path, table) for table in (HOUSEHOLDS, MEMBERS))


def _read_households(data: bytes, folder: Path) -> str:
    (folder / "mutant").write_bytes(data)
    return _surveyed(folder / "mutant", HOUSEHOLDS)


def _surveyed(path: Path, table: Table) -> str:
    try:
        got = survey([path], table)
    except PlannerError as error:
        return type(error).__name__
    if got.residents is None:
        return type(got.refused[0][1]).__name__
    r = got.residents
    assert r.rows_read == len(r.kept) + len(r.held) + r.repeated
    assert r.kept["id"].is_unique
    return "read"


def _tried(read: Callable[[Path], object], name: str, data: bytes, folder: Path) -> str:
    path = folder / name
    path.write_bytes(data)
    try:
        read(path)
    except PlannerError as error:
        return type(error).__name__
    return "read"


def _read_fences(path: Path) -> None:
    layer = survey_fences(path).layer
    assert layer.geometry.is_valid.all()
    assert layer["fence"].is_unique


def _read_streets(path: Path) -> None:
    WalkingNetwork.from_osm(read_extract(path))


def _read_address(data: bytes, folder: Path) -> str:
    text = data.decode("utf-8", "surrogatepass")
    parsed = parse_address(text)
    parsed.canonical("building")
    is_twofold(text)
    frame = pd.DataFrame({"address": [text], "file": "f", "sheet": "", "row": 1}, dtype=object)
    without_contacts(frame["address"], frame)
    return "parsed"


def _read_coordinates(data: bytes, folder: Path) -> str:
    cells = json.loads(data)
    frame = pd.DataFrame(cells, columns=["lon", "lat"], dtype=object)
    frame = frame.assign(address="", file="f", sheet="", row=range(1, len(cells) + 1))
    try:
        lon, lat, _, _ = read_coordinates(frame)
    except PlannerError as error:
        return type(error).__name__
    there = np.isfinite(lon)
    assert (there == np.isfinite(lat)).all()
    assert (np.abs(lon[there]) <= 180).all()
    assert (np.abs(lat[there]) <= 90).all()
    return "read"


Maker = Callable[[bytes, np.random.Generator], bytes]
Reader = Callable[[bytes, Path], str]
KINDS: Mapping[str, tuple[float, Maker, Reader]] = {
    "address": (0.26, _address, _read_address),
    "coordinates": (0.10, _coordinates, _read_coordinates),
    "toml": (0.08, partial(_mistyped, "utf-8"), partial(_tried, Project.read, "planner.toml")),
    "csv": (0.14, partial(_mistyped, "utf-8"), _read_table),
    "gb18030": (0.05, partial(_mistyped, "gb18030"), _read_table),
    "utf-16": (0.04, partial(_mistyped, "utf-16"), _read_table),
    "xlsx": (0.06, _damaged, _read_table),
    "xlsx-part": (0.108, _in_part, _read_table),
    "ods-part": (0.006, _in_part, _read_households),
    "xls": (0.006, _damaged, _read_households),
    "bomb": (0.01, _bomb, _read_table),
    "geojson": (0.03, partial(_mistyped, "utf-8"), _read_table),
    "gpkg": (0.02, _damaged, _read_table),
    "fences-geojson": (
        0.03,
        partial(_mistyped, "utf-8"),
        partial(_tried, _read_fences, "mutant.geojson"),
    ),
    "fences-gpkg": (0.02, _damaged, partial(_tried, _read_fences, "mutant.gpkg")),
    "osm": (0.03, partial(_mistyped, "utf-8"), partial(_tried, _read_streets, "mutant.osm")),
    "pbf": (0.01, _damaged, partial(_tried, _read_streets, "mutant.osm.pbf")),
}
"""Kind -> its share of the cases, how one is made of a good file, how it is read."""


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--part", default="0/1", help="which of how many processes this is")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    part = tuple(map(int, args.part.split("/")))
    outcomes: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    crashes: list[dict[str, object]] = []
    slowest, began = (0.0, -1, ""), time.perf_counter()
    warnings.simplefilter("ignore")  # GDAL remarks on endings and rings
    with tempfile.TemporaryDirectory() as folder:
        made = mutants(args.cases, args.seed, Path(folder), (part[0], part[1]))
        for n, (kind, data) in zip(range(part[0], args.cases, part[1]), made, strict=True):
            start = time.perf_counter()
            try:
                outcomes[f"{kind}: {read_one(kind, data, Path(folder))}"] += 1
            except Exception as error:  # noqa: BLE001 - that is what is looked for
                crashes.append(
                    {"case": n, "kind": kind, "error": f"{type(error).__name__}: {error}"[:300]}
                )
                print(f"case {n} ({kind}): {type(error).__name__}: {error}"[:300], flush=True)
            took = time.perf_counter() - start
            seconds[kind] += took
            slowest = max(slowest, (took, n, kind))
    kinds = Counter(name.partition(":")[0] for name in outcomes.elements())
    result = {
        "cases": sum(kinds.values()) + len(crashes), "seed": args.seed, "part": args.part,
        "seconds": round(time.perf_counter() - began, 1),
        "slowest": {"seconds": round(slowest[0], 3), "case": slowest[1], "kind": slowest[2]},
        "crashes": crashes, "cases_by_kind": dict(sorted(kinds.items())),
        "seconds_by_kind": {k: round(s, 1) for k, s in sorted(seconds.items())},
        "outcomes": dict(sorted(outcomes.items())),
    }  # fmt: skip
    print(json.dumps(result, indent=1, ensure_ascii=False))
    if args.json:
        args.json.write_text(json.dumps(result, indent=1, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main()

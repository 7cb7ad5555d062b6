"""Measure the address parser on hand-annotated Chinese addresses (NCAP).

Run from the project root::

    python -m tests.benchmarks.address_parse PATH [--json FILE] [--errors FIELD]

PATH is an NCAP file, plain or gzipped: one token and its BIO tag a line, a blank line after each
address.  A prediction counts when its field, start and end are exactly those of the annotation.

How the 21 labels map to the fields, after the annotation guide:

=============  =============  =====================================================================
label          field          reason
=============  =============  =====================================================================
prov           province
city           city           municipalities too
district       district
devZone        dev_zone
town           town
community      community      villages and communities
road           road           numbered groups (``5组``) too, as the guide has it
subRoad        branch_road    but ``669弄`` is a roadno in the guide's own example (柳营路669弄14号
                              = roadno 669弄, houseno 14号); the annotators also wrote it as
                              subRoad + subroadno, which is brought to the guide's form first
roadno         road_number    unit word inside the span: ``12号``
subroadno      road_number    an address has one number: that of the road that bears it
poi            compound
subpoi         sub_compound
houseno        building       ``3栋``, ``B座``, and the bare ``3`` of ``3-2-501``; dashes outside
cellno         stairwell
floorno        floor
roomno         room
person, assist, redundant, country, otherinfo: no field; a field predicted there is a false one
=============  =============  =====================================================================

The file lost its blanks, but its tokens are whole runs of digits: two digit tokens side by side
were apart in the source (``13 2950室``), so one blank is put back there.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter
from pathlib import Path

from planner.intake.address.parse import parse_address, parse_addresses

FIELD = {
    "prov": "province",
    "city": "city",
    "district": "district",
    "devzone": "dev_zone",
    "town": "town",
    "community": "community",
    "road": "road",
    "subroad": "branch_road",
    "roadno": "road_number",
    "subroadno": "road_number",
    "poi": "compound",
    "subpoi": "sub_compound",
    "houseno": "building",
    "cellno": "stairwell",
    "floorno": "floor",
    "roomno": "room",
}
AIMS = {
    "road_number": 0.93,
    "building": 0.93,
    "stairwell": 0.93,
    "floor": 0.93,
    "room": 0.93,
    "town": 0.88,
    "community": 0.88,
    "road": 0.88,
}

Entity = tuple[str, int, int]


def read(path: Path) -> list[tuple[str, list[Entity]]]:
    """Read an NCAP file: the text of each address and its labelled spans."""
    opener = gzip.open if path.suffix == ".gz" else open
    addresses: list[tuple[str, list[Entity]]] = []
    text, spans = "", []
    with opener(path, "rt", encoding="utf-8") as lines:
        for raw in [*lines, "\n"]:
            line = raw.rstrip("\r\n")
            if not line.strip():
                if text:
                    addresses.append((text, spans))
                text, spans = "", []
                continue
            token, tag = line.rsplit(" ", 1)
            label = tag[2:].lower()
            if text and text[-1] in "0123456789" and token[0] in "0123456789":
                text += " "
                if tag[0] == "I":
                    spans[-1] = (*spans[-1][:2], len(text))
            end = len(text) + len(token)
            if tag[0] == "I" and spans and spans[-1][0] == label and spans[-1][2] == len(text):
                spans[-1] = (label, spans[-1][1], end)
            elif tag != "O":
                spans.append((label, len(text), end))
            text += token
    return addresses


def expected(text: str, spans: list[Entity]) -> set[Entity]:
    """Turn labels into fields, by the table above."""
    fields: set[Entity] = set()
    lane = False
    for label, start, end in spans:
        field = FIELD.get(label)
        if field is None:
            continue
        number = text[start:end]
        if label == "subroad" and number.endswith("弄") and number[-2:-1].isdigit():
            field = "road_number"
        if field == "road_number" and number.endswith("弄"):
            lane = True
        elif lane and label == "subroadno":
            field = "building"
        fields.add((field, start, end))
    return fields


def measure(path: Path) -> dict[str, dict[str, float]]:
    """Measure precision, recall and F1 for each field."""
    hit: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for text, spans in read(path):
        truth = expected(text, spans)
        found = {(name, *span) for name, span in parse_address(text).spans.items()}
        hit.update(name for name, _, _ in truth & found)
        wrong.update(name for name, _, _ in found - truth)
        missed.update(name for name, _, _ in truth - found)
    table: dict[str, dict[str, float]] = {}
    for name in dict.fromkeys(FIELD.values()):
        precision = hit[name] / max(1, hit[name] + wrong[name])
        recall = hit[name] / max(1, hit[name] + missed[name])
        table[name] = {
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "f1": round(2 * precision * recall / max(1e-12, precision + recall), 4),
            "n": hit[name] + missed[name],
            "aim": AIMS.get(name, 0.0),
        }
    return table


def many_lines(path: Path, n: int) -> list[str]:
    """Make n distinct lines: those of the file, then heads of some with tails of others."""
    texts = [text for text, _ in read(path)]
    lines = dict.fromkeys(texts)
    step = 0
    while len(lines) < n:
        step += 1
        for at, text in enumerate(texts):
            tail = texts[(at + step) % len(texts)]
            lines[text[: (len(text) + 1) // 2] + tail[len(tail) // 2 :]] = None
    return list(lines)[:n]


def say_time(what: str, lines: list[str]) -> None:
    """Print how long a column of addresses takes."""
    began, began_cpu = time.perf_counter(), time.process_time()
    parse_addresses(lines)
    took, took_cpu = time.perf_counter() - began, time.process_time() - began_cpu
    print(f"{what}: {took:.2f} s ({took_cpu:.2f} s of processor)")


def show_errors(path: Path, name: str, limit: int) -> None:
    """Print addresses where a field is wrong: the annotation, then the prediction."""
    shown = 0
    for text, spans in read(path):
        truth = {span for span in expected(text, spans) if span[0] == name}
        address = parse_address(text)
        found = {(name, *address.spans[name])} if name in address.spans else set()
        if truth != found and shown < limit:
            shown += 1
            print("=", " ".join(f"{text[a:b]}/{label}" for label, a, b in spans))
            parts = sorted((a, b, field) for field, (a, b) in address.spans.items())
            print(">", " ".join(f"{text[a:b]}/{field}" for a, b, field in parts), "\n")


def main() -> None:
    """Print the table; write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("path", type=Path)
    parser.add_argument("--json", type=Path, help="write the table to this file")
    parser.add_argument("--errors", help="show errors of this field")
    parser.add_argument("--limit", type=int, default=40, help="how many errors to show")
    options = parser.parse_args()
    if options.errors:
        show_errors(options.path, options.errors, options.limit)
    parse_address("幸福路12号")
    began = time.perf_counter()
    table = measure(options.path)
    took = time.perf_counter() - began
    print(f"{'field':<13}{'precision':>10}{'recall':>8}{'F1':>8}{'n':>7}{'aim':>7}")
    for name, row in table.items():
        aim = f"{row['aim']:.2f}" if row["aim"] else ""
        print(
            f"{name:<13}{row['precision']:>10.3f}{row['recall']:>8.3f}{row['f1']:>8.3f}"
            f"{row['n']:>7.0f}{aim:>7}"
        )
    print(f"read, parsed and compared in {took:.2f} s")
    lines = many_lines(options.path, 35_000)
    say_time("35,000 lines, each of other words", lines)
    numbers = [f"{at}栋{at % 9}单元{at % 30}0{at % 4}" for at in range(35_000)]
    streets = lines[: len(lines) // 50]
    homes = [streets[at % len(streets)] + number for at, number in enumerate(numbers)]
    say_time(f"35,000 homes in {len(streets)} streets", homes)
    if options.json:
        options.json.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

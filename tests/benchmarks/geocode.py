"""How well addresses are found, on any extract: as mapped, and with seeded damage.

    python -m tests.benchmarks.geocode EXTRACT.osm.pbf [--json FILE]

Every address of the extract is written as text and looked up in the gazetteer of the same extract.
It is *right* when it falls on a point, or inside a building, that carries this very address; *own*
counts the address's own point or building alone.  *Confidently wrong* is more than 50 m from all of
them at a confidence of 0.8 or more.  Damage: one or two of typing slip in a letter, case,
abbreviation, number and street swapped, full-width characters, street type or town left out.
Digits are not damaged: another number is another address.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from planner.intake.gazetteer.geocode import geocode
from planner.intake.gazetteer.index import Gazetteer
from planner.network.streets.osm import Extract, read_extract

SHORT = {
    "Street": ("St", "St.", "Str"), "Avenue": ("Ave", "Av", "Ave."), "Boulevard": ("Blvd", "Boul"),
    "Road": ("Rd", "Rd."),
    "Place": ("Pl",), "Drive": ("Dr",), "Court": ("Ct",), "Lane": ("Ln",), "Terrace": ("Ter", "Terr"),
    "Turnpike": ("Tpke",), "Parkway": ("Pkwy",), "Expressway": ("Expy",), "North": ("N",), "South": ("S",),
    "East": ("E",), "West": ("W",), "Circle": ("Cir",), "Square": ("Sq",), "Crescent": ("Cres",),
    "Highway": ("Hwy",),
}  # fmt: skip
ENDS = {
    "katu": "k.",
    "tie": "t.",
    "gatan": "g.",
    "straße": "str.",
    "strasse": "str.",
    "laan": "ln.",
}
KINDS = ("typo", "case", "short", "swap", "wide", "missing")


def damage(street: str, number: str, tail: str, rng: np.random.Generator) -> tuple[str, str]:
    """Write an address with one or two faults; give the text and the faults' names."""
    kinds = tuple(sorted(rng.choice(KINDS, size=int(rng.integers(1, 3)), replace=False)))
    number_first = street.isascii()
    if "missing" in kinds:
        words = street.split()
        if tail and rng.random() < 0.5:
            tail = ""
        elif words[-1] in SHORT and len(words) > 1:
            street = " ".join(words[:-1])
        else:
            tail = ""
    if "short" in kinds:
        street = shorten(street, rng)
    if "typo" in kinds:
        street = slip(street, rng)
    if "swap" in kinds:
        number_first = not number_first
    text = (f"{number} {street}" if number_first else f"{street} {number}") + tail
    if "case" in kinds:
        text = text.upper() if rng.random() < 0.5 else text.lower()
    if "wide" in kinds:
        text = "".join(
            chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in text
        )
    return text, "+".join(kinds)


def shorten(street: str, rng: np.random.Generator) -> str:
    """Abbreviate a word of a street name, or its ending."""
    words = street.split()
    for k in range(len(words) - 1, -1, -1):
        if words[k] in SHORT:
            words[k] = str(rng.choice(SHORT[words[k]]))
            return " ".join(words)
    for end, short in ENDS.items():
        if street.endswith(end) and len(street) > len(end) + 3:
            return street.removesuffix(end) + short
    return street


def slip(street: str, rng: np.random.Generator) -> str:
    """Drop, double, change or exchange one letter of a word of four letters or more; digits stay."""
    spots = []
    start = 0
    for word in street.split(" "):
        letters = [i for i, c in enumerate(word) if c.isalpha()]
        if len(letters) > 3:
            spots += [start + i for i in letters]
        start += len(word) + 1
    if not spots:
        return street
    i = int(rng.choice(spots))
    kind = int(rng.integers(4))
    letter = "abcdefghijklmnopqrstuvwxyz"[int(rng.integers(26))]
    if kind == 0:
        return street[:i] + street[i + 1 :]
    if kind == 1:
        return street[:i] + street[i] + street[i:]
    if kind == 2 or i + 1 >= len(street) or not street[i + 1].isalpha():
        return street[:i] + letter + street[i + 1 :]
    return street[:i] + street[i + 1] + street[i] + street[i + 2 :]


def measure(
    found: pd.DataFrame, truth: pd.DataFrame, extract: Extract, gazetteer: Gazetteer
) -> dict[str, Any]:
    """Compare places with the points and buildings that carry each address."""
    plane = gazetteer.projection
    xy = plane.to_xy(found["lon"], found["lat"])
    own_xy = np.column_stack([truth["x"], truth["y"]])
    away = np.hypot(*(xy - own_xy).T)
    outline = dict(zip(extract.buildings["osm_id"], extract.buildings.geometry, strict=True))
    points = shapely.points(found["lon"].to_numpy(), found["lat"].to_numpy())
    shapes = np.array([outline.get(b) for b in truth["building"]], object)
    own = (away <= 1.0) | shapely.contains(shapes, points)
    right, far = own.copy(), away > 50.0
    same: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    labels = list(zip(truth["street"], truth["number"], truth["place"], strict=True))
    for i, label in enumerate(labels):
        same[label].append(i)
    for i in np.flatnonzero(~own & np.isfinite(away)):
        for j in same[labels[i]]:
            near = float(np.hypot(*(xy[i] - own_xy[j])))
            inside = shapes[j] is not None and bool(shapely.contains(shapes[j], points[i]))
            right[i] |= near <= 1.0 or inside
            far[i] &= near > 50.0 and not inside
    far &= ~own
    sure = (found["confidence"] >= 0.8).to_numpy()
    return {
        "addresses": len(found),
        "own_percent": round(100 * float(own.mean()), 3),
        "right_percent": round(100 * float(right.mean()), 3),
        "confidently_wrong_percent": round(100 * float((far & sure).mean()), 4),
        "wrong_at_any_confidence_percent": round(100 * float((far & np.isfinite(away)).mean()), 4),
        "not_placed_percent": round(100 * float((~np.isfinite(away)).mean()), 3),
        "precision": dict(Counter(found["precision"])),
        "right": right,
        "far": far & sure,
    }


def run(path: Path, seed: int, tail: str) -> dict[str, Any]:
    """Measure both figures on one extract."""
    extract = read_extract(path)
    began = time.perf_counter()
    gazetteer = Gazetteer.build(
        extract.addresses, extract.buildings, extract.streets, extract.places
    )
    build_s = time.perf_counter() - began
    table = extract.addresses
    table = table[(table["street"] != "") & (table["number"] != "")].reset_index(drop=True)
    xy = gazetteer.projection.to_xy(table.geometry.x, table.geometry.y)
    truth = pd.DataFrame(table.drop(columns="geometry")).assign(x=xy[:, 0], y=xy[:, 1])
    tails = [(f", {p}" if p else "") + tail for p in truth["place"]]
    plain = [f"{s} {n}{t}" for s, n, t in zip(truth["street"], truth["number"], tails, strict=True)]
    rng = np.random.default_rng(seed)
    worse = [
        damage(s, n, t, rng)
        for s, n, t in zip(truth["street"], truth["number"], tails, strict=True)
    ]
    out: dict[str, Any] = {"extract": path.name, "seed": seed, "gazetteer_s": round(build_s, 2)}
    for name, texts in (("plain", plain), ("damaged", [w[0] for w in worse])):
        began = time.perf_counter()
        found = geocode(texts, gazetteer)
        seconds = time.perf_counter() - began
        figures = measure(found, truth, extract, gazetteer)
        right, far = figures.pop("right"), figures.pop("far")
        out[name] = {"seconds": round(seconds, 2), **figures}
        if name == "damaged":
            kinds = pd.DataFrame({"kind": [w[1] for w in worse], "right": right, "far": far})
            by = kinds.groupby("kind").agg(
                n=("right", "size"), right=("right", "mean"), wrong=("far", "sum")
            )
            out["by_kind"] = {
                k: [int(r.n), round(100 * r.right, 2), int(r.wrong)] for k, r in by.iterrows()
            }
            shown = found.assign(text=texts)
            out["examples"] = {
                "missed": shown.loc[~right, ["text", "matched", "cause"]]
                .head(25)
                .to_numpy()
                .tolist(),
                "wrong": shown.loc[far, ["text", "matched", "confidence"]]
                .head(25)
                .to_numpy()
                .tolist(),
            }
    return out


def main() -> None:
    """Run and print the figures."""
    parser = argparse.ArgumentParser(description="Measure geocoding on an extract.")
    parser.add_argument("extract", type=Path)
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--tail",
        default="",
        help="what follows every address, such as ', Queens Village, NY 11427'",
    )
    options = parser.parse_args()
    text = json.dumps(
        run(options.extract, options.seed, options.tail), ensure_ascii=False, indent=1
    )
    print(text)
    if options.json:
        options.json.write_text(text, "utf-8")


if __name__ == "__main__":
    main()

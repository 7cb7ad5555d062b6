"""How often a good sheet is stopped over its datum, and how often a shifted one gets through.

``python -m tests.benchmarks.datum_rates FOLDER [--trials 40]`` tries every extract of the folder with
sheets of many sizes and kinds: one home a building and thirty, on the buildings and beside the streets,
exact and scattered; and made-up layers of streets alone, as an office draws them, regular and turned, the
homes so far beside them that none stands on a street.  The aim: at most 0.1 % of good sheets stopped, at
least 99.9 % of sheets that are shifted as a whole and 99 % of thirty shifted rows found where the map knows
buildings.  A sheet of which nothing can be told is counted by itself: the product says so of it, unless the
datum is stated; what is neither found nor said is silent.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely

from planner.intake.coordinates.datum import Datum, convert
from planner.intake.coordinates.detect import DatumEvidence, detect_datum
from planner.intake.coordinates.nearest import NearestGeometry

__all__ = ["Place", "main", "own_layer", "own_rates", "places", "rates"]

ROWS = (60, 240, 900)
HOMES = (1, 6, 30)
KINDS = ("on buildings", "scattered 10 m", "set back from streets")
OWN = "beside own streets"
DOUBTED, MISREAD, UNJUDGED, GONE_ON = "doubted", "misread", "not judged", "gone on with"
Rates = Counter[tuple[str, str, str]]


@dataclass(frozen=True, eq=False)
class Place:
    """One extract: what is on the ground, and where homes may stand."""

    name: str
    buildings: NearestGeometry | None
    streets: NearestGeometry
    centres: np.ndarray
    beside: np.ndarray


def places(folder: Path) -> Iterator[Place]:
    """Read every extract of a folder."""
    for path in sorted(folder.glob("*.osm.pbf")):
        outlines, lines = [], []
        way: Any
        for way in osmium.FileProcessor(str(path)).with_locations():
            if not way.is_way():
                continue
            at = [(n.lon, n.lat) for n in way.nodes if n.location.valid()]
            if "building" in way.tags and len(at) > 3:
                outlines.append(shapely.Polygon(at))
            elif "highway" in way.tags and len(at) > 1:
                lines.append(shapely.LineString(at))
        rng = np.random.default_rng(0)
        some = [lines[i] for i in rng.integers(0, len(lines), 4000)]
        on = np.array([line.interpolate(rng.random(), normalized=True).coords[0] for line in some])
        metre = 1 / 111_320 / np.array([np.cos(np.radians(on[0, 1])), 1.0])
        turn = rng.random(len(on)) * 2 * np.pi
        back = rng.uniform(38, 55, len(on))
        beside = on + np.column_stack([np.cos(turn) * back, np.sin(turn) * back]) * metre
        centres = np.array([(s.centroid.x, s.centroid.y) for s in outlines if s.is_valid])
        yield Place(
            path.name.partition(".")[0],
            NearestGeometry(outlines) if len(outlines) >= 30 else None,
            NearestGeometry(lines),
            centres,
            beside,
        )


def asked(at: np.ndarray, ground: NearestGeometry) -> DatumEvidence:
    """Ask the ground about a sheet that is said to be WGS-84."""
    return detect_datum(at[:, 0], at[:, 1], ground.distance_m)


def written_in(at: np.ndarray, datum: Datum) -> np.ndarray:
    """Write WGS-84 points in another datum."""
    return convert(at[:, 0], at[:, 1], Datum.WGS84, datum)


def sheet(place: Place, kind: str, rows: int, homes: int, rng: np.random.Generator) -> np.ndarray:
    """Make a sheet of homes, WGS-84; the homes of a building stand on one point, in sequence."""
    where = place.beside if kind == KINDS[2] else place.centres
    at = where[rng.choice(len(where), max(1, rows // homes))]
    at = np.repeat(at, homes, axis=0)[:rows]
    if kind == KINDS[1]:
        metre = 1 / 111_320 / np.array([np.cos(np.radians(at[0, 1])), 1.0])
        at = at + rng.normal(0, 10, at.shape) * metre
    return at


def own_layer(rng: np.random.Generator) -> tuple[NearestGeometry, np.ndarray]:
    """Draw the streets of a quarter as an office does, regular and turned; homes beside all of them."""
    streets, step = rng.integers(4, 14, 2), rng.uniform(110, 300, 2)
    back, turn = rng.uniform(20, 40), rng.uniform(0, np.pi)
    reach = (streets - 1) * step
    lines, at = [], []
    for axis in (0, 1):
        other = 1 - axis
        for nth in range(streets[axis]):
            ends = np.zeros((2, 2))
            ends[:, axis] = nth * step[axis]
            ends[1, other] = reach[other]
            lines.append(ends)
            along = np.arange(30.0, reach[other], 45.0)
            for side in (-back, back):
                rows = np.empty((len(along), 2))
                rows[:, axis], rows[:, other] = nth * step[axis] + side, along
                at.append(rows)
    homes = np.vstack(at) + rng.normal(0, rng.choice([0.0, 3.0]), (sum(map(len, at)), 2))
    around = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    origin = rng.uniform([100, 22], [122, 42])
    metre = 1 / 111_320 / np.array([np.cos(np.radians(origin[1])), 1.0])
    drawn = [shapely.LineString(origin + line @ around * metre) for line in lines]
    chosen = rng.choice(len(homes), min(len(homes), int(rng.choice(ROWS))), replace=False)
    return NearestGeometry(drawn), origin + homes[np.sort(chosen)] @ around * metre


def outcome(seen: DatumEvidence, datum: Datum = Datum.WGS84) -> str:
    """Tell what the product does with a sheet: doubt it, say that nothing tells, or go on."""
    if seen.contradicts or seen.mixed:
        return DOUBTED if datum is Datum.WGS84 or seen.best is datum else MISREAD
    return GONE_ON if seen.sure else UNJUDGED


def own_rates(trials: int, seed: int = 0) -> Rates:
    """Count what was said of sheets on streets that an office drew, of which the map knows nothing else."""
    found: Rates = Counter()
    for trial in range(trials):
        ground, good = own_layer(np.random.default_rng([seed, trial]))
        found[OWN, "good", outcome(asked(good, ground))] += 1
        datum = (Datum.GCJ02, Datum.BD09)[trial % 2]
        found[OWN, "whole", outcome(asked(written_in(good, datum), ground), datum)] += 1
    return found


def rates(place: Place, trials: int, seed: int = 0) -> Rates:
    """Count what was said: by kind, what was tried, and what came of it."""
    found: Rates = Counter()
    rng = np.random.default_rng(seed)
    shifted = (written_in(place.centres[:1], Datum.GCJ02) != place.centres[:1]).any()
    for kind in KINDS:
        grounds = {"streets": place.streets, "buildings": place.buildings}
        for name, ground in grounds.items():
            if ground is None or (kind == KINDS[2]) != (name == "streets"):
                continue
            for rows in ROWS:
                for homes in HOMES:
                    for trial in range(trials):
                        good = sheet(place, kind, rows, homes, rng)
                        said = outcome(asked(good, ground))
                        # abroad nothing is shifted, and there is nothing to be said
                        found[kind, "good", said if shifted else GONE_ON] += 1
                        if name == "streets" or rows // homes < 10 or not shifted:
                            continue
                        datum = (Datum.GCJ02, Datum.BD09)[trial % 2]
                        bad = written_in(good, datum)
                        found[kind, "whole", outcome(asked(bad, ground), datum)] += 1
                        if homes == 1 and rows >= 240:
                            part, first = good.copy(), int(rng.integers(0, rows - 30))
                            cut = slice(first, first + 30)
                            part[cut] = bad[cut]
                            seen = asked(part, ground)
                            caught = DOUBTED if seen.mixed else GONE_ON if seen.sure else UNJUDGED
                            found[kind, "thirty rows", caught] += 1
    return found


def main() -> None:
    """Print both error rates of every extract."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("folder", type=Path)
    ask.add_argument("--trials", type=int, default=40)
    ask.add_argument("--seed", type=int, default=0)
    words = ask.parse_args()
    total: Rates = Counter()
    for place in places(words.folder):
        found = rates(place, words.trials, words.seed)
        total += found
        tell(place.name, found)
    tell("all", total)
    tell("layers of one's own", own_rates(10 * words.trials, words.seed))


def tell(name: str, found: Rates) -> None:
    """Print what came of the sheets of one extract."""
    print(name, flush=True)
    for kind, tried in sorted({(k, t) for k, t, _ in found}):
        counts = {what: found[kind, tried, what] for what in (DOUBTED, MISREAD, UNJUDGED, GONE_ON)}
        n = sum(counts.values())
        told = ", ".join(f"{what} {c} ({100 * c / n:.2f} %)" for what, c in counts.items() if c)
        print(f"  {tried:12} {kind:22} {n:6}: {told}", flush=True)


if __name__ == "__main__":
    main()

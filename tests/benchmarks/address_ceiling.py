"""How much of NCAP a model learns that may learn from it: the ceiling for a parser that may not.

Run from the project root::

    python -m tests.benchmarks.address_ceiling TRAIN DEV        (needs the extra "bench")

A conditional random field is trained on the tokens of TRAIN, every character a feature, and then once
more with this project's own reading of each line as a feature; both are measured on DEV beside the
parser, as `tests.benchmarks.address_parse` measures it.  Where neither passes the parser, what is left
is what the annotators decided differently from line to line.  Nothing of this is shipped: the parser
holds no weight or word of NCAP.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from planner.intake.address.parse import parse_address
from tests.benchmarks.address_parse import AIMS, FIELD, Entity, expected, measure, read

Line = tuple[str, list[Entity]]
TOKEN = re.compile(r"\d+|.", re.DOTALL)
WIDTH = 3
ROUNDS = 90
LAST_COUNTS = frozenset({"province", "city", "district", "town"})
UNITS = frozenset("路街道巷弄省市州区县旗镇乡村社屯庄里园苑城厦楼幢栋座单元室号层组队期厂店")


def tokens(text: str) -> list[tuple[str, int, int]]:
    """Cut a line into runs of figures and single characters."""
    return [(m[0], *m.span()) for m in TOKEN.finditer(text)]


def features(text: str, *, own: bool) -> list[list[str]]:
    """Describe each token by what stands around it; with `own`, by the parser's reading too."""
    cut = tokens(text)
    sight = [f"<{len(t)}>" if t.isdigit() else t for t, _, _ in cut]
    edge = ["|"] * WIDTH
    sight = [*edge, *sight, *edge]
    read_as = own_reading(text, cut) if own else []
    seen, described = "", []
    for i, (token, _, _) in enumerate(cut):
        at = i + WIDTH
        near = [f"{d}={sight[at + d]}" for d in range(-WIDTH, WIDTH + 1)]
        near += [f"{d}+={sight[at + d]}{sight[at + d + 1]}" for d in range(-2, 2)]
        near += [f"{d}++={''.join(sight[at + d : at + d + 3])}" for d in range(-2, 1)]
        left = sum(t.isdigit() for t, _, _ in cut[i + 1 :])
        near += [f"seen={seen[-2:]}", f"seen3={seen[-3:]}{sight[at]}{sight[at + 1]}"]
        near += [f"end={min(len(cut) - i, 6)}", f"left={left}{sight[at]}{sight[at + 1]}"]
        if own:
            near += [f"own{d}={read_as[i + d]}" for d in (-1, 0, 1) if 0 <= i + d < len(cut)]
        described.append(near)
        if token in UNITS or token.isdigit():
            seen += "#" if token.isdigit() else token
    return described


def own_reading(text: str, cut: Sequence[tuple[str, int, int]]) -> list[str]:
    """Give the field that the parser puts each token in, and whether the field begins there."""
    spans = parse_address(text).spans
    said = []
    for _, start, end in cut:
        names = [(n, s) for n, (s, e) in spans.items() if s < end and start < e]
        said.append(f"{names[0][0]}{'^' * (names[0][1] == start)}" if names else "-")
    return said


def tags(line: Line) -> list[str]:
    """Give the annotation of a line, token by token."""
    text, spans = line
    said = []
    for _, start, end in tokens(text):
        of = next((s for s in spans if s[1] <= start and end <= s[2]), None)
        said.append("O" if of is None else f"{'B' if of[1] == start else 'I'}-{of[0]}")
    return said


def entities(text: str, said: Sequence[str]) -> set[Entity]:
    """Give the fields of a line, one span for each, as the parser gives them."""
    spans: list[Entity] = []
    for (_, start, end), tag in zip(tokens(text), said, strict=True):
        if tag[0] == "I" and spans and spans[-1][0] == tag[2:] and spans[-1][2] == start:
            spans[-1] = (*spans[-1][:2], end)
        elif tag != "O":
            spans.append((tag[2:], start, end))
    chosen: dict[str, Entity] = {}
    for one in sorted(expected(text, spans), key=lambda e: e[1]):
        if one[0] not in chosen or one[0] in LAST_COUNTS:
            chosen[one[0]] = one
    return set(chosen.values())


def learned(train: Sequence[Line], *, own: bool, model: Path) -> Callable[[str], set[Entity]]:
    """Train a model; give what reads a line with it."""
    import pycrfsuite  # of the extra `bench`

    trainer = pycrfsuite.Trainer(verbose=False)
    for line in train:
        trainer.append(features(line[0], own=own), tags(line))
    trainer.set_params({"c1": 0.02, "c2": 0.1, "max_iterations": ROUNDS, "feature.minfreq": 2})
    trainer.train(str(model))
    tagger = pycrfsuite.Tagger()
    tagger.open(str(model))
    return lambda text: entities(text, tagger.tag(features(text, own=own)))


def f1(dev: Sequence[Line], reader: Callable[[str], set[Entity]]) -> dict[str, float]:
    """Measure a reader: F1 of each field."""
    hit: Counter[str] = Counter()
    said: Counter[str] = Counter()
    for text, spans in dev:
        truth, found = expected(text, spans), reader(text)
        hit.update(name for name, _, _ in truth & found)
        said.update(name for some in (truth, found) for name, _, _ in some)
    return {name: 2 * hit[name] / max(1, said[name]) for name in dict.fromkeys(FIELD.values())}


def main() -> None:
    """Print the three columns."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("dev", type=Path)
    options = parser.parse_args()
    train, dev = read(options.train), read(options.dev)
    ours = {name: row["f1"] for name, row in measure(options.dev).items()}
    with tempfile.TemporaryDirectory() as scratch:
        alone = f1(dev, learned(train, own=False, model=Path(scratch) / "alone"))
        beside = f1(dev, learned(train, own=True, model=Path(scratch) / "beside"))
    print(f"{'field':<13}{'learned':>9}{'with ours':>11}{'ours':>8}{'aim':>7}")
    for name, value in ours.items():
        aim = f"{AIMS[name]:.2f}" if name in AIMS else ""
        print(f"{name:<13}{alone[name]:>9.3f}{beside[name]:>11.3f}{value:>8.3f}{aim:>7}")


if __name__ == "__main__":
    main()

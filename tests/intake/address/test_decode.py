"""The best path through a lattice is the best of all paths."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.intake.address.decode import Piece, best_path
from planner.intake.address.grammar.labels import FOLLOWS, Kind
from planner.intake.address.grammar.lattice import Lattice, build_lattice


def names_only(text: str, spans: list[tuple[int, int, Kind, float]]) -> Lattice:
    """Make a lattice of names at given places, with a cut before each character."""
    lattice = Lattice(text, cuts=list(range(len(text) + 1)))
    for start, end, kind, score in spans:
        lattice.names[start].append((end, kind, score))
    return lattice


def worth(pieces: list[Piece], spans: dict[tuple[int, int, Kind], float]) -> float:
    """Score a path: what its pieces are worth and how they follow each other."""
    total, before = 0.0, Kind.START
    for piece in pieces:
        total += spans[piece.start, piece.end, piece.kind] + FOLLOWS[before][piece.kind]
        before = piece.kind
    return total


KINDS = (Kind.CITY, Kind.DIST, Kind.ROAD, Kind.HOME, Kind.OTHER)
one_span = st.tuples(
    st.integers(0, 3), st.integers(1, 4), st.sampled_from(KINDS), st.floats(-2, 2, width=16)
)


@settings(max_examples=120, deadline=None)
@given(st.lists(one_span, min_size=1, max_size=8))
def test_no_other_path_is_worth_more(drawn: list[tuple[int, int, Kind, float]]) -> None:
    """All paths that cover a text of four characters are tried; none beats the one that was found."""
    spans: dict[tuple[int, int, Kind], float] = {}
    for start, size, kind, score in drawn:
        if start + size <= 4:
            key = (start, start + size, kind)
            spans[key] = max(score, spans.get(key, -9.0))
    for start in range(4):
        spans.setdefault((start, start + 1, Kind.OTHER), -3.0)
    lattice = names_only("甲乙丙丁", [(*key, score) for key, score in spans.items()])
    found = best_path(lattice)
    assert [p.start for p in found] == [0, *(p.end for p in found[:-1])]
    assert found[-1].end == 4
    paths = [
        [Piece(*key) for key in combo]
        for size in range(1, 5)
        for combo in itertools.permutations(spans, size)
        if combo[0][0] == 0
        and combo[-1][1] == 4
        and all(a[1] == b[0] for a, b in itertools.pairwise(combo))
    ]
    assert worth(found, spans) >= max(worth(path, spans) for path in paths) - 1e-9


def test_separators_are_in_no_piece() -> None:
    """Pieces are disjoint, ascend, and leave the separators between them out."""
    text = "八公山区, 幸福路 12号 (阳光小区)"
    pieces = best_path(build_lattice(text))
    assert all(a.end <= b.start for a, b in itertools.pairwise(pieces))
    assert [text[p.start : p.end] for p in pieces] == ["八公山区", "幸福路", "12号", "阳光小区"]


def test_an_empty_line_has_no_pieces() -> None:
    """Nothing, or nothing but separators, is read as nothing."""
    assert best_path(build_lattice("")) == []
    assert best_path(build_lattice(" ,, ")) == []

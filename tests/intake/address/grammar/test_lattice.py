"""The lattice: cuts, numbers, names and what is skipped."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.intake.address.grammar.labels import Kind
from planner.intake.address.grammar.lattice import build_lattice

TEXT = "八公山区幸福路12号阳光小区3栋"


def kinds(text: str, name: str, known: tuple[tuple[int, int, Kind], ...] = ()) -> dict[Kind, float]:
    """Give what a name of a line could be, with the best score of each."""
    start = text.index(name)
    found: dict[Kind, float] = {}
    for end, kind, score in build_lattice(text, known).names[start]:
        if end == start + len(name):
            found[kind] = max(score, found.get(kind, -9.0))
    return found


def test_names_and_numbers_are_collected() -> None:
    """Each name may be what its ending says, each number stands where it begins."""
    lattice = build_lattice(TEXT)
    assert Kind.DIST in kinds(TEXT, "八公山区")
    assert Kind.ROAD in kinds(TEXT, "幸福路")
    assert Kind.HOME in kinds(TEXT, "阳光小区")
    assert [n.unit for at in sorted(lattice.numbers) for n in lattice.numbers[at]] == ["hao", "bld"]
    assert lattice.cuts == sorted(set(lattice.cuts))
    assert {0, len(TEXT)} <= set(lattice.cuts)


def test_a_known_name_outweighs_all_else() -> None:
    """What the map holds scores higher than anything that grammar makes of it."""
    at = TEXT.index("阳光小区")
    told = kinds(TEXT, "阳光小区", ((at, at + 4, Kind.HOME),))
    plain = kinds(TEXT, "阳光小区")
    assert told[Kind.HOME] > max(plain.values()) + 4
    assert {k: v for k, v in told.items() if k is not Kind.HOME} == {
        k: v for k, v in plain.items() if k is not Kind.HOME
    }


def test_a_side_of_an_estate_is_its_part() -> None:
    """阳光小区西3栋 has a west part."""
    assert Kind.SUB in kinds("阳光小区西3栋", "西")


def test_separators_and_noise_are_skipped() -> None:
    """Commas, brackets and words of parcels part names, and are none."""
    text = "幸福路,电联12号"
    lattice = build_lattice(text)
    assert lattice.skips[3] == 4
    assert lattice.skips[4] == 6


def test_words_of_position_are_found() -> None:
    """对面 says where a thing stands."""
    assert Kind.ASSIST in kinds("幸福路12号对面", "对面")


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("幸福路阳光小区八公山镇村12一号栋-, （A"), max_size=40))
def test_spans_lie_between_cuts(text: str) -> None:
    """Every span begins and ends at a cut, and the count of spans grows with the line, not its square."""
    lattice = build_lattice(text)
    cuts = set(lattice.cuts)
    for start, spans in lattice.names.items():
        assert start in cuts or not spans
        assert all(end in cuts and start < end <= len(text) for end, _, _ in spans)
    assert sum(map(len, lattice.names.values())) <= 130 * (len(text) + 1)

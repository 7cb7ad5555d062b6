"""Coverage in words: both languages in each line, and small counts of care hidden."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd

from planner.render.text.coverage_words import coverage_figures, coverage_lines


def told(counts: dict[str, tuple[int, int, int]], care: int = 40):
    """Make a coverage without gaps in which so many care households are within each band."""
    rows = [
        {"source": s, "group": "care", "minutes": m, "households": n, "of": care, "share": n / care}
        for s, ns in counts.items()
        for m, n in zip((3.0, 5.0, 10.0), ns, strict=True)
    ]
    about = {
        "network": "streets",
        "detour_factor": None,
        "households": 900,
        "smallest": 10,
        "care": care,
        "care_doubtful": 0,
    }
    columns = ["cause", "repair"]
    repairs = pd.DataFrame(columns=["kind", "where"])
    even = dict.fromkeys(("median", "worst_decile", "gini", "between_fences", "between_zones"))
    about |= {"equity": {"walk_m": even | {"gini": 0.25}, "load": even}, "helper_m": 300.0}
    return SimpleNamespace(
        gaps=pd.DataFrame(columns=columns),
        repairs=repairs,
        shares=pd.DataFrame(rows),
        about=about,
        care=None,
        absences=None,
        blanks=None,
    )


def test_bands_that_differ_by_few_are_not_both_told() -> None:
    """20 and 25 would tell of five; 25 and 38 leave two; of another source 21 tells of one."""
    figures = coverage_figures(told({"centre": (20, 25, 38), "member": (21, 30, 40)}))
    assert [r["households"] for r in figures["shares"]] == [20, None, None, None, 30, 40]


def test_few_care_households_are_not_told_at_all() -> None:
    """Nine of them: neither their number nor a share."""
    figures = coverage_figures(told({"centre": (0, 4, 9)}, care=9))
    assert figures["care"] is None
    assert {(r["households"], r["share"], r["of"]) for r in figures["shares"]} == {
        (None, None, None)
    }


def test_who_hangs_on_one_is_counted_and_few_are_hidden() -> None:
    """Twelve have one helper, three none: twelve are told, three are fewer than ten."""
    known = told({})
    known.care = pd.DataFrame({"helpers": [1] * 12 + [0] * 3 + [4] * 25})
    known.absences = pd.DataFrame({"left": [14, 2, 0]})
    known.blanks = pd.DataFrame({"kind": ["building", "row", "building"]})
    known.shares = pd.DataFrame(columns=["source", "group", "of"])
    figures = coverage_figures(known)
    assert figures["absences"] == {
        "helper_m": 300.0,
        "care_with_one": 12,
        "care_with_none": None,
        "persons": 3,
        "leaving_somebody": 2,
        "most_left": 14,
    }
    assert figures["blanks"] == {"building": 2, "row": 1, "address": 0}
    lines = "\n".join(" · ".join(pair) for pair in coverage_lines(known))
    assert "12 have one serving member within 300 m, <10 have none" in lines
    assert (
        "the absence of 2 of 3 persons leaves somebody without anyone (at most 14 homes)" in lines
    )
    assert "地图上的楼栋，无登记户：2 处" in lines
    assert "Gini 0.25 (between fences -" in lines


def test_lines_say_it_in_both_languages() -> None:
    """The headline, and one line for the bands of a source; what is hidden is a dash."""
    lines = [" · ".join(pair) for pair in coverage_lines(told({"centre": (20, 25, 40)}))]
    assert lines[0].startswith("覆盖空白 0 户（共 900 户）")
    assert "0 of 900 homes are uncovered" in lines[0]
    assert lines[1].endswith("3 min 50.0 %, 5 min -, 10 min 100.0 %")
    straight = told({})
    straight.shares = pd.DataFrame(columns=["source", "group", "of"])
    straight.about = straight.about | {"network": "straight x1.30", "detour_factor": 1.3}
    assert "1.3" in next(iter(coverage_lines(straight)))[1]


def test_marks_that_nobody_can_read_are_told() -> None:
    """Few of them as few; none, and the line is not there."""
    unclear = told({"centre": (20, 25, 40)})
    assert not any("unclear" in en for _, en in coverage_lines(unclear))
    unclear.about = unclear.about | {"care_doubtful": 3}
    assert any(
        en.startswith("marks of care of <10 homes are unclear") for _, en in coverage_lines(unclear)
    )
    assert coverage_figures(unclear)["care_doubtful"] is None

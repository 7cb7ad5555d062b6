"""Duties and kinds of needs: the product's own tables, an office's own, and what cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import InputError
from planner.model.duties import duties, is_able, need_kinds, needs_in
from planner.model.serving import service_counts

KINDS = need_kinds()


def test_five_duties_each_counted_from_the_log() -> None:
    """Five, in both languages; what tells that each was done is a figure of the product's own table."""
    own = duties()
    assert [d.code for d in own] == ["policy", "opinions", "organisation", "liaison", "estate"]
    counts = {c.code for c in service_counts()[0]}
    assert all(set(d.counts) <= counts and d.counts and d.zh and d.task_en for d in own)


@pytest.mark.parametrize(
    ("texts", "codes"),
    [
        (["送学上门"], ("study",)),
        (["家电维修", "陪护"], ("repair", "company")),
        (["矛盾调解", "調解"], ("mediation",)),
        (["微心愿：一台收音机"], ("wish",)),
        (["理发"], ("other",)),
        (["", " "], ()),
        (["Company for an afternoon"], ("company",)),
    ],
)
def test_needs_as_sheets_call_them(texts: list[str], codes: tuple[str, ...]) -> None:
    """The first kind whose word fits, each once; what no word fits is other."""
    assert needs_in(texts, KINDS) == codes


def test_who_is_able() -> None:
    """A strength holds the word that is asked; where none is asked anybody can."""
    assert is_able(["矛盾调解员"], ("调解",))
    assert is_able(["矛盾調解員"], ("调解",))
    assert not is_able(["政策宣讲员"], ("调解",))
    assert not is_able([], ("调解",))
    assert is_able([], ())


def test_tables_of_ones_own(tmp_path: Path) -> None:
    """Seven duties are as good as five; a table that lacks a column or repeats a code is refused."""
    path = tmp_path / "own.csv"
    path.write_text(
        "code,zh,en,task_zh,task_en,talents,counts,a_month\nflood,防汛,flood watch,巡堤,walks,,visit,2\n",
        "utf-8",
    )
    assert duties(path)[0].a_month == 2
    path.write_text("code,zh\nx,y\n", "utf-8")
    with pytest.raises(InputError, match=r"own\.csv"):
        duties(path)
    with pytest.raises(InputError, match=r"own\.csv"):
        need_kinds(path)
    path.write_text("code,zh,en,words,talents\na,甲,a,x,\na,乙,b,y,\n", "utf-8")
    with pytest.raises(InputError):
        need_kinds(path)

"""A seal knows what must not show without holding it: every door finds it from the plan alone."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.api.plan import Plan
from planner.errors import PrivacyError
from planner.model.tables import PlanTables
from planner.plan.compare import compared
from planner.plan.store import read_plan
from planner.privacy import SEAL, Secrets
from planner.privacy.person import People
from planner.render.map.page import map_page
from planner.render.map.pair import compare_page
from tests.plans import make_plan_tables

NAME, PHONE = "上官龘麤", "13800138000"
PEOPLE = People(
    {}, {}, {"a resident's name": frozenset({NAME, "王芳"}), "a phone": frozenset({PHONE})}
)


def with_label(tables: PlanTables, text: str) -> PlanTables:
    """Give the plan with a text in one building's label."""
    label = [text, *tables.units["label"].tolist()[1:]]
    return replace(tables, units=tables.units.assign(label=label))


def sealed(tables: PlanTables, people: People = PEOPLE) -> PlanTables:
    """Give the plan as it is stored after a run that knew its people."""
    seal = Secrets.of(None, people).seal()
    return replace(tables, provenance={**tables.provenance, SEAL: seal})


def test_a_seal_holds_no_name() -> None:
    """Not plain, not escaped, not as its code points; and it is plain JSON."""
    text = json.dumps(Secrets.of(None, PEOPLE).seal())
    for secret in (NAME, "王芳", PHONE):
        assert secret not in text
        assert json.dumps(secret).strip('"') not in text
    assert text == json.dumps(Secrets.of(None, PEOPLE).seal())


@settings(max_examples=40, deadline=None)
@given(
    st.sets(st.text("赵钱孙李周吴ab01", min_size=2, max_size=6), min_size=1, max_size=20),
    st.text("赵钱孙李周吴ab01 ,.", max_size=200),
)
def test_it_finds_what_the_strings_find(words: set[str], text: str) -> None:
    """In any text, at the same places."""
    plain = Secrets({"x": frozenset(words)})
    only = Secrets({}, seals=(json.loads(json.dumps(plain.seal())),))
    assert only.found_in(text) == plain.found_in(text)
    assert only.found_apart(text) == plain.found_apart(text)


WORDS = st.sets(st.text("赵钱孙李周吴ab01", min_size=2, max_size=4), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, min_size=2, max_size=4), st.text("赵钱孙李周吴ab01 ,.", max_size=120))
def test_a_seal_remembers_those_before(years: list[set[str]], text: str) -> None:
    """However often people come and go, the last seal finds whoever was known, and holds nobody twice."""
    seal = None
    for words in years:
        seal = json.loads(json.dumps(Secrets({"x": frozenset(words)}).seal(seal)))
    everyone = Secrets({"x": frozenset[str]().union(*years)})
    assert Secrets({}, seals=(seal,)).found_in(text) == everyone.found_in(text)
    held = [d for one in (seal, *seal.get("older", ())) for d in one["kinds"].get("x", {}).values()]
    assert sum(len(base64.b64decode(d)) for d in held) == 6 * len(frozenset[str]().union(*years))


def test_what_is_spared_is_not_found() -> None:
    """The centre who is named on a public map, a village that is called like a resident."""
    seal = Secrets({"x": frozenset({"王新庄", "李四光"})}).seal()
    secrets = Secrets({}, seals=(seal,), spared=frozenset({"王新庄"}))
    assert [what for what, _ in secrets.found_in("王新庄 李四光")] == ["x"]


def test_every_door_knows_the_names(tmp_path: Path) -> None:
    """Map, comparison and save refuse a name that stands in a label, without the sheets."""
    tables = with_label(make_plan_tables(), NAME)
    leaking = sealed(tables)
    with pytest.raises(PrivacyError, match="a resident's name"):
        map_page(leaking)
    with pytest.raises(PrivacyError, match="a resident's name"):
        compare_page(compared(make_plan_tables(), leaking))
    with pytest.raises(PrivacyError) as caught:
        Plan.of(leaking).save(tmp_path)
    assert NAME not in str(caught.value)
    assert [p.name for p in tmp_path.iterdir() if not p.name.startswith(".")] == ["plan.gpkg"]


def test_the_plan_file_carries_it(tmp_path: Path) -> None:
    """A run that knew its people seals the plan that it keeps, also where it refuses all else."""
    plan = Plan.of(with_label(make_plan_tables(), NAME))
    with pytest.raises(PrivacyError):
        plan.save(tmp_path, people=PEOPLE)
    kept = read_plan(tmp_path / "plan.gpkg")
    assert NAME.encode() not in (tmp_path / "plan.gpkg").read_bytes().replace(
        str(plan.units["label"].iloc[0]).encode(), b""
    )
    with pytest.raises(PrivacyError, match="a resident's name"):
        map_page(kept)


def test_places_are_spared_here_too() -> None:
    """A street that is called like a resident does not stop the map."""
    tables = make_plan_tables()
    street = next(str(n) for n in tables.base["streets"]["name"] if len(str(n)) > 2)
    people = People({}, {}, {"a name": frozenset({street[:-1]})})
    assert map_page(sealed(tables, people))

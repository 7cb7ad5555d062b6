"""The list of divisions: which town belongs to which city."""

from __future__ import annotations

import pytest

from planner.intake.address.divisions import divisions, short_name


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("八公山区", "八公山"),
        ("寿县", "寿县"),
        ("新街口街道", "新街口"),
        ("新街口街道办事处", "新街口"),
        ("淮南市", "淮南"),
        ("景宁畲族自治县", "景宁"),
        ("西林区", "西林"),
        ("林区", "林区"),
        ("山王镇", "山王"),
        ("一", "一"),
    ],
)
def test_short_names_lose_what_all_are_called_by(name: str, short: str) -> None:
    """Never fewer than two characters are left."""
    assert short_name(name) == short


def test_towns_are_known_by_their_city() -> None:
    """A county answers to its city and province, a town to its city; both go by two names."""
    known = divisions()
    assert known.counties["八公山区"] == known.counties["八公山"]
    assert known.counties["八公山区"] == {"淮南", "安徽"}
    assert {"山王镇", "山王"} <= set(known.towns["淮南"]["山王"])
    assert "八公山区" in known.official
    assert "八公山" not in known.official


def test_the_tables_agree_with_each_other() -> None:
    """Every county has its length on record, and every name stands under its first two characters."""
    known = divisions()
    assert len(known.official) > 2_500
    for name in known.counties:
        assert len(name) in known.county_lengths[name[:2]]
    for heads in known.towns.values():
        for head, names in heads.items():
            assert all(name.startswith(head) for name in names)
            assert list(names) == sorted(names, key=lambda n: (-len(n), n))
    assert divisions() is known


def test_one_name_may_belong_to_many_cities() -> None:
    """朝阳区 is in Beijing and in Changchun; a reader has to be told which."""
    assert {"北京", "长春"} <= divisions().counties["朝阳区"]

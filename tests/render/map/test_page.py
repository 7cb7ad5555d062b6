"""The page is one file, asks for nothing, and tells a meeting no more than it may know."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.errors import PrivacyError
from planner.model.tables import PlanTables
from planner.privacy import Secrets, check_page
from planner.privacy.audience import Audience
from planner.render.map.page import MapPage, map_page
from tests.plans import make_plan_tables, without_gaps


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan."""
    return make_plan_tables()


@pytest.fixture(scope="module")
def page(tables: PlanTables) -> str:
    """Give its page."""
    return map_page(tables).html


def island(html: str) -> dict[str, Any]:
    """Give the data of a page."""
    found = re.search(
        r'<script type="application/json" id="plan-data">(.*?)</script>', html, re.DOTALL
    )
    assert found
    return json.loads(found[1])


def test_it_refers_to_no_other_file(page: str) -> None:
    """No source, link or style names another file; the policy forbids every request."""
    assert not re.search(
        r"<link\b|<iframe|<img|@import|\bsrc\s*=",
        re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL),
    )
    assert "url(" not in "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))
    assert "sourceMappingURL" not in page
    assert "default-src 'none'" in page
    assert "unsafe-inline'; script" not in page
    assert "cdn" not in page.lower().replace("cdnjs", "cdn") or "https://cdn" not in page


def test_same_plan_same_page(tables: PlanTables, page: str) -> None:
    """No random name, no clock."""
    assert map_page(tables).html == page


def test_no_person_is_in_it(tables: PlanTables, page: str) -> None:
    """No household, no member but the centres, in text or hidden data."""
    data = json.dumps(island(page), ensure_ascii=False)
    private = set(tables.households["household_id"]) | set(tables.members["member_id"])
    private -= set(tables.centres["centre_id"])
    assert not [i for i in private if i in data]
    assert all(i in data for i in tables.centres["centre_id"])


def test_zones_and_units_are_all_drawn(tables: PlanTables, page: str) -> None:
    """Each zone, centre and unit is in the data, with the figures of the tables."""
    data = island(page)
    true = tables.zones["households"].to_numpy()
    told = np.array([z["homes"] for z in data["zones"]])
    assert np.abs(told - true).max() < 0.1 * true.max()
    assert len(data["centres"]) == len(tables.centres)
    assert len(data["units"]["x"]) == len(tables.units)
    gaps = tables.gaps[tables.gaps["unit_id"] != ""]
    assert len(data["gaps"]) == len(gaps.groupby(["unit_id", "cause"]))


def test_the_gate_refuses_what_slips_in(tables: PlanTables) -> None:
    """An id, a phone or an unknown kind of data in the finished page stops it; the error repeats none."""
    secrets = Secrets.of(tables)
    page = map_page(tables).html
    member = next(
        m for m in tables.members["member_id"] if m not in set(tables.centres["centre_id"])
    )
    phone = "138" + "0013" + "8000"
    for secret in (
        tables.households["household_id"].iloc[3],
        member,
        phone,
        "11010119" + "9003078515",
    ):
        leaking = page.replace('"title":"', f'"title":"x {secret} ', 1)
        with pytest.raises(PrivacyError) as caught:
            check_page(leaking, Audience.MEETING, secrets)
        assert secret not in str(caught.value)
        assert caught.value.exit_code == 5
    with pytest.raises(PrivacyError, match="unknown kind"):
        check_page(page.replace('{"scale"', '{"people":[],"scale"', 1), Audience.MEETING, secrets)
    few = re.sub(r'"homes":\[-?\d+', '"homes":[2', page, count=1)
    with pytest.raises(PrivacyError, match="below 10"):
        check_page(few, Audience.MEETING, secrets)


def test_a_phone_in_a_label_is_refused(tables: PlanTables) -> None:
    """A phone number glued to an address never reaches a meeting."""
    units = tables.units.copy()
    units["label"] = ["139" + "12345678", *units["label"].tolist()[1:]]
    with pytest.raises(PrivacyError):
        map_page(replace(tables, units=units))


def test_empty_plans_are_drawn(tables: PlanTables) -> None:
    """No gaps, no base map, no fences: still a page."""
    bare = replace(without_gaps(tables), base={k: v.iloc[:0] for k, v in tables.base.items()})
    assert island(map_page(bare).html)["base"]["fences"] == []


def test_save_and_notebook(tables: PlanTables, tmp_path: Path) -> None:
    """The page is saved whole, and a notebook shows it in a frame of its own."""
    page = map_page(tables, title="另一个标题")
    assert page.save(tmp_path / "map.html").read_text("utf-8") == page.html
    assert "另一个标题" in page.html
    framed = page._repr_html_()
    assert framed.startswith("<iframe srcdoc=")
    assert "<script" not in framed
    assert isinstance(page, MapPage)
    assert page.html not in repr(page)


def test_large_plans_stay_small_and_quick() -> None:
    """Some 35,000 homes make a page of less than 3 MB in less than 8 s, attacked and all."""
    tables = make_plan_tables(nx=50, ny=40, nc=150)
    assert len(tables.households) > 30_000
    start = time.process_time()
    html = map_page(tables).html
    assert time.process_time() - start < 8
    assert len(html.encode()) < 3_000_000

"""The care layers of the internal page: shown and hidden, in both languages, asking for nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from planner.api.covering import Coverage
from tests.browser.conftest import Opener
from tests.plan.care.town import care_town


@pytest.fixture(scope="module")
def care(tmp_path_factory: pytest.TempPathFactory) -> tuple[Coverage, Path]:
    """Give what is told of a town's coverage, a log's heat included, and the map that shows it."""
    plan, project = care_town()
    heat = pd.DataFrame({"unit": [3, 5, 9], "services": [7, 1, 4]})
    placed = plan.households.loc[plan.households["unit_id"] != "", "household_id"]
    unmet = pd.DataFrame({"household_id": placed.iloc[[4, 20]].tolist(), "kind": ["study"] * 2})
    covered = replace(plan.coverage(project, seconds=0.0), heat=heat, unmet=unmet)
    path = tmp_path_factory.mktemp("care") / "map.internal.html"
    return covered, plan.map(audience="internal", coverage=covered).save(path)


def test_layers_are_shown_and_stay_shown(open_page: Opener, care: tuple[Coverage, Path]) -> None:
    """Each box draws its layer; another language keeps them; unticked they are gone."""
    _, path = care
    with open_page(path) as page:
        page.evaluate("document.querySelector('details.care').open = true")
        page.check("input[data-care=careBandsCentre]")
        bands = page.locator(".leaflet-overlay-pane path").count()
        assert bands == 3
        page.check("input[data-care=careHomes]")
        homes = page.locator(".leaflet-overlay-pane path").count() - bands
        assert homes > 10
        page.click("#language")
        assert page.is_checked("input[data-care=careHomes]")
        page.uncheck("input[data-care=careHomes]")
        assert page.locator(".leaflet-overlay-pane path").count() == bands


def test_what_if_a_candidate_opens(open_page: Opener, care: tuple[Coverage, Path]) -> None:
    """Its figures and the doors it brings; a click on its sign asks the same; another language keeps it."""
    covered, path = care
    with open_page(path) as page:
        page.evaluate("document.querySelector('details.care').open = true")
        page.check("input[data-care=careSites]")
        assert page.locator(".care-site.care-sites").count() == len(covered.sites)
        page.select_option("select[data-care=careWhatIf]", "0")
        doors = page.locator(".leaflet-overlay-pane path").count()
        assert doors == (covered.brought["rank"] == 1).sum()
        homes = int(covered.sites["homes"].iloc[0])
        assert f"新覆盖 {homes} 户" in page.inner_text(".care-opened[data-asked=sites]")
        page.click("#language")
        assert f"{homes} homes more" in page.inner_text(".care-opened[data-asked=sites]")
        page.locator(".care-site.care-sites").nth(1).dispatch_event("click")
        assert page.input_value("select[data-care=careWhatIf]") == "1"
        page.select_option("select[data-care=careWhatIf]", "-1")
        assert page.locator(".leaflet-overlay-pane path").count() == 0
        assert page.inner_text(".care-opened[data-asked=sites]") == ""


def test_what_if_a_member_is_away(open_page: Opener, care: tuple[Coverage, Path]) -> None:
    """Whom the worst absences leave: figures and doors, beside a candidate that is asked about as well."""
    covered, path = care
    with open_page(path) as page:
        page.evaluate("document.querySelector('details.care').open = true")
        page.select_option("select[data-care=careIfAway]", "0")
        first = covered.left_alone["member_id"].iloc[0]
        own = covered.left_alone[covered.left_alone["member_id"] == first]
        assert page.locator(".leaflet-overlay-pane path").count() == len(own)
        assert str(own["homes"].sum()) in page.inner_text(".care-opened[data-asked=away]")
        page.select_option("select[data-care=careWhatIf]", "0")
        both = page.locator(".leaflet-overlay-pane path").count()
        assert both == len(own) + (covered.brought["rank"] == 1).sum()
        page.select_option("select[data-care=careIfAway]", "-1")
        assert page.locator(".leaflet-overlay-pane path").count() == both - len(own)


def test_a_sheet_has_what_is_shown(open_page: Opener, care: tuple[Coverage, Path]) -> None:
    """Each layer changes the picture of the sheet and stands in its legend; hidden, all is as before."""
    _, path = care
    draw = """async () => {
        const made = await window.plannerPrint.draw({ what: 'printWhole' });
        return [made[0].picture.src, document.querySelector('.sheet .legend').innerText];
    }"""
    with open_page(path) as page:
        page.evaluate("document.querySelector('details.care').open = true")
        plain, legend = page.evaluate(draw)
        seen = {plain}
        for name in (
            "careBandsCentre",
            "careBandsMember",
            "careHomes",
            "careAlone",
            "careNeeds",
            "careHeat",
            "careSites",
        ):
            label = page.inner_text(f"label:has(input[data-care={name}])").strip()
            page.check(f"input[data-care={name}]")
            picture, words = page.evaluate(draw)
            assert picture not in seen, name
            assert label in words, name
            assert label not in legend, name
            seen.add(picture)
            page.uncheck(f"input[data-care={name}]")
        page.select_option("select[data-care=careWhatIf]", "0")
        picture, words = page.evaluate(draw)
        assert picture not in seen
        assert page.inner_text(".care-opened[data-asked=sites]") in words
        page.select_option("select[data-care=careWhatIf]", "-1")
        assert page.evaluate(draw) == [plain, legend]

"""The care layers of the internal page: shown and hidden, in both languages, asking for nothing."""

from __future__ import annotations

from pathlib import Path

from tests.browser.conftest import Opener
from tests.plan.care.town import care_town


def test_layers_are_shown_and_stay_shown(open_page: Opener, tmp_path: Path) -> None:
    """Each box draws its layer; another language keeps them; unticked they are gone."""
    plan, project = care_town()
    covered = plan.coverage(project, seconds=0.0)
    path = plan.map(audience="internal", coverage=covered).save(tmp_path / "map.internal.html")
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

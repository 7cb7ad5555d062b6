"""What the data of a map may hold."""

from __future__ import annotations

import pytest

from planner.errors import PrivacyError
from planner.privacy import released
from planner.privacy.audience import Audience
from planner.render.map.page import map_page
from tests.plans import make_plan_tables
from tests.privacy.hiding import NOBODY


def test_a_page_of_one_audience_is_not_for_another() -> None:
    """A page for a meeting is refused for the public, an internal one for both, each one as what it is."""
    tables = make_plan_tables()
    pages = {audience: map_page(tables, audience=audience).html for audience in Audience}
    for made, page in pages.items():
        for asked in Audience:
            if made is asked:
                assert released(page.encode(), "map.html", asked, NOBODY)
            else:
                with pytest.raises(PrivacyError, match="is not released"):
                    released(page.encode(), "map.html", asked, NOBODY)

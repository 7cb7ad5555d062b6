"""Periods: whole months are held against as many months, other spans against as many days."""

from __future__ import annotations

from datetime import date

import pytest

from planner.errors import ConfigError
from planner.plan.service.periods import Period


@pytest.mark.parametrize(
    ("since", "until", "before", "words"),
    [
        ("2025-01-01", None, ("2024-01-01", "2024-12-31"), ("2025年", "2025")),
        (
            "2025-04-01",
            "2025-06-30",
            ("2025-01-01", "2025-03-31"),
            ("2025年第2季度", "quarter 2 of 2025"),
        ),
        ("2024-02-01", "2024-02-29", ("2024-01-01", "2024-01-31"), ("2024年2月", "2024-02")),
        ("2025-01-01", "2025-01-31", ("2024-12-01", "2024-12-31"), ("2025年1月", "2025-01")),
        (
            "2025-03-10",
            "2025-03-16",
            ("2025-03-03", "2025-03-09"),
            ("2025年3月10日至2025年3月16日", "2025-03-10 to 2025-03-16"),
        ),
        (
            "2024-02-29",
            None,
            ("2023-02-28", "2024-02-28"),
            ("2024年2月29日至2025年2月27日", "2024-02-29 to 2025-02-27"),
        ),
    ],
)
def test_the_period_before(
    since: str, until: str | None, before: tuple[str, str], words: tuple[str, str]
) -> None:
    """It ends where the period begins, and is as long."""
    one = Period.of(date.fromisoformat(since), None if until is None else date.fromisoformat(until))
    earlier = one.before
    assert earlier.until.toordinal() + 1 == one.since.toordinal()
    if one.months is None:
        assert earlier.until - earlier.since == one.until - one.since
    else:
        assert earlier.months == one.months
        assert (str(earlier.since), str(earlier.until)) == before
    assert one.words == words


def test_a_period_that_ends_before_it_begins() -> None:
    """It is refused with both days."""
    with pytest.raises(ConfigError, match="2025-01-01"):
        Period(date(2025, 2, 1), date(2025, 1, 1))

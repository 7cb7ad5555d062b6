"""Numbers that a format shows as days."""

from __future__ import annotations

import datetime

import pytest

from planner.intake.sheets.formats.books.serials import (
    DATE_FORMATS,
    ELAPSED_FORMATS,
    moment,
    shows_date,
    shows_elapsed,
)


@pytest.mark.parametrize(
    "code",
    [
        "yyyy-mm-dd",
        'm"月"d"日"',
        "[$-804]yyyy\\年m\\月",
        "h:mm AM/PM",
        "dd/mm/yyyy;@",
        "[Red]d-mmm",
        "mm:ss.0",
    ],
)
def test_codes_of_dates(code: str) -> None:
    """Letters of days and hours, outside quotes and brackets."""
    assert shows_date(code)


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "0.00",
        '#,##0"户"',
        "0%",
        "[Red]0",
        '0"day"',
        "\\d0",
        "[>=100]0;0.0",
        "@",
        "0.00E+00",
    ],
)
def test_codes_of_numbers(code: str) -> None:
    """A letter in a quotation is no day."""
    assert not shows_date(code)


def test_elapsed_hours() -> None:
    """A bracket around hours makes a span."""
    assert shows_elapsed("[h]:mm")
    assert not shows_elapsed("h:mm")
    assert 14 in DATE_FORMATS
    assert 31 in DATE_FORMATS
    assert 46 in ELAPSED_FORMATS


@pytest.mark.parametrize(
    ("serial", "value"),
    [
        (1.0, datetime.date(1900, 1, 1)),
        (59.0, datetime.date(1900, 2, 28)),
        (61.0, datetime.date(1900, 3, 1)),
        (46083.0, datetime.date(2026, 3, 2)),
        (46083.5, datetime.datetime(2026, 3, 2, 12)),
        (0.25, datetime.time(6)),
        (-1.0, -1.0),
        (3e7, 3e7),
    ],
)
def test_moments(serial: float, value: object) -> None:
    """The calendar of 1900 has one day too many; what is no day stays a number."""
    assert moment(serial, elapsed=False, epoch_1904=False) == value


def test_other_epochs_and_spans() -> None:
    """A workbook may count from 1904."""
    assert moment(44621.0, elapsed=False, epoch_1904=True) == datetime.date(2026, 3, 2)
    assert moment(1.25, elapsed=True, epoch_1904=False) == datetime.timedelta(hours=30)

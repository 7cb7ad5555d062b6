"""A period of a report, and the one before it: months by the calendar, else as many days."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from planner.errors import ConfigError

__all__ = ["Period"]

_YEAR = 12


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included.

    Parameters
    ----------
    since, until : date

    Raises
    ------
    ConfigError
        The last day is before the first.
    """

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise ConfigError.of("period-crossed", since=self.since, until=self.until)

    @classmethod
    def of(cls, since: date, until: date | None = None) -> Self:
        """Take a period; a year from the first day on where no last day is said."""
        return cls(since, _later(since, _YEAR) - timedelta(1) if until is None else until)

    @property
    def months(self) -> int | None:
        """How many whole months of the calendar it is; None where it begins or ends within one."""
        last = calendar.monthrange(self.until.year, self.until.month)[1]
        if self.since.day != 1 or self.until.day != last:
            return None
        return _YEAR * (self.until.year - self.since.year) + self.until.month - self.since.month + 1

    @property
    def before(self) -> Period:
        """The period that ends where this one begins: as many months, or as many days."""
        last = self.since - timedelta(1)
        if self.months is None:
            return Period(last - (self.until - self.since), last)
        return Period(_later(self.since, -self.months), last)

    @property
    def words(self) -> tuple[str, str]:
        """The period in Chinese and English: a year, a quarter or a month by its name."""
        s, u = self.since, self.until
        if self.months == _YEAR and s.month == 1:
            return f"{s.year}年", f"{s.year}"
        if self.months == 3 and s.month % 3 == 1:
            return f"{s.year}年第{s.month // 3 + 1}季度", f"quarter {s.month // 3 + 1} of {s.year}"
        if self.months == 1:
            return f"{s.year}年{s.month}月", f"{s.year}-{s.month:02d}"
        return (
            f"{s.year}年{s.month}月{s.day}日至{u.year}年{u.month}月{u.day}日",
            f"{s} to {u}",
        )


def _later(day: date, months: int) -> date:
    """Give the same day of another month, or the last day of a shorter one."""
    at = _YEAR * day.year + day.month - 1 + months
    year, month = divmod(at, _YEAR)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))

"""Rule books told in words, one by itself or several beside each other, each with where it was published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.model.rules import Bound, RuleBook, rule_words

__all__ = ["BookRow", "book_lines", "compared_books"]

Both = tuple[str, str]
_NOBODY: Both = ("无", "nobody")
_UNKNOWN: Both = ("不详", "not known")
_UNITS = {
    "households_per_zone": ("户", "home"),
    "members_per_zone": ("人", "member"),
    "households_per_member": ("户", "home"),
}


@dataclass(frozen=True, slots=True)
class BookRow:
    """What several rule books say of one thing.

    Parameters
    ----------
    name : tuple of str
        What it is, in Chinese and English.
    values : tuple of (str, str)
        What each book says, in Chinese and English.
    """

    name: Both
    values: tuple[Both, ...]

    @property
    def differs(self) -> bool:
        """Whether the books say different things."""
        return len(set(self.values)) > 1


def book_lines(book: RuleBook) -> tuple[Both, ...]:
    """Tell a rule book in sentences: title, rules, what breaking one costs, where it was published.

    Parameters
    ----------
    book : RuleBook

    Returns
    -------
    tuple of (str, str)
        Each in Chinese and English.
    """
    lines = [(book.title_zh, book.title)]
    for name in (*book.bounds, "walk_m"):
        (zh, en), (said_zh, said) = rule_words(name), _said(book, name)
        lines.append((f"{zh}：{said_zh}", f"{en}: {said}"))
    if book.excused_age is not None:
        lines.append(_excused(book))
    if book.asks:
        lines.append((f"原文另有要求：{book.asks_zh}", f"asked besides: {book.asks}"))
    published = (
        [f"{head}：{_or_unknown(value)[0]}" for (head, _), value in _published(book)],
        [f"{head}: {_or_unknown(value)[1]}" for (_, head), value in _published(book)],
    )
    lines.append((f"出处：{'，'.join(published[0])}", f"source: {', '.join(published[1])}"))
    return tuple(lines)


def compared_books(books: Sequence[RuleBook]) -> tuple[BookRow, ...]:
    """Hold rule books beside each other, a row a rule, then where each was published.

    Parameters
    ----------
    books : sequence of RuleBook

    Returns
    -------
    tuple of BookRow
        Values in the order of the books.
    """
    names = (*books[0].bounds, "walk_m")
    rows = [BookRow(rule_words(n), tuple(_said(book, n) for book in books)) for n in names]
    if any(book.excused_age is not None for book in books):
        said = tuple(_excused(book) if book.excused_age is not None else _NOBODY for book in books)
        rows.append(BookRow(("不参与联系", "excused"), said))
    if any(book.asks for book in books):
        asked = tuple((book.asks_zh or "无", book.asks or "nothing") for book in books)
        rows.append(BookRow(("另有要求", "asked besides"), asked))
    sources = zip(*(_published(book) for book in books), strict=True)
    rows += [
        BookRow(same[0][0], tuple(_or_unknown(value) for _, value in same)) for same in sources
    ]
    return tuple(rows)


def _excused(book: RuleBook) -> Both:
    return (
        f"{book.excused_age:g} 周岁及以上党员不参与联系",
        f"members of {book.excused_age:g} and over do not serve",
    )


def _published(book: RuleBook) -> tuple[tuple[Both, Both], ...]:
    return (
        (("地点", "place"), (book.place_zh, book.place)),
        (("日期", "date"), (book.date, book.date)),
        (("文件名称", "title of the document"), (book.document, book.document)),
    )


def _or_unknown(value: Both) -> Both:
    return value[0] or _UNKNOWN[0], value[1] or _UNKNOWN[1]


def _said(book: RuleBook, name: str) -> Both:
    """Say what a book asks of one rule, and what breaking it costs."""
    if name == "walk_m":
        walk = book.walk
        limit = f"{walk.limit_m:g}"
        if walk.hard:
            return (
                f"不超过 {limit} 米，超过者不予分配",
                f"{limit} m at most, farther homes are left out",
            )
        return (
            f"不超过 {limit} 米，每超 1 米每户折合 {walk.price:g} 米",
            f"{limit} m at most; each metre more costs {walk.price:g} m a home",
        )
    bound = book.bounds[name]
    zh, en = _limits(bound)
    if bound.low is None and bound.high is None:
        return zh, en
    if bound.hard:
        return f"{zh}，必须满足", f"{en}, must hold"
    unit_zh, unit = _UNITS[name]
    price = f"{bound.price_m:g}"
    return (
        f"{zh}，可突破，每差 1 {unit_zh}折合 {price} 米",
        f"{en}; may be broken, {price} m for each {unit}",
    )


def _limits(bound: Bound) -> Both:
    low, high = bound.low, bound.high
    if low is None:
        return ("不限", "free") if high is None else (f"至多 {high:g}", f"at most {high:g}")
    if high is None:
        return f"至少 {low:g}", f"at least {low:g}"
    return f"{low:g} 至 {high:g}", f"{low:g} to {high:g}"

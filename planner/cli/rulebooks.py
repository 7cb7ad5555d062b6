"""The command about rule books: what there is, what one says, how they differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planner.cli.terminal import AsJson, print_json, say

if TYPE_CHECKING:
    from planner.model.rules import RuleBook

__all__ = ["rules"]


def rules(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="One profile, told in words; with --compare, two or more. 方案名称",
            show_default=False,
        ),
    ] = None,
    compare: Annotated[
        bool,
        typer.Option("--compare", help="Hold the profiles named beside each other. 对比所列的方案"),
    ] = False,
    as_json: AsJson = False,
) -> None:
    r"""List the published rule books, tell one in words, or compare some. 查看、对比规则方案

    `planner rules` lists them; `planner rules one-plus-ten` tells one in words, with its source and what to
    write into a project; `planner rules --compare one-plus-ten bagongshan-1-5-15` holds two
    beside each other; what differs is starred.
    不带名称列出全部；写一个名称则用文字说明，并注明出处；--compare 逐项对比，* 为不同之处。
    """
    from planner.errors import ConfigError
    from planner.model.rules import RuleBook, profile_names

    books = [RuleBook.profile(name) for name in names or profile_names()]
    if (compare and len(books) < 2) or (not compare and names and len(books) > 1):
        raise ConfigError.of("rules-compare-names", n=len(names or ()))
    if as_json:
        told = [book.to_mapping() for book in books]
        print_json(told[0] if names and not compare else told)
    elif compare:
        _compared(books)
    elif names:
        _in_words(books[0])
    else:
        _listed(books)


def _listed(books: list[RuleBook]) -> None:
    table = Table(
        say("方案", "profile"),
        say("党员/中心户", "members"),
        say("户/党员", "households"),
        say("户/责任区", "zone"),
        say("步行", "walk"),
    )
    for book in books:
        table.add_row(
            f"{book.name}\n{say(book.title_zh, book.title)}",
            str(book.members_per_zone),
            str(book.households_per_member),
            str(book.households_per_zone),
            f"{book.walk.limit_m:g} m",
        )
    Console().print(table)


def _in_words(book: RuleBook) -> None:
    from planner.model.books import book_lines

    show = Console(highlight=False)
    for line in (book.name, *(say(*pair) for pair in book_lines(book)), "", *_rule_lines(book)):
        show.print(line, markup=False)


def _compared(books: list[RuleBook]) -> None:
    from planner.model.books import compared_books

    table = Table("", *(escape(book.name) for book in books), show_lines=True)
    for row in compared_books(books):
        mark = "* " if row.differs else "  "
        table.add_row(mark + say(*row.name), *(escape(say(*value)) for value in row.values))
    Console(highlight=False).print(table)


def _rule_lines(book: RuleBook) -> Iterator[str]:
    """Give a rule book as it would stand in a project file."""
    yield f'[rules]\nprofile = "{book.name}"'
    # commented out: a profile that is named needs no number, and one may be uncommented
    if book.excused_age is not None:
        yield f"# excused_age = {book.excused_age:g}"
    for key in (*book.bounds, "walk"):
        values = book.to_mapping()[key].items()
        told = ", ".join(
            f"{k} = {str(v).lower() if isinstance(v, bool) else f'{v:g}'}" for k, v in values
        )
        yield f"# {key} = {{ {told} }}"

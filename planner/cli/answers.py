"""How commands end that answer about a plan: their workbook, their lines, their values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer
from rich.console import Console

from planner.cli.terminal import print_json, say

__all__ = ["Answering", "ReplaceBook", "answered"]

ReplaceBook = Annotated[
    bool,
    typer.Option(
        "--replace",
        help="Overwrite the workbook in OUT; else a dated folder is made beside it. 覆盖原结果",
    ),
]


class Answering(Protocol):
    """What is told of a plan."""

    def figures(self) -> dict[str, Any]:
        """Give plain values."""
        ...

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """The same in lines, each as Chinese and English."""
        ...


def answered(found: Answering, written: Mapping[str, Path], *, as_json: bool) -> None:
    """Tell an answer and where its files lie: for a program, or line by line in the language asked for."""
    if as_json:
        print_json({**found.figures(), "files": {n: str(p) for n, p in written.items()}})
        return
    show = Console(highlight=False)
    for line in (*(say(*pair) for pair in found.said), *map(str, written.values())):
        show.print(line, markup=False)

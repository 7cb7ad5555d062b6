"""The command of the review: addresses that a person must settle, and their answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from planner.cli.terminal import ProjectFile

__all__ = ["review"]


def review(
    project: ProjectFile,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Write the review workbook here. 写出复核表 [review.xlsx]"
        ),
    ] = None,
    read: Annotated[
        Path | None,
        typer.Option(
            "--read", help="Read a filled-in workbook and remember its answers. 读入复核结果"
        ),
    ] = None,
    doubtful: Annotated[
        bool,
        typer.Option("--doubtful", help="Also homes placed without confidence. 包括把握不足的地址"),
    ] = False,
) -> None:
    """Settle addresses that fit several places or none. 地址复核

    Writes a workbook with the candidates of each open address; with --read its choices are remembered in
    accepted.csv beside the project file, and come first in every later run.
    """
    from planner.api.review.review import review as collect

    found = collect(project, doubtful=doubtful)
    show = Console(highlight=False)
    if read is not None:
        show.print(str(found.accept(read)), markup=False)
        if out is None:
            return
        found = collect(project, doubtful=doubtful)
    show.print(str(found), markup=False)
    show.print(str(found.save(out or Path("review.xlsx"))), markup=False)

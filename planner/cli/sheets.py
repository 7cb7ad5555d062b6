"""Commands about the sheets that an office hands in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from planner.cli.terminal import ProjectFile, progress

__all__ = ["check"]


def check(
    project: ProjectFile,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write the report and marked copies of the sheets here."),
    ] = None,
    id_numbers: Annotated[
        bool,
        typer.Option(
            "--id-numbers",
            help="Check the digits of citizens' id numbers too; nothing else reads them. 校验身份证号",
        ),
    ] = False,
) -> None:
    """Check the sheets: every problem, its row and column, and what to do. 数据体检

    With --out each sheet comes back as a marked copy; the originals are never touched. Exit code 2
    where something must be mended before anything can be planned.
    """
    from planner.config import Project
    from planner.examination import check as check_inputs

    with progress() as listener:
        report = check_inputs(Project.read(project), id_numbers=id_numbers, listener=listener)
        written = report.save(out) if out is not None else {}
    Console(highlight=False).print(str(report), markup=False)
    for path in written.values():
        Console(highlight=False).print(str(path), markup=False)
    raise typer.Exit(report.exit_code)

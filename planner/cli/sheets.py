"""Commands about the sheets that an office hands in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from planner.cli.terminal import progress

__all__ = ["check"]


def check(
    project: Annotated[
        Path,
        typer.Argument(help="Project file, or a single sheet of households. 项目文件或一张居民表"),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write the report and marked copies of the sheets here."),
    ] = None,
    members: Annotated[
        Path | None,
        typer.Option("--members", help="With a single sheet: that of members too. 党员表"),
    ] = None,
    streets: Annotated[
        Path | None,
        typer.Option(
            "--streets", help="With a single sheet: streets to look addresses up in. 路网数据"
        ),
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

    A project file names all sheets; a single sheet may be checked without one. With --out each sheet
    comes back as a marked copy; the originals are never touched. Exit code 2 where something must be
    mended before anything can be planned.
    """
    from planner.api.check.check import check as check_inputs
    from planner.errors import ConfigError
    from planner.model.project import Project

    named = project.suffix.lower() == ".toml"
    if named and (members is not None or streets is not None):
        raise ConfigError(
            "a project file names its own members and streets 项目文件中已写明党员表与路网",
            remedy="leave --members and --streets out; 请去掉 --members 和 --streets",
        )
    with progress() as listener:
        report = check_inputs(
            Project.read(project) if named else project, members=() if members is None else members,
            ground=streets, id_numbers=id_numbers, listener=listener,
        )  # fmt: skip
        written = report.save(out) if out is not None else {}
    Console(highlight=False).print(str(report), markup=False)
    for path in written.values():
        Console(highlight=False).print(str(path), markup=False)
    raise typer.Exit(report.exit_code)

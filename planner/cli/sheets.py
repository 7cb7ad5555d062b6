"""Commands about the sheets that an office hands in."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from planner.cli.terminal import AsJson, ProjectFile, ReplaceCopies, print_json, progress

__all__ = ["check", "review"]


def check(
    project: Annotated[
        Path,
        typer.Argument(help="Project file, or a single sheet of households. 项目文件或一张居民表"),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Write the report and marked copies of the sheets here. 体检报告与标注副本的文件夹",
        ),
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
    replace: ReplaceCopies = False,
    as_json: AsJson = False,
) -> None:
    """Check the sheets: every problem, its row and column, and what to do. 数据体检

    A project file names all sheets; a single sheet may be checked without one. With --out each sheet
    comes back as a marked copy; the originals are never touched. Exit code 2 where something must be
    mended before anything can be planned.
    """
    from planner.api.check.check import check as check_inputs
    from planner.errors import ConfigError
    from planner.model.project import Project, project_file

    # a folder stands for the project in it
    # A project names its members and streets: two answers to one question would be one too many.
    named = project_file(project) is not None
    if named and (members is not None or streets is not None):
        raise ConfigError.of("check-project-with-files")
    with progress() as listener:
        report = check_inputs(
            Project.read(project) if named else project,
            members=() if members is None else members,
            ground=streets,
            id_numbers=id_numbers,
            listener=listener,
        )
        written = report.save(out, replacing=replace) if out is not None else {}
    if as_json:
        print_json({**report.figures(), "findings": [asdict(f) for f in report.findings]})
        # the code says it to a script as the text does to a person
        raise typer.Exit(report.exit_code)
    Console(highlight=False).print(str(report), markup=False)
    for path in written.values():
        Console(highlight=False).print(str(path), markup=False)
    raise typer.Exit(report.exit_code)


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
    force: Annotated[
        bool,
        typer.Option("--force", help="Overwrite one that was filled in. 覆盖已填写的复核表"),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Settle addresses that fit several places or none. 地址复核

    Writes a workbook with the candidates of each open address; with --read its choices are remembered in
    accepted.csv beside the project file, and come first in every later run.
    """
    from planner.api.review.review import review as collect

    found = collect(project, doubtful=doubtful)
    show, told = Console(highlight=False), dict[str, object]()
    if read is not None:
        answers = found.accept(read)
        told |= {"accepted": answers.accepted, "left": answers.left, "known": answers.known}
        if not as_json:
            show.print(str(answers), markup=False)
    # with both, what is still open after the answers is written anew
    if read is None or out is not None:
        found = collect(project, doubtful=doubtful) if read is not None else found
        written = found.save(out or Path("review.xlsx"), replacing=force)
        homes = sum(line.homes for line in found.lines)
        told |= {"addresses": len(found.lines), "homes": homes, "file": str(written)}
        if not as_json:
            show.print(f"{found}\n{written}", markup=False)
    if as_json:
        print_json(told)

"""The command that plans many projects in one run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from planner.cli.terminal import INTERRUPTED, AsJson, console, print_json, progress, say

__all__ = ["batch"]


def batch(
    manifest: Annotated[
        Path,
        typer.Argument(
            help="A folder in which each folder holds a planner.toml, or a TOML file with a table [[job]] "
            "(project, name) for each. 含各项目文件夹的文件夹，或清单文件"
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="Folder for all results, one folder a job. 结果文件夹"),
    ],
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, help="Jobs under way at once; one a processor by default. 同时进行的项目数"
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="Address of a Dask scheduler, tcp://...: its workers do the work, and must see the same "
            "paths (extra dask). Dask 调度器地址"
        ),
    ] = None,
    fit_rules: Annotated[
        bool,
        typer.Option(
            "--fit-rules", help="As of planner zone, for each job. 同 planner zone 的该选项"
        ),
    ] = False,
    allow_missing_centres: Annotated[
        bool,
        typer.Option(
            "--allow-missing-centres",
            help="As of planner zone, for each job. 同 planner zone 的该选项",
        ),
    ] = False,
    again: Annotated[
        bool,
        typer.Option(
            "--again",
            help="Plan all anew, whatever stands in OUT; else what was planned from the same inputs is kept. "
            "全部重做并覆盖",
        ),
    ] = False,
    by_fence: Annotated[
        bool,
        typer.Option(
            "--by-fence",
            help="Divide each project into its communities first, each a job of its own. 先按社区拆分",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Plan many projects: communities, districts, cities. 批量规划

    Run the same command again after a stop, a crash or a correction: what was planned from the same inputs
    is kept, the rest is done. A job that fails ends none of the others; the table says why it failed.
    Nothing is sent to an online provider: answers that were kept are used.
    中断、断电或改正后，再次运行同一命令即可：输入未变的项目沿用已有结果，其余继续完成。某个项目失败不影响其他项目。
    """
    from planner.api.batch.jobs import read_jobs
    from planner.api.batch.run import batch as run
    from planner.api.batch.run import scheduler_of

    executor = None if scheduler is None else scheduler_of(scheduler)
    try:
        with progress() as listener:
            report = run(
                [replace(job, by_fence=True) for job in read_jobs(manifest)]
                if by_fence
                else manifest,
                out,
                executor=executor,
                workers=workers,
                fit_rules=fit_rules,
                allow_missing_centres=allow_missing_centres,
                again=again,
                listener=listener,
            )
    except KeyboardInterrupt:
        console.print(
            say(
                "已按要求停止：已完成的项目均已保存，再次运行同一命令即可继续",
                "stopped by hand: jobs that were finished are kept; the same command goes on from them",
            )
        )
        raise typer.Exit(INTERRUPTED) from None
    written = report.save(out)
    if as_json:
        jobs = report.table().to_dict("records")
        print_json(
            {**report.figures(), "jobs_told": jobs, "files": list(map(str, written.values()))}
        )
        raise typer.Exit(report.exit_code)
    for told in report.outcomes:
        error = say(told.error_zh, told.error)
        if error:
            console.print(f"[bold red]{escape(told.name)}[/bold red] {escape(error)}")
    for zh, en in report.lines():
        console.print(escape(say(zh, en)), highlight=False)
    shown = {True: [], False: []}
    for name, path in written.items():
        shown[name == "overview.html"].append(str(path))
    console.print(f"{say('内部', 'internal')}: {escape(', '.join(shown[False]))}")
    if shown[True]:
        console.print(f"{say('会议', 'for a meeting')}: {escape(', '.join(shown[True]))}")
    raise typer.Exit(report.exit_code)

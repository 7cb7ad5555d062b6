"""The command line: a thin layer over the calls that Python has."""

from __future__ import annotations

import io
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.markup import escape

from planner.cli import (
    batching,
    caring,
    finished,
    history,
    planning,
    rezoning,
    rulebooks,
    serving,
    sheets,
    siting,
)
from planner.cli.terminal import console, languages, say
from planner.errors import ConfigError, PlannerError, without_numbers

__all__ = ["app", "main"]

app = typer.Typer(
    name="planner",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="""Walkable responsibility zones from resident addresses. 责任区规划

    [bold]First time 初次使用[/bold]   planner demo --out out/
    [bold]Your own data 自有数据[/bold]   planner init; planner zone planner.toml --out out/
    [bold]When people move 人员变动[/bold]   planner rezone out/ --changes c.xlsx

    [bold]Check the sheets first 先体检[/bold]   planner check planner.toml --out checked/
    [bold]The sheets filled in 回填原表[/bold]   planner fill out/ planner.toml --out filled/
    [bold]For the public, for the office 公开版、内部版[/bold]   planner map out/plan.gpkg --audience public

    Exit codes 退出码: 0 done 完成, 1 our fault 程序故障, 2 bad input 输入有误, 3 rules cannot hold 规则不符,
    4 files 文件读写, 5 privacy gate 隐私检查, 6 ended by hand, plan kept 提前结束、方案已存,
    130 stopped 已中止.
    """,
)


def _show_version(asked: bool) -> None:
    if asked:
        from planner import __version__

        print(f"planner {__version__}")  # noqa: T201 - this is what is asked for
        raise typer.Exit


@app.callback()
def _options(
    lang: Annotated[
        str, typer.Option(help="zh, en or both; the system's language by default. 语言")
    ] = "",
    verbose: Annotated[
        int,
        typer.Option(
            "--verbose", "-v", count=True, help="Log each stage; -vv each step. 日志（-vv更详）"
        ),
    ] = 0,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say results and errors alone. 只说结果与错误")
    ] = False,
    version: Annotated[  # noqa: ARG001 - the callback has answered it
        bool,
        typer.Option("--version", is_eager=True, callback=_show_version, help="Version. 版本号"),
    ] = False,
) -> None:
    if lang not in ("", "zh", "en", "both"):
        raise ConfigError.of("unknown-language", lang=lang)
    console.quiet = quiet
    _log(verbose)
    # Into the environment, where the product's other texts look for it as well.
    if lang:
        os.environ["PLANNER_LANG"] = lang


def _log(verbose: int) -> None:
    """Log what the product's loggers say, by the standard library, beside what the screen shows."""
    if not verbose:
        return
    import logging

    shown = logging.StreamHandler()
    shown.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("planner")
    # a program that calls this twice is told each line once
    logger.handlers = [h for h in logger.handlers if type(h) is not logging.StreamHandler]
    logger.addHandler(shown)
    logger.setLevel(logging.INFO if verbose == 1 else logging.DEBUG)


# in the order of an office's work, as the help lists them
for command in (
    planning.demo,
    planning.init,
    siting.site,
    planning.zone,
    batching.batch,
    rezoning.rezone,
    history.history,
    history.diff,
    history.undo,
    finished.apply,
    finished.draw_map,
    finished.compare,
    finished.verify,
    finished.fill,
    caring.gaps,
    caring.visits,
    serving.year,
    serving.due,
    serving.duties,
    serving.wishes,
    sheets.check,
    sheets.review,
    rulebooks.rules,
):
    app.command("map" if command is finished.draw_map else None)(command)
# a longitude may begin with a minus
app.command(context_settings={"ignore_unknown_options": True})(finished.lookup)


def main() -> None:
    """Run the command line; errors made on purpose end in their exit code, without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # what a terminal has no letters for is written as its number: a run never fails in telling
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")
    console.quiet = False
    # a machine that shuts down, or a scheduler, ends a run as Ctrl-C does: with the best plan so far
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = app(
            standalone_mode=False
        )  # click hands the code of typer.Exit back, it does not raise
        if isinstance(code, int):
            sys.exit(code)
    except PlannerError as error:
        console.quiet = False  # an error is always told
        told = without_numbers(error.told(languages()))
        console.print(f"[bold red]{say('错误', 'error')}[/bold red] {escape(told)}")
        sys.exit(error.exit_code)
    except typer.Exit as stop:
        sys.exit(stop.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        console.quiet = False
        console.print(say("已中止：未写出方案", "stopped: no plan was written"))
        # as a shell reports a process that was interrupted
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last door: usage errors of click, then our own faults
        console.quiet = False
        # errors of usage are click's own, with its own words
        show = getattr(error, "show", None)
        if callable(show):
            show()
            sys.exit(2)
        if isinstance(error, OSError | MemoryError):
            _machine(error)
        _own_fault(error)


def _machine(error: OSError | MemoryError) -> NoReturn:
    """Say what the machine refused: a full disk or a locked file is nobody's programming fault."""
    reason = getattr(error, "strerror", None) or "out of memory"
    name = getattr(error, "filename", None)
    where = f" {Path(str(name)).name}" if name else ""
    console.print(
        f"[bold red]{say('错误', 'error')}[/bold red]{escape(where)}: "
        + say(f"系统拒绝：{reason}", f"the system refused: {reason}")
        + "\n  -> "
        + say(
            "请关闭占用该文件的程序，检查权限、磁盘空间和内存后重试",
            "close the file where it is open; check rights, disk space and memory; then try again",
        )
    )
    sys.exit(4)


def _own_fault(error: Exception) -> None:
    """Say where it broke without the values: a traceback may hold residents' data."""
    import traceback

    # the last frame alone: file, line and function say where, and no value is told
    frame = traceback.extract_tb(error.__traceback__)[-1]
    console.print(
        f"[bold red]{say('内部错误', 'internal error')}[/bold red] {type(error).__name__} in "
        f"{Path(frame.filename).name}:{frame.lineno} ({frame.name}). "
        + say(
            "已写出的文件均完整。请反馈此行。",
            "Files are whole, old or new. Please report this line.",
        )
    )
    sys.exit(1)

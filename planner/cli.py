"""The command line: a thin layer over the calls that Python has."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planner.errors import PlannerError

if TYPE_CHECKING:
    from planner.pipeline import Event
    from planner.plan import Plan

__all__ = ["app", "main"]

app = typer.Typer(
    name="planner",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="""Walkable responsibility zones from resident addresses. 责任区规划

    [bold]First time 初次使用[/bold]   planner demo --out out/
    [bold]Your own data 自有数据[/bold]   planner init; planner zone planner.toml --out out/
    [bold]When people move 人员变动[/bold]   planner zone planner.toml --previous out/plan.gpkg --out new/

    Exit codes 退出码: 0 done, 1 our fault, 2 bad input, 3 rules cannot hold, 4 files, 5 privacy gate.
    """,
)
console = Console(stderr=True, highlight=False)

OutFolder = Annotated[
    Path, typer.Option("--out", "-o", help="Folder for the results; made if absent. 结果文件夹")
]
STAGE_WORDS = {
    "read": "Reading the sheets 读取表格",
    "ground": "Streets and addresses 路网与地址库",
    "geocode": "Finding every address 地址匹配",
    "demand": "Demand units and walks 需求单元与步行距离",
    "zones": "Zones 划分责任区",
    "check": "Independent check 独立核验",
    "draw": "Shapes and gaps 边界与空白",
}


@app.command()
def demo(
    out: OutFolder = Path("out"),
    town: Annotated[
        str, typer.Option(help="helsinki (real streets) or bagongshan (made-up town). 城市")
    ] = "helsinki",
    seed: Annotated[int, typer.Option(help="Another seed, another register. 随机种子")] = 0,
) -> None:
    """Plan a synthetic district: central Helsinki's real streets, or a made-up Chinese town. 运行示例

    Writes the register as workbooks into OUT/input, then plans from those files, as for anyone.
    """
    from planner.config import Project
    from planner.demo import write_demo, write_town
    from planner.errors import ConfigError

    writers = {"helsinki": write_demo, "bagongshan": write_town}
    if town not in writers:
        raise ConfigError(f"there is no demo town {town!r}", remedy="one of: " + ", ".join(writers))
    project = writers[town](out / "input", seed=seed)
    _plan(Project.read(project), out, None, None)


@app.command()
def init(
    path: Annotated[Path, typer.Argument(help="Project file to write. 项目文件")] = Path(
        "planner.toml"
    ),
    force: Annotated[bool, typer.Option("--force", help="Overwrite it if it exists.")] = False,
) -> None:
    """Write a commented project file to fill in. 生成项目文件"""
    from planner.config import TEMPLATE
    from planner.errors import ConfigError
    from planner.render.outputs import write_files

    if path.exists() and not force:
        raise ConfigError(f"{path} exists already", remedy="choose another name, or add --force")
    write_files(path.parent, {path.name: TEMPLATE.encode()})
    console.print(
        f"wrote {escape(str(path))}: fill in \\[inputs], then: planner zone {escape(str(path))}"
    )


@app.command()
def zone(
    project: Annotated[Path, typer.Argument(help="Project file, see planner init. 项目文件")],
    out: OutFolder = Path("out"),
    previous: Annotated[
        Path | None,
        typer.Option(help="The plan that stands: keep homes with their centre. 原方案 plan.gpkg"),
    ] = None,
    move_price: Annotated[
        float | None,
        typer.Option(
            "--move-price",
            min=0,
            help="Metres of walking that one home changing hands must be worth. 每户变动折算米数 [200]",
        ),
    ] = None,
) -> None:
    """Plan the zones of a project file. 划分责任区

    With --previous the zones are re-cut with few homes changing hands; unchanged input changes nothing.
    """
    from planner.config import Project

    _plan(Project.read(project), out, previous, move_price)


@app.command()
def check(
    project: Annotated[Path, typer.Argument(help="Project file, see planner init. 项目文件")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write the report and marked copies of the sheets here."),
    ] = None,
) -> None:
    """Check the sheets: every problem, its row and column, and what to do. 数据体检

    With --out each sheet comes back as a marked copy; the originals are never touched. Exit code 2
    where something must be mended before anything can be planned.
    """
    from planner.config import Project
    from planner.examination import check as check_inputs

    with _progress() as listener:
        report = check_inputs(Project.read(project), listener=listener)
        written = report.save(out) if out is not None else {}
    Console(highlight=False).print(str(report), markup=False)
    for path in written.values():
        Console(highlight=False).print(str(path), markup=False)
    raise typer.Exit(report.exit_code)


@app.command()
def rules() -> None:
    """List the rule profiles. 查看规则方案"""
    from planner.rules import RuleBook, profile_names

    table = Table(
        "profile 方案", "members 党员/中心户", "households 户/党员", "zone 户/责任区", "walk 步行"
    )
    for name in profile_names():
        book = RuleBook.profile(name)
        table.add_row(
            f"{name}\n{book.title_zh}",
            str(book.members_per_zone),
            str(book.households_per_member),
            str(book.households_per_zone),
            f"{book.walk.limit_m:g} m",
        )
    Console().print(table)


def _plan(project: object, out: Path, previous: Path | None, move_price: float | None) -> None:
    from planner.config import Project
    from planner.pipeline import MOVE_PRICE_M, run

    assert isinstance(project, Project)
    with _progress() as listener:
        plan = run(
            project,
            previous=previous,
            move_price_m=MOVE_PRICE_M if move_price is None else move_price,
            listener=listener,
        )
        written = plan.save(out)
    _closing_table(plan, written)


class _progress:  # noqa: N801 - used as a context manager only
    """Show the stages as bars on a terminal, as single lines elsewhere."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self.bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[detail]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self.tasks: dict[str, int] = {}

    def __enter__(self) -> _progress:
        self.bars.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.bars.stop()

    def __call__(self, event: Event) -> None:
        if event.stage not in self.tasks:
            words = STAGE_WORDS.get(event.stage, event.stage)
            self.tasks[event.stage] = self.bars.add_task(words, total=1.0, detail="")
            if not console.is_terminal:
                console.print(words)
        task = self.bars.tasks[self.tasks[event.stage]]
        detail = event.detail or task.fields["detail"]
        self.bars.update(task.id, completed=event.done, detail=detail)


def _closing_table(plan: Plan, written: dict[str, Path]) -> None:
    figures = plan.summary()
    table = Table(show_header=False, title=escape(str(plan.provenance.get("title", ""))) or None)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    walk, gaps = figures["walk_m"], figures["gaps"]
    table.add_row(
        "Households 居民户", f"{figures['households']} ({figures['located']} located 已定位)"
    )
    table.add_row(
        "Zones 责任区",
        f"{figures['zones']}, all connected 全部连通"
        if figures["zones_connected"]
        else str(figures["zones"]),
    )
    table.add_row(
        "Walk 步行",
        f"mean 平均 {walk['mean']:.0f} m, p90 {walk['p90']:.0f} m, max 最远 {walk['max']:.0f} m",
    )
    for rule in figures["rules"]:
        state = "holds 符合" if not rule["broken"] else f"broken 违反: {rule['broken']}"
        table.add_row(
            f"Rule 规则 {rule['name']}", f"{rule['limit']}: worst 最差 {rule['worst']:.6g}, {state}"
        )
    table.add_row(
        "Coverage gaps 覆盖空白", ", ".join(f"{k} {v}" for k, v in gaps.items() if v) or "none 无"
    )
    table.add_row(
        "Proven 已证明",
        f"within {100 * figures['optimality_gap']:.2f} % of the best possible 与最优差距",
    )
    if figures["homes_moved"] is not None:
        table.add_row("Homes that change hands 变动户", str(figures["homes_moved"]))
    if figures.get("network", "streets") != "streets":
        table.add_row("[bold red]Walks 步行[/bold red]", escape(str(figures["network"])))
    table.add_row("Time 用时", f"{sum(figures['seconds'].values()):.1f} s")
    for path in written.values():
        table.add_row("", escape(str(path)))
    Console(highlight=False).print(table)


def main() -> None:
    """Run the command line; errors made on purpose end in their exit code, without a traceback."""
    try:
        app(standalone_mode=False)
    except PlannerError as error:
        console.print(f"[bold red]error 错误[/bold red] {escape(str(error))}")
        sys.exit(error.exit_code)
    except typer.Exit as stop:
        sys.exit(stop.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        console.print("stopped 已中止: nothing was written")
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last door: usage errors of click, then our own faults
        show = getattr(error, "show", None)
        if callable(show):
            show()
            sys.exit(2)
        _own_fault(error)


def _own_fault(error: Exception) -> None:
    """Say where it broke without the values: a traceback may hold residents' data."""
    import traceback

    frame = traceback.extract_tb(error.__traceback__)[-1]
    console.print(
        f"[bold red]internal error 内部错误[/bold red] {type(error).__name__} in "
        f"{Path(frame.filename).name}:{frame.lineno} ({frame.name}). Nothing was written. "
        "Please report this line."
    )
    sys.exit(1)


if __name__ == "__main__":
    main()

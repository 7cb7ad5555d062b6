"""Commands that make a plan, and those that prepare for it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planner.cli.terminal import OutFolder, ProjectFile, closing_table, console, progress

__all__ = ["demo", "init", "rules", "zone"]


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


def zone(
    project: ProjectFile,
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
    with progress() as listener:
        plan = run(
            project,
            previous=previous,
            move_price_m=MOVE_PRICE_M if move_price is None else move_price,
            listener=listener,
        )
        written = plan.save(out)
    closing_table(plan, written)

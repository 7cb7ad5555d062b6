"""Commands that make a plan, and those that prepare for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planner.cli.terminal import (
    OutFolder,
    ProjectFile,
    closing_table,
    consent_asker,
    console,
    progress,
)

if TYPE_CHECKING:
    from planner.api.plan import Plan
    from planner.model.project import Project

__all__ = ["demo", "init", "rules", "zone"]


def demo(
    out: OutFolder = Path("out"),
    town: Annotated[
        str, typer.Option(help="helsinki (real streets) or bagongshan (made-up town). 城市")
    ] = "helsinki",
    seed: Annotated[
        int, typer.Option(help="Another seed, another register (helsinki). 随机种子")
    ] = 0,
) -> None:
    """Plan a synthetic district: central Helsinki's real streets, or a made-up Chinese town. 运行示例

    Writes the register as workbooks into OUT/input, then plans from those files, as for anyone.
    """
    from planner.api.demo import write_demo, write_town
    from planner.errors import ConfigError
    from planner.model.project import Project

    if town not in ("helsinki", "bagongshan"):
        raise ConfigError(f"there is no demo town {town!r}", remedy="one of: helsinki, bagongshan")
    if town == "bagongshan" and seed:
        raise ConfigError(
            "the town bagongshan is one office, as it lies in data/bagongshan",
            remedy="leave --seed out, or take --town helsinki",
        )
    folder = out / "input"
    project = write_town(folder) if town == "bagongshan" else write_demo(folder, seed=seed)
    _plan(Project.read(project), out)


def init(
    path: Annotated[Path, typer.Argument(help="Project file to write. 项目文件")] = Path(
        "planner.toml"
    ),
    force: Annotated[bool, typer.Option("--force", help="Overwrite it if it exists.")] = False,
) -> None:
    """Write a commented project file to fill in. 生成项目文件"""
    from planner.api.opening import write_project

    write_project(path, replacing=force)
    console.print(
        f"wrote {escape(str(path))}: fill in \\[inputs], then: planner zone {escape(str(path))}"
    )


def zone(
    project: ProjectFile,
    out: OutFolder = Path("out"),
    previous: Annotated[
        Path | None,
        typer.Option(
            help="The plan that stands: keep homes with their centre. plan.gpkg, roster.internal.xlsx, or "
            "a sheet of one's own with 编号 and 中心户. 原方案"
        ),
    ] = None,
    move_price: Annotated[
        float | None,
        typer.Option(
            "--move-price",
            min=0,
            help="Metres of walking that one home changing hands must be worth. "
            "每户变动折算米数 \\[200, or move_price_m in the project file]",
        ),
    ] = None,
    fit_rules: Annotated[
        bool,
        typer.Option(
            "--fit-rules",
            help="Where the counts rule the rules out, plan under the nearest that fit, and "
            "say so. 规则与实际数量不符时，按最接近的可行规则规划",
        ),
    ] = False,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes", "-y", help="Agree to ask the provider named in \\[online]. 同意在线查询"
        ),
    ] = False,
    offline: Annotated[
        bool,
        typer.Option("--offline", help="Send nothing, whatever else is said; always wins. 不联网"),
    ] = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="For scheduled jobs: write the plan, then exit with 3 if it breaks a rule, or with 2 if "
            "homes were held back. 严格模式：违反规则退出码3，有搁置户退出码2",
        ),
    ] = False,
) -> None:
    """Plan the zones of a project file. 划分责任区

    With --previous the zones are re-cut with few homes changing hands; unchanged input changes nothing.

    Where the project file names an online provider, what would be asked, how long it takes and what it
    costs is shown first, and nothing is sent before you agree. Away from a terminal --yes agrees;
    without it the plan is made offline. Answers are kept: a run that was stopped goes on where it was.
    在线查询前先给出数量、用时和费用，同意后才发送；已得结果会保存，中断后可继续。
    """
    from planner.model.project import Project

    plan = _plan(
        Project.read(project),
        out,
        previous=previous,
        move_price=move_price,
        fit_rules=fit_rules,
        yes=yes,
        offline=offline,
    )
    if strict:
        raise typer.Exit(_strict_code(plan))


def rules() -> None:
    """List the rule profiles. 查看规则方案"""
    from planner.model.rules import RuleBook, profile_names

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


def _plan(
    project: Project,
    out: Path,
    *,
    previous: Path | None = None,
    move_price: float | None = None,
    fit_rules: bool = False,
    yes: bool = False,
    offline: bool = False,
) -> Plan:
    from planner.api.opening import online_of
    from planner.api.zone import run_and_save

    online = online_of(project)
    if online and offline:
        console.print("--offline: nothing is sent 不联网；kept answers are used 仅使用已保存的结果")
    with progress() as listener:
        try:
            plan, written = run_and_save(
                project,
                out,
                previous=previous,
                move_price_m=move_price,
                fit_rules=fit_rules,
                offline=offline,
                consent=consent_asker(online, listener, yes=yes) if online else None,
                listener=listener,
            )
        except KeyboardInterrupt:
            if online and listener.asked:
                console.print(
                    f"every answer so far is kept in 已得结果保存在 {escape(str(online.cache))}; the next "
                    "run goes on from there 再次运行将从此处继续"
                )
            raise
    closing_table(plan, written)
    return plan


def _strict_code(plan: Plan) -> int:
    """Give 3 where the plan breaks a rule, 2 where homes were held back, else 0; and say why."""
    from planner.errors import Severity

    certificate = plan.certificate
    broken = sorted({v.rule for v in certificate.violations})
    if certificate.disconnected:
        broken.append("zones connected")
    if broken:
        console.print(f"[bold red]strict 严格[/bold red]: broken 违反: {escape(', '.join(broken))}")
        return 3
    held = sum(f.severity in (Severity.HOLD, Severity.STOP) for f in plan.findings)
    if held or len(plan.gaps):
        console.print(
            f"[bold red]strict 严格[/bold red]: {len(plan.gaps)} homes without a place or zone 未覆盖户, "
            f"{held} findings to mend 待改正"
        )
        return 2
    return 0

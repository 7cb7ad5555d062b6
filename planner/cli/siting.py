"""The command that chooses the centres."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from planner.cli.answers import answered
from planner.cli.terminal import (
    AsJson,
    Offline,
    OutFolder,
    Yes,
    consent_asker,
    console,
    new_folder,
    print_json,
    progress,
    say,
)

if TYPE_CHECKING:
    from planner.api.site.site import Proposal

__all__ = ["site"]

Ids = list[str]


def site(
    project: Annotated[
        Path, typer.Argument(help="Project file; with --add a plan. 项目文件；加 --add 时为方案")
    ],
    out: OutFolder = Path("site"),
    count: Annotated[
        int | None, typer.Option(min=1, help="How many; as many as today if left out. 数量")
    ] = None,
    fewest: Annotated[
        bool,
        typer.Option(
            "--fewest",
            help="The fewest that suffice: no zone too large, and a centre within the walk limit of every "
            "home that has a candidate there. 满足规则的最少数量",
        ),
    ] = False,
    force: Annotated[
        Ids | None,
        typer.Option("--force", metavar="ID", help="Must be chosen; may be repeated. 指定入选"),
    ] = None,
    forbid: Annotated[
        Ids | None, typer.Option("--forbid", metavar="ID", help="Must not be chosen. 指定不选")
    ] = None,
    add: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="A plan stands: where would 1, 2, ... so many more help most? 在现有方案上增设几个",
        ),
    ] = None,
    what: Annotated[
        str, typer.Option(help="With --add: centre 中心户 or member 联系党员. 增设什么")
    ] = "centre",
    gates: Annotated[
        Path | None,
        typer.Option(
            help="With --add: gates that could be opened, a layer or a sheet: each alone, and the best sets "
            "of 1 to K of them. 可开放的门（逐一及最佳组合）"
        ),
    ] = None,
    of_project: Annotated[
        Path | None,
        typer.Option("--project", help="With --add: what the plan was made from. 原项目文件"),
    ] = None,
    yes: Yes = False,
    offline: Offline = False,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="Overwrite the proposal in OUT; else a dated folder is made beside it. 覆盖原方案",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    r"""Choose the centres among the candidates: short walks, good scores. 择优选户

    Candidates are the members marked 候选户/candidate, everyone if nobody is. What one point of score
    (得分) and a strength (特长) are worth in metres of walk stands under \[siting] in the project file.

    Writes a proposal with the reasons, and a copy of the members' sheet with the chosen marked; the
    original is not touched. Then: planner zone site/planner.toml
    生成择优选户方案及已标注中心户的党员表副本，原表不变；随后即可划分责任区。
    """
    from planner.api.opening import online_of
    from planner.api.people import people_of
    from planner.api.site.site import site as choose
    from planner.errors import ConfigError
    from planner.model.project import Project

    alone = count is None and not (fewest or force or forbid)
    if (add is None and (gates or of_project or what != "centre")) or not (add is None or alone):
        raise ConfigError.of("add-alone")
    if add is not None:
        _add(project, of_project, add, what, gates, out, replace=replace, as_json=as_json)
        return
    task = Project.read(project)
    online = online_of(task)
    with progress() as listener:
        made = choose(
            project,
            count=count,
            fewest=fewest,
            force=tuple(force or ()),
            forbid=tuple(forbid or ()),
            offline=offline,
            consent=consent_asker(online, listener, yes=yes) if online else None,
            listener=listener,
        )
        where = new_folder(out, replacing=replace, holding="proposal.internal.xlsx")
        written = made.save(where, people=people_of(task), replacing=replace)
    if as_json:
        fences = made.fences.to_dict("records")
        files = {name: str(path) for name, path in written.items()}
        print_json({**made.figures, "fences": fences, "files": files})
        return
    _show(made, written)


def _add(
    plan: Path,
    project: Path | None,
    most: int,
    what: str,
    gates: Path | None,
    out: Path,
    *,
    replace: bool,
    as_json: bool,
) -> None:
    """Tell where one more beside those of a plan would help most."""
    from planner.api.plan import Plan
    from planner.api.site.adding import add_to
    from planner.errors import ConfigError

    if project is None:
        raise ConfigError.of("add-needs-project")
    where = new_folder(out, replacing=replace, holding="adding.internal.xlsx")
    with progress() as listener:
        made = Plan.load(plan)
        found = add_to(made, project, most, what=what, gates=gates, listener=listener)
    written = found.save(where, replacing=replace)
    answered(found, written, as_json=as_json)


def _show(proposal: Proposal, written: dict[str, Path]) -> None:
    table = Table(show_header=False, title=escape(str(proposal.figures["title"])) or None)
    table.add_column(overflow="fold")
    for line in proposal.lines:
        table.add_row(escape(line))
    # Of one fence the lines above have told all.
    if len(proposal.fences) > 1:
        for row in proposal.fences.itertuples():
            told = f"  {row.fence}: {row.centres_before} → {row.centres}; {row.why_zh} · {row.why}"
            table.add_row(escape(told))
    for finding in proposal.findings:
        # of the proposal itself; what is wrong with the sheets `planner check` tells
        if finding.code.startswith(("siting", "score", "strength", "role")):
            table.add_row(escape(f"! {say(finding.what_zh, finding.what)}"))
    for path in written.values():
        table.add_row(escape(str(path)))
    Console(highlight=False).print(table)
    if "planner.toml" in written:
        file = written["planner.toml"]
        out = escape(str(file.parent / "out"))
        console.print(f"{say('下一步', 'next')}: planner zone {escape(str(file))} --out {out}")
    else:
        sheet = escape(str(written["members.xlsx"]))
        console.print(
            say(
                f"下一步：在项目文件中写 members = {sheet}，然后运行 planner zone",
                f"next: members = {sheet} in the project file; planner zone",
            )
        )

"""Commands about who is reached and who needs more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.answers import ReplaceBook, answered
from planner.cli.finished import PlanFile
from planner.cli.terminal import (
    AsJson,
    OutFolder,
    ProjectFile,
    console,
    new_folder,
    progress,
    say,
)

__all__ = ["gaps", "visits"]

BOOK, MAP = "gaps.internal.xlsx", "map.internal.html"
MEETING = "map.html"
KEPT = "rounds.internal.part"


def gaps(
    plan: PlanFile,
    project: Annotated[
        Path | None,
        typer.Option(
            help="The project that the plan was made from: its streets, to try repairs on and to draw bands "
            "along, and its sheets, which say what households need more. 原项目文件：路网与表格取自其中"
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Folder for the workbook and the bands; made if absent. 结果文件夹"
        ),
    ] = None,
    seconds: Annotated[
        float,
        typer.Option(
            min=0.0, help="How long zones are cut again to try new centres. 试算时限（秒）"
        ),
    ] = 20.0,
    with_map: Annotated[
        bool,
        typer.Option(
            "--map",
            help="With --project and --out: the internal map too, with bands, care households, who has one "
            "helper and who was not visited for long as layers. 另存内部版地图（含关爱图层）",
        ),
    ] = False,
    meeting: Annotated[
        bool,
        typer.Option(
            "--meeting",
            help="With --project and --out: the meeting's map too, with needs that nobody near can meet by "
            "kind. 另存会议版地图（含需求类别）",
        ),
    ] = False,
    replace: ReplaceBook = False,
    as_json: AsJson = False,
) -> None:
    """Tell who is not reached, why, and what would mend it cheapest. 覆盖空白与补救

    Each repair (an address, a gate, a missing way, a centre, a rule) was tried before it is told. Also the
    share of homes, and of care households, within 3, 5 and 10 minutes on foot of a centre and of a serving
    member. The files are internal; the screen tells counts only.
    每项办法均经试算；并给出3、5、10分钟步行范围内的住户比例。文件仅供内部使用，屏幕只显示数量。
    """
    from planner.api.people import people_of
    from planner.api.plan import Plan
    from planner.errors import ConfigError

    if (with_map or meeting) and (project is None or out is None):
        raise ConfigError.of("map-needs-project")
    free = None if out is None else new_folder(out, replacing=replace, holding=BOOK)
    with progress() as listener:
        made = Plan.load(plan)
        found = made.coverage(project, seconds=seconds, listener=listener)
    written = {} if free is None else found.save(free, replacing=replace)
    if with_map and free is not None and project is not None:
        page = made.map(audience="internal", people=people_of(project, made), coverage=found)
        written[MAP] = page.save(free / MAP)
    if meeting and free is not None and project is not None:
        page = made.map(people=people_of(project, made), coverage=found)
        written[MEETING] = page.save(free / MEETING)
    answered(found, written, as_json=as_json)


def visits(
    plan: PlanFile,
    project: ProjectFile,
    out: OutFolder = Path("visits"),
    week: Annotated[
        int, typer.Option(min=1, max=4, help="Whose rounds are made, 1 to 4. 第几周的路线")
    ] = 1,
    previous: Annotated[
        Path | None,
        typer.Option(
            help="An earlier visits.internal.xlsx: helpers stay if they can. 上次走访计划"
        ),
    ] = None,
    gpx: Annotated[
        bool, typer.Option("--gpx", help="Rounds and patrols as tracks too. 另存GPX路线")
    ] = False,
    zone: Annotated[
        list[int] | None,
        typer.Option(help="With --gpx: of these zones only; may be repeated. 仅这些责任区"),
    ] = None,
    ortools: Annotated[
        int,
        typer.Option(
            min=0,
            help="Look at so many solutions of OR-Tools (extra routing) for each round of over ten stops, "
            "and take the shortest. 以OR-Tools复核十站以上的路线",
        ),
    ] = 0,
    replace: ReplaceBook = False,
    as_json: AsJson = False,
) -> None:
    r"""Plan the visits: helpers of each care household, load, rounds, patrols, the log. 走访计划

    Each care household gets a first helper and a second one in another building; the load of every member is
    held against the hours under \[care]; each member gets a round for the week, each zone a patrol along its
    streets. A log (走访记录) that the project names is counted against need. All files are internal. The same
    command goes on where a stopped run was.
    每户关爱户安排第一、第二联系人（不同楼栋），核对工作量，给出每周路线与巡查路线；中断后重新运行即可接着算；文件仅供内部使用。
    """
    from planner.api.plan import Plan
    from planner.api.rounds_kept import RoundsKept
    from planner.api.visiting import visit_plan

    free = new_folder(out, replacing=replace, holding="visits.internal.xlsx")
    kept = RoundsKept(free / KEPT)
    with progress() as listener:
        made = Plan.load(plan)
        asked = {"week": week, "previous": previous, "solutions": ortools, "kept": kept}
        found = visit_plan(made, project, listener=listener, **asked)
    if kept.taken:
        console.print(
            say(
                f"接着上次：{kept.taken} 个责任区已有路线",
                f"gone on: {kept.taken} zones had rounds",
            )
        )
    written = found.save(free, gpx=gpx, zones=zone or (), replacing=replace)
    kept.done()
    answered(found, written, as_json=as_json)

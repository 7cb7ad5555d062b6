"""Commands on what was done to a plan: look back, hold two states against each other, go back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from planner.cli.finished import PlanFile
from planner.cli.terminal import (
    AsJson,
    OutFolder,
    ReleaseUnknown,
    Replace,
    SheetsOf,
    closing_table,
    new_folder,
    print_json,
    say,
    table_of,
)

__all__ = ["diff", "history", "undo"]

_MOST_ROWS = 40  # zones on the screen; --json has all


def history(plan: PlanFile, as_json: AsJson = False) -> None:
    """Tell what was done to a plan, oldest first. 方案沿革"""
    from planner.api.plan import Plan
    from planner.api.rezone.account import history_rows

    rows = history_rows(Plan.load(plan))
    if as_json:
        print_json({"history": rows})
        return
    show = Console(highlight=False)
    if not rows:
        show.print(say("该方案尚无变动记录", "nothing was done to this plan yet"), markup=False)
        return
    heads = (
        say("序号", "No."),
        say("时间", "When"),
        say("决定单位", "By"),
        say("事项", "What"),
        say("换手户数", "Homes moved"),
    )
    cells = (
        (
            "-" if row["number"] is None else str(row["number"]),
            row["when"],
            row["by"],
            say(row["what_zh"], row["what"]),
            "" if row["homes_moved"] is None else f"{row['homes_moved']:,}",
        )
        for row in rows
    )
    show.print(table_of(heads, cells, words=(1, 2, 3)))


def undo(
    plan: PlanFile,
    to: Annotated[
        int | None,
        typer.Option(
            min=0, help="Number of the last change that stays, as history lists them. 保留到第几项"
        ),
    ] = None,
    out: OutFolder = Path("out"),
    project: SheetsOf = None,
    release_unknown: ReleaseUnknown = False,
    replace: Replace = False,
    as_json: AsJson = False,
) -> None:
    """Go back to the plan before its last change, or after change --to. 撤销变动

    The plan file keeps what is needed. The plan that is left behind is not touched: the older one is written
    to OUT as it was. 所需内容均在方案文件中；现有方案不受影响，旧方案另存。
    """
    from planner.api.opening import alone
    from planner.api.plan import Plan
    from planner.api.release import answered_for
    from planner.errors import ConfigError

    free = new_folder(out, replacing=replace)
    with alone(free, plan):
        now = Plan.load(plan)
        total = len(now.provenance.get("history") or ())
        if not total:
            raise ConfigError.of("undo-none")
        left = total - 1 if to is None else to
        # all of them may stay where states are compared, but that would undo nothing
        if left >= total:
            raise ConfigError.of("undo-nothing", to=left, n=total)
        before, _ = answered_for(now.undo(to=left), project, release=release_unknown, door="undo")
        written = before.save(free, replacing=replace)
    if as_json:
        files = {name: str(path) for name, path in written.items()}
        print_json({**before.summary(), "undone": total - left, "files": files})
        return
    closing_table(before, written)
    text = say(f"已撤销 {total - left} 项变动", f"{total - left} changes were undone")
    Console(highlight=False).print(text, markup=False)


def diff(
    old: PlanFile,
    new: Annotated[
        Path | None,
        typer.Argument(help="The plan after; without it two states of OLD. 变动后方案，可不填"),
    ] = None,
    start: Annotated[
        int | None,
        typer.Option(
            "--from",
            min=0,
            help="State of OLD: after how many changes; 0 as first made. "
            "起始状态：第几项变动之后 \\[before the last 最后一项之前]",
        ),
    ] = None,
    to: Annotated[
        int | None,
        typer.Option(min=0, help="State to compare with. 对比状态 \\[the last 最新]"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell what is different from one plan to another. 方案差异

    Two plan files, or with one of them two states of its history: homes, centres, zones, members, rules and
    the proof. For the office itself: counts are exact.
    两个方案文件，或同一方案的两个历史状态：住户、中心户、责任区、党员、规则与证明。数字精确，仅供内部使用。
    """
    from planner.api.plan import Plan
    from planner.errors import ConfigError

    before = Plan.load(old)
    if new is not None:
        if start is not None or to is not None:
            raise ConfigError.of("diff-states-of-two")
        after = Plan.load(new)
    else:
        total = len(before.provenance.get("history") or ())
        if not total:
            raise ConfigError.of("undo-none")
        after = before.undo(to=total if to is None else to)
        before = before.undo(to=total - 1 if start is None else start)
    told = after.diff(before)
    if as_json:
        print_json(told)
        return
    show = Console(highlight=False)
    for change in told["changes"] or ():
        what = say(change["what_zh"], change["what"])
        show.print(f"{change['number']}. {change['when']} {what}", markup=False)
    if told["same"]:
        show.print(say("两个方案相同", "the plans are the same"), markup=False)
        return
    heads = ("", say("之前", "Before"), say("之后", "After"))
    show.print(table_of(heads, _figures(told), words=(0,)))
    for line in _lines(told):
        show.print(line, markup=False)
    if told["zones"]:
        show.print(_zones(told["zones"]))


def _figures(told: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Give each figure before and after, those that stay left out."""
    figures, proof = told["figures"], told["certificate"]
    for words, (before, after), form in (
        (say("住户", "Homes"), figures["households"], ",d"),
        (
            say("党员", "Members"),
            (told["members"]["before"], told["members"]["after"]),
            ",d",
        ),
        (say("责任区", "Zones"), figures["zones"], ",d"),
        (say("未安排住户", "Gaps"), figures["gaps"], ",d"),
        (say("平均步行（米）", "Mean walk, m"), figures["mean_m"], ",.1f"),
        (say("最远步行（米）", "Farthest walk, m"), figures["max_m"], ",.1f"),
        (say("规则不符（责任区）", "Rules broken, by zone"), figures["broken_zones"], ",d"),
        (say("规则不符（住户）", "Rules broken, by home"), figures["broken_homes"], ",d"),
        (say("不连通责任区", "Zones not connected"), figures["disconnected"], ",d"),
        (say("步行与规则（米）", "Walks and rules, m"), proof["unpriced_m"], ",.0f"),
        (say("与最优之差", "Gap to the best"), figures["optimality_gap"], ".2%"),
        (say("锁定单元", "Locked units"), told["locks"], ",d"),
    ):
        cells = format(before, form), format(after, form)
        if cells[0] != cells[1]:
            yield words, *cells


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    """Tell in words what no pair of figures tells."""
    from planner.api.plan import rule_words

    homes, people, centres = told["homes"], told["members"], told["centres"]
    told_of = (
        (homes["moved"], say("变更中心户户数", "homes that change hands")),
        (homes["other_member"], say("只变更联系党员户数", "homes that change their member alone")),
        (homes["served_now"], say("新获中心户户数", "homes with a centre that had none")),
        (homes["joined"], say("加入户数", "homes that join")),
        (homes["left"], say("离开户数", "homes that leave")),
        (people["joined"], say("党员加入人数", "members that join")),
        (people["left"], say("党员离开人数", "members that leave")),
        (people["other_zone"], say("党员变更责任区人数", "members that change their zone")),
    )
    for count, words in told_of:
        if count:
            yield f"{words}: {count:,}"
    for centre in centres["gone"]:
        n, name = centre["number"], centre["centre_id"]
        yield say(f"责任区 {n}（{name}）撤销", f"zone {n} ({name}) is dissolved")
    for centre in centres["new"]:
        n, name = centre["number"], centre["centre_id"]
        yield say(f"责任区 {n}（{name}）新设", f"zone {n} ({name}) is new")
    for was, now in centres["renumbered"]:
        yield say(f"责任区 {was} 改为 {now} 号", f"zone {was} is number {now} now")
    for rule in told["rules"]:
        was, now = ("-" if v is None else f"{v:g}" for v in rule["values"])
        zh, en = rule_words(rule["rule"])
        yield say(f"{zh} {rule['what']}：{was} → {now}", f"{en}, {rule['what']}: {was} -> {now}")
    inputs = told["inputs"]
    for name in inputs["edited"]:
        yield say(f"文件已改动：{name}", f"edited since: {name}")
    if not told["changes"]:
        yield say("两个方案之间的变动无记录", "what was done in between is not on record")


def _zones(rows: list[dict[str, Any]]) -> Any:
    heads = (
        say("责任区", "Zone"),
        say("中心户", "Centre"),
        say("住户", "Homes"),
        say("转入", "Gained"),
        say("转出", "Lost"),
        say("党员", "Members"),
        say("平均步行（米）", "Mean walk, m"),
    )
    cells = [
        (
            str(row["zone"]),
            str(row["centre"]),
            _pair(row["households_before"], row["households_after"], ",d"),
            f"{row['gained']:,}",
            f"{row['lost']:,}",
            _pair(row["members_before"], row["members_after"], ",d"),
            _pair(row["walk_mean_m_before"], row["walk_mean_m_after"], ",.0f"),
        )
        for row in rows[:_MOST_ROWS]
    ]
    more = len(rows) - len(cells)
    title = say(f"另有 {more} 个", f"and {more} more: --json") if more > 0 else None
    return table_of(heads, cells, title=title, words=(1,))


def _pair(before: float | None, after: float | None, form: str) -> str:
    told = ["-" if v is None else format(v, form) for v in (before, after)]
    return told[0] if told[0] == told[1] else " → ".join(told)

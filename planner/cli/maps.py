"""The command that draws a plan for an audience."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from planner.cli.terminal import console

__all__ = ["draw_map"]


def draw_map(
    plan: Annotated[Path, typer.Argument(help="The plan. 方案 plan.gpkg")],
    audience: Annotated[
        str,
        typer.Option(
            help="public 公开 (outlines, centres, rounded counts), meeting 会议 (by building), or internal "
            "内部 (the roster; watermarked)."
        ),
    ] = "meeting",
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="File to write. 输出文件 \\[map.html, map.AUDIENCE.html]"),
    ] = None,
    title: Annotated[
        str | None, typer.Option(help="Heading; the plan's own by default. 标题")
    ] = None,
    project: Annotated[
        Path | None,
        typer.Option(
            help="The project that the plan was made from: names of the centres and their office phones "
            "(public), names, rooms and care flags (internal) are taken from its sheets. 原项目文件"
        ),
    ] = None,
    basemap: Annotated[
        str | None,
        typer.Option(
            help="Online tiles beneath the plan: tianditu, or an address with {z}/{x}/{y} on WGS-84. The "
            "page then makes requests when it is opened; without it, none. 在线底图，默认不用"
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite it if it exists. 覆盖")] = False,
) -> None:
    """Draw a plan for the public, for a meeting, or for the office itself. 按受众出图

    The finished file is read again before it is released: where it holds what its audience must not
    see, nothing is written and the exit code is 5. A plan holds no names; with --project they are taken
    from the sheets, and the gate then knows them too.
    出图后先行检查，含不应公开的内容则不写出（退出码5）。内部版带水印，须明确指定。
    """
    from planner.api.people import people_of
    from planner.api.plan import Plan
    from planner.errors import ConfigError
    from planner.privacy.audience import Audience, audience_of

    to = audience_of(audience)
    name = "map.html" if to is Audience.MEETING else f"map.{to}.html"
    path = out or Path(name)
    if path.exists() and not force:
        raise ConfigError(
            f"{path} exists already 文件已存在", remedy="choose another name, or add --force"
        )
    made = Plan.load(plan)
    people = None if project is None else people_of(project, made)
    page = made.map(audience=to, title=title, people=people, basemap=basemap)
    written = page.save(path)
    Console(highlight=False).print(f"{to.terms.en} {to.terms.zh}: {written}", markup=False)
    if basemap:
        console.print(
            "[bold]online 在线底图[/bold]: whoever opens it asks the tiles' host for the area shown "
            "打开时将向底图服务商请求所示区域的瓦片"
        )
    if to is Audience.INTERNAL:
        console.print(
            "[bold red]internal 内部资料[/bold red]: holds residents; readable by you alone "
            "含居民信息，请勿外传"
        )

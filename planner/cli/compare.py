"""The command that draws two plans in one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

__all__ = ["compare"]


def compare(
    old: Annotated[Path, typer.Argument(help="The plan before. 调整前方案 plan.gpkg")],
    new: Annotated[Path, typer.Argument(help="The plan after. 调整后方案 plan.gpkg")],
    out: Annotated[Path, typer.Option("--out", "-o", help="File to write. 输出文件")] = Path(
        "compare.html"
    ),
    audience: Annotated[
        str, typer.Option(help="meeting 会议 only; any other is refused with the reason.")
    ] = "meeting",
    title: Annotated[str | None, typer.Option(help="Heading; that of NEW by default. 标题")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite it if it exists. 覆盖")] = False,
) -> None:
    """Draw two plans in one page: a switch, a slider, and what changes hands. 前后方案对照图

    For a meeting: by building, small counts hidden; the page passes the privacy gate before it is
    written. 会议版，按楼栋显示，先行隐私检查。
    """
    from planner.api.plan import Plan
    from planner.errors import ConfigError

    if out.exists() and not force:
        raise ConfigError(
            f"{out} exists already 文件已存在", remedy="choose another name, or add --force"
        )
    before, after = Plan.load(old), Plan.load(new)
    page = after.map(audience=audience, against=before, title=title)
    comparison = after.compare(before)
    written = page.save(out)
    figures = comparison.figures()
    (walk_a, walk_b), (_, homes) = figures["mean_m"], figures["households"]
    Console(highlight=False).print(
        f"{comparison.moved:,} of {homes:,} homes change hands; mean walk {walk_a:,.1f} -> {walk_b:,.1f} m. "
        f"{comparison.moved:,} 户变更中心户，平均步行 {walk_a:,.1f} → {walk_b:,.1f} 米。\n{written}",
        markup=False,
    )

"""Take the README's pictures.

One picture of one map, as a meeting would see it:

    python -m tests.browser.pictures out/map.html picture.png

All of them, for both demonstration towns, from nothing: public, meeting and internal map, an edit in
progress, a printed page, two plans compared (two to five minutes; needs Pillow):

    python -m tests.browser.pictures --all data/pictures
"""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.browser.conftest import ARGUMENTS, chromium

MOST_BYTES = 250_000
SIZE = (1440, 900)
ZONES = {"helsinki": 7, "bagongshan": 12}
"""The zone on the printed page of each town."""
EDIT = """() => {
  const { desk, numbers, edit, map, model } = window.plannerPage;
  edit.turn(true);
  const able = [];
  for (let b = 0; b < numbers.n; b += 1) {
    if (!desk.refusal([b]) && numbers.candidates([b]).length > 3) able.push(b);
  }
  const sound = (b) => numbers.candidates([b]).find((c) => {
    const told = numbers.weigh([b], c);
    return !told.apart.length && !told.fresh.length;
  });
  const moved = able.find((b) => sound(b) !== undefined);
  const at = (b) => model.units[numbers.unitsOf[b][0]];
  desk.move(sound(moved), [moved]);
  const away = (b) => Math.hypot(at(b).x - at(moved).x, at(b).y - at(moved).y);
  const next = able.filter((b) => b !== moved && sound(b) !== undefined).sort((a, b) => away(a) - away(b))[0];
  desk.choose([next]);
  const spot = at(next);
  map.setView(model.plane.latLng(spot.sx, spot.sy), 17, { animate: false });
}"""
CARD = """() => {
  const { model, map } = window.plannerPage;
  const best = model.units.reduce((a, b) => (b.homes > a.homes ? b : a));
  map.setView(model.plane.latLng(best.sx, best.sy), 17.5, { animate: false });
  const p = map.latLngToContainerPoint(model.plane.latLng(best.sx, best.sy));
  const box = map.getContainer().getBoundingClientRect();
  return [p.x + box.left, p.y + box.top];
}"""
PRINT = """(n) => window.plannerPrint.draw({
  paper: 'A4', landscape: true, what: 'printSome', list: String(n), scale: 0
}).then((made) => made.length)"""


def main() -> None:
    """Take one picture, or all."""
    parser = argparse.ArgumentParser(description="Pictures of map pages.")
    parser.add_argument("page", type=Path, nargs="?", help="a map.html")
    parser.add_argument("picture", type=Path, nargs="?", help="PNG to write")
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every picture of the README")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="with --all: keep the plans and pages here"
    )
    parser.add_argument("--width", type=int, default=SIZE[0])
    parser.add_argument("--height", type=int, default=SIZE[1])
    options = parser.parse_args()
    if options.all:
        with tempfile.TemporaryDirectory() as scratch:
            take_all(options.all, options.keep or Path(scratch))
        return
    if not options.page or not options.picture:
        parser.error("give a page and a picture, or --all FOLDER")
    with windows() as opened, opened(options.page, (options.width, options.height)) as page:
        options.picture.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=options.picture)


@contextmanager
def windows() -> Iterator[Callable[..., Any]]:
    """Start Chromium; what is given opens a page without a network."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=ARGUMENTS)

        @contextmanager
        def opened(path: Path, size: tuple[int, int] = SIZE) -> Iterator[Any]:
            view: Any = {"width": size[0], "height": size[1]}
            context = browser.new_context(viewport=view, offline=True)
            page = context.new_page()
            page.goto(path.resolve().as_uri())
            page.wait_for_selector("html[data-ready]")
            page.wait_for_timeout(1200)
            yield page
            context.close()

        yield opened
        browser.close()


def take_all(folder: Path, scratch: Path) -> None:
    """Plan both towns, cut each again, and take every picture."""
    from planner.api.demo import write_demo, write_town

    folder.mkdir(parents=True, exist_ok=True)
    for town, write in (("helsinki", write_demo), ("bagongshan", write_town)):
        pages = _pages(scratch / town, write)
        with windows() as opened:
            for name, data in _shots(town, pages, opened):
                path = folder / f"{town}_{name}.png"
                path.write_bytes(slim(data))
                print(f"{path}: {path.stat().st_size / 1000:.0f} KB", flush=True)  # noqa: T201


def _pages(folder: Path, write: Callable[[Path], Path]) -> dict[str, Path]:
    """Make every page of a town, through the doors that anyone has."""
    from planner import Project, people_of, run

    first = write(folder / "input")
    project = _brief(Project.read(first))
    plan = run(project)
    people = people_of(project, plan)
    made = {
        "public": plan.map(audience="public", people=people),
        "meeting": plan.map(people=people),
        "internal": plan.map(audience="internal", people=people),
    }
    second = write(folder / "later")
    change_centres(second.parent / "members.xlsx")
    later = run(_brief(Project.read(second)), previous=plan)
    made["compare"] = later.map(against=plan)
    return {name: page.save(folder / f"{name}.html") for name, page in made.items()}


def _brief(project: Any) -> Any:
    return replace(project, search=replace(project.search, seconds=60.0))


def change_centres(members: Path) -> None:
    """Strike two centres off a members' sheet and put one other member in."""
    import openpyxl

    book = openpyxl.load_workbook(members)
    sheet: Any = book.worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    head = next(i for i, row in enumerate(rows) if any("中心户" in str(cell) for cell in row))
    column = next(j for j, cell in enumerate(rows[head]) if "中心户" in str(cell))
    marked = [i for i in range(head + 1, len(rows)) if rows[i][column] == "是"]
    plain = [i for i in range(head + 1, len(rows)) if rows[i][column] == "否"]
    for row, word in ((marked[3], "否"), (marked[11], "否"), (plain[36], "是")):
        sheet.cell(row + 1, column + 1).value = word
    book.save(members)


def _shots(
    town: str, pages: dict[str, Path], opened: Callable[..., Any]
) -> Iterator[tuple[str, bytes]]:
    with opened(pages["public"]) as page:
        page.locator("tr[data-zone] .badge").nth(2).click()
        page.wait_for_timeout(900)
        yield "public", page.screenshot()
    with opened(pages["meeting"]) as page:
        yield "meeting", page.screenshot()
        page.evaluate(EDIT)
        page.wait_for_timeout(900)
        yield "edit", page.screenshot()
    with opened(pages["meeting"]) as page:
        assert page.evaluate(PRINT, ZONES[town]) == 1
        page.emulate_media(media="print")
        yield "print", page.locator(".sheet").screenshot()
    with opened(pages["internal"]) as page:
        page.mouse.click(*page.evaluate(CARD))
        page.wait_for_timeout(600)
        yield "internal", page.screenshot()
    with opened(pages["compare"]) as page:
        page.locator(".flow").first.click()
        page.wait_for_timeout(900)
        page.click(".zoom button >> nth=1")
        page.wait_for_timeout(900)
        yield "compare", page.screenshot()


def slim(data: bytes) -> bytes:
    """Write a PNG with as many colours as fit into the size that a picture may have."""
    from PIL import Image

    picture = Image.open(io.BytesIO(data)).convert("RGB")
    for colours in (256, 128, 96, 64, 48, 32):
        small = picture.quantize(
            colours, method=Image.Quantize.MAXCOVERAGE, kmeans=4, dither=Image.Dither.NONE
        )
        out = io.BytesIO()
        small.save(out, "PNG", optimize=True)
        if out.tell() < MOST_BYTES:
            break
    return out.getvalue()


if __name__ == "__main__":
    main()

"""Paper: sheets true to scale, one for the whole and one for each zone, as Chromium prints them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pyproj import Geod

from planner.model.tables import PlanTables
from planner.privacy.audience import INTERNAL_WORDS, Audience
from planner.render.map.page import map_page
from tests.browser.conftest import Opener, handed_out
from tests.plans import make_plan_tables

MM = {"A4": (210.0, 297.0), "A3": (297.0, 420.0), "A1": (594.0, 841.0)}
DRAW = """(asked) => window.plannerPrint.draw(asked).then((made) => made.map((sheet) => {
  const p = sheet.place;
  const model = window.plannerPage ? window.plannerPage.model : null;
  return {
    scale: sheet.scale, wide: sheet.picture.naturalWidth, high: sheet.picture.naturalHeight, ratio: p.ratio,
    houses: model ? model.centres.map((c) => [p.s * c.x + p.tx, p.sy * c.y + p.ty]) : [],
    frame: [p.width, p.height],
    box: sheet.box.map((v, i) => (i % 2 ? v * p.sy + p.ty : v * p.s + p.tx))
  };
}))"""
HOUSE = """([sheet, x, y, reach]) => {
  const image = document.querySelectorAll('.sheet-map')[sheet];
  const c = document.createElement('canvas');
  c.width = image.naturalWidth;
  c.height = image.naturalHeight;
  const ctx = c.getContext('2d');
  ctx.drawImage(image, 0, 0);
  const left = Math.round(x - reach);
  const top = Math.round(y - reach);
  const d = ctx.getImageData(left, top, 2 * reach, 2 * reach).data;
  let [west, east, south] = [Infinity, -Infinity, -Infinity];
  for (let i = 0; i < d.length; i += 4) {
    if (d[i] + d[i + 1] + d[i + 2] > 600) continue;
    const px = left + (i / 4) % (2 * reach);
    west = Math.min(west, px);
    east = Math.max(east, px + 1);
    south = Math.max(south, top + Math.floor(i / 4 / (2 * reach)) + 1);
  }
  return [(west + east) / 2, south];
}"""
LAYERS = ("homes", "gaps", "moved", "fences", "labels", "base", "zones", "centres")
NOTHING = dict.fromkeys(LAYERS, False)


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan."""
    return make_plan_tables(nx=10, ny=6, nc=6)


@pytest.fixture(scope="module")
def page_file(tables: PlanTables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give its page as a file."""
    return map_page(tables).save(tmp_path_factory.mktemp("print") / "map.html")


def printed(page: Any) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Print as Chromium does: sizes of the pages and of the maps on them, millimetres; no bitmaps, small."""
    data = page.pdf(prefer_css_page_size=True, print_background=True)
    point = 25.4 / 72
    boxes = re.findall(rb"/MediaBox ?\[([\d. ]+)\]", data)
    sizes = [(float(b.split()[2]) * point, float(b.split()[3]) * point) for b in boxes]
    widths = [int(n) for n in re.findall(rb"/Subtype ?/Image[^>]*?/Width (\d+)", data)]
    widths += [int(n) for n in re.findall(rb"/Width (\d+)[^>]*?/Subtype ?/Image", data)]
    assert max(widths, default=0) < 100  # signs of the legend: the map itself is drawn in lines
    assert len(data) < 150_000 + 150_000 * len(sizes)
    page.emulate_media(media="print")
    pictures = [
        (box["width"] * 25.4 / 96, box["height"] * 25.4 / 96)
        for box in (one.bounding_box() for one in page.locator(".sheet-map").all())
    ]
    return sizes, pictures


@pytest.mark.parametrize(
    ("paper", "landscape", "scale"),
    [
        ("A4", False, 5000),
        ("A4", True, 5000),
        ("A3", True, 4000),
        ("A3", False, 0),
        ("A1", True, 1000),
    ],
)
def test_the_scale_is_true(
    open_page: Opener, page_file: Path, tables: PlanTables, paper: str, landscape: bool, scale: int
) -> None:
    """Two centres lie as far apart on the paper as on the ground, by the scale, within one per cent."""
    with open_page(page_file) as page:
        asked = {
            "paper": paper,
            "landscape": landscape,
            "what": "printWhole",
            "scale": scale,
            "hatched": False,
        }
        (sheet,) = page.evaluate(DRAW, asked | {"layers": NOTHING | {"centres": True}})
        houses = [page.evaluate(HOUSE, [0, x * 2.5, y * 2.5, 45]) for x, y in sheet["houses"]]
        sizes, pictures = printed(page)
    assert scale in (0, sheet["scale"])
    short, long = MM[paper]
    assert sizes == [pytest.approx((long, short) if landscape else (short, long), abs=0.3)]
    (picture,) = pictures
    mm = picture[0] / sheet["wide"]
    assert picture[1] / sheet["high"] == pytest.approx(mm, rel=0.002)
    assert 25.4 / mm >= 200
    at = tables.centres.geometry
    geod = Geod(ellps="WGS84")
    checked = 0
    for a in range(len(houses)):
        for b in range(a):
            metres = geod.inv(at.x.iloc[a], at.y.iloc[a], at.x.iloc[b], at.y.iloc[b])[2]
            if metres < 250:
                continue
            dx, dy = houses[a][0] - houses[b][0], houses[a][1] - houses[b][1]
            on_paper = (dx**2 + dy**2) ** 0.5 * mm
            assert on_paper * sheet["scale"] / 1000 == pytest.approx(metres, rel=0.01)
            checked += 1
    assert checked >= 5


@pytest.mark.parametrize("north", [45.0, 60.2, -33.9])
def test_the_scale_is_true_anywhere(open_page: Opener, tmp_path: Path, north: float) -> None:
    """Web Mercator stretches with latitude: sheets of other latitudes are as true."""
    tables = moved_to(make_plan_tables(nx=10, ny=6, nc=6), north)
    path = map_page(tables).save(tmp_path / "m.html")
    with open_page(path) as page:
        (sheet,) = page.evaluate(
            DRAW,
            {
                "paper": "A3",
                "landscape": True,
                "what": "printWhole",
                "scale": 5000,
                "hatched": False,
            },
        )
    at = tables.centres.geometry
    metres = Geod(ellps="WGS84").inv(at.x.iloc[0], at.y.iloc[0], at.x.iloc[2], at.y.iloc[2])[2]
    (ax, ay), (bx, by) = sheet["houses"][0], sheet["houses"][2]
    on_paper = ((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5 * 25.4 / 96
    assert on_paper * 5 == pytest.approx(metres, rel=0.001)


def moved_to(tables: PlanTables, lat: float) -> PlanTables:
    """Give the same town at another latitude."""
    from dataclasses import replace

    shift = lat - float(tables.units.geometry.y.median())

    def there(frame: Any) -> Any:
        return frame.set_geometry(frame.geometry.translate(yoff=shift)) if len(frame) else frame

    names = ("units", "households", "centres", "zones", "gaps")
    made = {name: there(getattr(tables, name)) for name in names}
    return replace(tables, base={k: there(f) for k, f in tables.base.items()}, **made)


def test_each_zone_has_its_page(open_page: Opener, page_file: Path, tables: PlanTables) -> None:
    """The whole, then every zone: number, centre, load, walks, legend, dates, scale; one page each."""
    with open_page(page_file, "?lang=en") as page:
        made = page.evaluate(DRAW, {"paper": "A4", "landscape": False, "what": "printBoth"})
        assert len(made) == len(tables.zones) + 1
        for sheet in made:
            west, north, east, south = sheet["box"]
            assert 0 <= west < east <= sheet["frame"][0]
            assert 0 <= north < south <= sheet["frame"][1]
            assert (
                sheet["scale"] in (1000, 1500, 2000, 2500, 3000, 4000, 5000)
                or sheet["scale"] > 5000
            )
        told = page.evaluate("window.plannerPage.model.zones.map((z) => z.homes)")
        page.emulate_media(media="print")
        for i, zone in enumerate(tables.zones.to_dict("records")):
            assert (
                abs(told[i] - zone["households"]) <= 5
            )  # counts of a meeting are rounded by block
            text = page.locator(".sheet").nth(i + 1).inner_text()
            for part in (
                f"Zone {zone['number']} · {tables.centres['label'].iloc[i]}",
                f"{told[i]} (limit 75–250)",
                f"1:{made[i + 1]['scale']:,}", "2026-05-18", "2026-04-02", "ODbL", "SYNTHETIC", "Centre",
                "Meeting edition",
            ):  # fmt: skip
                assert part in text, part
        sizes, pictures = printed(page)
        assert len(sizes) == len(pictures) == len(made)


def test_some_zones_and_scales_of_ones_own(open_page: Opener, page_file: Path) -> None:
    """Numbers and ranges choose pages; a scale that is too large is kept, and said to be cropped."""
    with open_page(page_file) as page:
        asked = {
            "paper": "A4",
            "landscape": False,
            "what": "printSome",
            "list": "2，4-5 x 99",
            "scale": 1000,
        }
        made = page.evaluate(DRAW, asked)
        numbers = page.locator(".sheet").evaluate_all("all => all.map((s) => s.dataset.zoneNumber)")
        assert numbers == ["2", "4", "5"]
        assert {sheet["scale"] for sheet in made} == {1000}
        west, _, east, _ = made[0]["box"]
        texts = page.locator(".sheet").evaluate_all("all => all.map((s) => s.textContent)")
        cropped = west < 0 or east > made[0]["frame"][0] or made[0]["box"][1] < 0
        assert ("超出纸面" in texts[0]) == cropped


def test_a_plan_too_large_says_its_real_scale(open_page: Opener, tmp_path: Path) -> None:
    """Where 1:5,000 does not fit, the next round scale does, and is told."""
    path = map_page(make_plan_tables(nx=40, ny=30, nc=20)).save(tmp_path / "m.html")
    with open_page(path, "?lang=en") as page:
        (sheet,) = page.evaluate(DRAW, {"paper": "A4", "landscape": True, "what": "printWhole"})
        assert sheet["scale"] > 5000
        assert str(sheet["scale"]).rstrip("0").__len__() <= 2
        assert f"Scale 1:{sheet['scale']:,}" in page.locator(".sheet").evaluate(
            "s => s.textContent"
        )
        west, north, east, south = sheet["box"]
        share = max((east - west) / sheet["frame"][0], (south - north) / sheet["frame"][1])
        assert 0.8 < share <= 0.95


def test_a_poster_is_read_from_afar(open_page: Opener, page_file: Path) -> None:
    """Words, signs and margins grow with the paper, and all stays on it."""
    measure = """() => {
      const [sheet, head, foot, map] = ['.sheet', '.sheet-head h1', '.sheet-foot', '.sheet-map']
        .map((name) => document.querySelector(name).getBoundingClientRect());
      return { size: head.height, inside: foot.bottom <= sheet.bottom && foot.right <= sheet.right + 1,
        free: foot.top - map.bottom, wide: map.width / sheet.width };
    }"""
    found = {}
    with open_page(page_file) as page:
        page.emulate_media(media="print")
        for paper in ("A4", "A2", "A0"):
            page.evaluate(DRAW, {"paper": paper, "landscape": True, "what": "printWhole"})
            found[paper] = page.evaluate(measure)
    assert all(one["inside"] and one["free"] > 0 and one["wide"] > 0.9 for one in found.values())
    sizes = [found[paper]["size"] for paper in ("A4", "A2", "A0")]
    assert sizes[1] == pytest.approx(1.5 * sizes[0], rel=0.05)
    assert sizes[2] == pytest.approx(3 * sizes[0], rel=0.05)


@pytest.mark.parametrize("audience", list(Audience))
def test_a_picture_of_the_view(
    open_page: Opener, tables: PlanTables, audience: Audience, tmp_path: Path
) -> None:
    """A PNG of what is seen, twice as fine, with title and edition; an internal one under its watermark."""
    with open_page(
        map_page(tables, audience=audience).save(tmp_path / "map.html"), "?lang=en"
    ) as page:
        page.click("text=Print")
        shown = "document.querySelector('.leaflet-container').getBoundingClientRect().toJSON()"
        window = page.evaluate(shown)
        told = page.evaluate("decodeURIComponent(window.plannerPrint.picture().address)")
        data = handed_out(page, lambda: page.click(".print-picture"), "map.png")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    wide, high = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    assert wide == pytest.approx(2 * window["width"], abs=4)
    assert high == pytest.approx(2 * (window["height"] + 72), abs=4)
    assert "示例街道" in told
    assert "ODbL" in told
    assert (INTERNAL_WORDS in told) == (audience is Audience.INTERNAL)


def test_zones_are_told_apart_without_colours(open_page: Opener, page_file: Path) -> None:
    """Hatching is drawn where it is asked for, and each zone carries its number either way."""
    with open_page(page_file) as page:
        asked = {"paper": "A4", "landscape": True, "what": "printWhole"}
        source = "document.querySelector('.sheet-map').src"
        page.evaluate(DRAW, asked | {"hatched": False})
        plain = page.evaluate(source)
        page.evaluate(DRAW, asked | {"hatched": True})
        assert page.evaluate(source) != plain


def test_the_dialog(open_page: Opener, page_file: Path) -> None:
    """The button asks; keys alone suffice; what would come is said; the window is as before afterwards."""
    with open_page(page_file, "?lang=en") as page:
        page.evaluate(
            "window.print = () => { window.asked = document.querySelectorAll('.sheet').length; }"
        )
        page.get_by_role("button", name="Print", exact=True).click()
        dialog = page.locator("dialog.print-dialog")
        assert dialog.is_visible()
        assert "1 page" in dialog.inner_text()
        assert "1 pages" not in dialog.inner_text()
        dialog.locator("[name=what]").select_option("printEach")
        assert "6 pages" in dialog.inner_text()
        dialog.locator("[name=what]").select_option("printSome")
        dialog.locator("[name=list]").fill("9x")
        assert dialog.locator(".print-go").is_disabled()
        dialog.locator("[name=list]").fill("1-3")
        dialog.locator("[name=scale]").select_option("1000")
        page.keyboard.press("Escape")
        dialog.wait_for(state="detached")
        page.get_by_role("button", name="Print", exact=True).click()
        dialog.locator("[name=list]").press("Enter")
        for _ in range(100):
            if page.evaluate("window.asked") == 3:
                break
            page.wait_for_timeout(100)
        assert page.evaluate("window.asked") == 3
        assert dialog.count() == 0
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert page.locator(".sheets, .sheet-size").count() == 0
        assert page.locator(".panel").is_visible()


def test_chinese_fonts_are_named_with_fallbacks(open_page: Opener, page_file: Path) -> None:
    """Each system's Chinese font is named, and a generic family last."""
    with open_page(page_file) as page:
        page.evaluate(DRAW, {"paper": "A4", "landscape": True, "what": "printWhole"})
        fonts = page.locator(".sheet").evaluate("s => getComputedStyle(s).fontFamily")
    for name in (
        "Noto Sans CJK SC",
        "Source Han Sans SC",
        "Microsoft YaHei",
        "PingFang SC",
        "SimHei",
    ):
        assert name in fonts
    assert fonts.endswith("sans-serif")


def test_public_and_internal_sheets(open_page: Opener, tables: PlanTables, tmp_path: Path) -> None:
    """A public sheet tells no building; an internal one carries its watermark."""
    public = map_page(tables, audience=Audience.PUBLIC).save(tmp_path / "p.html")
    with open_page(public) as page:
        made = page.evaluate(DRAW, {"paper": "A4", "landscape": False, "what": "printBoth"})
        assert len(made) == len(tables.zones) + 1
        assert min(sheet["scale"] for sheet in made) >= 2500
        text = page.locator(".sheets").evaluate("s => s.textContent")
        assert tables.centres["label"].iloc[0] not in text
    internal = map_page(tables, audience=Audience.INTERNAL).save(tmp_path / "i.html")
    with open_page(internal) as page:
        page.evaluate(DRAW, {"paper": "A4", "landscape": False, "what": "printWhole"})
        page.emulate_media(media="print")
        assert page.locator(".watermark").is_visible()
        assert INTERNAL_WORDS in page.locator(".watermark").inner_text()
        assert page.locator(".sheet").is_visible()
        assert not page.locator(".panel").is_visible()


def test_hostile_texts_on_paper(open_page: Opener, tmp_path: Path) -> None:
    """Texts that try to run are printed letter for letter."""
    tables = make_plan_tables(nx=4, ny=3, nc=2, hostile=True)
    path = map_page(tables).save(tmp_path / "h.html")
    with open_page(path) as page:
        page.evaluate(DRAW, {"paper": "A4", "landscape": False, "what": "printEach"})
        assert page.locator(".sheet img").count() == 2
        text = page.locator(".sheets").evaluate("s => s.textContent")
        assert tables.centres["label"].iloc[0] in text


@pytest.mark.parametrize("wait_ms", [0, 120])
def test_printing_while_the_map_zooms(open_page: Opener, page_file: Path, wait_ms: int) -> None:
    """A print begun in the middle of a zoom shows the whole plan as one begun at rest does."""
    seen = """() => {
      window.dispatchEvent(new Event('beforeprint'));
      const canvas = document.querySelector('canvas.scene');
      const matrix = new DOMMatrix(getComputedStyle(canvas).transform);
      const found = [map_plan.getZoom(), matrix.a, canvas.toDataURL()];
      window.dispatchEvent(new Event('afterprint'));
      return found;
    }"""
    with open_page(page_file) as page:
        still = page.evaluate(seen)
        assert still[1] == 1
        page.evaluate("map_plan.setZoom(18)")
        page.wait_for_timeout(wait_ms)
        assert page.evaluate(seen) == still
        page.wait_for_timeout(400)
        assert page.evaluate("map_plan.getZoom()") == 18
        page.evaluate("map_plan.setZoom(15.5)")
        page.wait_for_timeout(wait_ms)
        during = page.pdf(prefer_css_page_size=True, print_background=True)
        page.wait_for_timeout(400)
        at_rest = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(during) == pytest.approx(len(at_rest), rel=0.02)

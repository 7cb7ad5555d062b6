"""The review workbook: one line for each open address, its candidates, and a column to choose in.

Building level only: rooms are cut, and what tells of a person is left out before.  Every text stays text, and
equal reviews give equal bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from planner.model.rewrites import Rewrite
from planner.privacy.audience import INTERNAL_WORDS
from planner.render.books.look import book_styles, new_book, put, watermark

__all__ = [
    "CANDIDATES",
    "CHOICE",
    "KEY",
    "NONE_WORDS",
    "REVIEW_SHEET",
    "RULES_SHEET",
    "RULE_HEADS",
    "Line",
    "Option",
    "candidate_headers",
    "review_bytes",
]

REVIEW_SHEET: Final = "复核 review"
CANDIDATES: Final = 5
CHOICE: Final = "选择 choice"
KEY: Final = "标识 key"
WRITTEN: Final = "原文 as written"
NONE_WORDS: Final = ("无", "none")
RULES_SHEET: Final = "规则 rules"
RULE_HEADS: Final = ("采用 use", "小区 estate", "写法 written", "实为 meant")
_HEAD: Final[tuple[tuple[str, float], ...]] = (
    ("序号 no", 8),
    ("地址 address", 34),
    (WRITTEN, 34),
    ("社区 community", 16),
    ("户数 homes", 10),
    ("原表位置 rows", 30),
    ("原因 cause", 36),
    (CHOICE, 16),
)
_DAY: Final = datetime(2000, 1, 1)  # never the clock: equal reviews give equal bytes
_NOTES: Final = (
    f"地址复核 Address review · {INTERNAL_WORDS}",
    "",
    "每行是一个无法自动确定位置的地址（到楼栋为止），以及与之相符或相近的候选地点。",
    "Each line is one address, down to its building, that only a person can place, and its candidates.",
    "",
    "在“选择”列填写 In the column “choice” write:",
    "    1 至 5：采用该候选地点    1 to 5: the candidate of that number",
    "    无：候选地点都不对        none: none of them is right",
    "    经度,纬度：直接给出位置，如 116.8312,32.6274（WGS-84）",
    "    来自高德、腾讯的坐标写 116.8368,32.6255 gcj02，来自百度的写 bd09",
    "    lon,lat in WGS-84; what comes from Amap or Tencent with gcj02 behind it, from Baidu with bd09",
    "    也可打开 review.html，在地图上点选后下载结果",
    "    or click the place in review.html and download the answers",
    "    留空：暂不决定            leave it empty: decide later",
    "",
    "“相距”为该候选与候选1的直线距离（米）。  “apart” is the straight distance to candidate 1, in metres.",
    "",
    "保存后运行 Save it, then run:  planner review planner.toml --read review.xlsx",
    "结果记入 accepted.csv，以后优先采用。 The answers are kept in accepted.csv and come first from then on.",
    "请勿改动“标识”列。  Leave the column “key” as it is.",
    "",
    "“规则”表：整个小区都这样写时，在“采用”列填“是”，N 代表数字，如 N楼 实为 N号楼；也可自行添加。",
    "Sheet “rules”: where a whole estate is written so, write 是 under “use”; N is the number.",
)


@dataclass(frozen=True, slots=True)
class Option:
    """One candidate.

    `apart_m`: from the first candidate, metres.
    `lon` and `lat`: degrees WGS-84.
    """

    label: str
    precision: str
    apart_m: float
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Line:
    """One open address.

    Parameters
    ----------
    key, text, community : str
        Identity; the address, building level; its community.
    homes : int
        Households and members that hang on it.
    rows : str
        Where they stand in the office's sheets.
    written : tuple of str
        As the sheets have it, spelling by spelling, without rooms.
    options : tuple of Option
        The likeliest first; at most `CANDIDATES` are shown.
    """

    key: str
    text: str
    community: str
    homes: int
    rows: str
    cause_zh: str
    cause: str
    options: tuple[Option, ...] = ()
    written: tuple[str, ...] = ()


def candidate_headers(nth: int) -> tuple[str, str, str, str, str]:
    """Give the headers of the columns of one candidate, counted from 1."""
    return (
        f"候选{nth} candidate {nth}",
        f"精度{nth} precision {nth}",
        f"相距{nth}(米) apart {nth} (m)",
        f"经度{nth} lon {nth}",
        f"纬度{nth} lat {nth}",
    )


def review_bytes(lines: Sequence[Line], rules: Sequence[Rewrite] = ()) -> bytes:
    """Lay a review out as a workbook.

    Gives: an ``.xlsx`` of three sheets: the lines, rules for whole estates, and the instructions.
    """
    with new_book("地址复核", _DAY, INTERNAL_WORDS) as (book, buffer):
        styles = book_styles(book)
        sheet = book.add_worksheet(REVIEW_SHEET)
        _headers(sheet, styles)
        for row, line in enumerate(lines, 1):
            _line(sheet, row, line, styles)
        if lines:
            _choices(sheet, len(lines))
        watermark(sheet)
        sheet.freeze_panes(1, 2)
        _rules(book.add_worksheet(RULES_SHEET), rules, styles)
        _notes(book.add_worksheet("说明 notes"), styles)
    return buffer.getvalue()


def _headers(sheet: Any, styles: dict[str, Any]) -> None:
    widths = (24.0, 12.0, 10.0, 12.0, 12.0)
    columns: list[tuple[str, float]] = [*_HEAD]
    for nth in range(1, CANDIDATES + 1):
        columns += zip(candidate_headers(nth), widths, strict=True)
    for at, (name, width) in enumerate([*columns, (KEY, 22)]):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, name, styles["head"])
    sheet.set_row(0, 32)


def _line(sheet: Any, row: int, line: Line, styles: dict[str, Any]) -> None:
    cause = line.cause_zh + (f" {line.cause}" if line.cause else "")
    written = "\n".join(line.written)
    told = (row, line.text, written, line.community, line.homes, line.rows, cause)
    cells = [(value, "wrap" if value is written else "text") for value in told]
    cells += [(None, "choice")]
    for o in line.options[:CANDIDATES]:
        cells += [(o.label, "text"), (o.precision, "text"), (round(o.apart_m, 1), "metres")]
        cells += [(round(o.lon, 7), "degrees"), (round(o.lat, 7), "degrees")]
    for at, (value, style) in enumerate(cells):
        put(sheet, row, at, value, styles[style])
    put(sheet, row, len(_HEAD) + 5 * CANDIDATES, line.key, styles["pale"])


def _rules(sheet: Any, rules: Sequence[Rewrite], styles: dict[str, Any]) -> None:
    """Offer what whole estates may be written like; nothing is used before somebody says so."""
    for at, (name, width) in enumerate(zip(RULE_HEADS, (10, 24, 16, 16), strict=True)):
        sheet.set_column(at, at, width)
        put(sheet, 0, at, name, styles["head"])
    for row, rule in enumerate(rules, 1):
        put(sheet, row, 0, None, styles["choice"])
        for at, text in enumerate((rule.estate, rule.written, rule.meant), 1):
            put(sheet, row, at, text, styles["text"])
    sheet.freeze_panes(1, 0)


def _choices(sheet: Any, rows: int) -> None:
    """Offer the numbers and 无; a typed ``lon,lat`` is asked about, and let pass."""
    at = next(k for k, (name, _) in enumerate(_HEAD) if name == CHOICE)
    # A list that warns and does not forbid: coordinates are typed into the same cell.
    sheet.data_validation(
        1,
        at,
        rows,
        at,
        {
            "validate": "list",
            "source": [*map(str, range(1, CANDIDATES + 1)), NONE_WORDS[0]],
            "input_title": "选择 choice",
            "input_message": "1-5，无/none，或 经度,纬度 (lon,lat, WGS-84)",
            "error_title": "请确认 please confirm",
            "error_message": "应为 1-5、无，或 经度,纬度。确认填写的是坐标吗？ Is this lon,lat?",
            "error_type": "warning",
        },
    )


def _notes(sheet: Any, styles: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 110)
    for row, text in enumerate(_NOTES):
        put(sheet, row, 0, text, styles["title" if row == 0 else "text"])

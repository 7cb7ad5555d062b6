"""Forms that give a person away, made by kind, and files that carry a text."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

from tests.privacy.hiding import html, page_of, workbook
from tests.privacy.test_marks import CARE

__all__ = ["FORMS", "carried"]

_DOORS = ("安乐路5号", "3栋", "Elm Road 5")
_PEOPLES = (
    "回族",
    "维吾尔族",
    "藏族",
    "满族",
    "苗族",
    "彝族",
    "信教",
    "基督教徒",
    "穆斯林",
    "天主教徒",
    "法轮功",
)
_SPELT = str.maketrans("0123456789", "零一二三四五六七八九")


def _phones(chance: random.Random) -> Iterator[str]:
    for _ in range(8):
        digits = f"1{chance.choice('3456789')}{chance.randrange(10**9):09d}"
        a, b, c = digits[:3], digits[3:7], digits[7:]
        yield from (
            digits,
            f"+86 {digits}",
            f"电话{digits}转1",
            " ".join(digits),
            digits.translate(_SPELT),
        )
        yield from (by.join((a, b, c)) for by in "-. ·•_/")
        yield "".join(chr(ord(d) + 0xFEE0) for d in digits)
        yield f"0{chance.randrange(10, 99)}{chance.choice('-. ')}{chance.randrange(2 * 10**7, 9 * 10**7)}"


def _rooms(chance: random.Random) -> Iterator[str]:
    for _ in range(6):
        b, s, r = chance.randint(1, 40), chance.randint(1, 6), chance.randint(101, 2404)
        yield from (
            f"{b}号楼{r}室", f"{b}栋{s}单元{r}", f"{b}-{s}-{r}", f"{b}号楼-{r}", f"{b}栋—{r}", f"{b}幢{r}",
            f"安乐路{b}号-{r}", f"{s}单元 {r}", f"Room {r}", f"Flat {s}", f"{r}房间",
        )  # fmt: skip


def _things(chance: random.Random) -> Iterator[str]:
    for _ in range(6):
        plate = "".join(chance.choices("0123456789", k=5))
        yield from (f"皖D{plate}", f"京A·{plate}", f"沪AD{plate}")
        yield from (
            f"user{plate}@example.com",
            f"微信：wx_{plate}",
            f"QQ {plate}67",
            f"Telegram: u_{plate}",
        )
        body = f"62{chance.randrange(10**13):013d}"
        yield body + _luhn(body)
        grouped = body + _luhn(body)
        yield " ".join(grouped[k : k + 4] for k in range(0, 16, 4))


def _luhn(body: str) -> str:
    total = sum(d * 2 - 9 * (d > 4) for d in map(int, body[::-1][::2]))
    return str((-total - sum(map(int, body[::-1][1::2]))) % 10)


def _made() -> Iterator[str]:
    chance = random.Random(11)
    yield from _phones(chance)
    yield from _rooms(chance)
    yield from _things(chance)
    yield from (f"{door} {word}" for word in (*CARE, *_PEOPLES) for door in _DOORS)


FORMS = tuple(dict.fromkeys(_made()))


def carried(text: str) -> Iterator[tuple[str, bytes]]:
    """Give files that hold a text as one is shown to people."""
    yield "a.html", html(f"<p>{text}</p>")
    yield "a.md", f"| 说明 | {text} |\n".encode()
    yield "a.json", json.dumps({"note": text}).encode()
    yield "a.xlsx", workbook(lambda book: page_of(book).append([1, text]))

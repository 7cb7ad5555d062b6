"""Keys stay in the process, and people stay out of the requests: everything that is left is searched."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from urllib.parse import quote, unquote_plus

import pytest

from planner.errors import PlannerError
from planner.intake.online.client import Client
from planner.intake.online.settings import SERVICES, ProviderSettings
from tests.intake.online.conftest import KEYS, estimate, lookup, places, quick
from tests.intake.online.fake import Fake

Serve = Callable[..., Fake]
NAMES = ["欧阳金雀", "钱多多", "赵小敏", "王大爷"]
PHONES = ["13912340001", "0554-5612345", "139 1234 0002"]
IDENTITY = ["340403199001011234", "34040319880808123X"]
ROOMS = ["2单元", "701室", "703室", "9楼"]
PEOPLE = [
    f"柳荫路{i + 1}号{i + 1}栋2单元70{1 + 2 * (i % 2)}室 {NAMES[i % 4]} {PHONES[i % 3]} {IDENTITY[i % 2]}"
    for i in range(20)
]
PEOPLE += [
    f"{NAMES[0]}，柳荫路3号",
    f"柳荫路4号（户主{NAMES[1]}）9楼",
    f"柳荫路5号，电话：{PHONES[0]}，联系人：{NAMES[2]}",
]
MODES = ["", "403", "500", "hang", "bad-json", "redirect", "cut", "html"]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Catch every log record of the process, the most talkative level included."""
    text, root = io.StringIO(), logging.getLogger()
    handler, before = logging.StreamHandler(text), root.level
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(before)


def clean(text: str, words: list[str]) -> None:
    """Assert that none of the words stands in the text, as it is or as a web address spells it."""
    for word in words:
        for spelling in (word, quote(word), word.replace(" ", "")):
            assert spelling not in text


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", [n for n, s in SERVICES.items() if s.key_variable])
def test_nothing_leaks(
    name: str,
    mode: str,
    serve: Serve,
    tmp_path: Path,
    log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No key in logs, files, values or errors; no person, telephone, identity or room anywhere."""
    for variable, key in KEYS.items():
        monkeypatch.setenv(variable, key)
    fake = serve(places=places(20, name), always=mode)
    settings = quick(fake, name, timeout_s=0.08, failures=3)
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        before = estimate(PEOPLE, settings, tmp_path / "a")
        found = lookup(PEOPLE, settings, cache=tmp_path / "a")
    assert fake.raw
    said = "\n".join(
        [
            out.getvalue(),
            log.getvalue(),
            repr(settings),
            repr(before),
            str(before),
            repr(found),
            found.frame.to_csv(),
            repr(found.asked),
            *map(str, found.findings),
            found.asked.stopped,
        ]
    )
    files = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()).decode(
        "utf-8", "replace"
    )
    people = [*NAMES, *PHONES, *IDENTITY, *ROOMS]
    clean(said + files, [*KEYS.values(), *people])
    clean(
        unquote_plus("\n".join(fake.raw)).encode("latin-1", "replace").decode("utf-8", "replace"),
        people,
    )
    clean("\n".join(fake.raw), [quote(word) for word in people])
    clean("\n".join(fake.texts), people)


def test_errors_and_tracebacks_hold_no_key(serve: Serve) -> None:
    """An interruption in the middle of a request has no web client in its chain."""
    fake = serve(always="reset")
    with Client(quick(fake), KEYS["PLANNER_AMAP_KEY"]) as client:
        reply = client.ask("柳荫路1号")
    clean(repr(client) + repr(reply) + client.stopped, list(KEYS.values()))
    for values in (
        {"base_url": "https://x/?key=canarykeyamap0001"},
        {"base_url": "https://canarykeyamap0001@x"},
    ):
        with pytest.raises(PlannerError) as caught:
            ProviderSettings("amap", **values)
        clean(
            "".join(traceback.format_exception(caught.value)).split("Error:")[-1],
            list(KEYS.values()),
        )


def test_the_web_client_is_silenced_only_while_it_is_used(log: io.StringIO, serve: Serve) -> None:
    """Whatever level its loggers are set to they say nothing while addresses go out, and all after."""
    logger = logging.getLogger("httpcore.http11")
    logger.setLevel(logging.DEBUG)
    logger.info("before")
    with Client(quick(serve()), "canary-key") as client:
        client.ask("柳荫路1号")
        logger.info("during")
    logger.info("after")
    first = Client(quick(serve()), "canary-key")
    with first:
        second = Client(quick(serve()), "canary-key")
        second.__enter__()
    logger.info("the second is still open")
    second.__exit__()
    logger.info("at the end")
    logger.setLevel(logging.NOTSET)
    said = [line.removeprefix("httpcore.http11 ") for line in log.getvalue().splitlines()]
    assert said == ["before", "after", "at the end"]

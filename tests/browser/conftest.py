"""A real browser, without a network, that fails a test on any error of the page."""

from __future__ import annotations

import base64
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

Opener = Callable[..., AbstractContextManager[Any]]


def chromium() -> str:
    """Find the system's Chromium, or skip with the reason; CI asks for it and fails without."""
    named = os.environ.get("PLANNER_CHROMIUM")
    if named:
        return named
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        why = f"no browser: set PLANNER_CHROMIUM, or install one of {', '.join(NAMES)}"
        if os.environ.get("PLANNER_REQUIRE_BROWSER"):
            pytest.fail(why)
        pytest.skip(why)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start Chromium once."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = chromium()
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


KEEP = """() => {
  const make = URL.createObjectURL;
  URL.createObjectURL = (blob) => {
    window.kept = new Promise((done) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result.split(',')[1]);
      reader.readAsDataURL(blob);
    });
    return make.call(URL, blob);
  };
}"""


def handed_out(page: Any, click: Callable[[], None], name: str = "changes.json") -> bytes:
    """Give the file of a name that a click makes the page hand out."""
    if int(page.context.browser.version.split(".")[0]) > 100:
        with page.expect_download() as waiting:
            click()
        assert waiting.value.suggested_filename == name
        return Path(waiting.value.path()).read_bytes()
    page.evaluate(KEEP)  # this old program without a window tells nobody of its downloads
    click()
    return base64.b64decode(page.evaluate("window.kept"))


def wait_until(page: Any, expression: str, seconds: float = 30) -> None:
    """Ask until an expression holds; a page that forbids ``eval`` lets no driver poll within it."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"not within {seconds} s: {expression}"
        page.wait_for_timeout(20)


@pytest.fixture
def open_page(browser: Any) -> Opener:
    """Open a file offline; on leaving, fail on any message, error, or request but its own."""

    @contextmanager
    def opened(path: Path, query: str = "", size: tuple[int, int] = (1440, 900)) -> Iterator[Any]:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, offline=True)
        page = context.new_page()
        wrong: list[str] = []
        own = path.as_uri()
        page.on("console", lambda m: wrong.append(f"console {m.type}: {m.text}"))
        page.on("pageerror", lambda e: wrong.append(f"page error: {e}"))
        page.on("dialog", lambda d: (wrong.append("dialog"), d.dismiss()))
        page.on("request", lambda r: wrong.append(r.url) if r.url.split("?")[0] != own else None)
        page.goto(own + query)
        page.wait_for_selector("html[data-ready]", timeout=20_000)
        yield page
        assert page.evaluate("window.__pwned") is None
        context.close()
        assert not wrong

    return opened

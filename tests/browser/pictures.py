"""Take the README's picture of a map.

python -m tests.browser.pictures out/map.html data/pictures/demo_map.png
"""

from __future__ import annotations

import argparse
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS, chromium


def main() -> None:
    """Open the page without a network and save what a meeting would see."""
    parser = argparse.ArgumentParser(description="Picture of a map page.")
    parser.add_argument("page", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--width", type=int, default=1440)
    parser.add_argument("--height", type=int, default=900)
    options = parser.parse_args()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        size = {"width": options.width, "height": options.height}
        context = browser.new_context(viewport=size, offline=True)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(options.page.resolve().as_uri())
        page.wait_for_timeout(1500)
        options.picture.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=options.picture)
        browser.close()


if __name__ == "__main__":
    main()

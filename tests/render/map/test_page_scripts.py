"""Scripts and styles run in Chromium 90: nothing newer is written, and all of it parses."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib import resources
from pathlib import Path

import pytest

from planner.render.map import page

SCRIPTS = sorted(
    {f"{n}.js" for names in (*page.SCRIPTS.values(), page.COMPARE_SCRIPTS) for n in names}
)
STYLES = [f"{name}.css" for name in (*page.STYLES, "roster")]

PAGE = Path(str(resources.files("planner.render.map").joinpath("page")))
NEWER_SCRIPT = {
    r"\?\?=|\|\|=|&&=": "logical assignment (85, but ES2021)",
    r"\.at\(": "Array.at (92)",
    r"\bstructuredClone\b": "structuredClone (98)",
    r"\bObject\.(hasOwn|groupBy)\b": "Object.hasOwn (93)",
    r"\.(findLast|findLastIndex|toSorted|toReversed|toSpliced|with)\(": "ES2022-23 array methods",
    r"\bstatic\s*\{": "class static blocks (94)",
    r"(?m)^\s*await\b": "top-level await",
    r"\bArray\.fromAsync\b|\bPromise\.withResolvers\b": "ES2024",
    r"\broundRect\(": "canvas roundRect (99)",
    r"\bcreateConicGradient\(|\bctx\.reset\(|letterSpacing": "canvas of 99 and later",
    r"\d_\d": "numeric separators",
    r"#[a-z]\w*\s*[=(;]": "private fields",
    r"\.(inner|outer)HTML|insertAdjacentHTML|document\.write": "text as markup",
    r"\beval\(|new Function": "text as code",
    r"\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|indexedDB|document\.cookie": "reaching out",
}
NEWER_STYLE = {
    r":has\(": ":has (105)",
    r"@container|container-type": "container queries (105)",
    r"@layer": "cascade layers (99)",
    r"color-mix\(|oklch\(|oklab\(": "colours of 111",
    r"\d[dsl]v[hw]\b": "new viewport units (108)",
    r"@media[^{]*[<>]": "range media queries (104)",
    r"(?m)^\s*&": "nesting (112)",
    r"\baccent-color\b(?!: #)": "accent-color (93) in a form that does not degrade",
    r"subgrid|text-wrap": "of 114 and later",
    r"url\(|@import": "another file",
}


QUOTED = {r"(?i)webgl": "WebGL is not to be had", r"https?://": "another host"}


def faults_of(script: str) -> set[str]:
    """Give why a script is not for the page; words in quotes may say anything but `QUOTED`."""
    code = re.sub(r"/\*.*?\*/", "", script, flags=re.DOTALL)
    bare = re.sub(r"'[^'\n]*'", "''", code)
    found = {why for pattern, why in NEWER_SCRIPT.items() if re.search(pattern, bare)}
    return found | {why for pattern, why in QUOTED.items() if re.search(pattern, code)}


COUNTED = re.compile(r"\{[nk]\} (?:more )?(?:units|zones|homes|places|pages)\b")
ALWAYS_MANY = ("At most {n} pages", "about {n} homes", "fewer than {n} homes", "In {n} zones")


@pytest.mark.parametrize("name", SCRIPTS)
def test_english_can_count_to_one(name: str) -> None:
    """Where a number may be one, the text has a word for one: {n|home|homes}."""
    text = (PAGE / name).read_text("utf-8")
    for many in ALWAYS_MANY:
        text = text.replace(many, "")
    assert COUNTED.findall(text) == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_newer_script(name: str) -> None:
    """No syntax or interface that came after Chromium 90, and none that turns text into markup."""
    assert faults_of((PAGE / name).read_text("utf-8")) == set()


NEW_SCRIPTS = (
    "a ??= 1;", "list.at(-1);", "structuredClone(a);", "Object.hasOwn(a, b);", "a.toSorted();",
    "class A { static { } }", "await ready;", "Promise.withResolvers();", "ctx.roundRect(0, 0, 1, 1);",
    "ctx.reset();", "c.getContext('webgl');", "const n = 1_000;", "class B { #x = 1; }", "n.innerHTML = t;",
    "eval(t);", "fetch(u);",
)  # fmt: skip
NEW_STYLES = (
    "a:has(b) {}", "@container (x) {}", "@layer a;", "a { color: color-mix(in srgb, red, blue); }",
    "a { height: 100dvh; }", "@media (width > 3px) {}", "  & b {}", "a { text-wrap: balance; }",
    "a { background: url(x.png); }",
)  # fmt: skip


@pytest.mark.parametrize("text", NEW_SCRIPTS)
def test_a_newer_script_is_found(text: str) -> None:
    """What Chromium 90 does not know, or what the page must not do, is found where it is written."""
    assert faults_of(f"const a = 1;\n{text}\n")
    assert not faults_of(f"const a = 1;\n/* {text} */\n")


@pytest.mark.parametrize("text", NEW_STYLES)
def test_a_newer_style_is_found(text: str) -> None:
    """A style of later years is found where it is written."""
    assert any(re.search(pattern, f"b {{}}\n{text}\n") for pattern in NEWER_STYLE)


@pytest.mark.parametrize("name", STYLES)
def test_no_newer_style(name: str) -> None:
    """No style that came after Chromium 90, and none that names another file."""
    text = (PAGE / name).read_text("utf-8")
    assert {why for pattern, why in NEWER_STYLE.items() if re.search(pattern, text)} == set()
    assert text.count("{") == text.count("}")


def test_every_file_is_used() -> None:
    """What lies in the folder is in the page, and the other way round."""
    assert {p.name for p in PAGE.iterdir() if p.is_file()} == {*SCRIPTS, *STYLES, "review.html"}


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_parse(name: str, tmp_path: Path) -> None:
    """Each script parses by itself, in strict mode."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    copy = tmp_path / name
    copy.write_text("'use strict';\n" + (PAGE / name).read_text("utf-8"), "utf-8")
    run = subprocess.run([node, "--check", str(copy)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_both_languages_say_everything() -> None:
    """Chinese and English have the same texts, each of them used."""
    code = "\n".join((PAGE / name).read_text("utf-8") for name in SCRIPTS)
    zh, en = (
        re.findall(r"(?:^ *|[{,]\s*)(\w+): '", "\n".join(blocks), re.MULTILINE)
        for blocks in (
            re.findall(
                rf"(?:^  {tongue}: |TEXTS\.{tongue}, )\{{\n(.*?)\n *\}}", code, re.DOTALL | re.M
            )
            for tongue in ("zh", "en")
        )
    )
    assert zh == en
    assert len(zh) == len(set(zh))
    assert set(re.findall(r"say\('(\w+)'", code)) <= set(zh)
    quoted = set(re.findall(r"'(\w+)'", code))
    assert set(zh) <= quoted

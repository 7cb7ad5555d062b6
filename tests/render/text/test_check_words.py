"""Refusals and findings say what to do, in both languages."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import planner
from planner.errors import Finding, InputError, SchemaError, Severity, SheetError
from planner.render.text.check_words import SEVERITY_WORDS, completed, refusals_of, role_words

ROOT = Path(planner.__file__).parent
HAN = range(0x4E00, 0xA000)


def chinese(text: str) -> bool:
    """Whether a text says something in Chinese."""
    return any(ord(c) in HAN for c in text)


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("code", ["bad-load", "no-address", "unheard-of"])
def test_every_finding_is_completed(severity: Severity, code: str) -> None:
    """What and what to do, in both languages."""
    whole = completed(Finding(code, severity, "something is off"))
    assert whole.remedy
    assert chinese(whole.remedy_zh)
    assert whole.what_zh


def test_what_is_said_already_stays() -> None:
    """Own words come before those of the table."""
    said = Finding("bad-load", Severity.HOLD, "a", "甲", "b", "乙")
    assert completed(said) == said
    stop = Finding("own", Severity.STOP, "a", "甲", "", "先改")
    assert completed(stop).remedy_zh == "先改"


def test_held_rows_say_why() -> None:
    """The general sentence gives way to the cause."""
    held = Finding("no-address", Severity.HOLD, "held", "该行已搁置：x")
    assert completed(held).what_zh == "没有地址，也没有坐标"
    assert completed(Finding("own", Severity.HOLD, "held", "该行已搁置")).what_zh == "该行已搁置"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SheetError.of("encrypted", name="a.xlsx"), "encrypted"),
        (SheetError.of("is-html", name="a.xlsx"), "html"),
        (SheetError.of("no-sheet", name="a", wanted="x", there="y"), "missing-sheet"),
        (SheetError.of("layer-without-crs", name="a", layer="b"), "no-crs"),
        (SheetError.of("open-quote", name="a", row=7, error="e"), "open-quote"),
        (SheetError.of("damaged", name="a", n=5).becoming(InputError), "damaged"),
        (InputError("something else", remedy="do it"), "refused"),
    ],
)
def test_refusals_in_both_languages(error: InputError, code: str) -> None:
    """A stop of the file by the error's own words, with the row where the message names one."""
    (found,) = refusals_of(error, "a.xlsx")
    assert (found.code, found.severity, found.file) == (code, Severity.STOP, "a.xlsx")
    assert (found.what, found.what_zh) == (error.message, error.zh or found.what_zh)
    assert found.remedy
    assert chinese(found.what_zh)
    assert chinese(found.remedy_zh)
    assert found.row == (7 if code == "open-quote" else None)


def test_refusals_are_known_by_keys_that_there_are() -> None:
    """No code waits for an error that nobody raises, and each error has one code."""
    told = tomllib.loads((ROOT / "render/text/check_words.toml").read_text("utf-8"))["refusals"]
    keys = [key for of in told.values() for key in of]
    assert set(keys) <= set(tomllib.loads((ROOT / "errors.toml").read_text("utf-8")))
    assert len(keys) == len(set(keys))


def test_an_error_with_findings_gives_them() -> None:
    """Each at its own place, completed."""
    error = SchemaError("faults", findings=[Finding("x", Severity.STOP, "a", row=2)])
    (found,) = refusals_of(error, "a.xlsx")
    assert (found.file, found.row) == ("a.xlsx", 2)
    assert found.remedy_zh


def test_an_unknown_error_still_tells() -> None:
    """Whatever a library raises is a stop with a remedy."""
    (found,) = refusals_of(RuntimeError("boom"), "a.xlsx")
    assert found.code == "refused"
    assert found.remedy


def test_columns_by_name() -> None:
    """What a column was taken for, in both languages; an unknown role by itself."""
    assert role_words("address", "households").endswith(" address")
    assert chinese(role_words("address", "households"))
    assert role_words("nothing", "households") == "nothing"
    assert chinese(role_words("address", "no such table"))


def test_severities_from_worst_to_mildest() -> None:
    """The order in which findings are listed."""
    assert list(SEVERITY_WORDS) == [Severity.STOP, Severity.HOLD, Severity.WARN, Severity.FIX]

"""What may leave the machine of an address."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.intake.online.outgoing import Cutter, cut_label

FIVE_WAYS = [
    "幸福路12号3栋2单元501",
    "幸福路１２号3号楼2-501",
    "幸福路十二号院3幢2单元501",
    "幸福路12号 3栋 5楼",
    "幸福路12号3栋",
]
PEOPLE = ["钱多多", "欧阳春花", "赵小敏"]
SECRETS = [
    "13800138000",
    "138 0013 8000",
    "0554-5612345",
    "340403199001011234",
    "34040319900101123X",
    "一三八零零一三八零零零",
]


def test_one_building_is_one_text() -> None:
    """Five spellings of one building share one key."""
    assert len({Cutter()(t).key for t in FIVE_WAYS}) == 1


@pytest.mark.parametrize("address", FIVE_WAYS)
def test_nothing_below_the_building(address: str) -> None:
    """Stairwell, floor and room stay here."""
    told = Cutter()(address).text
    assert told.startswith("幸福路")
    assert not any(word in told for word in ("501", "单元", "室", "2-", "5楼"))


@pytest.mark.parametrize("secret", [*SECRETS, *PEOPLE, "wx_abc123", "a.b@example.org"])
@pytest.mark.parametrize(
    "form",
    [
        "幸福路12号3栋2单元501 {}",
        "{} 幸福路12号3栋",
        "幸福路12号3栋501（{}）",
        "幸福路12号，联系人：{}",
        "{},幸福路12号阳光小区3栋",
    ],
)
def test_people_and_numbers_fall_out(form: str, secret: str) -> None:
    """Names, telephones and identity numbers beside an address are not in what is sent."""
    told = Cutter()(form.format(secret)).text
    assert "幸福路12号" in told
    assert secret.replace(" ", "") not in told.replace(" ", "")
    assert not any(part in told for part in ("138", "5612345", "abc", "1990", "春花", "example"))


@pytest.mark.parametrize(
    "address",
    ["", "不详", "12号楼501", "八公山区", "户主赵小敏幸福路12号", "幸福路12号院;平安路7号"],
)
def test_what_names_no_building_is_not_sent(address: str) -> None:
    """No building, two addresses, or a person in the street: nothing goes out, and it is said."""
    out = Cutter()(address)
    assert (out.text, out.key) == ("", "")
    assert out.cause


def test_withheld_words_are_never_sent() -> None:
    """A name glued to a western street is caught by the list of names."""
    address = "Matti Virtanen Mannerheimintie 12"
    assert "Virtanen" not in Cutter(withhold=["Matti Virtanen"])(address).text
    assert (
        Cutter(withhold=["Matti Virtanen"])("Mannerheimintie 12 A 5").text == "Mannerheimintie 12"
    )


def test_long_texts_lose_their_largest_places_first() -> None:
    """What a service cannot take is cut from the left."""
    told = Cutter(most_bytes=40)("某某省某某市八公山区新庄孜街道某某社区幸福路12号3栋").text
    assert told.endswith("幸福路12号3栋")
    assert len(told.encode()) <= 40


def test_labels_are_cut_too() -> None:
    """A service that answers with a room does not bring it into a file."""
    assert cut_label("某某市八公山区幸福路12号3栋2单元501室") == "某某市八公山区幸福路12号3栋"


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_is_cut(text: str) -> None:
    """No text breaks the cut, and none lets six digits or a control character through."""
    import re

    out = Cutter()("幸福路12号3栋" + text)
    assert not re.search(r"[0-9]{6}|[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e]", out.text)

"""What gives a person away by its form alone is found, and what only looks like it is not."""

# ruff: noqa: E501 - one case a line

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.privacy.marks import folded, is_citizen_number, marks_in, phone_key, phone_keys
from tests.privacy.hiding import ID


@pytest.mark.parametrize(
    "text",
    [
        "１３８００１３８０００", "+86 138 0013 8000", "138-0013-8000", "0554-6601234", "(0554)6601234", "电话：6601234",
        "手机号码13800138000转", "138\u200b00138000", f"号{ID}", ID[:6] + " " + ID[6:14] + " " + ID[14:],
        "幸福小区3栋2单元502室", "3-2-502", "Room 502", "2单元0502", "新村路5号 独居老人", "3栋低保户", "lives alone, Elm Road 5",
        "138.0013.8000", "138·0013·8000", "138_0013_8000", "1 3 8 0 0 1 3 8 0 0 0", "一三八零零一三八零零零", "0554.6601230",
        "3号楼-101", "3号楼101", "5栋—1203", "安乐路12号-301", "皖D·12345", "京AD12345", "6222 0212 3456 7890 128",
        "zhang.san@example.com", "微信号：wxid_abc123", "QQ 12345678", "Telegram: @zhang_3", "安乐路1号 回族", "3栋 基督教徒",
        "新村路5號 獨居老人", "3棟 殘疾人家庭", "聯繫電話：6601234", "5號樓101", "2單元0502",
    ],
)  # fmt: skip
def test_forms_that_give_a_person_away(text: str) -> None:
    """Phones however written, id numbers, rooms, care flags at a door."""
    assert list(marks_in(folded(text), spoken=True))


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-18", "138001380001", "0.13800138000", ID[:-1] + "0", "关爱独居老人方案", "新村路5号 残疾人联合会",
        "1,380,013 m", "办公室3个", "3栋1单元", "1单元 125 户", "75-250", "1+5+15", "a" * 20 + "13800138000" + "b" * 33,
        "5室", "128号房管局", "人民路101室内馆", "留守营村3号", "117.020000, 32.620000", "M0123", "教室", "Mannerheimintie 12",
        "安乐路100号-120号", "3号楼-5号楼", "5栋120户", "1号楼 1200 m", "人民路12号-100米", "回族自治县人民路1号", "水族馆 人民路1号",
        "退役军人服务站 安乐路1号", "planner 0.1.0@3", "微信扫一扫", "6222 0212 3456 7890 129", "0.138.0013.8000x",
    ],
)  # fmt: skip
def test_forms_that_do_not(text: str) -> None:
    """Dates, sums, digests, offices of care, stairwells."""
    assert not list(marks_in(folded(text), spoken=True))


def test_check_digits() -> None:
    """The digit fits, or it is no id number."""
    assert is_citizen_number(ID)
    assert not is_citizen_number(ID[:-1] + "6")


def valid(body: str) -> str:
    """Give 17 digits their check digit, by ISO 7064 MOD 11-2 taken digit by digit."""
    left = 0
    for digit in body:
        left = (left + int(digit)) * 2 % 11
    return body + "0123456789X"[(12 - left) % 11]


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_seen(body: str, at: int, shift: int) -> None:
    """Every digit weighs in: an id number fits its check digit, and with one digit changed it does not."""
    whole = valid(body)
    assert is_citizen_number(whole)
    other = whole[:at] + str((int(whole[at]) + shift) % 10) + whole[at + 1 :]
    assert not is_citizen_number(other)


@pytest.mark.parametrize(
    ("text", "key"),
    [("+86 138-0013-8000", "13800138000"), ("8613800138000", "13800138000"), ("０５５４－６６０１２３４", "05546601234"),
     ("86138001380001", "86138001380001"), ("8601234", "8601234"), ("", "")],
)  # fmt: skip
def test_phones_by_their_digits(text: str, key: str) -> None:
    """Without the country, however written; 86 at the head of another number is part of it."""
    assert phone_key(text) == key


def test_an_old_id_number() -> None:
    """Fifteen digits with a date in them: the cards of before 1999."""
    assert [what for what, _ in marks_in("证号110101900307851", spoken=True)] == [
        "a citizen's id number"
    ]
    assert not list(marks_in("证号110101901307851", spoken=True))


@pytest.mark.parametrize("text", ["13800138000", "0554-6601234", "电话：6601234"])
def test_phones_that_may_show(text: str) -> None:
    """An office phone passes in each form; another one beside it does not."""
    allowed = {phone_key(text)}
    assert not list(marks_in(text, spoken=True, allowed=allowed))
    both = list(marks_in(f"{text}，13900139000", spoken=True, allowed=allowed))
    assert [what for what, _ in both] == ["a phone number"]


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("0554-6601234 转 802", "0554-6601234 转 802"), ("0554-6601234、0554-6605678", "0554-6605678"),
        ("办公室：0554-6601234（白天）", "0554-6601234"), ("6601234/6605678", "电话：6605678"),
    ],
)  # fmt: skip
def test_cells_of_office_phones(cell: str, told: str) -> None:
    """Extensions, words and several numbers in the cell of an office phone: each may show, no other."""
    assert not list(marks_in(told, spoken=True, allowed=phone_keys(cell)))
    assert list(marks_in("13900139000", spoken=True, allowed=phone_keys(cell)))


def test_code_and_numbers_have_no_rooms() -> None:
    """What is not said to people is searched for numbers of people alone."""
    text = "3栋2单元502室 新村路5号 独居老人 电话：6601234"
    assert {what for what, _ in marks_in(text, spoken=True)} == {
        "a room",
        "a care flag at a door",
        "a phone number",
    }
    assert not list(marks_in(text, spoken=False))
    assert [what for what, _ in marks_in("13800138000", spoken=False)] == ["a phone number"]


@pytest.mark.parametrize(
    ("text", "found"),
    [("独居\n新村路5号", 0), ("新村路5号 独居", 1), ("a\n新村路5号 独居\nb", 1), ("a\n新村路5号\n独居", 0), ("新村路5号\nx 独居", 0)],
)  # fmt: skip
def test_care_and_door_in_one_line(text: str, found: int) -> None:
    """A condition counts where the door stands in its own line, the first, the last or any between."""
    assert len(list(marks_in(text, spoken=True))) == found


def test_care_is_looked_for_only_if_asked() -> None:
    """Other marks are found all the same."""
    assert not list(marks_in("新村路5号 独居", spoken=True, care=False))
    assert list(marks_in("新村路5号 502室 独居", spoken=True, care=False))


def test_where_a_mark_begins() -> None:
    """The place of each find is that of its first character."""
    text = "甲乙 13800138000 x 0554-6601234"
    assert [at for _, at in marks_in(text, spoken=True)] == [3, 17]


CARE = [
    "独居",
    "空巢",
    "孤寡",
    "孤儿",
    "残疾",
    "残障",
    "智障",
    "聋哑",
    "失明",
    "盲人",
    "瘫痪",
    "卧床",
    "轮椅",
    "低保",
    "低收入",
    "特困",
    "五保",
    "贫困户",
    "困难家庭",
    "建档立卡",
    "临时救助",
    "失独",
    "失能",
    "高龄",
    "留守老人",
    "留守儿童",
    "留守妇女",
    "重病",
    "大病",
    "慢性病",
    "癌症",
    "肿瘤",
    "尿毒症",
    "透析",
    "糖尿病",
    "高血压",
    "肺结核",
    "乙肝",
    "精神病",
    "精神分裂",
    "抑郁",
    "自闭",
    "痴呆",
    "社区矫正",
    "刑满",
    "吸毒",
    "戒毒",
    "艾滋",
    "上访",
    "信访户",
    "涉稳",
    "邪教",
    "重点人员",
    "失业",
    "下岗",
    "单亲",
    "离异",
    "丧偶",
    "家暴",
    "孕妇",
    "优抚",
    "烈属",
    "退役军人",
    "流浪",
    "dementia",
    "bedridden",
    "wheelchair",
    "widow",
    "HIV",
]


@pytest.mark.parametrize("word", CARE)
def test_words_of_care_of_all_kinds(word: str) -> None:
    """Health, poverty, age, the law, family: at a door each is told apart."""
    found = [what for what, _ in marks_in(f"安乐路5号 {word}", spoken=True)]
    assert found == ["a care flag at a door"]
    assert not list(marks_in(f"关于{word}的通知", spoken=True))

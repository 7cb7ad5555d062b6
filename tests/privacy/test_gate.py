"""The gate finds what its audience must not see, wherever it is hidden, and never repeats it."""

from __future__ import annotations

import json
import re
import time
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from planner.errors import PrivacyError
from planner.privacy import Secrets, check_page, released
from planner.privacy.audience import INTERNAL_WORDS, Audience
from planner.privacy.person import People
from planner.render.map.page import map_page
from tests.plans import make_plan_tables
from tests.privacy.hiding import (
    HIDDEN,
    INTERNAL,
    MEETING,
    NAME,
    NOBODY,
    PHONE,
    PUBLIC,
    SECRETS,
    html,
    in_places,
)


@pytest.mark.parametrize("place", in_places("x"))
@pytest.mark.parametrize("what", HIDDEN)
def test_nothing_hides(what: str, place: str) -> None:
    """An id number, a phone, a name, an id: found in each place of each kind of file, never repeated."""
    name, data = in_places(HIDDEN[what])[place]
    for audience in (MEETING, PUBLIC):
        with pytest.raises(PrivacyError) as caught:
            released(data, name, audience, SECRETS)
        assert HIDDEN[what] not in str(caught.value)
        assert caught.value.exit_code == 5
        assert "a." in caught.value.message


@pytest.mark.parametrize("place", in_places("x"))
def test_what_is_harmless_passes(place: str) -> None:
    """The same files with a harmless text are released, unchanged."""
    name, data = in_places("八公山区 3 zones")[place]
    assert released(data, name, MEETING, SECRETS) == data
    assert released(data, name, PUBLIC, SECRETS) == data


def test_an_allowed_phone_passes() -> None:
    """The office phone of a centre may stand on a public map, another number may not."""
    secrets = Secrets({}, phones=frozenset({"05546601234"}))
    assert released(html("0554-6601234"), "a.html", PUBLIC, secrets)
    with pytest.raises(PrivacyError):
        released(html("0554-6601235"), "a.html", PUBLIC, secrets)


def test_an_internal_file_must_say_so() -> None:
    """Without its watermark not even the office gets it; with it, residents may be in it."""
    with pytest.raises(PrivacyError, match="does not say so"):
        released(html(NAME), "a.html", INTERNAL, SECRETS)
    assert released(html(NAME + INTERNAL_WORDS), "a.html", INTERNAL, SECRETS)


def test_public_layers_keep_to_the_grid() -> None:
    """A point finer than some twenty metres is not for the public; one on the grid is."""
    fine = {"type": "Point", "coordinates": [117.020013, 32.6200]}
    coarse = {"type": "Point", "coordinates": [117.0200, 32.6202]}
    assert released(json.dumps(coarse).encode(), "a.geojson", PUBLIC, NOBODY)
    assert released(json.dumps(fine).encode(), "a.geojson", MEETING, NOBODY)
    with pytest.raises(
        PrivacyError, match=r"finer than the grid of its audience, 1 time\(s\) in a\.geojson"
    ):
        released(json.dumps(fine).encode(), "a.geojson", PUBLIC, NOBODY)


def test_thirty_five_thousand_people_take_no_time() -> None:
    """A page of a whole district is held against 35,000 households, names and phones in under 2 s."""
    tables = make_plan_tables(nx=30, ny=20, nc=40)
    html = map_page(tables).html
    names = frozenset(
        f"{a}{b}{c}"
        for a in "赵钱孙李周吴郑王冯陈"
        for b in "芳伟敏静丽强磊洋艳勇军杰娟涛超明"
        for c in "桂英秀兰建华文玉国庆志"
    )
    phones = frozenset(f"139{i:08d}" for i in range(35_000))
    ids = frozenset(f"JMH{i:06d}" for i in range(35_000))
    private = {"a name": names, "a phone": phones, "an id": ids}
    secrets = Secrets.of(tables, People({}, {}, private))
    assert len(secrets) > 65_000
    start = time.process_time()
    check_page(html, MEETING, secrets)
    assert time.process_time() - start < 2


def test_words_of_the_page_are_no_residents() -> None:
    """A resident who is called like a word of the product's own scripts does not stop the map."""
    tables = make_plan_tables()
    words = frozenset({"mercator", "documentelement"})
    for audience in Audience:
        assert map_page(tables, audience=audience, people=People({}, {}, {"a name": words}))


def test_a_page_that_was_changed_is_not_saved(tmp_path: Path) -> None:
    """What passed once and was touched since is held against the gate again when it is written."""
    page = map_page(make_plan_tables())
    spoilt = replace(page, html=page.html.replace('"title":"', f'"title":"{PHONE} ', 1))
    with pytest.raises(PrivacyError):
        spoilt.save(tmp_path / "map.html")
    assert not list(tmp_path.iterdir())


def test_a_page_without_its_data_is_no_map() -> None:
    """Nothing can be held against its audience: it is refused, though it holds no secret."""
    for audience in Audience:
        with pytest.raises(PrivacyError, match="cannot be found or read"):
            check_page("<html><body>八公山区</body></html>", audience, Secrets({}))


def test_names_of_the_map_are_no_secrets_but_phones_are() -> None:
    """A street may be called like a resident; a number of a person may stand nowhere."""
    secrets = Secrets({"a resident's name": frozenset({"王家巷"})})
    street = {"base": {"streets": {"names": ["王家巷东段"]}}}
    assert released(json.dumps(street).encode(), "a.json", MEETING, secrets)
    alone = {"base": {"streets": {"names": ["王家巷"]}}}
    several = Secrets({"an id": frozenset({"jm00017"}), **secrets.kinds})
    for known in (secrets, several):
        with pytest.raises(PrivacyError, match="resident's name"):  # nothing but the name
            released(json.dumps(alone).encode(), "a.json", MEETING, known)
    with pytest.raises(PrivacyError, match="a phone number"):
        released(json.dumps({"base": {"names": [PHONE]}}).encode(), "a.json", MEETING, secrets)
    with pytest.raises(PrivacyError, match="resident's name"):
        released(json.dumps({"zones": ["王家巷东段"]}).encode(), "a.json", MEETING, secrets)


def test_a_refusal_lists_eight_kinds_at_most() -> None:
    """The first of them in order, and how many more there are."""
    for n, more in ((11, "and 4 more"), (8, "and 1 more"), (7, "k06")):
        data = {f"k{i:02d}": PHONE for i in reversed(range(n))}
        with pytest.raises(PrivacyError) as caught:
            released(json.dumps(data).encode(), "a.json", MEETING, Secrets({}))
        message = caught.value.message.partition("\n")[0]
        assert message.count("a phone number, ") == 8
        assert message.endswith(more)
        assert re.findall(r"k\d\d", message) == [f"k{i:02d}" for i in range(7)]


def test_a_page_is_read_beyond_its_data() -> None:
    """What stands beside the data of a map is held against its audience as well."""
    page = map_page(make_plan_tables(nx=5, ny=4)).html
    check_page(page, MEETING, Secrets({}))
    with pytest.raises(PrivacyError, match="a phone number"):
        check_page(page.replace("<body>", f"<body><p>{PHONE}</p>", 1), MEETING, Secrets({}))


def test_a_page_for_a_meeting_is_not_for_the_public() -> None:
    """It holds no secret, but kinds of data that the public may not have."""
    page = map_page(make_plan_tables(nx=5, ny=4)).html.encode()
    assert released(page, "map.html", MEETING, NOBODY) == page
    with pytest.raises(PrivacyError):
        released(page, "map.html", PUBLIC, NOBODY)


def test_a_refusal_counts_what_it_found() -> None:
    """Each thing as often as it stands in a part of the file."""
    with pytest.raises(PrivacyError, match=r"a phone number, 2 time\(s\) in a\.md"):
        released(f"{PHONE}, {PHONE}".encode(), "a.md", MEETING, NOBODY)


@pytest.mark.parametrize("lon", [117.0200004, 117.020001, 117.0201, 117.0203])
def test_no_layer_for_the_public_is_finer_than_the_grid(lon: float) -> None:
    """Half a cell is too fine, and so is what is finer than any step: a point as it was measured."""
    layer = json.dumps({"type": "Point", "coordinates": [lon, 32.62]}).encode()
    with pytest.raises(PrivacyError, match="finer than the grid"):
        released(layer, "a.geojson", PUBLIC, NOBODY)
    assert released(json.dumps({"note": "no place"}).encode(), "a.json", PUBLIC, NOBODY)


def test_a_room_gives_a_home_away_but_for_names_of_the_map() -> None:
    """What the map calls a place anyone can look up; the same words elsewhere are a home."""
    told = {"base": {"labels": ["煤校302室"]}, "zones": ["幸福社区"]}
    assert released(json.dumps(told).encode(), "a.json", MEETING, NOBODY)
    with pytest.raises(PrivacyError, match="a room"):
        released(
            json.dumps({"base": {}, "zones": ["煤校302室"]}).encode(), "a.json", MEETING, NOBODY
        )


def test_a_name_with_blanks_between_is_a_name() -> None:
    """In what people read, but for names of the map; in a script characters apart are no word."""
    with pytest.raises(PrivacyError, match="resident's name"):
        released("| 欧 阳 甲 乙 |".encode(), "a.md", MEETING, SECRETS)
    for data, safe in (
        ({"base": {"a": ["欧 阳 甲 乙"]}}, True),
        ({"zones": ["欧 阳 甲 乙"]}, False),
    ):
        with nullcontext() if safe else pytest.raises(PrivacyError, match="resident's name"):
            released(json.dumps(data).encode(), "a.json", MEETING, SECRETS)
    script = html("<script>f('欧 阳 甲 乙')</script>")
    assert released(script, "a.html", MEETING, SECRETS) == script

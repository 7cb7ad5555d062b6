"""From addresses to places: estimate, ask once, judge, cross-check, go on after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.errors import ConfigError
from planner.intake.gazetteer.geocode import COLUMNS
from planner.intake.online.cache import AnswerCache
from planner.intake.online.settings import SERVICES, ProviderSettings
from tests.intake.online.conftest import (
    AREA,
    CITY,
    HOME,
    KEYS,
    estimate,
    lookup,
    places,
    quick,
    sent,
    spot,
    streets,
)
from tests.intake.online.fake import Fake

Serve = Callable[..., Fake]
PROJECT = Path(__file__).resolve().parents[3]


def away_m(frame: pd.DataFrame, i: int) -> float:
    """Give how far row i is from the truth, metres."""
    lon, lat = spot(i)
    east = (frame["lon"].iloc[i] - lon) * np.cos(np.radians(lat))
    return float(np.hypot(east, frame["lat"].iloc[i] - lat) * 111_195)


def offline_rows(rows: list[tuple[float, float, str, float, str]]) -> pd.DataFrame:
    """Give an offline match: lon, lat, precision, confidence and cause of each row."""
    frame = pd.DataFrame(rows, columns=["lon", "lat", "precision", "confidence", "cause"])
    frame = frame.assign(matched="柳荫路", source="table", runners_up="", told="")
    frame["code"] = frame["cause"].str.partition(":")[0].replace("address not found", "absent")
    return frame[list(COLUMNS)]


@pytest.mark.parametrize("name", list(SERVICES))
def test_places_come_back_in_wgs84(name: str, serve: Serve) -> None:
    """Whatever the service's datum, a home lands within a metre of its place."""
    fake = serve(places=places(5, name))
    table = pd.Series(streets(5), index=list("abcde"))
    found = lookup(table, quick(fake, name), area=AREA)
    assert list(found.frame.columns) == list(COLUMNS)
    assert list(found.frame.index) == list("abcde")
    assert max(away_m(found.frame, i) for i in range(5)) < 1
    assert set(found.frame["precision"]) <= {"address point", "building"}
    assert set(found.frame["source"]) == {name}
    assert (found.frame["cause"] == "").all()
    assert found.frame["matched"].str.endswith("号").all()


@pytest.mark.parametrize("name", list(SERVICES))
def test_a_city_is_no_building(name: str, serve: Serve) -> None:
    """An answer for the whole city is held, with the level that the service gave."""
    fake = serve(places=places(2, name, CITY[name]))
    found = lookup(streets(2), quick(fake, name), area=AREA)
    assert found.frame["lon"].isna().all()
    assert found.frame["cause"].str.contains(CITY[name]).all()
    assert [f.code for f in found.findings] == ["online-coarse"]


def test_streets_count_only_where_they_are_accepted(serve: Serve) -> None:
    """A street's middle places a home if the user says so, and not with confidence."""
    fake = serve(places=places(1, "amap", "道路"))
    assert lookup(streets(1), quick(fake)).frame["lon"].isna().all()
    accept = ("address point", "building", "compound", "street")
    frame = lookup(streets(1), quick(fake, accept=accept)).frame
    assert frame["precision"].tolist() == ["street"]
    assert frame["confidence"].iloc[0] < 0.5


def test_one_point_for_many_is_held(serve: Serve, tmp_path: Path) -> None:
    """60 buildings on one coordinate are all held, and the answers are not kept; a true one stays."""
    known = dict.fromkeys(sent(60), (HOME[0], HOME[1], "门牌号"))
    known["柳荫路61号"] = (HOME[0] + 0.01, HOME[1], "门牌号")
    fake = serve(places=known)
    path = tmp_path / "a"
    frame = lookup(streets(61), quick(fake), cache=path).frame
    assert frame["cause"].iloc[:60].eq("one point was answered for 60 distinct buildings").all()
    assert np.isfinite(frame["lon"].iloc[60])
    assert estimate(streets(61), quick(fake), path).cached == 1


def test_spellings_of_one_building_are_not_many(serve: Serve) -> None:
    """A building with and without its district is one building on its point."""
    texts = [
        "柳荫路7号",
        "八公山区柳荫路7号",
        "淮南市八公山区柳荫路7号",
        "安徽省淮南市八公山区柳荫路7号",
    ]
    fake = serve(places=dict.fromkeys(texts, (HOME[0], HOME[1], "门牌号")))
    assert lookup(texts, quick(fake)).frame["cause"].eq("").all()


def test_outside_is_held_with_its_distance(serve: Serve) -> None:
    """A home in another town is not drawn into this one; a margin around the area counts as inside."""
    near, far = (AREA[2] + 0.01, 32.63, "building"), (AREA[2] + 0.04, 32.63, "building")
    fake = serve(places={"柳荫路1号": near, "柳荫路2号": far})
    frame = lookup(streets(2), quick(fake, "nominatim"), area=AREA).frame
    assert frame["cause"].tolist() == ["", "outside the area by 3.7 km"]
    assert np.isfinite(frame["lon"]).tolist() == [True, False]


def test_each_building_is_asked_once(serve: Serve) -> None:
    """Homes of one building, and spellings of it, make one request, whatever their order."""
    rooms = [f"柳荫路1号{f}单元{r}室" for f in (1, 2, 3) for r in (101, 202, 303)]
    rooms += ["柳荫路１号", "柳荫路一号", *streets(4)]
    told = []
    for order in (rooms, rooms[::-1]):
        fake = serve(places=places(4))
        found = lookup(order, quick(fake))
        told.append(fake.texts)
        assert np.isfinite(found.frame["lon"]).all()
        assert found.asked.requests == 4
    assert told[0] == told[1] == sent(4)


def test_agreement_raises_confidence(serve: Serve) -> None:
    """Two sources within 50 m of each other are surer than either."""
    fake = serve(places=places(1))
    lon, lat = spot(0)
    offline = offline_rows([(lon + 0.0003, lat, "building", 0.7, "")])
    row = lookup(streets(1), quick(fake), offline=offline).frame.iloc[0]
    assert row["confidence"] > 0.9
    assert (row["source"], row["precision"], row["lon"]) == (
        "table + amap",
        "building",
        lon + 0.0003,
    )


@pytest.mark.parametrize(
    ("east", "precision", "held"),
    [
        (0.0008, "building", False),
        (0.0012, "building", True),
        (0.0018, "interpolated", False),
        (0.003, "street", True),
    ],
)
def test_disagreement_is_never_settled_silently(
    east: float, precision: str, held: bool, serve: Serve
) -> None:
    """Beyond 100 m (200 m from a loose match) there is no place, and both are named."""
    fake = serve(places=places(1))
    lon, lat = spot(0)
    offline = offline_rows([(lon + east, lat, precision, 0.6, "")])
    row = lookup(streets(1), quick(fake), offline=offline).frame.iloc[0]
    assert np.isnan(row["lon"]) == held
    assert row["cause"].startswith("ambiguous: two sources are") == held
    if held:
        assert "table" in row["runners_up"]
        assert "amap" in row["runners_up"]
    else:
        assert row["confidence"] <= 0.6


def test_sure_matches_stay_here(serve: Serve) -> None:
    """What the gazetteer placed with confidence is sent only for a full cross-check."""
    lon, lat = spot(0)
    offline = offline_rows(
        [(lon, lat, "building", 0.95, ""), (np.nan, np.nan, "none", 0, "address not found")]
    )
    fake = serve(places=places(2))
    frame = lookup(streets(2), quick(fake), offline=offline).frame
    assert fake.texts == sent(2)[1:]
    assert frame["source"].tolist() == ["table", "amap"]
    lookup(streets(2), quick(fake, ask="all"), offline=offline)
    assert set(fake.texts) == set(sent(2))
    with pytest.raises(ValueError, match="rows"):
        lookup(streets(3), quick(fake), offline=offline)


def test_what_is_not_looked_up_stays_offline(serve: Serve) -> None:
    """A dead service leaves every offline match as it was."""
    lon, lat = spot(0)
    offline = offline_rows(
        [
            (lon, lat, "street", 0.4, ""),
            (np.nan, np.nan, "none", 0, "ambiguous: a / b"),
            (np.nan, np.nan, "none", 0, "address not found"),
        ]
    )
    fake = serve(always="500")
    frame = lookup(streets(3), quick(fake), offline=offline).frame
    pd.testing.assert_frame_equal(frame.iloc[:2], offline.iloc[:2], check_dtype=False)
    assert frame["cause"].iloc[2].startswith("not looked up: 5 failures in a row")


def test_an_ambiguous_match_is_never_sure(serve: Serve) -> None:
    """Where the gazetteer saw two places, an answer places the home without confidence."""
    offline = offline_rows([(np.nan, np.nan, "none", 0, "ambiguous: a / b")]).assign(
        runners_up="a; b"
    )
    fake = serve(places=places(1))
    row = lookup(streets(1), quick(fake), offline=offline).frame.iloc[0]
    assert (row["confidence"], row["runners_up"]) == (0.7, "a; b")


def test_several_answers_are_ambiguous(serve: Serve) -> None:
    """Two doors of one name in the area, far apart, are both told and neither taken."""
    one = '{"formatted_address":"甲区柳荫路1号","location":"116.84,32.62","level":"门牌号"}'
    two = one.replace("甲", "乙").replace("116.84", "116.85")
    fake = serve(always=f'json:{{"status":"1","infocode":"10000","geocodes":[{one},{two}]}}')
    row = lookup(streets(1), quick(fake), area=AREA).frame.iloc[0]
    assert row["cause"].startswith("ambiguous: ")
    assert row["runners_up"].count("柳荫路1号") == 2


def test_answered_once_is_never_asked_again(serve: Serve, tmp_path: Path) -> None:
    """A second run, and one with another city hint or service, use only what is theirs."""
    fake = serve(places=places(3))
    first = lookup(streets(4), quick(fake), cache=tmp_path / "a")
    again = lookup(streets(4), quick(fake), cache=tmp_path / "a", environ={})
    assert len(fake.raw) == 4
    pd.testing.assert_frame_equal(first.frame, again.frame)
    assert again.asked.requests == 0
    lookup(streets(4), quick(fake, city="某市"), cache=tmp_path / "a")
    assert len(fake.raw) == 8


def test_what_nobody_knows_is_held_back_and_listed(serve: Serve) -> None:
    """A name glued to an estate is not sent; the row says why, and a finding how many there are."""
    fake = serve(places=places(1))
    texts = [*streets(1), "王建国幸福小区3栋", "独居老人李秀英幸福小区5栋", "精神病人幸福小区6栋"]
    found = lookup(texts, quick(fake))
    assert fake.texts == sent(1)
    assert found.estimate.samples == tuple(sent(1))
    assert found.frame["cause"].iloc[1:].str.contains("neither the map nor a table knows").all()
    (told,) = found.findings
    assert (told.code, told.what.split()[0]) == ("online-held-back", "3")
    assert "幸福" not in str(told)


def test_progress_and_interruption(serve: Serve, tmp_path: Path) -> None:
    """Progress is told for each building, and what came before an interruption is kept."""
    fake, seen = serve(places=places(6)), []

    def stop(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lookup(streets(6), quick(fake), cache=tmp_path / "a", progress=stop)
    assert seen == [(1, 6), (2, 6), (3, 6), (4, 6)]
    lookup(streets(6), quick(fake), cache=tmp_path / "a")
    assert sorted(fake.texts) == sorted(sent(6))


def test_each_request_is_written_down(serve: Serve, tmp_path: Path) -> None:
    """Time, host, building-level text and number of the try of everything that left."""
    fake = serve(places=places(3), faults={1: "500"})
    found = lookup(streets(3), quick(fake), cache=tmp_path / "a")
    host = fake.url.removeprefix("http://")
    assert (found.asked.host, found.asked.buildings, found.asked.requests) == (host, 3, 4)
    table = pd.read_csv(tmp_path / "a.sent.csv")
    one, two, three = sent(3)
    assert table["text"].tolist() == [one, two, two, three]
    assert table["try"].tolist() == [1, 1, 2, 1]
    assert table["time"].str.endswith("+00:00").all()
    assert set(table["host"]) == {host}


def test_nothing_to_ask_needs_no_key() -> None:
    """Rows that name no building are held without a key, a package or a request."""
    found = lookup(["不详", None, ""], ProviderSettings("amap"), environ={})
    assert found.frame["cause"].str.startswith("not looked up: no building").all()
    assert found.asked.requests == 0
    assert len(lookup([], ProviderSettings("amap"), environ={}).frame) == 0


def test_a_missing_key_stops_before_anything_is_sent(serve: Serve) -> None:
    """The variable to set is named."""
    fake = serve()
    with pytest.raises(ConfigError, match="PLANNER_AMAP_KEY"):
        lookup(streets(1), quick(fake), environ={})
    assert not fake.raw


RUN = """
import sys
from pathlib import Path
import pandas as pd
from planner.intake.online.ask import ask
from planner.intake.online.consent import Online
from planner.intake.online.settings import ProviderSettings
url, path, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
settings = ProviderSettings("amap", base_url=url, per_second=900.0, timeout_s=2.0)
homes = pd.Series([f"柳荫路{i + 1}号2单元301室" for i in range(n)])
ask(homes, Online(settings, Path(path)), knows=lambda part, value: True)
"""


def test_a_killed_run_goes_on(serve: Serve, tmp_path: Path) -> None:
    """After kill -9 nothing that was answered is asked again; the one under way is, at most."""
    n, fake, path = 40, serve(places=places(40), delay_s=0.01), tmp_path / "a"
    child = subprocess.Popen(
        [sys.executable, "-c", RUN, fake.url, str(path), str(n)],
        cwd=PROJECT,
        env={**os.environ, **KEYS, "PYTHONPATH": str(PROJECT)},
    )
    until = time.monotonic() + 30
    while len(fake.raw) < 12 and time.monotonic() < until:
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.wait(10)
    time.sleep(0.05)
    before = len(fake.raw)
    assert 12 <= before < n
    with AnswerCache(path) as cache:
        assert not cache.findings
    kept = estimate(streets(n), quick(fake), path).cached
    assert before - 1 <= kept <= before
    frame = lookup(streets(n), quick(fake), cache=path, area=AREA).frame
    assert max(away_m(frame, i) for i in range(n)) < 1
    assert len(fake.raw) == before + n - kept
    repeated = [t for t in set(fake.texts) if fake.texts.count(t) > 1]
    assert len(repeated) <= 1
    assert set(repeated) <= {fake.texts[before - 1]}

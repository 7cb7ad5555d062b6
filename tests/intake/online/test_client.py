"""Pace, retries, bounds and faults, against a server that misbehaves."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import planner.intake.online.client as client_module
from planner.errors import MissingExtraError
from planner.intake.online.client import Client
from planner.intake.online.services.replies import Verdict
from planner.intake.online.settings import ProviderSettings
from tests.intake.online.conftest import AREA, KEYS, lookup, places, quick, sent, spot, streets
from tests.intake.online.fake import Fake

Serve = Callable[..., Fake]
N = 6
FAULTS = [
    "429",
    "403",
    "500",
    "hang",
    "drip",
    "cut",
    "bad-json",
    "html",
    "charset",
    "redirect",
    "reset",
    "drip-head",
    'json:{"status":"0","infocode":"10021"}',
    'json:{"status":"0","infocode":"10003"}',
    'json:{"status":"0","infocode":"10044"}',
]
FINAL = {"403", FAULTS[-1], FAULTS[-2]}


def kept(path: Path) -> int:
    """Count the answers in a file."""
    with sqlite3.connect(path) as db:
        n = db.execute("SELECT count(*) FROM answers_1").fetchone()[0]
    db.close()
    return int(n)


@pytest.mark.parametrize("at", [0, 3, N - 1])
@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_at_each_place(fault: str, at: int, serve: Serve, tmp_path: Path) -> None:
    """A passing fault is tried again, a final one ends the run there; never a wrong point."""
    fake = serve(places=places(N), faults={at: fault})
    found = lookup(streets(N), quick(fake, timeout_s=0.15), cache=tmp_path / "a", area=AREA)
    assert fake.waited_out == 0
    frame = found.frame
    placed = np.isfinite(frame["lon"].to_numpy())
    truth = np.array([spot(i) for i in range(N)])
    assert (
        np.abs(frame.loc[placed, ["lon", "lat"]].to_numpy() - truth[placed]).max(initial=0) < 1e-5
    )
    assert placed.sum() == (at if fault in FINAL else N)
    assert frame.loc[~placed, "cause"].str.startswith("not looked up").all()
    assert kept(tmp_path / "a") == placed.sum()
    assert bool(found.asked.stopped) == (fault in FINAL)


@pytest.mark.parametrize(
    "fault", ["429", "403", "500", "hang", "drip", "cut", "bad-json", "html", "charset", "redirect"]
)
def test_the_circuit_opens(fault: str, serve: Serve, tmp_path: Path) -> None:
    """A service that only fails is left alone after five failures in a row, and nothing is kept."""
    fake = serve(places=places(50), always=fault)
    found = lookup(streets(50), quick(fake, timeout_s=0.1), cache=tmp_path / "a")
    assert found.asked.requests == (1 if fault == "403" else 5)
    assert found.frame["lon"].isna().all()
    assert found.frame["cause"].str.startswith("not looked up").all()
    assert kept(tmp_path / "a") == 0
    assert [f.code for f in found.findings] == ["online-unfinished"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://no-such-host.invalid"])
def test_no_network(url: str) -> None:
    """Without a host or its name there are five quick tries, not one for each address."""
    settings = ProviderSettings(
        "nominatim", base_url=url, per_second=900, pause_s=0.001, timeout_s=1, retries=1
    )
    found = lookup(streets(2000), settings)
    assert "5 failures in a row" in found.asked.stopped
    assert found.asked.requests == 5


def test_the_pace_is_kept(serve: Serve) -> None:
    """Requests are no closer together than the rate says."""
    fake = serve(places=places(6))
    lookup(streets(6), quick(fake, per_second=20))
    assert fake.times[-1] - fake.times[0] > 0.22


def test_retry_after_is_respected_and_capped(serve: Serve) -> None:
    """The service's own pause is kept, but not for a day."""
    for told, least, most in (
        ("1", 0.19, 1.0),
        ("86400", 0.19, 1.0),
        ("Wed, 21 Oct 2099 07:28:00 GMT", 0.19, 1.0),
    ):
        fake = serve(places=places(1), faults={0: f"429:{told}"})
        lookup(streets(1), quick(fake, pause_most_s=0.2))
        assert least < fake.times[1] - fake.times[0] < most


def test_pauses_grow(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Back-off doubles, with jitter, so that two machines do not come back together."""
    slept: list[float] = []
    monkeypatch.setattr(client_module.time, "sleep", slept.append)
    settings = quick(serve(always="500"), retries=4, pause_s=0.1, pause_most_s=5)
    for _ in range(2):
        with Client(settings, KEYS["PLANNER_AMAP_KEY"]) as client:
            client.ask("柳荫路1号")
    pauses = [s for s in slept if s > 0.01]
    assert len(pauses) == 8
    assert pauses[:4] != pauses[4:]
    assert all(0.05 * 2 ** (k % 4) <= s <= 0.1 * 2 ** (k % 4) for k, s in enumerate(pauses))


def test_limits_end_a_run(serve: Serve, tmp_path: Path) -> None:
    """Requests a run, requests an hour over several runs, and time, are all kept."""
    fake = serve(places=places(9))
    found = lookup(streets(9), quick(fake, most=4))
    assert (len(fake.raw), "4 requests a run" in found.asked.stopped) == (4, True)
    fake = serve(places=places(9))
    for _ in range(2):
        found = lookup(streets(9), quick(fake, per_hour=5), cache=tmp_path / "a")
    assert (len(fake.raw), "5 requests an hour" in found.asked.stopped) == (5, True)
    fake = serve(places=places(50), delay_s=0.05)
    found = lookup(streets(50), quick(fake, seconds=0.5))
    assert len(fake.raw) < 50
    assert "time of 0.5 s" in found.asked.stopped
    assert 0 < np.isfinite(found.frame["lon"]).sum() < 50


def test_one_refused_text_does_not_end_a_run(serve: Serve, tmp_path: Path) -> None:
    """A text that the service cannot read is left out, not kept, and the rest is found."""
    refused = 'json:{"status":"0","info":"ENGINE_RESPONSE_DATA_ERROR","infocode":"30001"}'
    fake = serve(places=places(9), faults=dict.fromkeys(range(7), refused))
    found = lookup(streets(9), quick(fake), cache=tmp_path / "a")
    assert len(fake.raw) == 9
    assert np.isfinite(found.frame["lon"]).sum() == kept(tmp_path / "a") == 2


def test_redirects_are_not_followed(serve: Serve) -> None:
    """The key is not handed to whoever a redirect names."""
    fake = serve(always="redirect")
    with Client(quick(fake, retries=0), KEYS["PLANNER_AMAP_KEY"]) as client:
        assert client.ask("柳荫路1号").verdict is Verdict.AGAIN
    assert len(fake.raw) == 1


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without httpx the extra to install is said, and nothing is sent."""
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(MissingExtraError, match="zone-planner\\[online\\]"):
        lookup(streets(1), ProviderSettings("amap"))


def test_the_user_agent_says_who_asks(serve: Serve) -> None:
    """Every request names the program, and whom to write to."""
    fake = serve()
    lookup(streets(1), quick(fake, "nominatim", contact="office@example.org"))
    assert fake.agents == ["zone-planner (+office@example.org)"]
    assert fake.texts == sent(1)

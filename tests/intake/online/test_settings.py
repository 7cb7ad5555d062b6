"""Settings check themselves; keys come from the environment alone."""

from __future__ import annotations

import sys

import pytest

from planner.errors import ConfigError, MissingExtraError
from planner.intake.online.settings import SERVICES, ProviderSettings
from tests.intake.online.conftest import KEYS


@pytest.mark.parametrize(
    "values",
    [
        {"name": "google"},
        {"per_second": 0},
        {"per_second": float("nan")},
        {"retries": -1},
        {"most": 0},
        {"timeout_s": 0},
        {"seconds": float("inf")},
        {"failures": 0},
        {"ask": "everyone"},
        {"accept": ()},
        {"accept": ("area",)},
        {"city": "a\nb"},
        {"base_url": "ftp://x"},
        {"base_url": "https://u:p@x"},
        {"base_url": "https://x/?key=1"},
        {"base_url": "http://example.org"},
        {"base_url": "nonsense"},
        {"base_url": "http://[::1"},
        {"contact": "电话"},
        {"same_spot": 1},
    ],
)
def test_settings_check_themselves(values: dict[str, object]) -> None:
    """Values that cannot be meant are refused before anything is sent."""
    with pytest.raises(ConfigError):
        ProviderSettings(**{"name": "amap", **values})  # type: ignore[arg-type]


def test_the_public_nominatim_is_spared() -> None:
    """One request a second, and no bulk, on the public host; an own server is free."""
    with pytest.raises(ConfigError, match="one request a second"):
        ProviderSettings("nominatim", per_second=2)
    public = ProviderSettings("nominatim")
    public.check_bulk(1000)
    with pytest.raises(ConfigError, match="too many"):
        public.check_bulk(1001)
    ProviderSettings("nominatim", base_url="http://10.0.0.5", per_second=50).check_bulk(10**6)


def test_keys_come_from_the_environment_alone() -> None:
    """A missing or mangled key is said without being shown."""
    settings = ProviderSettings("amap")
    assert settings.api_key(KEYS) == KEYS["PLANNER_AMAP_KEY"]
    with pytest.raises(ConfigError, match="PLANNER_AMAP_KEY"):
        settings.api_key({})
    with pytest.raises(ConfigError) as caught:
        settings.api_key({"PLANNER_AMAP_KEY": "canary key with blanks"})
    assert "canary" not in str(caught.value)
    assert ProviderSettings("nominatim").api_key({}) == ""


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "provider = '' is not a known service"),
        ({"provider": 3}, "text in quotes"),
        ({"provider": "amap", "speed": 3}, "unknown key 'speed'"),
        ({"provider": "amap", "per_second": "3"}, "per_second must be a number"),
        ({"provider": "amap", "retries": 1.5}, "retries must be a whole number"),
        ({"provider": "amap", "most": True}, "most must be a whole number"),
        ({"provider": "amap", "city": 3}, "city must be a text"),
        ({"provider": "amap", "accept": "building"}, "cannot place a home"),
        ({"provider": "amap", "free_per_day": -1}, "from 0 to"),
        ({"provider": "amap", "price_per_1000": float("nan")}, "from 0 to"),
    ],
)
def test_a_section_is_read_strictly(values: dict[str, object], words: str) -> None:
    """What a project file states in the wrong kind is named, with what would do."""
    with pytest.raises(ConfigError, match=words):
        ProviderSettings.from_mapping(values)


def test_a_section_is_read() -> None:
    """Lists become tuples, and what is not stated has its default."""
    told = ProviderSettings.from_mapping(
        {"provider": "baidu", "accept": ["building"], "per_second": 2, "free_per_day": 100}
    )
    assert (told.name, told.accept, told.rate, told.free_per_day) == (
        "baidu",
        ("building",),
        2.0,
        100,
    )
    assert ProviderSettings.from_mapping({"provider": "baidu"}) == ProviderSettings("baidu")


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_the_host_is_told_and_nothing_else(name: str) -> None:
    """Host and port of the server, its own or another, without path or user."""
    assert ProviderSettings(name).host in SERVICES[name].base_url
    other = ProviderSettings(name, base_url="http://127.0.0.1:8080/maps/")
    assert (other.host, other.url, other.is_local) == (
        "127.0.0.1:8080",
        "http://127.0.0.1:8080/maps",
        True,
    )
    assert not ProviderSettings(name).is_local


def test_readiness_is_checked_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing key or package is told before anybody is asked for consent."""
    settings = ProviderSettings("amap")
    settings.check_ready(KEYS)
    with pytest.raises(ConfigError, match="PLANNER_AMAP_KEY"):
        settings.check_ready({})
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(MissingExtraError):
        settings.check_ready(KEYS)

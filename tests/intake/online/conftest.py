"""What the tests of the online services share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.intake.coordinates.datum import convert
from planner.intake.online.ask import Answers, ask
from planner.intake.online.consent import Online
from planner.intake.online.estimate import Estimate
from planner.intake.online.known import names_known
from planner.intake.online.settings import SERVICES, ProviderSettings
from tests.intake.online.fake import Fake, Place, serving

KEYS = {
    "PLANNER_AMAP_KEY": "canarykeyamap0001",
    "PLANNER_TIANDITU_KEY": "canarykeytianditu0002",
    "PLANNER_BAIDU_KEY": "canarykeybaidu0003",
}
HOME = (116.84, 32.62)
"""lon, lat WGS-84 of a made-up quarter."""
AREA = (116.80, 32.60, 116.88, 32.66)
EXACT = {"amap": "门牌号", "tianditu": "门址", "baidu": "门址", "nominatim": "building"}
CITY = {"amap": "市", "tianditu": "市", "baidu": "城市", "nominatim": "city"}


@pytest.fixture
def serve() -> Iterator[Callable[..., Fake]]:
    """Give a maker of running servers."""
    with ExitStack() as stack:

        def make(**values: object) -> Fake:
            return stack.enter_context(serving(Fake(**values)))  # type: ignore[arg-type]

        yield make


def quick(fake: Fake, name: str = "amap", **values: object) -> ProviderSettings:
    """Give settings that waste no time."""
    told = {
        "base_url": fake.url,
        "per_second": 900.0,
        "timeout_s": 2.0,
        "retries": 2,
        "pause_s": 0.005,
        "pause_most_s": 0.05,
        "seconds": 15.0,
        **values,
    }
    return ProviderSettings(name, **told)  # type: ignore[arg-type]


_NUMBERS = names_known(None)


def knows(part: str, value: str) -> bool:
    """Know one street, beside numbers and the country's divisions."""
    return value == "柳荫路" or _NUMBERS(part, value)


def lookup(
    addresses: pd.Series | Iterable[str | None],
    settings: ProviderSettings,
    *,
    cache: Path | None = None,
    environ: Mapping[str, str] = KEYS,
    consent: Callable[[Estimate], bool] | None = None,
    **more: Any,
) -> Answers:
    """Ask of a list as of a column; one street is known."""
    column = (
        addresses if isinstance(addresses, pd.Series) else pd.Series(list(addresses), dtype=object)
    )
    return ask(column, Online(settings, cache, consent, environ), knows=knows, **more)


def estimate(
    addresses: Iterable[str], settings: ProviderSettings, cache: Path | None = None
) -> Estimate:
    """Give what would be asked, and ask nothing."""
    return lookup(addresses, settings, cache=cache, consent=lambda _: False).estimate


def streets(n: int) -> list[str]:
    """Give n made-up addresses, each of its own building, with a room."""
    return [f"柳荫路{i + 1}号2单元{301 + i % 3}室" for i in range(n)]


def sent(n: int) -> list[str]:
    """Give what of `streets` may be sent."""
    return [f"柳荫路{i + 1}号" for i in range(n)]


def spot(i: int) -> tuple[float, float]:
    """Give the true place of the i-th address, WGS-84."""
    return HOME[0] + 0.0003 * (i % 100), HOME[1] + 0.0002 * (i // 100)


def places(n: int, name: str = "amap", level: str = "") -> dict[str, Place]:
    """Give what a service knows, in its own datum."""
    truth = [spot(i) for i in range(n)]
    told = convert([p[0] for p in truth], [p[1] for p in truth], "wgs84", SERVICES[name].datum)
    return {
        text: (float(lon), float(lat), level or EXACT[name])
        for text, (lon, lat) in zip(sent(n), told, strict=True)
    }

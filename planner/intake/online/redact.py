"""Keys and addresses stay out of logs: what a web client logs is cut before any handler sees it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import quote, quote_plus

__all__ = ["hide", "quiet_logs"]

_QUERY: Final = re.compile(r"\?[^\s\"'<>]*")
# A filter of a logger does not see what its children log, so each is named.
_LOGGERS: Final = (
    "httpx", "httpcore", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy",
    "httpcore.socks",
)  # fmt: skip


def hide(text: str, secret: str = "") -> str:
    """Cut queries out of a text, and a secret in each spelling that a web address may give it.

    Parameters
    ----------
    text : str
        Anything that is about to be shown.
    secret : str, optional
        The key.

    Returns
    -------
    str
    """
    text = _QUERY.sub("?...", text)
    for spelling in {secret, quote(secret, safe=""), quote_plus(secret)}:
        if spelling:
            text = text.replace(spelling, "***")
    return text


class _Hiding(logging.Filter):
    def __init__(self, secret: str) -> None:
        super().__init__()
        self._secret = secret

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            said = record.getMessage()
        except (TypeError, ValueError):
            said = "..."
        record.msg, record.args = hide(said, self._secret), ()
        record.exc_info = record.exc_text = None
        return True


@contextmanager
def quiet_logs(secret: str) -> Iterator[None]:
    """Redact the log records of the web client while the block runs.

    Parameters
    ----------
    secret : str
        The key.
    """
    hiding = _Hiding(secret)
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    for logger in loggers:
        logger.addFilter(hiding)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(hiding)

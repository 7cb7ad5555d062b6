"""Small OpenStreetMap files."""

from __future__ import annotations

NODES = """
 <node id="1" lat="32.600" lon="117.000" version="1"/>
 <node id="2" lat="32.600" lon="117.001" version="1"/>
 <node id="3" lat="32.600" lon="117.002" version="1"/>
 <node id="4" lat="32.601" lon="117.002" version="1"/>
 <node id="5" lat="32.601" lon="117.001" version="1"/>
"""


def write(path, body, head=""):
    """Write a small OpenStreetMap file."""
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<osm version="0.6">{body}</osm>',
        encoding="utf-8",
    )
    return path


def way(number, refs, **tags):
    """One way as XML; ``__`` in a key stands for a colon."""
    nodes = "".join(f'<nd ref="{r}"/>' for r in refs)
    pairs = "".join(f'<tag k="{k.replace("__", ":")}" v="{v}"/>' for k, v in tags.items())
    return f'<way id="{number}" version="1" timestamp="2024-05-06T07:08:09Z">{nodes}{pairs}</way>'

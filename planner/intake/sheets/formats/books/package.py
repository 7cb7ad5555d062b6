"""The parts of an Office package, found as the rules of packages say: in any case, with either slash."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote
from xml.parsers import expat

from planner.intake.sheets.formats.books.sparse import WorkbookError

__all__ = ["BROKEN", "Attributes", "Package", "local", "parse", "plain_name", "stated_encoding"]

BROKEN: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    expat.ExpatError,
)
"""What a damaged archive or a damaged part raises."""
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"']")
_KNOWN: Final = frozenset(("utf-8", "utf8", "utf-16", "us-ascii", "ascii", "iso-8859-1"))
Attributes = dict[str, str]


class Package:
    """A zip archive of parts that refer to one another.

    Parameters
    ----------
    data : bytes
        Measured before (see `planner.intake.sheets.formats.guard.members`).
    """

    def __init__(self, data: bytes) -> None:
        self.archive = zipfile.ZipFile(io.BytesIO(data))
        self._parts = {plain_name(i.filename): i for i in self.archive.infolist()}

    def has(self, part: str) -> bool:
        """Tell whether there is a part of this name."""
        return plain_name(part) in self._parts

    def read(self, part: str) -> bytes:
        """Give the bytes of a part.

        Raises
        ------
        WorkbookError
            There is none, or its bytes do not match their sum.
        """
        info = self._parts.get(plain_name(part))
        if info is None:
            raise WorkbookError("damaged")
        try:
            return self.archive.read(info)
        except RuntimeError:  # zipfile says so of an encrypted member
            raise WorkbookError("password") from None

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """Give what a part refers to: the key of each reference -> the kind and the name of the other part.

        Parameters
        ----------
        part : str
            "" for the package itself.  The kind is the last word of the reference's type.
        """
        folder, name = posixpath.split(plain_name(part))
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, tuple[str, str]] = {}
        if not self.has(rels):
            return found

        def start(tag: str, attributes: Attributes) -> None:
            if local(tag) != "Relationship" or attributes.get("TargetMode") == "External":
                return
            target = unquote(attributes.get("Target", "")).replace("\\", "/")
            whole = target if target.startswith("/") else posixpath.join("/", folder, target)
            kind = attributes.get("Type", "").rsplit("/", 1)[-1]
            found[attributes.get("Id", "")] = kind, plain_name(posixpath.normpath(whole))

        parse(self.read(rels), start)
        return found

    def main(self) -> str:
        """Name the part that holds the document: the one that the package names, else a usual one."""
        stated = [target for kind, target in self.related("").values() if kind == "officeDocument"]
        usual = ("xl/workbook.xml", "xl/workbook.bin")
        return next((part for part in (*stated, *usual) if self.has(part)), "")


def plain_name(name: str) -> str:
    """Write the name of a part as all its spellings are compared."""
    return name.replace("\\", "/").lstrip("/").lower()


def local(tag: str) -> str:
    """Take the namespace off a tag or an attribute."""
    return tag.rsplit("}", 1)[-1]


def parse(
    xml: bytes,
    start: Callable[[str, Attributes], None] | None = None,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Read XML event by event; tags come as ``namespace}local``.

    Parameters
    ----------
    xml : bytes
    start, end, text : callable, optional
        Called with tag and attributes, tag, and text.

    Raises
    ------
    expat.ExpatError
        It is not well-formed.
    WorkbookError
        It defines entities, which no workbook needs and which may expand without end.
    """
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    # A document type may define entities that grow without end, and no office writes one.
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    name = stated_encoding(xml) or "utf-8"
    if name in _KNOWN:
        parser.Parse(xml, True)
        return
    try:  # expat knows no encoding of several bytes but those of Unicode
        whole = xml.decode(name)
    except LookupError:
        raise WorkbookError("damaged") from None
    parser.Parse(whole, True)


def stated_encoding(xml: bytes) -> str:
    """Give the encoding that XML states of itself, "" where it states none."""
    declared = _DECLARED.match(xml[:200])
    return declared[1].decode("ascii").lower() if declared else ""


def _refuse_doctype(*_: Any) -> None:
    raise WorkbookError("damaged")

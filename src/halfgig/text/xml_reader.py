"""XML from anybody, read with bounds: no document types or entities, few levels, short attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from halfgig.errors import HalfgigError

MAX_DEPTH = 32
"""Most elements inside each other."""

MAX_ELEMENTS = 20_000
"""Most elements of a document; each costs about 200 bytes."""

MAX_ATTRIBUTE = 1000
"""Most characters of an attribute."""

_BEYOND_XML = dict.fromkeys([*range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "\N{REPLACEMENT CHARACTER}")


class XmlHandlers(NamedTuple):
    """The functions that are called while a document is read."""

    on_start: Callable[[str, Mapping[str, str]], None]
    """Called with the name of an element and its attributes."""
    on_end: Callable[[str], None]
    """Called with the name of an element."""
    on_text: Callable[[str], None]
    """Called with a part of the text of an element."""


class XmlReader:
    """Reads one document."""

    def __init__(self, kind: str, refusal: type[HalfgigError]) -> None:
        """`kind` names the document in messages, "SSML"; `refusal` is the error raised for a wrong one."""
        self._kind = kind
        self._refusal = refusal
        self._parser = expat.ParserCreate("utf-8")  # whatever encoding the document claims: it was decoded before
        self._depth = self._elements = 0

    def read(self, text: str, handlers: XmlHandlers) -> None:
        """Read a document.  Raises the refusal for one that is not well-formed or exceeds a bound."""
        parser = self._parser
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.CharacterDataHandler = handlers.on_text

        def start(name: str, attributes: Mapping[str, str]) -> None:
            self._count(name, attributes)
            handlers.on_start(name, attributes)

        def end(name: str) -> None:
            self._depth -= 1
            handlers.on_end(name)

        parser.StartElementHandler, parser.EndElementHandler = start, end
        try:
            parser.Parse(text.strip().translate(_BEYOND_XML).encode(), True)
        except expat.ExpatError as error:
            raise self.refusal(_reason(error)) from None

    @property
    def line(self) -> int:
        """The line that is being read, counted from 1."""
        return self._parser.CurrentLineNumber

    def refusal(self, reason: str) -> HalfgigError:
        """Return the error for what is wrong at the place that is being read."""
        return self._refusal(f"line {self.line} of the {self._kind}: {reason}")

    def _refuse_doctype(self, *_declared: object) -> None:
        raise self.refusal("a document type (DOCTYPE) is not read, nor are entities of its own; leave it out")

    def _count(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH:
            raise self.refusal(f"<{name:.40}> is inside {MAX_DEPTH} other elements, which is the limit; nest fewer")
        if self._elements > MAX_ELEMENTS:
            raise self.refusal(f"there are more than {MAX_ELEMENTS} elements, which is the limit; split the text")
        for key, value in attributes.items():
            if len(value) > MAX_ATTRIBUTE:
                raise self.refusal(
                    f"{key:.40} of <{name:.40}> has {len(value)} characters; the limit is {MAX_ATTRIBUTE}: shorten it"
                )


def _reason(error: expat.ExpatError) -> str:
    said = expat.ErrorString(error.code)
    hint = {
        expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]: "; write the character itself, or &amp; for &",
        expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]: "; an element is not closed",
        expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]: "; write &lt; for < and &amp; for &",
    }.get(error.code, "")
    return f"it is not well-formed XML: {said} at column {error.offset + 1}{hint}"

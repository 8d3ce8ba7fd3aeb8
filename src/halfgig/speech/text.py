"""From a text as people write it to sentences as people say them."""

from dataclasses import dataclass
from typing import NamedTuple


class Span(NamedTuple):
    """Say how one stretch of the written text is spoken."""

    spoken: str
    """What the speaker is given: "three dollars and fifty cents"."""
    written: str
    """What the text has in its place: "$3.50"."""
    start: int
    """Where `written` begins in the whole text, in characters."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Hold one sentence, spoken and written, side by side."""

    spans: tuple[Span, ...]
    """In the order of the text; their `spoken` parts joined without a separator are the sentence."""
    pause_s: float = 0.0
    """Extra silence after it in seconds, beyond what the speaker leaves after a sentence: more after a paragraph."""

    @property
    def spoken(self) -> str:
        """Give the sentence as it is said."""
        return "".join(span.spoken for span in self.spans)

    @property
    def written(self) -> str:
        """Give the sentence as it was written."""
        return "".join(span.written for span in self.spans)

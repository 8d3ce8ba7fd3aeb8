"""What a running job says of itself; events cross from the cell to whoever asked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """Tell how far a stage has come."""

    stage: str
    """What is being done, for a person: "speaking", "rendering"."""
    done: float
    """How much of it is done, in `unit`."""
    total: float | None
    """How much there is in all, in `unit`; an estimate while the text is still being spoken, None when unknown."""
    unit: str
    """The name of one step, in the plural: "frames", "s"."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Tell a person something that is worth a line but stops nothing."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """Tell which words were made, for subtitles."""

    words: tuple[tuple[str, float, float], ...]
    """Each word as it was written, with its punctuation, and from when to when it sounds, in seconds of the whole."""


Event = Progress | Notice

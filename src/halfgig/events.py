"""Events of a running job, sent from its cell to the caller."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of one stage."""

    stage: str
    """Name of the stage, for people: "speaking", "rendering"."""
    done: float
    """Amount done, in `unit`."""
    total: float | None
    """Total amount, in `unit`; an estimate while the text is still being spoken, None if unknown."""
    unit: str
    """The unit, in the plural: "frames", "s"."""
    kept: float | None = None
    """The part of `done` that survives if the cell dies; None if unknown."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark for the user that does not stop the job."""

    text: str


Event = Progress | Notice

"""What a running job says of itself; events cross from the cell to whoever asked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage has come."""

    stage: str
    """What is being done, for a person: "speaking", "rendering"."""
    done: float
    """How much of it is done, in `unit`."""
    total: float | None
    """How much there is in all, in `unit`; an estimate while the text is still being spoken, None when unknown."""
    unit: str
    """The name of one step, in the plural: "frames", "s"."""
    kept: float | None = None
    """How much of `done` outlives the cell that does it; None when that is not known."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A person something that is worth a line but stops nothing."""

    text: str


Event = Progress | Notice

"""All errors that halfgig raises on purpose, in one tree.

    HalfgigError
     |- UsageError            a value that is wrong independently of any file
     |   |- EmptyText, TextTooLong, BadMarkup, BadLexicon
     |   |- UnknownVoice, UnknownFormat, BadSetting, BadLandmarks, BadPack, ExtraMissing
     |- PictureError
     |   |- PictureUnreadable, PictureTooLarge, NoFace
     |- SoundError
     |   |- SoundUnreadable, SoundSilent, SoundTooShort, SoundTooLong
     |- OutputUnwritable, SigningFailed
     |- ModelError
     |   |- UnknownModel, ModelMissing, DownloadFailed, ChecksumMismatch, DiskFull, BadCheckpoint, NotFinite,
     |   |- NumbersDiffer
     |- MemoryExceeded         a cell asked for more than its budget
     |   `- BudgetTooSmall     the budget cannot even start a cell
     |- TooCostly              reading a file took more processor time than any real one
     |- ServiceError           a server's answer to one of its clients: see server/errors.py
     |- PlanDoesNotFit         settings ask for more memory than there is
     |- CellDied               a cell ended without an answer
     `- CellFailed             a defect: an unexpected exception inside a cell

Every class carries the command's exit code, the HTTP status and code a server answers with, and whether the same
request may succeed when it is sent again.  Exit codes are few, the codes tell errors apart: 1 a defect, 2 wrong use or
input, 3 too little memory, 4 a cell died, 5 no room to write, 6 a model is missing or damaged, 7 a download failed.  A
message quotes the value, names the limit with its unit, and says what to do next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class HalfgigError(Exception):
    """Base class of halfgig's own errors."""

    exit_code = 1
    status = 500
    code = "internal_error"
    retry = False


class UsageError(HalfgigError):
    """Refuse a value that cannot be right."""

    exit_code = 2
    status = 400
    code = "invalid_value"


class EmptyText(UsageError):
    """Refuse a text without anything to speak."""

    code = "empty_text"


class TextTooLong(UsageError):
    """Refuse a text over the configured length."""

    status = 413
    code = "text_too_long"


class BadMarkup(UsageError):
    """Refuse a text whose SSML or directives cannot be followed; the message names the element and its line."""

    code = "bad_markup"


class BadLexicon(UsageError):
    """Refuse a lexicon; the message names the line and what is right."""

    code = "bad_lexicon"


class UnknownVoice(UsageError):
    """Refuse an unknown voice; the message lists the `nearest` names that there are, the likeliest first."""

    code = "unknown_voice"

    def __init__(self, message: str, nearest: Sequence[str] = ()) -> None:
        super().__init__(message, tuple(nearest))
        self.nearest = tuple(nearest)

    def __str__(self) -> str:
        if not self.nearest:
            return str(self.args[0])
        quoted = ", ".join(f'"{name}"' for name in self.nearest)
        return f"{self.args[0]}; the nearest are {quoted}; list them all with: halfgig voices"

    def after(self, likelier: Sequence[str], most: int = 5) -> UnknownVoice:
        """Return the error with other names before its own, `most` in all; as it is if there are none."""
        if not likelier:
            return self
        return UnknownVoice(self.args[0], list(dict.fromkeys((*likelier, *self.nearest)))[:most])


class UnknownFormat(UsageError):
    """Refuse a file extension that no encoder writes."""

    code = "unknown_format"


class BadSetting(UsageError):
    """Refuse a setting that does not exist or whose value is out of range."""

    code = "bad_setting"


class BadLandmarks(UsageError):
    """Refuse five points that do not make a face."""

    code = "bad_landmarks"


class BadPack(UsageError):
    """Refuse an avatar's file that is none, damaged, or of another version."""

    code = "bad_pack"


class ExtraMissing(UsageError):
    """Refuse a language whose optional packages are not installed; the message names the extra."""

    status = 501
    code = "extra_missing"


class PictureError(HalfgigError):
    """Refuse a portrait."""

    exit_code = 2
    status = 400
    code = "invalid_picture"


class PictureUnreadable(PictureError):
    """Refuse a file that is not a picture, or is truncated."""

    code = "picture_unreadable"


class PictureTooLarge(PictureError):
    """Refuse a picture with more bytes or pixels than the limits allow."""

    status = 413
    code = "picture_too_large"


class NoFace(PictureError):
    """Refuse a picture in which no face was found."""

    code = "no_face"


class SoundError(HalfgigError):
    """Refuse a recording."""

    exit_code = 2
    status = 400
    code = "invalid_sound"


class SoundUnreadable(SoundError):
    """Refuse a file without a sound track that can be decoded."""

    code = "sound_unreadable"


class SoundSilent(SoundError):
    """Refuse a silent recording."""

    code = "sound_silent"


class SoundTooShort(SoundError):
    """Refuse a recording shorter than one frame of video."""

    code = "sound_too_short"


class SoundTooLong(SoundError):
    """Refuse a recording over the configured length."""

    status = 413
    code = "sound_too_long"


class OutputUnwritable(HalfgigError):
    """Report that the result cannot be written to the requested path."""

    exit_code = 5
    status = 507
    code = "output_unwritable"


class SigningFailed(HalfgigError):
    """Report that a finished file could not be signed."""

    code = "signing_failed"


class ModelError(HalfgigError):
    """Report that a model cannot be fetched, built or used."""

    exit_code = 6
    status = 503
    code = "model_error"


class UnknownModel(ModelError):
    """Refuse a name that is not in the catalogue; the message lists the nearest names."""

    exit_code = 2
    status = 400
    code = "unknown_model"


class ModelMissing(ModelError):
    """Report that a model, or a file of it, is not on this machine."""

    code = "model_missing"


class DownloadFailed(ModelError):
    """Report a failed download; the part received is kept for the next attempt."""

    exit_code = 7
    code = "download_failed"
    retry = True


class ChecksumMismatch(ModelError):
    """Report a file whose checksum is wrong."""

    code = "checksum_mismatch"


class DiskFull(ModelError):
    """Report that a disk has less space than a model needs."""

    exit_code = 5
    status = 507
    code = "disk_full"


class BadCheckpoint(ModelError):
    """Refuse a model file that is damaged, belongs to another model, or contains more than tensors."""

    code = "bad_checkpoint"


class NotFinite(ModelError):
    """Report a network that computed NaN or infinity; the message names the stage."""

    code = "not_finite"


class NumbersDiffer(ModelError):
    """Report a model whose results differ from the original's."""

    code = "numbers_differ"


class MemoryExceeded(HalfgigError):
    """Report that a stage asked for more memory than its cell's budget.

    `stage` is the cell's work, `budget_mb` its RLIMIT_DATA in MB, `asked` what the refused allocation said, or "".
    """

    exit_code = 3
    status = 413
    code = "memory_exceeded"

    def __init__(self, stage: str, budget_mb: int, asked: str = "") -> None:
        super().__init__(stage, budget_mb, asked)
        self.stage = stage
        self.budget_mb = budget_mb
        self.asked = asked

    def __str__(self) -> str:
        detail = f" ({self.asked})" if self.asked else ""
        smaller = ", or ask for a smaller --size" if self.stage == "rendering" else ""
        return (
            f"{self.stage} needs more than the {self.budget_mb} MB its cell may use{detail}; "
            f"allow more with --memory or on a larger host{smaller}"
        )


class BudgetTooSmall(MemoryExceeded):
    """Refuse to start a cell with less memory than an idle cell needs."""

    def __str__(self) -> str:
        return (
            f"{self.stage} was given {self.budget_mb} MB of memory{self.asked}; "
            "allow more with --memory or on a larger host"
        )


class TooCostly(HalfgigError):
    """Refuse a picture or a recording that takes more processor time to read than any real one."""

    exit_code = 2
    status = 413
    code = "too_costly"


class PlanDoesNotFit(HalfgigError):
    """Refuse to start with settings that need more memory than there is; the message contains the sum."""

    exit_code = 3
    code = "plan_does_not_fit"


class CellDied(HalfgigError):
    """Report a cell that ended without an answer: killed, or a fault in a native library."""

    exit_code = 4
    code = "cell_died"
    retry = True


class CellFailed(HalfgigError, RuntimeError):
    """Report a defect: an unexpected exception inside a cell.

    `kind` is its type ("ZeroDivisionError", "av.error.ExternalError"), `said` its message, `traceback_text` its
    traceback as Python prints it.
    """

    code = "cell_failed"

    def __init__(self, stage: str, kind: str, said: str, traceback_text: str = "") -> None:
        super().__init__(stage, kind, said, traceback_text)
        self.stage = stage
        self.kind = kind
        self.said = said
        self.traceback_text = traceback_text

    def __str__(self) -> str:
        said = f": {self.said}" if self.said else ""
        return f"{self.stage} failed with {self.kind}{said}; this is a defect in halfgig, please report it"


class ServiceError(HalfgigError):
    """Base class of the server's errors for its clients; see `server/errors.py`."""

    code = "service_error"

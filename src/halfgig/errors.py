"""Everything halfgig raises on purpose, in one tree.

    HalfgigError
     |- UsageError            a value that cannot be right, whatever the files hold
     |   |- EmptyText, TextTooLong, UnknownVoice, UnknownFormat, BadSetting, BadLandmarks, ExtraMissing
     |- PictureError
     |   |- PictureUnreadable, PictureTooLarge, NoFace
     |- SoundError
     |   |- SoundUnreadable, SoundSilent, SoundTooShort, SoundTooLong
     |- OutputUnwritable
     |- ModelError
     |   |- UnknownModel, ModelMissing, DownloadFailed, ChecksumMismatch, DiskFull, BadCheckpoint
     |- MemoryExceeded         a cell asked for more than its budget
     |   `- BudgetTooSmall     the budget cannot even start a cell
     |- ServiceError           a server's answer to one of its clients
     |   |- Busy, NotFound, NotReady, Unauthorized, Conflict, BadRequest, UploadTooLarge
     |   |- RateLimited, Unavailable, TooSlow, ModelNotFound, Relayed
     |- PlanDoesNotFit         settings ask for more memory than there is
     |- CellDied               a cell ended without an answer
     `- CellFailed             a defect: something inside a cell raised what nobody foresaw

Every class carries the command's exit code, the HTTP status and code a server answers with, and whether the same
request may succeed when it is sent again.  A message quotes the value, names the limit with its unit, and says what
to do next.
"""

from collections.abc import Mapping
from typing import Any


class HalfgigError(Exception):
    """Be caught for anything that halfgig refuses or fails at."""

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
    """Refuse a text in which nothing can be spoken."""

    exit_code = 10
    code = "empty_text"


class TextTooLong(UsageError):
    """Refuse a text over the configured length."""

    exit_code = 11
    status = 413
    code = "text_too_long"


class UnknownVoice(UsageError):
    """Refuse a voice no speaker has; the message lists the nearest names."""

    exit_code = 12
    code = "unknown_voice"


class UnknownFormat(UsageError):
    """Refuse a file ending that no encoder writes."""

    exit_code = 13
    code = "unknown_format"


class BadSetting(UsageError):
    """Refuse a setting that does not exist or whose value is out of range."""

    exit_code = 14
    code = "bad_setting"


class BadLandmarks(UsageError):
    """Refuse five points that do not make a face."""

    exit_code = 15
    code = "bad_landmarks"


class ExtraMissing(UsageError):
    """Refuse a language whose optional packages are not installed; the message names the extra."""

    exit_code = 16
    status = 501
    code = "extra_missing"


class PictureError(HalfgigError):
    """Refuse a portrait."""

    exit_code = 20
    status = 400
    code = "invalid_picture"


class PictureUnreadable(PictureError):
    """Refuse a file that is no picture, or one that ends too early."""

    exit_code = 21
    code = "picture_unreadable"


class PictureTooLarge(PictureError):
    """Refuse a picture with more bytes or pixels than the limits allow."""

    exit_code = 22
    status = 413
    code = "picture_too_large"


class NoFace(PictureError):
    """Refuse a picture in which no face was found."""

    exit_code = 23
    code = "no_face"


class SoundError(HalfgigError):
    """Refuse a recording."""

    exit_code = 30
    status = 400
    code = "invalid_sound"


class SoundUnreadable(SoundError):
    """Refuse a file without a sound track that can be decoded."""

    exit_code = 31
    code = "sound_unreadable"


class SoundSilent(SoundError):
    """Refuse a recording in which nothing can be heard."""

    exit_code = 32
    code = "sound_silent"


class SoundTooShort(SoundError):
    """Refuse a recording shorter than one frame of video."""

    exit_code = 33
    code = "sound_too_short"


class SoundTooLong(SoundError):
    """Refuse a recording over the configured length."""

    exit_code = 34
    status = 413
    code = "sound_too_long"


class OutputUnwritable(HalfgigError):
    """Report that the result cannot be written where it was asked for."""

    exit_code = 40
    status = 507
    code = "output_unwritable"


class ModelError(HalfgigError):
    """Report that a model cannot be fetched, built or used."""

    exit_code = 50
    status = 503
    code = "model_error"


class UnknownModel(ModelError):
    """Refuse a name the catalogue does not have; the message lists the nearest."""

    exit_code = 51
    status = 400
    code = "unknown_model"


class ModelMissing(ModelError):
    """Report that a model, or a file of it, is not on this machine."""

    exit_code = 52
    code = "model_missing"


class DownloadFailed(ModelError):
    """Report a file that could not be fetched; what came so far is kept for the next attempt."""

    exit_code = 53
    code = "download_failed"
    retry = True


class ChecksumMismatch(ModelError):
    """Report a file that is not, or is no longer, what it should be."""

    exit_code = 54
    code = "checksum_mismatch"


class DiskFull(ModelError):
    """Report that a disk has, or has left, less space than a model needs."""

    exit_code = 55
    status = 507
    code = "disk_full"


class BadCheckpoint(ModelError):
    """Refuse a model file that is damaged, another model's, or asks for more than tensors."""

    exit_code = 56
    code = "bad_checkpoint"


class MemoryExceeded(HalfgigError):
    """Report that a stage asked for more memory than its cell's budget.

    `stage` is what the cell was doing, `budget_mb` its limit in MB (RLIMIT_DATA), `asked` what the refused
    allocation said of itself, empty where it said nothing.
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
    """Refuse to start a cell in less memory than it needs to exist."""

    def __str__(self) -> str:
        return (
            f"{self.stage} was given {self.budget_mb} MB of memory{self.asked}; "
            "allow more with --memory or on a larger host"
        )


class ServiceError(HalfgigError):
    """Answer a client of the server."""

    exit_code = 60
    status = 500
    code = "service_error"


class Busy(ServiceError):
    """Ask a client to come back: the queue is full, or memory is short.

    `after_s` is when it is worth trying again, in seconds.
    """

    exit_code = 61
    status = 429
    code = "busy"
    retry = True

    def __init__(self, message: str, after_s: float = 5.0) -> None:
        super().__init__(message, after_s)
        self.after_s = after_s

    def __str__(self) -> str:
        return str(self.args[0])


class NotFound(ServiceError):
    """Report that there is nothing under a name."""

    exit_code = 62
    status = 404
    code = "not_found"


class NotReady(ServiceError):
    """Report that what was asked for is still being made."""

    exit_code = 63
    status = 409
    code = "not_ready"


class Unauthorized(ServiceError):
    """Refuse a request without a key, or with a wrong one."""

    exit_code = 64
    status = 401
    code = "invalid_api_key"


class Conflict(ServiceError):
    """Refuse a request that contradicts an earlier one: another body under the same Idempotency-Key."""

    exit_code = 65
    status = 409
    code = "conflict"


class BadRequest(ServiceError):
    """Refuse a request that cannot be read: a broken form, a field missing or of the wrong kind.

    `param` names the field, empty where none is to blame.
    """

    exit_code = 66
    status = 400
    code = "bad_request"

    def __init__(self, message: str, param: str = "") -> None:
        super().__init__(message, param)
        self.param = param

    def __str__(self) -> str:
        return str(self.args[0])


class UploadTooLarge(ServiceError):
    """Refuse a body over the configured size."""

    exit_code = 67
    status = 413
    code = "upload_too_large"


class RateLimited(Busy):
    """Ask a client that has sent more requests than it may to wait; the queue may well be empty."""

    exit_code = 68
    code = "rate_limit_exceeded"


class Unavailable(Busy):
    """Report that a part of the server is not there just now: it is starting, or being started again."""

    exit_code = 69
    status = 503
    code = "unavailable"


class TooSlow(ServiceError):
    """Let a client go whose request did not arrive in the time it had."""

    exit_code = 71
    status = 408
    code = "request_timeout"


class ModelNotFound(ServiceError):
    """Refuse a model's name that a client of the server made up."""

    exit_code = 72
    status = 404
    code = "model_not_found"


class Relayed(ServiceError):
    """Pass on what another process refused: its sentence, status and code are this error's."""

    def __init__(self, refusal: Mapping[str, Any]) -> None:
        super().__init__(dict(refusal))
        self.status = int(refusal.get("status") or 500)
        self.code = str(refusal.get("code") or "internal_error")
        self.param = str(refusal.get("param") or "")
        self.retry = bool(refusal.get("retry"))
        after_s = refusal.get("after_s")
        self.after_s = None if after_s is None else float(after_s)

    def __str__(self) -> str:
        return str(self.args[0].get("message") or "the work process refused the request")


class PlanDoesNotFit(HalfgigError):
    """Refuse to start with settings that need more memory than there is; the message has the sum."""

    exit_code = 70
    status = 500
    code = "plan_does_not_fit"


class CellDied(HalfgigError):
    """Report a cell that ended without an answer: killed, or a fault in a native library."""

    exit_code = 4
    status = 500
    code = "cell_died"
    retry = True


class CellFailed(HalfgigError, RuntimeError):
    """Report a defect: an exception inside a cell that nobody foresaw.

    `kind` is its type ("ZeroDivisionError", "av.error.ExternalError"), `said` its message, `traceback_text` where it
    happened, as Python prints it.
    """

    exit_code = 5
    status = 500
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

"""Request and response bodies of the HTTP API other than videos, in OpenAI's format."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from halfgig.text.lexicon import MAX_CHARACTERS, lexicon_lines


class ErrorFacts(BaseModel):
    """The details of an error."""

    message: str = Field(description="A sentence: the value, the limit with its unit, what to do.")
    type: str = Field(description="OpenAI's error type, such as invalid_request_error.")
    param: str | None = Field(description="The field at fault.")
    code: str | None = Field(description="A name for programs, such as unknown_voice.")


class ErrorBody(BaseModel):
    """An error."""

    model_config = ConfigDict(title="Error")

    error: ErrorFacts


class VoiceId(BaseModel):
    """A voice as an object, the way OpenAI's newer clients send it."""

    model_config = ConfigDict(strict=True, title="VoiceId")

    id: str = Field(min_length=1, max_length=400)


class RequestBody(BaseModel):
    """A request in JSON, in which null for an optional field means what leaving it out does."""

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        required = {name for name, field in cls.model_fields.items() if field.is_required()}
        return {name: value for name, value in given.items() if value is not None or name in required}

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return the schema, in which optional fields may be null."""
        schema = handler(core_schema)
        fields = handler.resolve_ref_schema(schema)
        for name, field in fields["properties"].items():
            if name not in fields.get("required", ()):
                fields["properties"][name] = _nullable(field)
        return schema


def _nullable(field: JsonSchemaValue) -> JsonSchemaValue:
    """Return the schema of a field that may also be null; title, description and default stay outside."""
    kept: JsonSchemaValue = {name: field[name] for name in ("title", "description", "default") if name in field}
    kinds = field.get("anyOf") or [{name: value for name, value in field.items() if name not in kept}]
    null = {"type": "null"}
    return {"anyOf": kinds if null in kinds else [*kinds, null], **kept}


_FILE: dict[str, Any] = {
    "properties": {"stream_format": {"enum": ["audio"]}, "words": {"enum": [False]}, "include": {"maxItems": 0}}
}
_EVENTS: dict[str, Any] = {
    "properties": {"stream_format": {"enum": ["sse"]}, "stream": {"enum": [True]}},
    "required": ["stream_format"],
}
"""What excludes what in a request for speech: words come among events, and events are a stream."""


class SpeechBody(RequestBody):
    """A request for speech; unknown fields are ignored."""

    model_config = ConfigDict(strict=True, title="Speech", json_schema_extra={"anyOf": [_FILE, _EVENTS]})

    input: str = Field(min_length=1, description="The text to speak, up to MAX_INPUT_CHARACTERS.")
    model: str = Field(
        min_length=1,
        max_length=400,
        description="A name from /v1/models. kokoro speaks with its own voices alone; else the voice decides.",
    )
    voice: Annotated[str, Field(min_length=1, max_length=400)] | VoiceId = Field(
        description="A name from /v1/audio/voices, one of OpenAI's, or a mix of Kokoro's: \"af_bella(2)+af_sky(1)\"."
    )
    instructions: str | None = Field(None, description="Accepted and ignored.")
    response_format: Literal["mp3", "opus", "ogg", "aac", "flac", "wav", "pcm"] = Field(
        "mp3", description="pcm is 24 kHz, 16 bits, little-endian, mono, without a header."
    )
    speed: float = Field(1.0, ge=0.25, le=4.0, description="Speed factor; 1 is the voice's own pace.")
    stream_format: Literal["audio", "sse"] = Field(
        "audio", description="sse: server-sent events with the sound as base64."
    )
    lexicon: str | dict[str, str] = Field(
        "",
        max_length=MAX_CHARACTERS,
        description='How words are said: an object as {"nginx": "engine X"}, or the lines of a lexicon.',
    )
    stream: bool = Field(True, description="false: make all of the file first, so that its header says how long it is.")
    words: bool = Field(False, description="Whether to send the times of each word; requires sse.")
    include: list[Literal["poses", "words"]] = Field(
        [],
        max_length=8,
        description="poses: the weights of a face that speaks, before their sound; words as above; requires sse.",
    )
    unheard: float = Field(
        0.0, ge=0, le=600, description="Seconds of earlier speech that the listener still hears: this one can wait."
    )

    @property
    def lexicon_lines(self) -> str:
        """The lines of the lexicon.  Raises `BadLexicon`."""
        return self.lexicon if isinstance(self.lexicon, str) else lexicon_lines(self.lexicon)

    @property
    def wanted(self) -> set[str]:
        """What is sent with the sound: poses, words."""
        return {*self.include, *(["words"] if self.words else [])}

    @property
    def voice_name(self) -> str:
        """The name of the voice."""
        return self.voice if isinstance(self.voice, str) else self.voice.id


class Model(BaseModel):
    """A model."""

    id: str
    object: Literal["model"] = "model"
    created: int = Field(description="Seconds since 1970.")
    owned_by: str = "halfgig"


class ModelList(BaseModel):
    """A list of models."""

    object: Literal["list"] = "list"
    data: list[Model]


class VoiceFacts(BaseModel):
    """A voice."""

    id: str = Field(description="The value for `voice`.")
    name: str
    language: str = Field(description='A BCP 47 tag: "en-us".')
    language_name: str = Field(description='Name for display: "American English".')
    gender: Literal["female", "male"] | None = Field(description="Null if the voice has none.")
    description: str
    grade: str | None = Field(None, description="The grade its makers gave it, from A (best) to F; null for espeak's.")
    engine: str = Field(description="kokoro or espeak.")


class VoiceList(BaseModel):
    """A list of voices."""

    object: Literal["list"] = "list"
    voices: list[VoiceFacts]


class FacePoints(BaseModel):
    """Five points of a face, each x and y in pixels of the upright picture; right and left are the person's own."""

    right_eye: tuple[float, float]
    left_eye: tuple[float, float]
    nose: tuple[float, float]
    right_mouth: tuple[float, float]
    left_mouth: tuple[float, float]


class FoundFace(BaseModel):
    """A face found in a picture."""

    score: float = Field(description="The detector's confidence; comparable only between faces from the same detector.")
    size: float = Field(description="Longer side of the box in pixels.")
    box: tuple[float, float, float, float] | None = Field(description="Left, top, width and height in pixels.")
    points: FacePoints
    landmarks: str = Field(description="The same points in the format of the field landmarks of POST /v1/videos.")


class FaceList(BaseModel):
    """The faces in a picture, the largest first."""

    object: Literal["list"] = "list"
    width: int = Field(description="Width of the upright picture in pixels.")
    height: int = Field(description="Height of the upright picture in pixels.")
    detector: str = Field(description="The detector used: yunet.")
    data: list[FoundFace]


class Health(BaseModel):
    """Report that a process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Report that the server can accept requests."""

    status: Literal["ready"] = "ready"


class MemoryNow(BaseModel):
    """The supervisor's last memory sample, in MB."""

    at: float = Field(description="Seconds since 1970.")
    used_mb: float = Field(description="Memory that cannot be reclaimed.")
    limit_mb: int
    source: str = Field(description="Where the limit comes from.")
    pressure: str = Field(description="normal, high or critical.")
    oom_kills: int
    thrashing: bool
    processes: dict[str, float] = Field(description="Private memory of each process.")
    pids: dict[str, int]


class MemorySample(BaseModel):
    """A memory sample of the last hour, in MB."""

    at: float
    used_mb: float
    limit_mb: int
    pressure: str
    processes: dict[str, float] = Field(description="Private memory of the supervisor, web, worker and cells.")


class MemoryEvent(BaseModel):
    """An event of the last hour."""

    at: float
    kind: str = Field(description="started, restarted, cell ended or oom kill.")
    text: str


class AnimatorFacts(BaseModel):
    """An animator; figures are for frames of 512 pixels at 25 frames per second."""

    name: str = Field(description="The value for `model` of POST /v1/videos.")
    is_here: bool = Field(description="Whether it is installed on this server.")
    fits: bool = Field(description="Whether it fits into memory.")
    private_mb: int = Field(description="Private memory of its cell in MB.")
    seconds_per_second: float = Field(description="Seconds this server needs per second of video.")
    note: str = Field(description="How that figure was obtained, or what is missing.")


class VoiceEngines(BaseModel):
    """Speech engines other than espeak-ng."""

    kokoro: bool = Field(description="Whether Kokoro is installed and fits.")


class PlanReport(BaseModel):
    """The memory plan, as `halfgig plan --json` prints it, with animators and voices."""

    model_config = ConfigDict(extra="allow", title="Plan")

    limit_mb: int = Field(description="Memory limit in MB.")
    cpus: float = Field(description="Available CPU time in processors.")
    remarks: list[str] = Field(description="Notes for people.")
    animators: list[AnimatorFacts]
    voices: VoiceEngines


class LogLine(BaseModel):
    """A log line of one of the server's processes."""

    at: float = Field(description="Seconds since 1970.")
    level: str = Field(description="info, warning or error.")
    source: str = Field(description="supervisor, web, worker or cell.")
    text: str = Field(description="A sentence.")


class LogLines(BaseModel):
    """Log lines, the newest last."""

    object: Literal["list"] = "list"
    data: list[LogLine]


class MemoryReport(BaseModel):
    """Memory use now and during the last hour, and the plan."""

    now: MemoryNow | None = Field(description="Null if no supervisor is running.")
    history: list[MemorySample]
    marks: list[MemoryEvent]
    plan: dict[str, Any] | None = Field(
        description="The processes and the memory each may use, as GET /v1/plan has them."
    )

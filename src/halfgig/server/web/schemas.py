"""What crosses the HTTP interface, as OpenAI's clients send and expect it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class ErrorFacts(BaseModel):
    """What is wrong."""

    message: str = Field(description="A sentence: the value, the limit with its unit, what to do.")
    type: str = Field(description="OpenAI's kind of error, as invalid_request_error.")
    param: str | None = Field(description="The field that is to blame.")
    code: str | None = Field(description="A name for programs, as unknown_voice.")


class ErrorBody(BaseModel):
    """An error."""

    model_config = ConfigDict(title="Error")

    error: ErrorFacts


class VoiceId(BaseModel):
    """A voice as OpenAI's newer clients do."""

    model_config = ConfigDict(strict=True, title="VoiceId")

    id: str = Field(min_length=1, max_length=400)


class SpeechBody(BaseModel):
    """Ask for speech; fields beyond these are ignored."""

    model_config = ConfigDict(strict=True, title="Speech")

    input: str = Field(min_length=1, description="What to say; at most MAX_INPUT_CHARACTERS.")
    model: str = Field(
        min_length=1, max_length=400, description="A name from /v1/models; the voice decides who speaks."
    )
    voice: Annotated[str, Field(min_length=1, max_length=400)] | VoiceId = Field(
        description="A name from /v1/audio/voices, one of OpenAI's, or a mix of Kokoro's: \"af_bella(2)+af_sky(1)\"."
    )
    instructions: str | None = Field(None, description="Accepted and ignored.")
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] = Field(
        "mp3", description="pcm is 24 kHz, 16 bits, little-endian, mono, without a header."
    )
    speed: float = Field(1.0, ge=0.25, le=4.0, description="A factor on the voice's own pace.")
    stream_format: Literal["audio", "sse"] = Field("audio", description="sse: events that carry the sound as base64.")
    words: bool = Field(False, description="True to be told when each word sounds; with sse.")

    @property
    def voice_name(self) -> str:
        """The voice, however it was named."""
        return self.voice if isinstance(self.voice, str) else self.voice.id


class Model(BaseModel):
    """A model."""

    id: str
    object: Literal["model"] = "model"
    created: int = Field(description="Seconds since 1970.")
    owned_by: str = "halfgig"


class ModelList(BaseModel):
    """List models."""

    object: Literal["list"] = "list"
    data: list[Model]


class VoiceFacts(BaseModel):
    """A voice."""

    id: str = Field(description="What `voice` takes.")
    name: str
    language: str = Field(description='A BCP 47 tag: "en-us".')
    language_name: str = Field(description='For a person: "American English".')
    gender: Literal["female", "male"] | None = Field(description="Null where the voice has none of its own.")
    description: str
    grade: str | None = Field(None, description="What its makers grade it, A the best to F; null for espeak's.")
    engine: str = Field(description="Who speaks: kokoro or espeak.")


class VoiceList(BaseModel):
    """List voices."""

    object: Literal["list"] = "list"
    voices: list[VoiceFacts]


class FacePoints(BaseModel):
    """Place a face by five points, each x and y in pixels of the upright picture; right and left are the person's."""

    right_eye: tuple[float, float]
    left_eye: tuple[float, float]
    nose: tuple[float, float]
    right_mouth: tuple[float, float]
    left_mouth: tuple[float, float]


class FoundFace(BaseModel):
    """A face that was found in a picture."""

    score: float = Field(description="How sure the detector is; comparable only between faces of one detector.")
    size: float = Field(description="The longer side of its box in pixels.")
    box: tuple[float, float, float, float] | None = Field(description="Left, top, width and height in pixels.")
    points: FacePoints
    landmarks: str = Field(description="The same points as the field of that name of POST /v1/videos takes them.")


class FaceList(BaseModel):
    """List the faces in a picture, the largest first."""

    object: Literal["list"] = "list"
    width: int = Field(description="Of the upright picture, in pixels.")
    height: int = Field(description="Of the upright picture, in pixels.")
    detector: str = Field(description="Who found them: yunet or dlib.")
    data: list[FoundFace]


class Health(BaseModel):
    """That a process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """That the server can do its work."""

    status: Literal["ready"] = "ready"


class MemoryNow(BaseModel):
    """The guard's last look at the memory, in MB."""

    at: float = Field(description="Seconds since 1970.")
    used_mb: float = Field(description="What must stay.")
    limit_mb: int
    source: str = Field(description="Who sets the limit.")
    pressure: str = Field(description="calm, high or last.")
    oom_kills: int
    thrashing: bool
    processes: dict[str, float] = Field(description="Private memory by process.")
    pids: dict[str, int]


class MemorySample(BaseModel):
    """How the memory stood at one moment of the last hour, in MB."""

    at: float
    used_mb: float
    limit_mb: int
    pressure: str
    processes: dict[str, float] = Field(description="Private memory of guard, web, work and cells.")


class MemoryEvent(BaseModel):
    """What happened at one moment of the last hour."""

    at: float
    kind: str = Field(description="started, restarted, cell ended or oom kill.")
    text: str


class AnimatorFacts(BaseModel):
    """A way to move a face, in frames of 512 pixels, 25 a second."""

    name: str = Field(description="What `model` of POST /v1/videos takes.")
    is_here: bool = Field(description="Whether its files are on this server.")
    fits: bool = Field(description="Whether there is memory for it.")
    private_mb: int = Field(description="What its cell keeps, in MB.")
    seconds_per_second: float = Field(description="How long a second of video takes on this server, in seconds.")
    note: str = Field(description="How that is known, or what is missing.")


class VoiceEngines(BaseModel):
    """Which engines speak besides espeak-ng."""

    kokoro: bool = Field(description="Whether Kokoro is here and fits.")


class PlanReport(BaseModel):
    """What the server can make and what it takes: what `halfgig plan --json` prints, and more."""

    model_config = ConfigDict(extra="allow", title="Plan")

    limit_mb: int = Field(description="How much memory there is, in MB.")
    cpus: float = Field(description="Processors' worth of time.")
    remarks: list[str] = Field(description="What a person should know of it.")
    animators: list[AnimatorFacts]
    voices: VoiceEngines


class LogLine(BaseModel):
    """Something that a process of the server said."""

    at: float = Field(description="Seconds since 1970.")
    level: str = Field(description="info, warning or error.")
    source: str = Field(description="guard, web, work or cell.")
    text: str = Field(description="A sentence.")


class LogLines(BaseModel):
    """List what the server said, the newest last."""

    object: Literal["list"] = "list"
    data: list[LogLine]


class MemoryReport(BaseModel):
    """How the memory stands, how it stood, and what was planned."""

    now: MemoryNow | None = Field(description="None where no guard runs.")
    history: list[MemorySample]
    marks: list[MemoryEvent]
    plan: dict[str, Any] | None = Field(description="Which processes there are and what each may have, in MB.")

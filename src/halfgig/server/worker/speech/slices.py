"""What is asked of the speech server, by a client's stream or by a video, and what it gives: speech slice by slice.

A slice is some sentences, a second or a few of sound.  After each the cell may speak for someone else, so that a short
text does not wait for a long one; a cell that dies costs one slice.
"""

from dataclasses import dataclass

from halfgig.media.chunks import Chunk


@dataclass(frozen=True, slots=True)
class SpeechOrder:
    """Ask for a speech, or for the rest of one."""

    text: str
    """All of what is to be said."""
    voice: str | None = None
    """A voice or a mix of voices; None: the best there is."""
    speed: float = 1.0
    """A factor, 0.25 to 4."""
    sound_format: str | None = None
    """wav, mp3, opus, flac, aac or pcm, to have the bytes of such a file; None: chunks, with their phonemes."""
    start: int = 0
    """The character of the text to begin at; what stands before has been spoken already."""
    wants_words: bool = False
    """True to be told the words' times."""
    is_patient: bool = False
    """True to give way to those who listen while it is made."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Hold some sentences' worth of a speech."""

    maker: str
    """Who speaks: "kokoro 82M v1.0, voice af_heart"."""
    seconds: float
    """How long it sounds."""
    next_start: int | None
    """The character of the text at which the next slice begins; None: this was the last."""
    data: bytes = b""
    """The next bytes of the file, where a format was asked for."""
    chunks: tuple[Chunk, ...] = ()
    """The sound and its phonemes, where none was."""
    words: tuple[tuple[str, float, float], ...] = ()
    """Each word as it was written, from when to when it sounds, in seconds from the start of this slice."""

"""Decode recordings to mono sound, block by block.

A recording is read twice: `probe_sound` decodes all of it and rejects recordings that cannot drive a face, `read_sound`
then yields the sound. Only the file itself is read: playlists are not among the allowed formats, and no protocol is
allowed, so a file cannot refer to another one.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from halfgig.errors import SoundSilent, SoundTooLong, SoundTooShort, SoundUnreadable
from halfgig.events import Notice
from halfgig.media.channel_mix import ChannelPowers, plain_mix
from halfgig.media.chunks import BYTES_PER_SAMPLE, SAMPLE_RATE
from halfgig.media.resample import FrameResampler, SampleFormat, sample_format
from halfgig.resources.cpu_clock import cpu_clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    from av import AudioFrame, AudioStream, Packet
    from av.container import InputContainer

    from halfgig.media.channel_mix import Mix
    from halfgig.resources.cpu_clock import CpuClock

SHORTEST_S = 1 / 25
"""One frame of video, in seconds: anything shorter cannot animate a face."""

SHORTEST_DAMAGED_S = 0.5
"""Minimum decodable length of a damaged recording, in seconds."""

SILENCE = 0.001
"""Peak below which a recording counts as silent, relative to full scale; -60 dB."""

FIRST_CPU_S = 30.0
"""Processor seconds for reading a recording, whatever its length; the slowest kinds take 0.003 of their length."""

CPU_SHARE = 0.1
"""Further processor seconds for each second of sound that was decoded."""

MOST_BROKEN_PACKETS = 20_000
"""Packets that cannot be decoded before a file is given up; ten minutes of MP3 have as many."""

_DEMUXERS = (
    "wav,w64,aiff,au,caf,mp3,aac,flac,ogg,mov,matroska,avi,asf,amr,ac3,eac3,wv,"
    "mpegts,mpeg,flv,rm,nut,gsm,tta,ape,mpc,mpc8,dts,dtshd,truehd,voc,ircam,sox,dsf,qcp,rf64"
)
"""ffmpeg's names of the formats that are read: those of recorders, phones, editors and broadcasts."""

# Outside this range one decoded frame could become minutes of sound, or the filter use many megabytes.
_LOWEST_RATE, _HIGHEST_RATE = 4_000, 768_000

_MOST_CHANNELS = 64  # the limit of ffmpeg's pan filter

_ADVICE = "give a recording such as .wav, .mp3, .flac, .ogg, .m4a or .mp4"


@dataclass(frozen=True, slots=True)
class SoundInfo:
    """Properties of a recording, measured over all of it."""

    seconds: float
    """Decoded length in seconds."""
    peak: float
    """Largest sample of the mono mix; 1 is full scale."""
    notices: tuple[Notice, ...] = ()
    """For the user: that the file is damaged, and how much of it is used."""
    mixes: Mapping[str, Mix] = field(default_factory=dict)
    """For each channel layout, how its channels become one."""


def probe_sound(path: Path, limit_s: float) -> SoundInfo:
    """Decode and measure a whole recording; `limit_s` is the maximum length in seconds.

    A damaged recording is accepted, with a notice, if at least `SHORTEST_DAMAGED_S` of it can be decoded. Raises
    `SoundUnreadable`, `SoundSilent`, `SoundTooShort` or `SoundTooLong`.
    """
    with cpu_clock(FIRST_CPU_S) as clock:
        with _Recording(path) as recording:
            info = _measure(recording, limit_s, clock)
            damage, plain, mixes = recording.damage(info.seconds), recording.mixes, recording.best_mixes()
        if mixes != plain:
            with _Recording(path, mixes) as recording:
                info = _measure(recording, limit_s, clock)
    if damage and info.seconds < SHORTEST_DAMAGED_S:
        raise SoundUnreadable(
            f'"{path}" is damaged: {info.seconds:.2f} s of it can be heard, '
            f"{SHORTEST_DAMAGED_S} s are the least that is used; record or convert it again"
        )
    if info.seconds < SHORTEST_S:
        raise SoundTooShort(
            f'"{path}" lasts {info.seconds * 1000:.2f} ms; '
            f"a recording must last one frame of video, {SHORTEST_S * 1000:.0f} ms, at least"
        )
    if info.peak < SILENCE:
        raise SoundSilent(
            f'"{path}" is silent: its loudest sample is {info.peak:.5f} of full scale, below {SILENCE} (-60 dB); '
            "give one in which speech can be heard, or none and --idle SECONDS for a face that says nothing"
        )
    return SoundInfo(info.seconds, info.peak, damage, mixes)


def read_sound(path: Path, rate: int = SAMPLE_RATE, mixes: Mapping[str, Mix] | None = None) -> Iterator[bytes]:
    """Yield a recording as mono s16le at `rate`, in blocks of one second; the last may be shorter.

    `mixes` are those that `probe_sound` found, without which a recording is probed for them. The total length is the
    number of source samples times `rate` over the source rate, rounded.
    """
    size = BYTES_PER_SAMPLE * rate
    block = bytearray()
    if mixes is None:
        mixes = probe_sound(path, float("inf")).mixes
    with _Recording(path, mixes) as recording:
        for pcm in recording.mono(rate):
            block += pcm
            while len(block) >= size:
                yield bytes(block[:size])
                del block[:size]
    if block:
        yield bytes(block)


def _measure(recording: _Recording, limit_s: float, clock: CpuClock) -> SoundInfo:
    samples = 0
    peak = 0
    for pcm in recording.mono(SAMPLE_RATE):
        clock.allow(CPU_SHARE * len(pcm) / BYTES_PER_SAMPLE / SAMPLE_RATE)
        samples += len(pcm) // BYTES_PER_SAMPLE
        peak = max(peak, _peak(pcm))
        if samples > limit_s * SAMPLE_RATE:
            raise SoundTooLong(
                f'"{recording.path}" lasts longer than {limit_s:g} s, the most that is taken; give a shorter part of it'
            )
    return SoundInfo(samples / SAMPLE_RATE, peak / 32768)


def _peak(pcm: bytes) -> int:
    samples = memoryview(pcm).cast("h")
    return max((max(samples), -min(samples))) if len(samples) else 0


class _Recording:
    """An open recording; counts the packets that could not be decoded.

    `mixes` says how channels become one, by layout; the powers of channels of other layouts are measured.
    """

    def __init__(self, path: Path, mixes: Mapping[str, Mix] | None = None) -> None:
        self.path = path
        self.mixes: dict[str, Mix] = dict(mixes or {})
        self._powers: dict[str, ChannelPowers] = {}
        self._broken_packets = 0
        self._cut_wav = False

    def __enter__(self) -> Self:
        try:
            if not stat.S_ISREG(self.path.stat().st_mode):
                raise SoundUnreadable(f'"{self.path}" is no plain file; {_ADVICE}')
            self._file = self.path.open("rb")
        except OSError as error:
            raise SoundUnreadable(f'cannot read "{self.path}": {error.strerror}; {_ADVICE}') from error
        try:
            self._cut_wav = _is_cut_wav(self._file.read(8), self.path.stat().st_size)
            self._file.seek(0)
            self._container = self._opened()
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._file:
            self._container.close()

    def _opened(self) -> InputContainer:
        import av

        try:
            # A file object and no protocol: nothing inside the file can open another file.
            container = av.open(
                self._file,
                "r",
                container_options={"format_whitelist": _DEMUXERS, "protocol_whitelist": "none"},
                metadata_errors="replace",  # tags often have a wrong encoding
            )
        except MemoryError as error:
            raise self._out_of_memory() from error
        except (av.FFmpegError, OSError) as error:
            raise SoundUnreadable(f'"{self.path}" is not a sound file that can be read; {_ADVICE}') from error
        # PyAV has no codec context if ffmpeg has no decoder.
        tracks = [stream for stream in container.streams.audio if stream.codec_context]
        if not tracks:
            container.close()
            raise SoundUnreadable(f'"{self.path}" has no sound in it that can be decoded; {_ADVICE}')
        self._stream = tracks[0]
        self._stream.codec_context.thread_count = 1
        return container

    def mono(self, rate: int) -> Iterator[bytes]:
        """Yield the sound as mono s16le as it is decoded; the sample format may change between frames."""
        source: SampleFormat | None = None
        resampler: FrameResampler | None = None
        for frame in self._frames():
            if resampler is None or sample_format(frame) != source:
                if resampler:
                    yield resampler.finish()
                source = sample_format(frame)
                self._check_format(source.rate, frame.layout.nb_channels)
                resampler = FrameResampler(source, rate, self._mix_of(frame))
            if powers := self._powers.get(source.layout):
                powers.add(frame)
            yield resampler.feed(frame)
        if resampler:
            yield resampler.finish()

    def best_mixes(self) -> dict[str, Mix]:
        """Return the mixes for the channels' measured powers."""
        return self.mixes | {layout: powers.mix() for layout, powers in self._powers.items()}

    def _mix_of(self, frame: AudioFrame) -> Mix:
        layout = frame.layout.name
        if layout not in self.mixes:
            mix = self.mixes[layout] = plain_mix(layout, [channel.name for channel in frame.layout.channels])
            if mix:
                self._powers[layout] = ChannelPowers(mix)
        return self.mixes[layout]

    def damage(self, decoded_s: float) -> tuple[Notice, ...]:
        """Return a notice if part of the recording could not be decoded."""
        if not (self._broken_packets or self._cut_wav or decoded_s < self._announced_s() - 0.1):
            return ()
        return (Notice(f'"{self.path}" is damaged; the {decoded_s:.2f} s of it that can be heard are used'),)

    def _announced_s(self) -> float:
        # A raw AAC stream has no length field, only an estimate from its first frames.
        if self._stream.duration is None or self._stream.time_base is None or self._container.format.name == "aac":
            return 0.0
        return float(self._stream.duration * self._stream.time_base)

    def _frames(self) -> Iterator[AudioFrame]:
        import av

        for packet in self._packets():
            try:
                frames: Iterable[AudioFrame] = packet.decode()
            except MemoryError:
                raise
            except av.FFmpegError:
                self._count_broken()
                continue
            yield from frames

    def _count_broken(self) -> None:
        self._broken_packets += 1
        if self._broken_packets > MOST_BROKEN_PACKETS:
            raise SoundUnreadable(
                f'"{self.path}" is damaged: more than {MOST_BROKEN_PACKETS} of its packets cannot be decoded; '
                "record or convert it again"
            )

    def _packets(self) -> Iterator[Packet[AudioStream]]:
        import av

        try:
            yield from self._container.demux(self._stream)
        except MemoryError as error:
            raise self._out_of_memory() from error
        except (av.FFmpegError, OSError):
            self._broken_packets += 1

    def _out_of_memory(self) -> SoundUnreadable:
        # A header can announce packets of any size: this is as often a damaged file as a small budget.
        return SoundUnreadable(
            f'"{self.path}" asks for more memory than there is; it is damaged, or needs a larger --memory'
        )

    def _check_format(self, rate: int, channels: int) -> None:
        if not _LOWEST_RATE <= rate <= _HIGHEST_RATE:
            raise SoundUnreadable(
                f'"{self.path}" has {rate} samples a second; {_LOWEST_RATE} to {_HIGHEST_RATE} can be read; '
                "convert it to 24000"
            )
        if channels > _MOST_CHANNELS:
            raise SoundUnreadable(
                f'"{self.path}" has {channels} channels; up to {_MOST_CHANNELS} can be read; convert it to one'
            )


def _is_cut_wav(head: bytes, size: int) -> bool:
    # Programs that write to a pipe leave the length unknown: 0, or a value near its maximum.
    announced = int.from_bytes(head[4:8], "little")
    return head[:4] == b"RIFF" and announced < 0x7FFF_0000 and size < announced + 8

"""The lips of the project's own presenter, measured in the video itself against the times of the phonemes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest

import halfgig
from halfgig.animators.puppet.animation import poses
from halfgig.animators.puppet.blendshapes import LEAD_S, Mouth
from halfgig.animators.puppet.portrait import make_portrait, rig_of
from halfgig.animators.puppet.viseme_animation import viseme_cues
from halfgig.tts.speech import speech_from_text
from tests.media.sounds import wav
from tests.support.jobs import render_job, speech_job
from tests.support.media import PRESENTER, frames, voice_like

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from halfgig.animators.puppet.blendshapes import Pose
    from halfgig.animators.puppet.portrait import Portrait
    from halfgig.media.chunks import Chunk, Phoneme

FPS = 25
SENTENCE = "Papa packed a warm picnic, and Mama brought bread, plums and a bottle of apple jam."

MOUTH = np.s_[278:310, 228:290]
"""What the mouth fills of a frame of 512 x 512; the sway is a tenth of its margin."""

JAW = np.s_[255:372, 176:340]
"""From under the nose to under the chin, ear to ear."""

BRIDGE_OF_NOSE = (257, 220)
"""x and y of a place with edges in all directions that nothing but the sway moves."""

# ruff: noqa: RUF001 - the letters of the IPA are meant
OPENNESS = (
    dict.fromkeys("ɑaæɒ", 1.0) | dict.fromkeys("ɔʌɐɛ", 0.6) | dict.fromkeys("eoəɜɚ", 0.4) | dict.fromkeys("iɪuʊ", 0.2)
)
"""How far vowels open the mouth, as phonetics has it."""


@dataclass
class Talk:
    """A video and what is said in it."""

    pictures: NDArray[np.uint8]
    """RGB [n, 512, 512, 3]."""
    chunks: list[Chunk]
    portrait: Portrait

    def phonemes(self) -> Iterator[tuple[Phoneme, float, float]]:
        """Yield the phonemes with their start and end in frames of the video."""
        offset = 0.0
        for chunk in self.chunks:
            for phoneme in chunk.phonemes:
                yield phoneme, (offset + phoneme.start) * FPS, (offset + phoneme.end) * FPS
            offset += chunk.seconds

    def poses(self) -> Iterator[Pose]:
        """Yield what the face was asked to do, frame by frame."""
        return poses(viseme_cues(iter(self.chunks), FPS), FPS, seed=0)

    def openness(self) -> NDArray[np.float64]:
        """Return for each frame how much of the mouth shows its inside, 0 closed, 1 as wide as it ever is."""
        return relative(inside_shown(self.pictures))

    def vowels(self) -> NDArray[np.float64]:
        """Return for each frame how open the vowels are that are heard in it, as early as lips are."""
        starts = np.arange(len(self.pictures)) + LEAD_S * FPS
        heard = np.zeros(len(starts))
        for phoneme, start, end in self.phonemes():
            share = (np.minimum(end, starts + 1) - np.maximum(start, starts)).clip(0)
            heard += share * OPENNESS.get(phoneme.symbol[:1], 0.0)
        return heard


def inside_shown(pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the share of the mouth's place that is teeth or dark: neither skin nor lip, which are light and red."""
    mouth = pictures[:, *MOUTH].astype(float)
    light = mouth @ [0.3, 0.59, 0.11]
    red = mouth[..., 0] - mouth[..., 1:].mean(axis=-1)
    return np.asarray(((light < 70) | (red < 38)).mean(axis=(1, 2)))


SHUT = 0.05
"""Openness below which lips count as closed."""


def relative(shown: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale a measurement so that 0 is its floor and 1 its top."""
    floor = np.percentile(shown, 5)
    return np.asarray((shown - floor) / (shown.max() - floor))


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Talk:
    folder = tmp_path_factory.mktemp("lips")
    video = folder / "talk.mp4"
    halfgig.talk(PRESENTER, SENTENCE, video, seed=0)
    speech = speech_from_text(speech_job(SENTENCE), is_repeatable=True)  # as in the video, whatever was said before
    return Talk(np.stack(list(frames(video))), list(speech), presenter_of_talk(folder))


def test_the_lips_close_within_two_frames_of_every_p_b_and_m(talk: Talk) -> None:
    openness, closures = talk.openness(), 0
    for phoneme, start, end in talk.phonemes():
        if phoneme.symbol[:1] in ("p", "b", "m"):
            closures += 1
            around = openness[max(0, int(start) - 2) : int(np.ceil(end)) + 2]
            assert around.min() < SHUT, f"{phoneme.symbol} at frame {start:.0f}"
    assert closures >= 12


def test_the_lips_are_not_simply_kept_closed(talk: Talk) -> None:
    assert inside_shown(talk.pictures).max() > 0.15
    assert (talk.openness() > 0.2).mean() > 0.15


def test_the_mouth_opens_with_the_vowels(talk: Talk) -> None:
    assert np.corrcoef(talk.openness(), talk.vowels())[0, 1] >= 0.5


def test_every_stressed_open_vowel_is_seen(talk: Talk) -> None:
    openness = talk.openness()
    for phoneme, start, end in talk.phonemes():
        if OPENNESS.get(phoneme.symbol[:1], 0) > 0.5 and phoneme.stress == 2:
            assert openness[int(start) - 1 : int(end) + 1].max() > SHUT, f"{phoneme.symbol} at frame {start:.0f}"


def test_the_nose_moves_by_no_more_than_the_sway(talk: Talk) -> None:
    moved = motion_of(talk.pictures, *BRIDGE_OF_NOSE)
    assert np.abs(moved - sway_at(talk, *BRIDGE_OF_NOSE)).max() < 1.4  # pixels of 512, measured to 0.6
    assert np.abs(moved).max() > 1  # and it does sway


def test_beside_the_lower_face_all_is_as_if_nothing_were_said(talk: Talk) -> None:
    portrait, difference = talk.portrait.puppet, np.zeros((512, 512))
    for picture, pose in zip(talk.pictures, talk.poses(), strict=True):
        silent = portrait.render(pose._replace(mouth=Mouth()))
        difference = np.maximum(difference, blurred_difference(picture, silent))
    assert difference[JAW].max() > 60  # of 255
    difference[JAW] = 0
    assert difference.max() < 25  # what x264 leaves at the tips of the hair is 12
    assert blurred_difference(talk.pictures[0], talk.pictures[70]).max() > 35  # one pixel of sway is more


def motion_of(pictures: NDArray[np.uint8], x: int, y: int, half: int = 10, reach: int = 10) -> NDArray[np.float64]:
    """Find in each frame where a patch of the first has gone: [n, 2], right and down in pixels."""
    import cv2

    grey = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in pictures]
    patch = grey[0][y - half : y + half, x - half : x + half]
    wide = half + reach
    found = []
    for picture in grey:
        match = cv2.matchTemplate(picture[y - wide : y + wide, x - wide : x + wide], patch, cv2.TM_CCOEFF_NORMED)
        row, column = (int(place) for place in np.unravel_index(match.argmax(), match.shape))
        across, down = match[row, column - 1 : column + 2], match[row - 1 : row + 2, column]
        found.append((column + summit(across) - reach, row + summit(down) - reach))
    return np.array(found)


def summit(three: NDArray[np.float32]) -> float:
    """Return where a parabola through three neighbours is highest, from the middle one."""
    left, middle, right = map(float, three)
    return 0.5 * (left - right) / (left - 2 * middle + right)


def blurred_difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how far two pictures differ, of 255, over squares of 8 pixels: [512, 512]."""
    import cv2

    return np.asarray(cv2.blur(np.abs(one.astype(np.float32) - other).mean(axis=-1), (8, 8)))


def presenter_of_talk(folder: Path) -> Portrait:
    job = render_job(folder, PRESENTER, idle=1.0)
    return make_portrait(job, rig_of(job, folder / "rig.json"))


def sway_at(talk: Talk, x: int, y: int) -> NDArray[np.float64]:
    """Return how far the head's own motion takes a place of the face in each frame: [n, 2] in pixels."""
    body = talk.portrait.puppet._body
    moved = []
    for pose in talk.poses():
        taken_from = body.maps(pose)
        patch = np.s_[y - 10 : y + 10, x - 10 : x + 10]
        moved.append(
            [place - 0.5 - float(taken[patch].mean()) for place, taken in zip((x, y), taken_from, strict=True)]
        )
    return np.array(moved)


def test_a_recording_opens_the_mouth_and_silence_closes_it(tmp_path: Path) -> None:
    sound = voice_like(tmp_path / "voice.wav", seconds=1.0).read_bytes()[44:]
    recording = wav(tmp_path / "half.wav", sound + bytes(48_000))
    halfgig.talk(PRESENTER, audio=recording, output=tmp_path / "a.mp4")
    openness = relative(inside_shown(np.stack(list(frames(tmp_path / "a.mp4")))))
    assert openness[:25].mean() > 0.3
    assert openness[32:].max() < 0.2  # the turning head alone makes 0.13

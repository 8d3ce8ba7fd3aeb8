# ruff: noqa: RUF001 - letters of other scripts look like Latin ones
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from halfgig.errors import BadSetting, UnknownVoice
from halfgig.media.chunks import Chunk
from halfgig.text.sentences import Sentence, Span
from halfgig.tts.base import Voice
from halfgig.tts.espeak.engine import EspeakEngine
from halfgig.tts.espeak.library import espeak_library
from halfgig.tts.voices import find_voice
from tests.media.sounds import peak_of, tone

PANGRAM = "The quick brown fox jumps over the lazy dog."

GREETINGS = {
    "en-us": ("Hello world, how are you?", "Hello world how are you"),
    "fr": ("Aujourd'hui, l'été est là\xa0!", "Aujourd'hui l'été est là"),
    "de": ("Ärger über die Äpfel: na und?", "Ärger über die Äpfel na und"),
    "es": ("¿Qué tal, señor?", "Qué tal señor"),
    "ar": ("مرحبا بالعالم، كيف حالك؟", "مرحبا بالعالم كيف حالك"),
    "hi": ("नमस्ते दुनिया, आप कैसे हैं?", "नमस्ते दुनिया आप कैसे हैं"),
    "ru": ("Привет, мир! Как дела?", "Привет мир Как дела"),
    "ja": ("こんにちは、せかい。", "こんにちは せかい"),
    "cmn": ("你好。世界。", "你好 世 界"),
}


def sentence(*parts: str | tuple[str, str], pause_s: float = 0.0) -> Sentence:
    pairs = [(part, part) if isinstance(part, str) else part for part in parts]
    return Sentence(tuple(Span(spoken, written, 0) for spoken, written in pairs), pause_s)


def said(said: str | Sentence, voice: str = "en-us", speed: float = 1.0) -> Chunk:
    speaker = EspeakEngine()
    asked = sentence(said) if isinstance(said, str) else said
    (chunk,) = speaker.speak(asked, find_voice(voice, speaker.voices()), speed)
    return chunk


def symbols(chunk: Chunk) -> str:
    # Compare the words, not the samples: these differ a little each time because the pitch flutters.
    return " ".join(phoneme.symbol for phoneme in chunk.phonemes)


def assert_phonemes_cover(chunk: Chunk) -> None:
    assert chunk.phonemes[0].start == 0
    assert chunk.phonemes[-1].end == pytest.approx(chunk.seconds)
    assert all(phoneme.start < phoneme.end for phoneme in chunk.phonemes)
    assert all(one.end == other.start for one, other in pairwise(chunk.phonemes))


@pytest.mark.parametrize(
    ("voice", "text", "words", "heard"),
    [
        ("en-us", "The word 你好 means hello.", "The word 你好 means hello", "n i χ ɑu m iː n z"),
        ("en-gb", "Привет means hi.", "Привет means hi", "prʲ i vʲ e t m iː n z"),
        ("nova", "Say Привет now.", "Say Привет now", "s eɪ  prʲ i vʲ e t n aʊ"),
        ("de", "Das Wort こんにちは hier.", "Das Wort こんにちは hier", "n n i tɕ i w ä"),
        ("fr", "Dis שלום.", "Dis שלום", "ʃ a l o m"),
    ],
)
def test_other_scripts_are_spoken_in_their_language(voice: str, text: str, words: str, heard: str) -> None:
    chunk = said(text, voice)

    assert heard.replace(" ", "") in symbols(chunk).replace(" ", "")
    assert " ".join(word.text for word in chunk.words) == words  # espeak-ng may time two short words as one
    assert_phonemes_cover(chunk)


@pytest.mark.parametrize("language", GREETINGS)
def test_every_script_has_its_phonemes_and_words(language: str) -> None:
    text, words = GREETINGS[language]
    chunk = said(text, language)
    assert_phonemes_cover(chunk)
    assert " ".join(word.text for word in chunk.words) == words
    assert all(one.end <= other.start + 1e-9 for one, other in pairwise(chunk.words))
    assert peak_of(chunk.pcm) > 3_000


def test_every_voice_speaks_and_says_nothing_on_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    for voice in EspeakEngine().voices():
        chunk = said("Mama 12", voice.name)
        assert_phonemes_cover(chunk)
        assert peak_of(chunk.pcm) > 1_000, voice
    assert capfd.readouterr() == ("", "")


def test_the_phonemes_stand_where_the_sound_is() -> None:
    chunk = said("Sa. Sa.")
    for phoneme in chunk.phonemes:
        middle = round(24_000 * (phoneme.start + phoneme.end) / 2)
        loudness = peak_of(chunk.pcm[2 * middle - 480 : 2 * middle + 480])
        assert (loudness > 300) == bool(phoneme.symbol), phoneme


def test_lips_close_where_the_text_has_them_closed() -> None:
    closed = [phoneme.symbol for phoneme in said("Bob's puppy.").phonemes if phoneme.symbol in {"p", "b", "m"}]
    assert closed == ["b", "b", "p", "p"]


def test_money_is_one_word_as_it_was_written() -> None:
    chunk = said(sentence("It costs ", ("three dollars and fifty cents", "$3.50"), ", Bob."))
    assert [word.text for word in chunk.words] == ["It", "costs", "$3.50", "Bob"]
    assert chunk.words[2].end - chunk.words[2].start > 1
    assert chunk.text == "It costs $3.50, Bob."


def test_the_pause_after_a_sentence_is_silence_and_a_pause() -> None:
    short, long = said(sentence("Hello.")), said(sentence("Hello.", pause_s=0.5))
    assert long.seconds == pytest.approx(short.seconds + 0.5, abs=0.01)
    assert long.pcm.endswith(bytes(24_000))
    assert long.phonemes[-1].symbol == ""
    assert long.phonemes[-1].end == pytest.approx(long.seconds)


def test_a_sentence_ends_in_a_pause_of_its_own() -> None:
    pause = said("Hello.").phonemes[-1]
    assert pause.symbol == ""
    assert 0.2 < pause.end - pause.start < 0.5


@pytest.mark.parametrize("speed", [0.25, 0.4, 0.5, 2, 2.5, 3, 4])
def test_speed_divides_the_length(speed: float) -> None:
    chunk = said(PANGRAM, speed=speed)
    assert chunk.seconds == pytest.approx(said(PANGRAM).seconds / speed, rel=0.1)
    assert_phonemes_cover(chunk)


@pytest.mark.parametrize("speed", [0.25, 4])
def test_phonemes_stay_with_the_sound_at_the_ends_of_the_range(speed: float) -> None:
    chunk = said("Papa. Sa.", speed=speed)
    pauses = [phoneme for phoneme in chunk.phonemes[1:-1] if not phoneme.symbol]
    start, end = (round(24_000 * time) for time in (pauses[0].start, pauses[0].end))
    margin = 24_000 // 50
    assert peak_of(chunk.pcm[2 * (start + margin) : 2 * (end - margin)]) < 200
    assert peak_of(chunk.pcm[2 * (start - 2 * margin) : 2 * start]) > 1_000


def test_a_speed_out_of_range_is_refused_before_anything_is_spoken() -> None:
    speaker = EspeakEngine()
    with pytest.raises(BadSetting):
        next(speaker.speak(sentence("Hello."), speaker.voices()[0], 5))


def test_control_characters_are_no_commands() -> None:
    assert symbols(said("Hello \x01+50S\x02 there\x00 now")) == symbols(said("Hello  +50S  there  now"))


@pytest.mark.parametrize("text", ["", " ", "...", "\x01\x02", "\ud800", "\N{HEAVY BLACK HEART}" * 30, "a" * 5_000])
def test_what_cannot_be_said_breaks_nothing(text: str) -> None:
    assert_phonemes_cover(said(text))


@given(text=st.text(max_size=40), voice=st.sampled_from(sorted(GREETINGS)))
@example(text="mother-in-law's A/C & R&D — (e.g.) $3.50", voice="en-us")
@settings(max_examples=60)
def test_any_text_has_times_that_run_forward(text: str, voice: str) -> None:
    chunk = said(text, voice)
    assert_phonemes_cover(chunk)
    times = [time for word in chunk.words for time in (word.start, word.end)]
    assert times == sorted(times)
    assert all(word.text and word.text in text for word in chunk.words)


def test_a_fresh_process_says_the_same_with_the_same_samples() -> None:
    script = (
        "import hashlib; from halfgig.tts.espeak.library import espeak_library; sound = hashlib.sha256()\n"
        "espeak_library().synthesise('Hello, hello.', 'gmw/en-US+f5', 175, sound.update); print(sound.hexdigest())"
    )
    once, again = (subprocess.check_output([sys.executable, "-c", script]) for _ in range(2))
    assert once == again


def pitch_hz(chunk: Chunk) -> float:
    import numpy as np

    sound = np.frombuffer(chunk.pcm, "<i2").astype(float)
    pitches = []
    for start in range(0, len(sound) - 1200, 240):
        window = sound[start : start + 1200]  # 50 ms
        echoes = np.correlate(window, window, "full")[1199:] / np.arange(1200, 0, -1)
        likely = np.flatnonzero(echoes[80:400] > 0.85 * echoes[80:400].max())
        if likely.size and np.abs(window).max() > 3_000:
            pitches.append(24_000 / (80 + likely[0]))
    return float(np.median(pitches))


@pytest.mark.parametrize(("woman", "man"), [("nova", "onyx"), ("fr+f3", "fr"), ("de+f5", "de+m1")])
def test_women_speak_higher_than_men(woman: str, man: str) -> None:
    assert pitch_hz(said("Mama, mama", woman)) > 1.4 * pitch_hz(said("Mama, mama", man))


def test_a_voice_does_not_depend_on_the_one_before() -> None:
    before = said(PANGRAM, "en-us")
    said("Bonjour.", "fr+f3", speed=3)
    after = said(PANGRAM, "en-us")
    assert symbols(after) == symbols(before)
    assert after.seconds == pytest.approx(before.seconds, rel=0.01)


def test_a_voice_nobody_has_is_refused() -> None:
    with pytest.raises(UnknownVoice, match="tlh"):
        next(EspeakEngine().speak(sentence("Hello."), Voice("tlh", "tlh", "", "espeak"), 1))


def test_the_library_refuses_a_voice_it_would_silently_ignore() -> None:
    with pytest.raises(UnknownVoice, match="no/such"):
        espeak_library().synthesise("Hello.", "no/such", 175, len)


def test_threads_do_not_mix_their_sentences() -> None:
    texts = [f"Sentence number {number}." for number in range(8)]
    alone = [symbols(said(text, "de")) for text in texts]
    together: dict[str, str] = {}
    threads = [
        threading.Thread(target=lambda text=text: together.update({text: symbols(said(text, "de"))})) for text in texts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[text] for text in texts] == alone


def test_what_the_listener_raises_comes_out_and_the_voice_goes_on() -> None:
    before = said(PANGRAM)

    def interrupt(_: bytes) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        espeak_library().synthesise(PANGRAM, "gmw/en-US", 175, interrupt)
    assert symbols(said(PANGRAM)) == symbols(before)


def test_stretched_sound_keeps_its_pitch() -> None:
    library = espeak_library()
    stretched = memoryview(library.stretched(tone(22_050, rate=22_050), 1.5)).cast("h")
    assert len(stretched) == 33_075
    crossings = sum(one < 0 <= other for one, other in pairwise(stretched))
    assert crossings == pytest.approx(200 * 1.5, abs=5)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can shorten a path through /proc")
def test_a_deep_installation_is_no_obstacle(tmp_path: Path) -> None:
    import espeakng_loader

    deep = tmp_path / ("d" * 120) / ("e" * 120)
    deep.mkdir(parents=True)
    (deep / "espeak-ng-data").symlink_to(espeakng_loader.get_data_path())
    script = (
        "import sys; from halfgig.tts.espeak.library import EspeakLibrary\n"
        "EspeakLibrary(sys.argv[1]).synthesise('Hello', 'gmw/en-US', 175, lambda sound: print(len(sound)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(deep / "espeak-ng-data")], capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.returncode) == ("", 0)
    assert sum(map(int, done.stdout.split())) > 20_000

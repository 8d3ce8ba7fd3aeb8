# ruff: noqa: RUF001 - letters of the IPA look like others
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.errors import BadSetting
from halfgig.text.markup import phonemes_as_text
from halfgig.text.sentences import sentences
from halfgig.tts.kokoro.g2p.alphabet import ids_of, within
from halfgig.tts.kokoro.g2p.dictionary import DIALECTS
from halfgig.tts.kokoro.g2p.foreign import ESPEAK_VOICES
from halfgig.tts.kokoro.g2p.front_end import FrontEnd, dictionary_path
from tests.support.shared import shared
from tests.tts.kokoro.g2p.worlds import VOCABULARY, written_dictionary

languages = st.sampled_from(["en-us", "en-gb", *ESPEAK_VOICES])
typed = st.text(st.sampled_from("abcdeghiorstuéñçğß'’-–—.,!?…()[]/:;*_ \n123$€%&@çãõüあ好\u0301"), max_size=60)


@pytest.fixture(scope="module")
def front_end(tmp_path_factory: pytest.TempPathFactory) -> FrontEnd:
    folder = tmp_path_factory.mktemp("model")
    for language in DIALECTS:
        path = dictionary_path(folder, language)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(written_dictionary(folder).read_bytes())
    return FrontEnd(VOCABULARY, folder)


def said(front_end: FrontEnd, text: str, language: str) -> str:
    """Return the phonemes of all chunks of a text."""
    chunks = (chunk for sentence in sentences(text, language) for chunk in front_end.chunks(sentence, language))
    return " ".join(chunk.phonemes for chunk in chunks)


@pytest.mark.parametrize(
    ("language", "text", "phonemes"),
    [
        ("en-us", "memory", "mˈɛməɹi"),
        ("en-us", "natural Boeing", "nˈæʧəɹəl bˈOɪŋ"),
        ("en-gb", "Boeing here", "bˈQɪŋ hˈɪə"),
        ("es", "¿Qué tal, muchacho?", "kˈe tˈal, muʧˈaʧo?"),
        ("fr", "Les amis.", "lez amˈi."),
        ("it", "Ciao ragazzi!", "ʧˈao raɡˈaʦːɪ!"),
        ("pt-br", "Muito bem.", "mwˈiŋtʊ bˈAŋ."),
        ("hi", "नमस्ते दुनिया।", "nəmˈʌsteː dˈʊnɪjˌaː."),
    ],
)
def test_espeaks_phonemes_are_put_into_kokoros_letters(
    front_end: FrontEnd, language: str, text: str, phonemes: str
) -> None:
    assert said(front_end, text, language).replace("ᵊl", "əl") == phonemes


@given(languages, st.one_of(typed, st.text(max_size=60)), st.integers(1, 510))
def test_no_symbol_outside_the_vocabulary_leaves(front_end: FrontEnd, language: str, text: str, most: int) -> None:
    for sentence in sentences(text, language):
        for chunk in front_end.chunks(sentence, language, most):
            assert chunk.phonemes or chunk.pause_s
            assert set(chunk.phonemes) <= VOCABULARY.keys()
            assert len(ids_of(chunk.phonemes, VOCABULARY)) == len(chunk.phonemes) + 2 <= most + 2


@given(st.text(max_size=80))
def test_phonemes_given_directly_are_kept_within_the_vocabulary(front_end: FrontEnd, phonemes: str) -> None:
    try:
        text = phonemes_as_text(phonemes)
    except BadSetting:
        return
    for sentence in sentences(text):
        for chunk in front_end.chunks(sentence, "en-us"):
            assert set(chunk.phonemes) <= VOCABULARY.keys()


def test_phonemes_given_directly_stay_as_they_are(front_end: FrontEnd) -> None:
    (sentence,) = sentences(phonemes_as_text("həlˈO, wˈɜɹld!"))
    (chunk,) = front_end.chunks(sentence, "en-us")

    assert chunk.phonemes == "həlˈO, wˈɜɹld!"
    assert [word.text for word in chunk.words] == ["həlˈO", "wˈɜɹld"]


def test_words_expressed_as_several_keep_one_written_word(front_end: FrontEnd) -> None:
    (sentence,) = sentences("Tengo 23 años.", "es")
    (chunk,) = front_end.chunks(sentence, "es")

    assert [word.text for word in chunk.words] == ["Tengo", "23", "años"]
    assert chunk.text == "Tengo 23 años."


def test_words_spoken_as_one_are_shown_together(front_end: FrontEnd) -> None:
    (sentence,) = sentences("Qu'est-ce que c'est?", "fr")
    (chunk,) = front_end.chunks(sentence, "fr")

    assert " ".join(word.text for word in chunk.words) == "Qu'est-ce que c'est"


def test_the_pause_of_a_paragraph_is_kept(front_end: FrontEnd) -> None:
    first, _ = sentences("Apple.\n\nPear.")

    assert [chunk.pause_s for chunk in front_end.chunks(first, "en-us")] == [first.pause_s] != [0.0]


def test_a_pause_before_the_first_word_is_a_chunk_without_phonemes(front_end: FrontEnd) -> None:
    chunks = [chunk for sentence in sentences("[pause:2s] Apple.") for chunk in front_end.chunks(sentence, "en-us")]

    assert [(chunk.phonemes, chunk.pause_s) for chunk in chunks] == [("", 2.0), ("ˈæpᵊl.", 0.0)]


def test_a_language_kokoro_does_not_speak_is_refused(front_end: FrontEnd) -> None:
    (sentence,) = sentences("Hallo", "tlh")

    with pytest.raises(BadSetting, match='does not speak "tlh"; it speaks en-us'):
        front_end.chunks(sentence, "tlh")


def test_without_a_dictionary_english_is_read_by_espeak(tmp_path: Path) -> None:
    assert said(FrontEnd(VOCABULARY, tmp_path), "The memory of a button.", "en-us") == "ðə mˈɛməɹi əvə bˈʌtn."


def test_letters_kokoro_lacks_become_their_nearest() -> None:
    assert within("ɡɝg'ʉ\u0329", VOCABULARY) == "ɡɜɹɡˈu"


def test_these_tests_have_the_models_letters() -> None:
    config = json.loads(shared("reference/kokoro_config.json").read_text(encoding="utf-8"))

    assert config["vocab"].keys() == VOCABULARY.keys()


@pytest.mark.parametrize(
    ("tag", "language"), [("fr-CA", "fr"), ("en", "en-us"), ("en-GB", "en-gb"), ("pt", "pt-br"), ("de-AT", "de")]
)
def test_a_tag_means_the_nearest_language_that_is_spoken(front_end: FrontEnd, tag: str, language: str) -> None:
    assert front_end.language_of(tag) == language


def test_a_language_kokoro_was_not_trained_on_is_spoken_by_espeaks_phonemes_when_a_text_names_it(
    front_end: FrontEnd,
) -> None:
    assert said(front_end, "Guten Tag.", front_end.language_of("de")) == "ɡˈuːtən tˈɑːk."


def test_a_language_that_nobody_speaks_is_refused(front_end: FrontEnd) -> None:
    with pytest.raises(BadSetting, match='does not speak "xx"'):
        front_end.language_of("xx")

# ruff: noqa: RUF001 - letters of the IPA look like others
import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.errors import ExtraMissing
from halfgig.tts.kokoro.g2p.alphabet import english_symbols, foreign_symbols
from halfgig.tts.kokoro.g2p.foreign import Foreign, align_words
from halfgig.tts.kokoro.g2p.japanese import Japanese, kana_phonemes
from halfgig.tts.kokoro.g2p.mandarin import Mandarin, syllable_phonemes
from halfgig.tts.kokoro.g2p.tokens import Token

some_words = st.lists(st.text("abc", min_size=1, max_size=5), max_size=8)


@pytest.mark.parametrize(
    ("ipa", "phonemes"),
    [
        ("mˈɛmɚɹi", "mˈɛməɹi"),
        ("bˈʌʔn\u0329", "bˈʌtn"),
        ("t^ʃˈe^ɪnd^ʒ", "ʧˈAnʤ"),
        ("nˈæt^ʃɚɹə^l", "nˈæʧəɹᵊl"),
        ("ɡˈo^ʊ", "ɡˈO"),
        ("bˈɜːd", "bˈɜɹd"),
        ("(^e^n)wˈɔːtɚ(^d^e)", "wˈɔtəɹ"),
    ],
)
def test_american_words_of_espeak(ipa: str, phonemes: str) -> None:
    assert english_symbols(ipa, is_british=False) == phonemes


def test_british_words_of_espeak_keep_their_long_vowels() -> None:
    assert english_symbols("hˈi^ə bˈɜːd ɡˈə^ʊ ðˈe^ə", is_british=True) == "hˈɪə bˈɜːd ɡˈQ ðˈɛː"


def test_foreign_words_of_espeak() -> None:
    assert foreign_symbols("le-z t^ʃˈao t^s d^z (^e^n)nˈa^ɪt") == "lez ʧˈao ʦ ʣ nˈIt"


def test_words_said_one_by_one_are_shared_out_in_order() -> None:
    assert align_words([["a"], ["b", "c"], ["d"]], ["A", "B", "C", "D"]) == ["A", "B C", "D"]


def test_a_word_drawn_into_the_next_has_nothing_of_its_own() -> None:
    assert align_words([["ɛs"], ["kə"], ["sɛ"]], ["ɛskə", "sɛ"]) == ["ɛskə", "", "sɛ"]


@given(some_words.map(lambda words: [[word] for word in words]), some_words)
def test_every_spoken_word_is_given_out_once_and_in_order(alone: list[list[str]], together: list[str]) -> None:
    shares = align_words(alone or [["a"]], together)

    assert len(shares) == len(alone or [["a"]])
    assert " ".join(filter(None, shares)) == " ".join(together)


def test_pauses_and_given_phonemes_part_what_is_asked_for() -> None:
    asked: list[str] = []

    def espeak(text: str) -> str:
        asked.append(text)
        return text

    tokens = [Token(text, 0, 0) for text in ("a", "b", ",", "c")] + [Token("d", 0, 0, given="x"), Token("e", 0, 0)]

    assert Foreign(espeak).phonemes(tokens) == ["a", "b", ",", "c", "x", "e"]
    assert asked == ["a b", "c", "e"]


@pytest.mark.parametrize(
    ("pinyin", "phonemes"),
    [
        ("ni3", "ni↓"),
        ("hao3", "xau↓"),
        ("zhong1", "\uab67ʊ→ŋ"),
        ("shi4", "ʂɨ↘"),
        ("xue2", "ɕɥe↗"),
        ("yu3", "y↓"),
        ("wo3", "wo↓"),
        ("yong4", "jʊ↘ŋ"),
        ("er4", "ɚ↘"),
        ("de5", "tɤ"),
        ("you3", "jou↓"),
        ("hello", ""),
    ],
)
def test_pinyin_in_kokoros_letters(pinyin: str, phonemes: str) -> None:
    assert syllable_phonemes(pinyin) == phonemes


@pytest.mark.parametrize(
    ("kana", "phonemes"),
    [
        ("ニホンゴ", "ɲihoŋɡo"),
        ("ガッコウ", "ɡaʔkoɯ"),
        ("シャシン", "ɕaɕiɴ"),
        ("キョウ", "kʲoɯ"),
        ("スシ", "sɨɕi"),
        ("ティー", "tʲiː"),
        ("サンポ", "sampo"),
        ("ウィ", "βi"),
        ("abc", ""),
    ],
)
def test_kana_in_kokoros_letters(kana: str, phonemes: str) -> None:
    assert kana_phonemes(kana) == phonemes


@pytest.mark.parametrize(("pronouncer", "extra"), [(Japanese, "ja"), (Mandarin, "zh")])
def test_a_missing_extra_is_named(pronouncer: type[Japanese] | type[Mandarin], extra: str) -> None:
    try:
        pronouncer()
    except ExtraMissing as missing:
        assert f"pip install halfgig[{extra}]" in str(missing)  # noqa: PT017 - with the extra there is nothing to raise
    else:
        pytest.skip(f"the extra {extra} is installed here")

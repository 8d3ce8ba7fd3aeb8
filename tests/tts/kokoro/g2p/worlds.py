"""A small world for the front end: the vocabulary's letters, a dictionary of a few words, sentences."""
# ruff: noqa: RUF001 - letters of the IPA look like others

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from halfgig.text.sentences import sentences
from halfgig.tts.kokoro.g2p.dictionary import Dictionary, build_dictionary
from halfgig.tts.kokoro.g2p.english import English
from halfgig.tts.kokoro.g2p.tokens import tokens_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# The characters Kokoro 1.0 has tokens for; their numbers do not matter here.
LETTERS = (
    ';:,.!?—…"()“” \u0303ʣʥʦʨᵝ\uab67AIOQSTWYᵊabcdefhijklmnopqrstuvwxyzɑɐɒæβɔɕçɖðʤəɚɛɜɟɡɥɨɪʝɯɰŋɳɲɴøɸθœɹɾɻʁɽʂʃʈʧʊʋʌɣɤχʎʒʔ'
    "ˈˌːʰʲ↓→↗↘ᵻ"
)
VOCABULARY = {letter: number for number, letter in enumerate(LETTERS, 1)}

GOLD: dict[str, str | dict[str, str | None]] = {
    "a": "ɐ",
    "A": "ˈA",
    "am": "æm",
    "an": "ɐn",
    "apple": "ˈæpᵊl",
    "B": "bˈi",
    "eighty": "ˈAɾi",
    "F": "ˈɛf",
    "four": "fˈɔɹ",
    "had": {"DEFAULT": "hæd", "None": "hˌæd"},
    "half": "hˈæf",
    "heart": "hˈɑɹt",
    "I": "ˈI",
    "in": "ɪn",
    "it": "ɪt",
    "lead": "lˈid",
    "NASA": "nˈæsə",
    "nineteen": "nˌIntˈin",
    "pear": "pˈɛɹ",
    "pipe": "pˈIp",
    "produce": {"DEFAULT": "pɹədˈus", "NOUN": "pɹˈOdus"},
    "read": {"DEFAULT": "ɹˈid", "VBD": "ɹˈɛd", "VBN": "ɹˈɛd", "VBP": "ɹˈɛd", "ADJ": "ɹˈɛd"},
    "record": {"DEFAULT": "ɹəkˈɔɹd", "NOUN": "ɹˈɛkəɹd"},
    "the": "ði",
    "to": "tu",
    "US": {"DEFAULT": "ˌʌs", "NOUN": None},
    "U": "jˈu",
    "S": "ˈɛs",
    "used": {"DEFAULT": "jˈuzd", "VBD": "jˈust"},
    "wait": "wˈAt",
    "we": "wˌi",
    "wish": "wˈɪʃ",
    "wound": {"DEFAULT": "wˈund", "VBD": "wˈWnd", "VBN": "wˈWnd", "VBP": "wˈWnd"},
}
SILVER = {"Kokoro": "kˈOkəɹO", "pear": "pˈIɹ"}


def written_dictionary(
    folder: Path, gold: Mapping[str, object] = GOLD, silver: Mapping[str, object] = SILVER, name: str = "us"
) -> Path:
    """Build a dictionary of some words and give its file."""
    (folder / "gold.json").write_text(json.dumps(gold, ensure_ascii=False, indent=2), encoding="utf-8")
    (folder / "silver.json").write_text(json.dumps(silver, ensure_ascii=False, indent=2), encoding="utf-8")
    build_dictionary(folder / "gold.json", folder / "silver.json", folder / f"{name}.dictionary")
    return folder / f"{name}.dictionary"


def spelled_out(word: str) -> str:
    """Stand in for espeak-ng: every letter is itself."""
    return word.lower()


def said(folder: Path, text: str, *, is_british: bool = False) -> str:
    """Return a text's phonemes by the small dictionary."""
    english = English(Dictionary(written_dictionary(folder)), spelled_out, is_british=is_british)
    runs = []
    for sentence in sentences(text):
        tokens = tokens_of(sentence)
        parts = zip(tokens, english.phonemes(tokens), strict=True)
        runs.append("".join((" " if token.is_spaced else "") + phonemes for token, phonemes in parts))
    return " ".join(runs)

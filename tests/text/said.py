"""Spoken form of a text, for tests that compare nothing else."""

from halfgig.text.sentences import sentences


def said(text: str, language: str = "en-us") -> str:
    """Return the spoken form of a text, sentences separated by a space."""
    return " ".join(said_in_sentences(text, language))


def said_in_sentences(text: str, language: str = "en-us") -> list[str]:
    """Return the spoken form of each sentence of a text."""
    return [sentence.spoken for sentence in sentences(text, language)]

"""What a text sounds like, for tests that look at nothing else."""

from halfgig.text.sentences import sentences


def said(text: str, language: str = "en-us") -> str:
    """Return all that is spoken of a text, sentences parted by a space."""
    return " ".join(said_in_sentences(text, language))


def said_in_sentences(text: str, language: str = "en-us") -> list[str]:
    """Return what is spoken of a text, sentence by sentence."""
    return [sentence.spoken for sentence in sentences(text, language)]

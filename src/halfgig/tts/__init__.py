"""Text to speech: sound with phoneme and word times."""

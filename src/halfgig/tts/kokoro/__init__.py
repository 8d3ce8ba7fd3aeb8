"""Kokoro's front end: from sentences to phonemes in Kokoro's own alphabet, in chunks that its networks can take."""

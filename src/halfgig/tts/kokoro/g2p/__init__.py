"""From text to Kokoro's phonemes."""

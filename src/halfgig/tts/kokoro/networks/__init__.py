"""Kokoro-82M, computed as the original computes it, in bounded memory."""

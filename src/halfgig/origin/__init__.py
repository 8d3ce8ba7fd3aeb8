"""Provable origin: marks in sound, and finding them again."""

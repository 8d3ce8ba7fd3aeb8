"""Saved avatars: a portrait measured once, in one file from which videos are made and browsers draw."""

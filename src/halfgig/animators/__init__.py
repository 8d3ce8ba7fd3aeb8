"""Animators: they make the frames of a talking face."""

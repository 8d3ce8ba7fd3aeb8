"""Text normalization: written text to sentences of spoken words."""

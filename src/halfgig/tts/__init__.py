"""Speech: from text to sound with phoneme and word times."""

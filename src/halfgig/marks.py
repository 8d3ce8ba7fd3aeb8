"""What every file says of itself: that it is synthetic, what made it, and with which voice or model."""

_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"

ALGORITHMIC = f"{_TYPES}algorithmicMedia"
"""IPTC digital source type of what rules computed, without training data: espeak's speech."""

COMPOSITE = f"{_TYPES}compositeSynthetic"
"""IPTC digital source type of what joins given and synthetic parts: a portrait the puppet moves."""

COMPOSITE_TRAINED = f"{_TYPES}compositeWithTrainedAlgorithmicMedia"
"""IPTC digital source type of what joins given parts and those of a trained network: a portrait SadTalker moves."""

TRAINED = f"{_TYPES}trainedAlgorithmicMedia"
"""IPTC digital source type of what a trained network made."""


def speech_marks(tool_version: str, maker: str, source_type: str = ALGORITHMIC) -> dict[str, str]:
    """Give a sound file's marks, under ffmpeg's names; `maker` says who speaks: "espeak 1.52.0, voice en-us"."""
    return _marks("Synthetic speech", tool_version, maker, source_type)


def video_marks(tool_version: str, animator: str, sound: str, source_type: str = COMPOSITE) -> dict[str, str]:
    """Give a video's marks; `sound` says where its speech is from: a maker as above, or "a recording"."""
    return _marks("Synthetic talking head", tool_version, f"{animator}; sound: {sound}", source_type)


def _marks(title: str, tool_version: str, means: str, source_type: str) -> dict[str, str]:
    # A WAV file keeps only title and comment: the comment holds all of it, in words.
    return {
        "title": title,
        "comment": f"{title}, made by halfgig {tool_version} with {means}. Digital source type: {source_type}",
        "software": f"halfgig {tool_version}",
        "digital_source_type": source_type,
    }

from halfgig.media.provenance import ALGORITHMIC, COMPOSITE, TRAINED, speech_metadata, video_metadata


def test_speech_says_what_made_it() -> None:
    comment = speech_metadata("0.1.0", "espeak 1.52.0, voice en-us")["comment"]
    assert all(part in comment for part in ("halfgig 0.1.0", "espeak 1.52.0", "en-us", ALGORITHMIC))


def test_a_trained_voice_is_marked_as_trained() -> None:
    assert speech_metadata("0.1.0", "kokoro 1.0, voice af_heart", TRAINED)["digital_source_type"] == TRAINED


def test_a_moved_portrait_is_marked_as_composite() -> None:
    marks = video_metadata("0.1.0", "puppet", "espeak 1.52.0, voice en-us")
    assert marks["digital_source_type"] == COMPOSITE
    assert "puppet" in marks["comment"]

"""SadTalker's own options: names, defaults, bounds and help, declared once."""

from dataclasses import dataclass

from halfgig.errors import BadSetting
from halfgig.requests import VideoRequest, option

MODES = ("full", "crop", "extcrop", "resize", "extfull")
"""The preprocessing modes, the default first; `face.crop` explains each."""

FPS = 25.0
"""Frames per second, the only rate SadTalker's networks were trained for."""

FARTHEST = 90
"""Largest angle in degrees; beyond it no face is visible."""

MOST_STOPS = 100
"""Most angles in a list."""


def _angles(text: str, *aliases: str, name: str) -> tuple[float, ...]:
    angles: tuple[float, ...] = option(
        (),
        f"turn the head {text} through these angles, at constant speed",
        refusal=f"a {name} of {{value:g}} degrees cannot be seen; give angles from {{least}} to {{most}}",
        least=-FARTHEST,
        most=FARTHEST,
        most_items=MOST_STOPS,
        metavar="DEGREES",
        aliases=aliases,
    )
    return angles


@dataclass(frozen=True, slots=True)
class SadTalkerOptions:
    """How SadTalker moves a face."""

    preprocess: str = option(
        MODES[0],
        "what is animated and shown: full (the face, in its picture), crop (only the face), resize (the whole "
        "picture), extcrop and extfull (with more around the face)",
        choices=MODES,
        metavar="MODE",
    )
    """Which part of the picture is animated and shown: one of `MODES`."""
    still: bool = option(False, "keep the head in the portrait's pose; face and eyes move")
    """Whether the head keeps the portrait's pose while face and eyes move."""
    pose_style: int = option(
        0,
        "one of 46 styles of head movement",
        refusal="there is no pose style {value!r}; styles are the whole numbers {least} to {most}",
        least=0,
        most=45,
        metavar="N",
        aliases=("--pose_style",),
    )
    """One of the 46 ways to move a head that SadTalker was trained with."""
    expression_scale: float = option(
        1.0,
        "strength of the expression; larger values distort the face",
        refusal="an expression scale of {value:g} cannot be; give a number from {least:g} to {most:g}",
        least=0.0,
        most=3.0,
        metavar="X",
        aliases=("--expression_scale",),
    )
    """Factor on the expression, 0 to 3; with larger factors faces come apart."""
    blink: bool = option(True, "let the eyes blink")
    """Whether the eyes blink at random."""
    yaw: tuple[float, ...] = _angles("to the side", "--input_yaw", name="yaw")
    """Angles in degrees to the side that the head passes at constant speed; empty: as predicted from the audio."""
    pitch: tuple[float, ...] = _angles("up and down", "--input_pitch", name="pitch")
    """The same up and down."""
    roll: tuple[float, ...] = _angles("towards a shoulder", "--input_roll", name="roll")
    """The same towards a shoulder."""
    reference_blink: str = option(
        "",
        "a film of a face; its blinks and resting expression are used",
        metavar="FILM",
        aliases=("--ref_eyeblink",),
        is_file=True,
    )
    """A film of a face whose blinks and resting expression are used; empty: none."""
    reference_pose: str = option(
        "", "a film of a face; its head movements are added", metavar="FILM", aliases=("--ref_pose",), is_file=True
    )
    """A film of a face whose head movements are added; empty: none."""
    follow: bool = option(False, "the recording is a film; the portrait imitates everything its face does")
    """Whether the recording is a film whose face is imitated in everything it does."""


NOT_YET = {
    "--enhancer": "face enhancement (GFPGAN, RestoreFormer) is not there yet; the frames are SadTalker's own",
    "--background_enhancer": "background enhancement (Real-ESRGAN) is not there yet; a larger --size is made smoothly",
    "--face3dvis": "the video of the 3D face needs a model of another licence and is not there; leave it out",
    "--batch_size": "frames are rendered one by one, which takes the least memory and gives the same; leave it out",
    "--old_version": "the checkpoints of SadTalker's first version are not read; leave it out",
    "--network-size": "SadTalker's network for 512 pixels is not there yet; the one for 256 draws frames of any --size",
}
"""Upstream's options that are refused, with the reason."""


def check(request: VideoRequest) -> None:
    """Raise `BadSetting` for a request that SadTalker cannot fulfil."""
    if request.fps != FPS:
        raise BadSetting(f"SadTalker moves a face at {FPS:g} frames a second, not at {request.fps:g}; leave fps out")
    if SadTalkerOptions(**request.options).follow and not request.audio:
        raise BadSetting("there is nothing to follow; give the film of a face as the recording, or leave follow out")

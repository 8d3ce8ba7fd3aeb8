"""SadTalker's options on the command line, under their own names and upstream's."""

import argparse
from pathlib import Path
from typing import Any

from halfgig.errors import BadSetting
from halfgig.requests import MODES, MOST_EXPRESSION, STYLES, SadTalkerOptions

NOT_YET = {
    "--enhancer": "face enhancement (GFPGAN, RestoreFormer) is not there yet; the frames are SadTalker's own",
    "--background_enhancer": "background enhancement (Real-ESRGAN) is not there yet; a larger --size is made smoothly",
    "--face3dvis": "the video of the 3D face needs a model of another licence and is not there; leave it out",
    "--batch_size": "frames are rendered one by one, which takes the least memory and gives the same; leave it out",
    "--old_version": "the checkpoints of SadTalker's first version are not read; leave it out",
    "--network-size": "SadTalker's network for 512 pixels is not there yet; the one for 256 draws frames of any --size",
}
"""Options of upstream's that are known and refused, with the reason."""


class _Refused(argparse.Action):
    """Refuse an option with its reason."""

    def __call__(self, _parser: Any, _namespace: Any, _values: Any, option_string: str | None = None) -> None:
        raise BadSetting(f"{option_string}: {NOT_YET[option_string or '']}")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add SadTalker's options to a command."""
    group = parser.add_argument_group("with --animator sadtalker")
    group.add_argument(
        "--preprocess",
        metavar="MODE",
        default=MODES[0],
        help="what is animated and shown: full (the face, in its picture), crop (the face alone), resize (all of the "
        "picture), extcrop and extfull (with more around the face) (default: %(default)s)",
    )
    group.add_argument("--still", action="store_true", help="keep the head as it is; face and eyes move")
    group.add_argument(
        *("--pose-style", "--pose_style"),
        metavar="N",
        type=int,
        default=0,
        help=f"one of {STYLES} ways to move the head, 0 to {STYLES - 1} (default: 0)",
    )
    group.add_argument(
        *("--expression-scale", "--expression_scale"),
        metavar="X",
        type=float,
        default=1.0,
        help=f"times the usual expression, 0 to {MOST_EXPRESSION:g} (default: 1)",
    )
    group.add_argument("--no-blink", dest="blink", action="store_false", help="do not let the eyes blink")
    for name, way in (("yaw", "to the side"), ("pitch", "up and down"), ("roll", "towards a shoulder")):
        group.add_argument(
            *(f"--{name}", f"--input_{name}"),
            metavar="DEGREES",
            dest=name,
            type=float,
            nargs="+",
            default=(),
            help=f"turn the head {way} through these angles, at an even pace",
        )
    group.add_argument(
        "--follow", action="store_true", help="--audio is a film, and the face in it is followed in all it does"
    )
    _add_films(group)


def _add_films(group: Any) -> None:
    for name, what in (("blink", "eyes and resting expression are taken"), ("pose", "head movements are added")):
        old = "--ref_eyeblink" if name == "blink" else "--ref_pose"
        group.add_argument(
            *(f"--reference-{name}", old),
            metavar="FILM",
            dest=f"reference_{name}",
            type=Path,
            help=f"a film of a face whose {what}",
        )
    for name in NOT_YET:
        group.add_argument(name, nargs="?", action=_Refused, help=argparse.SUPPRESS)


def options_from(given: argparse.Namespace) -> SadTalkerOptions:
    """Read them from a parsed command line."""
    return SadTalkerOptions(
        preprocess=given.preprocess,
        still=given.still,
        pose_style=given.pose_style,
        expression_scale=given.expression_scale,
        blink=given.blink,
        yaw=tuple(given.yaw),
        pitch=tuple(given.pitch),
        roll=tuple(given.roll),
        reference_blink=given.reference_blink,
        reference_pose=given.reference_pose,
        follow=given.follow,
    )

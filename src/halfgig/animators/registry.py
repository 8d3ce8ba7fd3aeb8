"""Registry of animators, the default one first; plugins add theirs."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from halfgig.animators.puppet.spec import SPEC as PUPPET
from halfgig.animators.sadtalker.spec import SPEC as SADTALKER
from halfgig.errors import BadSetting
from halfgig.requests import check_background, check_options
from halfgig.settings import load_plugins
from halfgig.text.label import checked_label

if TYPE_CHECKING:
    from halfgig.animators.base import AnimatorSpec
    from halfgig.requests import VideoRequest

_specs: dict[str, AnimatorSpec] = {spec.name: spec for spec in (PUPPET, SADTALKER)}


def register(spec: AnimatorSpec) -> None:
    """Add an animator, replacing any of the same name."""
    _specs[spec.name] = spec


def animators() -> tuple[AnimatorSpec, ...]:
    """Return all specs, the default animator's first."""
    load_plugins()
    return tuple(_specs.values())


def animator(name: str) -> AnimatorSpec:
    """Return the spec of an animator. Raises `BadSetting` with the known names if there is none."""
    load_plugins()
    if name not in _specs:
        raise BadSetting(f"there is no animator {name!r:.80}; choose one of: {', '.join(_specs)}")
    return _specs[name]


def check_request(request: VideoRequest) -> AnimatorSpec:
    """Check a request without reading its files, and return the spec of its animator. Raises `BadSetting`."""
    check_options(request)
    check_background(request)
    checked_label(request.label)
    spec = animator(request.animator)
    wants = {"background": request.background or request.background_picture, "aspect": request.aspect}
    for name in (each for each, value in wants.items() if value and not spec.composes):
        raise BadSetting(f"{spec.title} keeps the portrait's own {name}; leave {name} out, or choose the puppet")
    known = _option_names(spec)
    for name in (each for each in request.options if each not in known):
        owner = next((each for each in animators() if name in _option_names(each)), None)
        whose = f"it is {owner.title}'s; leave it out, or choose {owner.name}" if owner else "leave it out"
        raise BadSetting(f"{spec.title} knows no {name.replace('_', ' ')}: {whose}")
    if request.track and not spec.track:
        raise BadSetting(f"{spec.title} moves by no blendshapes, so there is no track; leave it out, or choose puppet")
    check_options(spec.options(request))
    spec.check(request)
    return spec


def _option_names(spec: AnimatorSpec) -> set[str]:
    return {each.name for each in fields(spec.options_type)}

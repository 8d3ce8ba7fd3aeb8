"""All settings in one table, read from the environment and checked."""

import functools
import importlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from halfgig.errors import BadSetting
from halfgig.resources.limits import parse_size
from halfgig.settings.addresses import database_address, hosts, listed, networks, origins, store_address
from halfgig.settings.values import (
    existing_file,
    folder_path,
    not_negative,
    pem,
    positive,
    revision,
    web_address,
    whole_number,
    yes_or_no,
)
from halfgig.text.label import LONGEST_LABEL, checked_label

PREFIX = "HALFGIG_"
"""Prefix of halfgig's own variables; an unknown variable with it is refused."""

INSTALLATION = "installation"
"""Name of the file in DATA_DIR with this installation's number."""

SIGNING, CHAIN = "signing", "chain.pem"
"""Names of the folder in DATA_DIR with this installation's key, and of the file there with its certificate."""


SESSION_CHARACTERS = 50_000
"""Default of the setting, and what tokens of earlier versions may speak: about an hour."""


def default_data_dir(environment: Mapping[str, str] | None = None) -> Path:
    """Return the data folder used if DATA_DIR is not set: halfgig in the user's XDG data home."""
    environment = os.environ if environment is None else environment
    home = environment.get("XDG_DATA_HOME", "")
    return (Path(home) if home.startswith("/") else Path("~/.local/share").expanduser()) / "halfgig"


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings passed to cells: the limits of their input, and the face detector."""

    max_text_mb: float = 2.0
    """Longest text, in MB of UTF-8."""
    max_picture_mb: float = 32.0
    """Largest picture file, in MB."""
    max_picture_megapixels: float = 40.0
    """Largest picture, in millions of pixels."""
    max_sound_minutes: float = 240.0
    """Longest recording, in minutes."""
    yunet: Path | None = None
    """A file of the face detector YuNet; None: the one that is shipped."""
    lexicon: Path | None = None
    """The operator's lexicon; None: there is none."""
    installation: Path | None = None
    """The file of the number that the marks carry, made when it is missing; None: no marks."""
    marks_sound: bool = True
    """Whether speech is marked."""
    marks_pictures: bool = True
    """Whether the pictures of videos are marked."""
    anchors: tuple[Path, ...] = ()
    """Files of certificates, in PEM, whose signatures in checked files are known."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The operator's settings; environment variables have the same names in capitals."""

    memory_limit: int | None = None
    """Memory for all processes together, such as `512M`, in bytes; unset: what the host allows."""
    face_detector: Path | None = None
    """A file of the face detector YuNet (face_detection_yunet_*.onnx); unset: the one that is shipped."""
    lexicon: Path | None = None
    """The file of words and how they are said, for every text; a lexicon that comes with a request goes first."""
    max_text_mb: float = 2.0
    """Longest text, in MB of UTF-8."""
    max_picture_mb: float = 32.0
    """Largest picture file, in MB."""
    max_picture_megapixels: float = 40.0
    """Largest picture, in millions of pixels."""
    max_sound_minutes: float = 240.0
    """Longest recording, in minutes."""
    idle_seconds: float = 60.0
    """How long an idle cell with a loaded network is kept, in seconds; 0: not at all."""
    data_dir: Path = field(default_factory=default_data_dir)
    """Folder of models and the server's data; unset: halfgig in the user's data folder."""
    store_url: str = ""
    """Where the files of videos and avatars are kept: s3://bucket/prefix or file:///folder; unset: in DATA_DIR."""
    hub_mirror: str = ""
    """URL of a mirror to download models from instead of the Hugging Face hub."""
    hub_revision: str = ""
    """Branch, tag or commit of the hub's repositories; unset: the commit that this version was made for."""
    github_mirror: str = ""
    """URL of a mirror to download GitHub's releases from, with the same paths as GitHub."""
    bind: str = "127.0.0.1"
    """Address the server listens on; 0.0.0.0: all interfaces."""
    port: int = 8000
    """Port the server listens on."""
    workers: int = 1
    """Number of web processes; unset: WEB_CONCURRENCY, else 1.  They load no models, so one is usually enough."""
    preload: bool = True
    """Load the web program once and share its memory between the web processes."""
    warm: tuple[str, ...] = ()
    """Models to load when the server starts, such as `kokoro`; unset: at their first use."""
    run_dir: Path | None = None
    """Folder of the server's socket, memory state and log; unset: server/run in DATA_DIR."""
    api_keys: tuple[str, ...] = ()
    """API keys, separated by commas; each request must carry one of them; unset: no key is needed."""
    rate_per_minute: float = 0.0
    """Requests per minute for each key, or for each address if there are no keys; 0: no limit."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks of proxies whose X-Forwarded-For is believed, separated by commas; unset: nobody's."""
    cors_origins: tuple[str, ...] = ()
    """Origins whose pages may call the API, separated by commas; unset: only the server's own pages."""
    avatar_origins: tuple[str, ...] = ()
    """Origins whose pages may use avatars with a session's token, separated by commas; *: any; unset: none."""
    allowed_hosts: tuple[str, ...] = ()
    """Names by which a server without keys may be called, in addition to localhost and its own."""
    max_input_characters: int = 100_000
    """Longest text of a request to the server, in characters."""
    session_characters: int = SESSION_CHARACTERS
    """Characters that a session's token may speak in all, where it was made without `max_characters`."""
    max_sound_mb: float = 100.0
    """Largest uploaded recording, in MB."""
    max_streams: int = 8
    """Number of speech requests processed at the same time; more wait in the queue."""
    max_queue: int = 32
    """Number of speech requests, and of one client's videos, that may wait; further ones are refused with 429."""
    max_video_minutes: float = 480.0
    """Longest video of a request, in minutes of 512 pixels and 25 frames a second; more of either counts more."""
    max_queued_minutes: float = 960.0
    """Length of all videos of one client that wait or are made, in the same minutes."""
    slow_client_seconds: float = 60.0
    """Idle timeout for clients that neither send nor receive, in seconds."""
    drain_seconds: float = 25.0
    """How long running requests may continue after SIGTERM, in seconds; hosts kill after 30."""
    keep_hours: float = 24.0
    """How long a finished video is kept, in hours."""
    keep_mb: float = 1024.0
    """Disk space for all finished videos, in MB; the oldest are deleted first."""
    max_avatars: int = 100
    """Number of avatars that each key may save, or all clients together if there are no keys."""
    avatars_mb: float = 512.0
    """Disk space for all saved avatars, in MB; they are never removed by themselves."""
    plugins: tuple[str, ...] = ()
    """Python modules that register animators or speech engines when imported, separated by commas."""
    cache_mb: float = 64.0
    """Disk space for the cache of measured faces and spoken sentences, in MB; 0: no cache."""
    stand_back: bool = True
    """Run cells that render at a low priority; false: they compete with other processes as equals."""
    database_url: str = field(default="", repr=False)
    """Address of a Postgres database that several nodes share, with user and password; unset: SQLite in DATA_DIR."""
    roles: tuple[str, ...] = ()
    """What this node's worker does of speech, puppet and sadtalker, separated by commas; unset: all of it."""
    sound_mark: bool = True
    """Mark speech as synthetic, inaudibly, so that copies of it can be recognised."""
    c2pa: bool = True
    """Sign finished files: a C2PA manifest says how each was made."""
    signing_cert: str = ""
    """Certificate that signs files, then its authorities, in PEM or in a file; unset: one is made at first use."""
    signing_key: str = field(default="", repr=False)
    """Its private key, in PEM or in a file."""
    signing_command: str = ""
    """Command that signs instead of a key: bytes on its standard input, their signature on its standard output."""
    timestamp_url: str = ""
    """Address of a service of time stamps (RFC 3161) for signatures; unset: none is asked."""
    trust_anchors: Path | None = None
    """File of certificates in PEM: files that they signed are known to halfgig verify."""
    picture_mark: bool = True
    """Mark the pictures of videos as synthetic, invisibly, so that copies of them can be recognised."""
    label: str = ""
    """Text in a corner of the pictures of videos that ask for none, such as `AI-generated`; unset: none."""

    @property
    def limits(self) -> Limits:
        """The settings that are passed to cells."""
        return Limits(
            self.max_text_mb,
            self.max_picture_mb,
            self.max_picture_megapixels,
            self.max_sound_minutes,
            self.face_detector,
            self.lexicon,
            self.data_dir / INSTALLATION if self.sound_mark or self.picture_mark else None,
            self.sound_mark,
            self.picture_mark,
            (self.data_dir / SIGNING / CHAIN, *([self.trust_anchors] if self.trust_anchors else [])),
        )


READERS: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "memory_limit": (parse_size, "a size such as 512M or 1G"),
    "face_detector": (existing_file, "the path of a YuNet file that exists, or unset"),
    "lexicon": (existing_file, "the path of a lexicon that exists, or unset"),
    "max_text_mb": (positive, "a number above 0"),
    "max_picture_mb": (positive, "a number above 0"),
    "max_picture_megapixels": (positive, "a number above 0"),
    "max_sound_minutes": (positive, "a number above 0"),
    "idle_seconds": (not_negative, "a number, 0 or above"),
    "data_dir": (folder_path, "the path of a folder, from / or ~"),
    "store_url": (store_address, "s3://BUCKET, s3://BUCKET/PREFIX or file:///FOLDER, without credentials"),
    "hub_mirror": (web_address, "a URL that begins with http:// or https://"),
    "hub_revision": (revision, "a branch, tag or commit"),
    "github_mirror": (web_address, "a URL that begins with http:// or https://"),
    "bind": (str.strip, "an address of this machine, or 0.0.0.0"),
    "port": (whole_number(1, 65535), "a number from 1 to 65535"),
    "workers": (whole_number(1, 64), "a whole number from 1 to 64"),
    "preload": (yes_or_no, "true or false"),
    "warm": (listed, "names of models, separated by commas"),
    "run_dir": (folder_path, "the path of a folder, from / or ~"),
    "api_keys": (listed, "keys, separated by commas"),
    "rate_per_minute": (not_negative, "a number, 0 or above"),
    "trusted_proxies": (networks, "addresses or networks such as 10.0.0.0/8, separated by commas"),
    "cors_origins": (listed, "origins such as https://example.com, separated by commas"),
    "avatar_origins": (origins, "origins such as https://example.com, separated by commas, or *"),
    "allowed_hosts": (hosts, "names such as studio.example or *.example.com, separated by commas, or *"),
    "max_input_characters": (whole_number(1, 10_000_000), "a whole number above 0"),
    "session_characters": (whole_number(1, 10_000_000), "a whole number above 0"),
    "max_sound_mb": (positive, "a number above 0"),
    "max_streams": (whole_number(1, 64), "a whole number from 1 to 64"),
    "max_queue": (whole_number(0, 10_000), "a whole number from 0 to 10000"),
    "max_video_minutes": (positive, "a number above 0"),
    "max_queued_minutes": (positive, "a number above 0"),
    "slow_client_seconds": (positive, "a number above 0"),
    "drain_seconds": (not_negative, "a number, 0 or above"),
    "keep_hours": (positive, "a number above 0"),
    "keep_mb": (positive, "a number above 0"),
    "max_avatars": (whole_number(0, 10_000), "a whole number from 0 to 10000"),
    "avatars_mb": (not_negative, "a number, 0 or above"),
    "plugins": (listed, "names of Python modules, separated by commas"),
    "cache_mb": (not_negative, "a number, 0 or above"),
    "stand_back": (yes_or_no, "true or false"),
    "database_url": (database_address, "an address such as postgresql://user:password@host:5432/name"),
    "roles": (listed, "speech, puppet or sadtalker, separated by commas"),
    "sound_mark": (yes_or_no, "true or false"),
    "c2pa": (yes_or_no, "true or false"),
    "signing_cert": (pem, "certificates in PEM, or the path of a file with them"),
    "signing_key": (pem, "a private key in PEM, or the path of a file with it"),
    "signing_command": (str.strip, "a command"),
    "timestamp_url": (web_address, "a URL that begins with http:// or https://"),
    "trust_anchors": (existing_file, "the path of a file that exists, or unset"),
    "picture_mark": (yes_or_no, "true or false"),
    "label": (checked_label, f"up to {LONGEST_LABEL} characters of ASCII"),
}
"""For each setting, the parser of its text and a description of valid values."""


SECRETS = ("api_keys", "database_url", "signing_key", "store_url")
"""Settings whose values are never told."""

STAND_INS = {"workers": "WEB_CONCURRENCY"}
"""Variables of hosting services that replace a setting that is not set."""


def _variable(environment: Mapping[str, str], name: str) -> str:
    own = environment.get(PREFIX + name.upper(), "") or environment.get(name.upper(), "")
    return own or environment.get(STAND_INS.get(name, ""), "")


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = [PREFIX + each.name.upper() for each in fields(Settings)]
    for variable in environment:
        if variable.startswith(PREFIX) and variable not in known:
            import difflib

            near = difflib.get_close_matches(variable, known, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            raise BadSetting(f"there is no setting {variable}{hint}; settings are: {', '.join(known)}")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from environment variables, with or without the `HALFGIG_` prefix.

    Raises `BadSetting` for a value out of range and for an unknown variable with the prefix.
    """
    environment = os.environ if environment is None else environment
    _refuse_unknown(environment)
    values: dict[str, Any] = {}
    for name, (reader, expected) in READERS.items():
        if text := _variable(environment, name):
            try:
                values[name] = reader(text)
            except (ValueError, KeyError, OSError, BadSetting):
                shown = "not right" if name in SECRETS else f"{text!r:.200}"
                raise BadSetting(f"{name.upper()} is {shown}; it must be {expected}") from None
    return Settings(**values)


@functools.cache
def load_plugins() -> None:
    """Import the modules that PLUGINS names, once; they register their animators and speech engines.

    Raises `BadSetting` for a module that cannot be imported.
    """
    for name in listed(_variable(os.environ, "plugins")):
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise BadSetting(f"PLUGINS names {name!r:.200}, which cannot be imported ({error}); install it") from error

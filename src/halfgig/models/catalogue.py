"""Models that can be pulled: their published files, checksums and build functions."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Literal

from halfgig.errors import UnknownModel, UnknownVoice


@dataclass(frozen=True, slots=True)
class Repository:
    """A place where files are published, at one revision."""

    host: Literal["hub", "github", "lfs", "release"]
    """The Hugging Face hub, or GitHub: raw files, git-lfs files, or the files of a release."""
    name: str
    """Owner and repository: "hexgrad/Kokoro-82M"."""
    revision: str
    """Commit, branch or release for which the checksums are valid."""


@dataclass(frozen=True, slots=True)
class Source:
    """One published file."""

    repository: Repository
    path: str
    """Path in the repository."""
    size: int
    """Approximate size in bytes, for progress and the check for free space."""
    sha256: str = ""
    """Checksum at the repository's revision; empty: use the checksum that the hub states."""
    saved_as: str = ""
    """Path in the build's source folder; empty: same as `path`."""
    part: str = ""
    """Voice the file belongs to; empty: every build needs the file."""
    optional: bool = False
    """Whether a local folder may lack the file; `without` describes the consequence."""
    without: str = ""
    """What a model built without the file does instead, as shown to the user."""
    also: Repository | None = None
    """Second repository with the same file under the same name, used if the first one fails."""

    @property
    def place(self) -> str:
        """Path in the build's source folder."""
        return self.saved_as or self.path


@dataclass(frozen=True, slots=True)
class Model:
    """A model: its published files and how to build it."""

    name: str
    """Name used in commands."""
    title: str
    """Description shown to the user."""
    sources: tuple[Source, ...]
    build: str
    """ "module:function" taking (source folder, output folder, event callback); runs in a cell."""
    build_mb: int
    """Memory budget of the build cell, in MB."""
    built_size: int
    """Approximate size of the built model on disk, in bytes."""
    extend: str = ""
    """Same as `build`, for adding voices to a built model; empty: rebuild the model."""
    trial: str = ""
    """ "module:function" taking the built folder: computes something in a cell of `build_mb`, yields events, and raises
    `NotFinite` if the model computes no numbers; empty: only checksums are verified."""
    licence: str = "Apache-2.0"
    engine: str = ""
    """Speech engine whose networks it is for; empty: no speech engine's."""
    language: str = ""
    """BCP 47 tag of the language of all its voices; empty: the names of the voices tell."""
    language_name: str = ""
    """The language for the user: "German"."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Voices that can be fetched individually."""
        return tuple(source.part for source in self.sources if source.part)

    def choose(self, parts: tuple[str, ...]) -> tuple[Source, ...]:
        """Return the files of every build and of the named voices (default: all voices).

        Raises UnknownVoice for a name that is not published.
        """
        for part in parts:
            if not self.parts:
                raise UnknownVoice(f"{self.name} has no voices; leave out --voice")
            if part not in self.parts:
                near = difflib.get_close_matches(part, self.parts, n=3, cutoff=0.4) or list(self.parts[:3])
                raise UnknownVoice(f"{self.name} has no voice {part!r}; the nearest are {', '.join(near)}")
        return tuple(source for source in self.sources if not source.part or not parts or source.part in parts)


KOKORO = Repository("hub", "hexgrad/Kokoro-82M", "f3ff3571791e39611d31c381e3a41a3af07b4987")
MISAKI = Repository("github", "hexgrad/misaki", "e820629b96334db28227df37f280e4836d46fadb")  # version 0.9.4

CHECKPOINT = Source(
    KOKORO,
    "kokoro-v1_0.pth",
    327_212_226,
    "496dba118d1a58f5f3db2efc88dbdc216e0483fc89fe6e47ee1f2c53f18ad1e4",
)
CONFIG = Source(KOKORO, "config.json", 2_351, "5abb01e2403b072bf03d04fde160443e209d7a0dad49a423be15196b9b43c17f")
"""Kokoro's vocabulary, which other checkpoints for its networks share."""

_KOKORO_BUILD = "halfgig.tts.kokoro.assemble:assemble"
_KOKORO_TRIAL = "halfgig.tts.kokoro.assemble:try_out"
_KOKORO_TRIAL = "halfgig.tts.kokoro.assemble:try_out"

VOICE_BYTES = 523_425

VOICE_SHA256 = {
    "af_alloy": "6d877149dd8b348fbad12e5845b7e43d975390e9f3b68a811d1d86168bef5aa3",
    "af_aoede": "c03bd1a4c3716c2d8eaa3d50022f62d5c31cfbd6e15933a00b17fefe13841cc4",
    "af_bella": "8cb64e02fcc8de0327a8e13817e49c76c945ecf0052ceac97d3081480e8e48d6",
    "af_heart": "0ab5709b8ffab19bfd849cd11d98f75b60af7733253ad0d67b12382a102cb4ff",
    "af_jessica": "cdfdccb8cc975aa34ee6b89642963b0064237675de0e41a30ae64cc958dd4e87",
    "af_kore": "8bfbc512321c3db49dff984ac675fa5ac7eaed5a96cc31104d3a9080e179d69d",
    "af_nicole": "c5561808bcf5250fe8c5f5de32caf2d94f27e57e95befdb098c5c85991d4c5da",
    "af_nova": "e0233676ddc21908c37a1f102f6b88a59e4e5c1bd764983616eb9eda629dbcd2",
    "af_river": "e149459bd9c084416b74756b9bd3418256a8b839088abb07d463730c369dab8f",
    "af_sarah": "49bd364ea3be9eb3e9685e8f9a15448c4883112a7c0ff7ab139fa4088b08cef9",
    "af_sky": "c799548aed06e0cb0d655a85a01b48e7f10484d71663f9a3045a5b9362e8512c",
    "am_adam": "ced7e284aba12472891be1da3ab34db84cc05cc02b5889535796dbf2d8b0cb34",
    "am_echo": "8bcfdc852bc985fb45c396c561e571ffb9183930071f962f1b50df5c97b161e8",
    "am_eric": "ada66f0eefff34ec921b1d7474d7ac8bec00cd863c170f1c534916e9b8212aae",
    "am_fenrir": "98e507eca1db08230ae3b6232d59c10aec9630022d19accac4f5d12fcec3c37a",
    "am_liam": "c82550757ddb31308b97f30040dda8c2d609a9e2de6135848d0a948368138518",
    "am_michael": "9a443b79a4b22489a5b0ab7c651a0bcd1a30bef675c28333f06971abbd47bd37",
    "am_onyx": "e8452be16cd0f6da7b4579eaf7b1e4506e92524882053d86d72b96b9a7fed584",
    "am_puck": "dd1d8973f4ce4b7d8ae407c77a435f485dabc052081b80ea75c4f30b84f36223",
    "am_santa": "7f2f7582fa2b1f160e90aafe6d0b442a685e773608b6667e545d743b073e97a7",
    "bf_alice": "d292651b6af6c0d81705c2580dcb4463fccc0ff7b8d618a471dbb4e45655b3f3",
    "bf_emma": "d0a423deabf4a52b4f49318c51742c54e21bb89bbbe9a12141e7758ddb5da701",
    "bf_isabella": "cdd4c37003805104d1d08fb1e05855c8fb2c68de24ca6e71f264a30aaa59eefd",
    "bf_lily": "6e09c2e481e2d53004d7e5ae7d3a325369e130a6f45c35a6002de75084be9285",
    "bm_daniel": "fc3fce4e9c12ed4dbc8fa9680cfe51ee190a96444ce7c3ad647549a30823fc5d",
    "bm_fable": "d44935f3135257a9064df99f007fc1342ff1aa767552b4a4fa4c3b2e6e59079c",
    "bm_george": "f1bc812213dc59774769e5c80004b13eeb79bd78130b11b2d7f934542dab811b",
    "bm_lewis": "b5204750dcba01029d2ac9cec17aec3b20a6d64073c579d694a23cb40effbd0e",
    "ef_dora": "d9d69b0f8a2b87a345f269d89639f89dfbd1a6c9da0c498ae36dd34afcf35530",
    "em_alex": "5eac53f767c3f31a081918ba531969aea850bed18fe56419b804d642c6973431",
    "em_santa": "",
    "ff_siwis": "8073bf2d2c4b9543a90f2f0fd2144de4ed157e2d4b79ddeb0d5123066171fbc9",
    "hf_alpha": "06906fe05746d13a79c5c01e21fd7233b05027221a933c9ada650f5aafc8f044",
    "hf_beta": "",
    "hm_omega": "b55f02a8e8483fffe0afa566e7d22ed8013acf47ad4f6bbee2795a840155703e",
    "hm_psi": "",
    "if_sara": "6c0b253b955fe32f1a1a86006aebe83d050ea95afd0e7be15182f087deedbf55",
    "im_nicola": "234ed06648649f9bd874b37508ea17560b9c993ef85b4ddb3e3a71e062bd2c12",
    "jf_alpha": "1bf4c9dc69e45ee46183b071f4db766349aac5592acbcfeaf051018048a5d787",
    "jf_gongitsune": "1b171917f18f351e65f2bf9657700cd6bfec4e65589c297525b9cf3c20105770",
    "jf_nezumi": "d83f007a7f01783b77014561a7d493d327a0210e143440e91c9b697590d27661",
    "jf_tebukuro": "0d6917904438aec85f73a6fa1f7ac2be6481aae47c697834936930a91796c576",
    "jm_kumo": "98340afd68b1cee84fe0cd95528cfa6d4b39e416aa75a9df64049d52c8b55896",
    "pf_dora": "07e4ff987c5d5a8c3995efd15cc4f0db7c4c15e881b198d8ab7f67ecf51f5eb7",
    "pm_alex": "cf0ba8c573c2480fc54123683a35cf1e2ae130428e441eb91f9149bdb188a526",
    "pm_santa": "d42103169c5c872abbafb9129133af7e942bb9d272c3cc3b95c203e7d7198c29",
    "zf_xiaobei": "",
    "zf_xiaoni": "",
    "zf_xiaoxiao": "",
    "zf_xiaoyi": "",
    "zm_yunjian": "",
    "zm_yunxi": "",
    "zm_yunxia": "",
    "zm_yunyang": "",
}
"""Checksums of all published voices; empty where two independent listings disagree."""

DICTIONARY_SHA256 = {
    "us_gold": (3_000_469, "dc414872a49a28ae6c141463d502fd945f3b2fde040484fdc47d00cc4612686f"),
    "us_silver": (3_099_517, "de8f67be911bb6c659187b4a65fd966b6a30e56350e0f790d763210b053ac475"),
    "gb_gold": (2_838_552, "29e62f4b60261c88f7f3c2c7811ca3825978948090b72d2b27d565b729282f71"),
    "gb_silver": (3_663_898, "48131e2d92ccc41655f4543e87e0f938e71463eb5a54be7f0693bb712ebb6bce"),
}
"""misaki's English dictionaries: size in bytes and checksum."""


def _dictionary(name: str, size: int, sha256: str) -> Source:
    return Source(
        MISAKI,
        f"misaki/data/{name}.json",
        size,
        sha256,
        saved_as=f"dictionary/{name}.json",
        optional=True,
        without="English words are read by rules alone",
    )


_FACE_HUB = Repository("hub", "vinthony/SadTalker-V002rc", "main")  # the checksums stay valid if the branch moves
_FACE_RELEASE = Repository("release", "OpenTalker/SadTalker", "v0.0.2-rc")

_FACE_FILES = {
    "SadTalker_V0.0.2_256.safetensors": (
        725_066_984,
        "c211f5d6de003516bf1bbda9f47049a4c9c99133b1ab565c6961e5af16477bff",
    ),
    "mapping_00229-model.pth.tar": (
        155_521_183,
        "62a1e06006cc963220f6477438518ed86e9788226c62ae382ddc42fbcefb83f1",
    ),
    "mapping_00109-model.pth.tar": (
        155_779_231,
        "84a8642468a3fcfdd9ab6be955267043116c2bec2284686a5262f1eaf017f64c",
    ),
}
"""SadTalker's checkpoints for 256 pixels: size in bytes and checksum."""


def _german(name: str, voice: str, at: Repository, checkpoint: tuple[str, str], voice_sha256: str) -> Model:
    """Return a checkpoint for Kokoro's networks with one German voice; `checkpoint` is its file and checksum."""
    return Model(
        name=name,
        title=f"Kokoro-82M in German, voice {voice}, by {at.name.partition('/')[0]}",
        sources=(
            Source(at, checkpoint[0], CHECKPOINT.size, checkpoint[1], saved_as=CHECKPOINT.path),
            CONFIG,
            Source(
                at,
                f"voices/{voice[3:]}.pt",
                VOICE_BYTES,
                voice_sha256,
                saved_as=f"voices/{voice}.pt",
                part=voice,
            ),
        ),
        build=_KOKORO_BUILD,
        trial=_KOKORO_TRIAL,
        build_mb=256,
        built_size=230_000_000,
        engine="kokoro",
        language="de",
        language_name="German",
    )


GERMAN = (
    _german(
        "kokoro-german",
        "dm_thorsten",
        Repository("hub", "Thorsten-Voice/Kokoro", "734e593d320a3d876bede7020f773dfd481a0cc7"),
        ("model.pth", "36dde15c4a800cfd1ab540ccb4476dbab604fe03ff7c937d976ebbf3b49e59ce"),
        "9d98b775ebce1cfc369e8f9a3ee8ee260cd612dffb477cba85749112362306d7",
    ),
    _german(
        "kokoro-german-martin",
        "dm_martin",
        Repository("hub", "kikiri-tts/kikiri-german-martin", "1e9dcd16ed48fda0a7a1f62e5e37130a5fdf10d9"),
        (
            "kikiri_german_martin_ep10.pth",
            "f194905cc97d4ef16e0f2613c2d277203e0c0f0f533e0a468c7ec76c566259dc",
        ),
        "dc2e245e631ceaa9d30b327dac076342649c62f953021bcccafbe254ee43e553",
    ),
    _german(
        "kokoro-german-victoria",
        "df_victoria",
        Repository("hub", "kikiri-tts/kikiri-german-victoria", "ce81e200ff9203e1a3b042cd678c48e3ffb85cef"),
        (
            "kikiri_german_victoria_ep10.pth",
            "128d1c4a4184a459f23cb307a6cbbb8e9c076c2526f86e18594c1b320a81e00c",
        ),
        "18dbcf0afa7b737e450e6ba769ee898a5aae1d90218265ff4c95422f4693da50",
    ),
)
"""Community checkpoints for Kokoro's networks, trained on German; each voice has its own."""

MODELS = (
    Model(
        name="kokoro",
        title="Kokoro-82M, a natural voice",
        sources=(
            CHECKPOINT,
            CONFIG,
            *(_dictionary(name, *known) for name, known in DICTIONARY_SHA256.items()),
            *(
                Source(KOKORO, f"voices/{name}.pt", VOICE_BYTES, sha256, part=name)
                for name, sha256 in VOICE_SHA256.items()
            ),
        ),
        build=_KOKORO_BUILD,
        extend="halfgig.tts.kokoro.assemble:add_voices",
        trial=_KOKORO_TRIAL,
        build_mb=256,
        built_size=250_000_000,
        engine="kokoro",
    ),
    *GERMAN,
    Model(
        name="sadtalker",
        title="SadTalker (256), a face moved by a network",
        sources=tuple(
            Source(_FACE_HUB, name, size, sha256, also=_FACE_RELEASE) for name, (size, sha256) in _FACE_FILES.items()
        ),
        build="halfgig.animators.sadtalker.networks.assemble:assemble",
        build_mb=256,
        built_size=400_000_000,
        licence="Apache-2.0",
    ),
)
"""All known models."""


def find_model(name: str, models: tuple[Model, ...] = MODELS) -> Model:
    """Return the model with this name; raise UnknownModel with the nearest names."""
    for model in models:
        if model.name == name:
            return model
    names = [model.name for model in models]
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(names)}"
    raise UnknownModel(f"there is no model {name!r}; {hint}")

"""How much memory each process and each stage takes, in MB: the figures the plan adds up.

A cell's budget (`..._MB`) is its RLIMIT_DATA: what may be reserved, touched or not.  What it keeps (`..._PRIVATE_MB`)
is what must stay in memory and counts against the limit; it is less by what libraries reserve and do not touch, about
55 MB, and 75 MB with a picture's and a video's libraries.  `make bench` prints the figures of cells anew.
"""

GUARD_PRIVATE_MB = 14
"""The guard: Python's standard library alone; 13 MB measured."""

WEB_PRIVATE_MB = 37
"""The web program before a worker answers: its pages are shared with the workers until they are written to."""

WEB_WORKER_PRIVATE_MB = 21
"""Each web worker besides: 5 MB at first, 20 after two thousand requests, which stays so."""

WORK_PRIVATE_MB = 60
"""The work process once a video has made it load DBOS (58 MB measured); 14 MB before."""

SAY_MB = 96
"""Speech by espeak-ng into any format."""

SAY_PRIVATE_MB = 24
"""What speech by espeak-ng keeps: 16 MB at first, 23 after seven minutes of sound in one piece."""

KOKORO_MB = 340
"""Speech by Kokoro; the rest over what it keeps is stacks and buffers that are not touched."""

KOKORO_PRIVATE_MB = 90
"""What speech by Kokoro keeps to, whatever the text's length: 58-67 MB were measured, what is more spills to disk."""

FACES_MB = 120
"""Faces looked for in a picture of up to 12 megapixels: 84 MB are reserved with dlib, 95 with YuNet."""

FACES_PRIVATE_MB = 60
"""What that keeps: 38 MB for a small picture, 52 for one of 12 megapixels."""

TALK_MB = 160
"""A puppet of up to 512 x 512 pixels."""

TALK_UNTOUCHED_MB = 75
"""What a puppet's cell reserves and does not touch: 76-80 MB are kept at 512 x 512, and a margin."""

MB_PER_MEGAPIXEL = 110
"""What each further megapixel of a frame takes: picture, fields and x264's frames."""

PLAIN_MEGAPIXELS = 0.27
"""A frame of 512 x 512."""

SADTALKER_MB = 430
"""SadTalker's frames in a picture of up to 512 x 512 pixels: 416 is the least that does on two threads, 320 on one."""

SADTALKER_TWO_THREADS_MB, SADTALKER_ONE_THREAD_MB = 420, 330
"""The least of it that does on so many threads, with a little room."""

SADTALKER_UNTOUCHED_MB = 180
"""What SadTalker's cell reserves and does not touch: 243 MB are kept on two threads, 196 on one, and a margin."""

SADTALKER_MB_PER_MEGAPIXEL = 36
"""What each further megapixel of the picture that SadTalker's face goes back into takes."""

LARGEST_SIZE = 2160
"""The longer side of the largest frames that are made, in pixels."""


def talk_mb(size: int) -> int:
    """Give the budget for frames whose longer side is `size` pixels."""
    further = max(0.0, size * size / 1e6 - PLAIN_MEGAPIXELS)
    return round(TALK_MB + MB_PER_MEGAPIXEL * further)


def talk_private_mb(size: int) -> int:
    """Give what a puppet's cell keeps for frames whose longer side is `size` pixels."""
    return talk_mb(size) - TALK_UNTOUCHED_MB


def sadtalker_mb(size: int) -> int:
    """Give the budget for SadTalker in frames whose longer side is `size` pixels."""
    further = max(0.0, size * size / 1e6 - PLAIN_MEGAPIXELS)
    return round(SADTALKER_MB + SADTALKER_MB_PER_MEGAPIXEL * further)


def sadtalker_private_mb(size: int) -> int:
    """Give what SadTalker's cell keeps for frames whose longer side is `size` pixels."""
    return sadtalker_mb(size) - SADTALKER_UNTOUCHED_MB

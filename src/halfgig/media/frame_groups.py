"""Groups of a video's frames as units of work for several cells: who renders which, and where a finished one goes.

A cell claims a group by locking a file, and the system unlocks it when the cell ends in whatever way. The leading cell
owns the frame store, which takes groups in order. A group that is not the next one waits in a file of its own next to
the store; the leading cell adds it when its turn comes.
"""

from __future__ import annotations

import fcntl
import os
import struct
from typing import TYPE_CHECKING

from halfgig.media.frame_store import KeptGroups, OpenGroup, is_group_file, write_group_file

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from halfgig.media.frame_store import FrameFormat, FrameStore
    from halfgig.media.h264 import FrameMark

CLAIM = ".claim"
"""Ending of the name of a group's claim, which follows that of its own file."""

_TOLD = struct.Struct("<II")  # process id, number of frames


class Claims:
    """This process's claims to groups, one at a time, and a view of all processes' claims."""

    def __init__(self, frames: Path) -> None:
        self._frames = frames
        self._path: Path | None = None
        self._fd = -1

    def take(self, group: int) -> bool:
        """Claim a group; return whether that was possible, because no other process has it."""
        path = group_path(self._frames, group)
        path = path.with_name(path.name + CLAIM)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return False
        self._path, self._fd = path, fd
        self.count(0)
        return True

    def count(self, frames: int) -> None:
        """Write down how many frames of the claimed group are rendered, for other processes."""
        os.pwrite(self._fd, _TOLD.pack(os.getpid(), frames), 0)

    def release(self, *, is_done: bool) -> None:
        """Release the claim; remove its file if the group is done, as nobody claims it again."""
        assert self._path
        if is_done:
            self._path.unlink(missing_ok=True)
        os.close(self._fd)
        self._path = None

    def of_others(self) -> int:
        """Return the frames that are rendered in the open groups of other living processes, as they last wrote."""
        frames = 0
        for path in self._frames.parent.glob(f"{self._frames.name}.*{CLAIM}"):
            try:
                data = path.read_bytes()
            except FileNotFoundError:  # done a moment ago
                continue
            pid, told = _TOLD.unpack(data) if len(data) == _TOLD.size else (0, 0)
            frames += told if pid not in (0, os.getpid()) and _is_alive(pid) else 0
        return frames


class FrameGroups:
    """The groups of one video, as one of its cells sees them.

    `store` is the frame store, whose file is `path`, in the leading cell, and None in the others.
    """

    def __init__(
        self, path: Path, frame_format: FrameFormat, store: FrameStore | None, mark: FrameMark | None = None
    ) -> None:
        self._path = path
        self._format = frame_format
        self._store = store
        self._mark = mark
        self._claims = Claims(path)
        self._seen = KeptGroups(path, frame_format)
        self._group: int | None = None
        self.frames = 0
        """Number of frames of the group that this cell renders."""
        self._open: OpenGroup | None = None

    @property
    def group(self) -> int | None:
        """The group that this cell renders; None if it renders none."""
        return self._group

    def take(self, group: int) -> bool:
        """Begin a group; return False if it is there already or another cell renders it."""
        self.join()
        if self._is_done(group) or not self._claims.take(group):
            return False
        if self._is_done(group):  # by a cell that has given up its claim since
            self._claims.release(is_done=True)
            return False
        self._group, self.frames = group, 0
        in_order = self._store is not None and self._store.groups == group
        self._open = None if in_order else OpenGroup(self._format, group * self._format.group, self._mark)
        return True

    def append(self, rgb: NDArray[np.uint8]) -> None:
        """Encode the next frame of the group."""
        if self._open:
            self._open.append(rgb)
        else:
            assert self._store
            self._store.append(rgb)
        self.frames += 1
        self._claims.count(self.frames)

    def finish(self) -> None:
        """Store the group that was begun, if there is one, and those that follow it and are there."""
        if self._group is None:
            return
        if self._open:
            write_group_file(group_path(self._path, self._group), self._format, self._open)
        elif self._store:
            self._store.close_group()
        self._group, self._open, self.frames = None, None, 0
        self._claims.release(is_done=True)
        self.join()

    def join(self) -> None:
        """Add to the store the groups that follow it and are there."""
        store = self._store
        while store and is_group_file(path := group_path(self._path, store.groups), self._format):
            store.add(path)
            path.unlink()

    def closed(self) -> int:
        """Return how many frames the closed groups have; too many if the last one is not full and not in the store."""
        self._seen.refresh()
        files = [path for path in self._path.parent.glob(f"{self._path.name}.*") if path.suffix != CLAIM]
        return self._seen.frames + len(files) * self._format.group

    def frames_of_others(self) -> int:
        """Return how many frames other cells have rendered of their groups."""
        return self._claims.of_others()

    def is_claimable(self, group: int) -> bool:
        """Return whether a group is neither there nor being rendered by another cell."""
        if self._is_done(group) or not self._claims.take(group):
            return False
        self._claims.release(is_done=False)
        return True

    def _is_done(self, group: int) -> bool:
        # In this order: a group is added to the store before its own file is removed.
        if is_group_file(group_path(self._path, group), self._format):
            return True
        self._seen.refresh()
        return self._seen.groups > group


def group_path(frames: Path, group: int) -> Path:
    """Return the path of a group's own file, given that of the frame store."""
    return frames.with_name(f"{frames.name}.{group}")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        return True
    return True

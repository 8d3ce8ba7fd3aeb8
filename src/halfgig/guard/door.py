"""What one server alone may hold: its folders, the lock on them, and the socket at which work is asked."""

import contextlib
import fcntl
import os
import socket
import stat
from pathlib import Path
from typing import IO

from halfgig.errors import BadSetting
from halfgig.jobs.places import LONGEST_SOCKET_PATH, Places

LOCK = "guard.lock"
"""The file in the server's folder that the running guard holds locked; it has its process id."""

BACKLOG = 128
"""Connections that wait while work starts."""


class Door:
    """Hold the folders, the lock and the listening socket; what waits at it outlives each work process."""

    def __init__(self, places: Places) -> None:
        check_socket_path(places.socket)
        _make(places.root, "DATA_DIR")
        _make(places.run, "RUN_DIR")
        self._path = places.socket
        self._lock = _locked(places.root / LOCK)
        try:
            self.listener = _listening(places.socket)
        except OSError:
            self._lock.close()
            raise

    def close(self) -> None:
        """Give all of it up."""
        self.listener.close()
        self._path.unlink(missing_ok=True)
        self._lock.close()


def check_socket_path(path: Path) -> None:
    """Refuse a path that is too long for a socket.  Raises `BadSetting`."""
    length = len(os.fsencode(path))
    if length > LONGEST_SOCKET_PATH:
        raise BadSetting(
            f"the socket's path {str(path)!r} has {length} bytes, and a socket's may have {LONGEST_SOCKET_PATH}; "
            "set RUN_DIR to a shorter folder, such as /tmp/halfgig"
        )


def _make(folder: Path, setting: str) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(
            f"{str(folder)!r} cannot be made: {error.strerror}; set {setting} to a folder that can be written"
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadSetting(f"{str(folder)!r} cannot be written; set {setting} to a folder that can")


def _locked(path: Path) -> IO[str]:
    file = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.seek(0)
        pid = file.read(20).strip()
        file.close()
        raise BadSetting(
            f"another server (process {pid}) has its data in {str(path.parent)!r}; "
            "end it, or give this one a DATA_DIR of its own"
        ) from error
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def _listening(path: Path) -> socket.socket:
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISSOCK(path.stat().st_mode):  # left by a guard that was killed: we hold the lock
            path.unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        before = os.umask(0o177)
        try:
            listener.bind(str(path))
        finally:
            os.umask(before)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise BadSetting(f"no socket can be made at {str(path)!r}: {error.strerror}; set RUN_DIR") from error
    return listener

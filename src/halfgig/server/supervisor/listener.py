"""Resources that only one server may hold: its folders, their lock, and the worker's listening socket."""

import contextlib
import errno
import fcntl
import os
import socket
import stat
import time
from pathlib import Path
from typing import IO

from halfgig.errors import BadSetting
from halfgig.server.paths import LONGEST_SOCKET_PATH, ServerPaths

LOCK = "supervisor.lock"
"""The lock file in the server's folder; it contains the supervisor's process id."""

BACKLOG = 128
"""Number of connections that can wait while the worker starts."""

PATIENCE_S = 2.0
"""Seconds to wait for a port that is still in use."""


class Listener:
    """The folders, the lock and the listening socket; waiting connections survive a restart of the worker.

    Without web processes nobody connects, and there is no socket.
    """

    def __init__(self, places: ServerPaths, *, has_web: bool = True) -> None:
        if has_web:
            check_socket_path(places.socket)
        _make(places.root, "DATA_DIR")
        _make(places.run, "RUN_DIR")
        self._path = places.socket
        self._lock = _locked(places.root / LOCK)
        try:
            self.listener = _listening(places.socket) if has_web else None
        except OSError:
            self._lock.close()
            raise

    def close(self) -> None:
        """Release the socket and the lock."""
        if self.listener:
            self.listener.close()
            self._path.unlink(missing_ok=True)
        self._lock.close()


def close_to_others(places: ServerPaths) -> list[str]:
    """Take from other users what folders and files of an earlier version let them read; return sentences for the log.

    A RUN_DIR outside the data may be shared with other programs: of that one it is only said.
    """
    said = []
    for path in (places.root, *sorted(places.root.iterdir()), places.run):
        with contextlib.suppress(OSError):
            mode = stat.S_IMODE(path.lstat().st_mode)
            if not mode & 0o077 or path.is_symlink() or path.is_socket():
                continue
            if path.is_relative_to(places.root):
                path.chmod(mode & 0o700)
                said.append(f"{path.name} was open to other users (mode {mode:04o}), and is not any more")
            else:
                said.append(f"warning: RUN_DIR is open to other users (mode {mode:04o}); close it with: chmod 700")
    return said


def check_socket_path(path: Path) -> None:
    """Raise `BadSetting` if a path is too long for a socket."""
    length = len(os.fsencode(path))
    if length > LONGEST_SOCKET_PATH:
        raise BadSetting(
            f"the socket's path {str(path)!r} has {length} bytes, and a socket's may have {LONGEST_SOCKET_PATH}; "
            "set RUN_DIR to a shorter folder, such as /tmp/halfgig"
        )


def check_port(address: str, port: int, patience_s: float = PATIENCE_S) -> None:
    """Raise `BadSetting` if the web process could not listen at an address and port.

    A port in use is retried for a while: processes of a killed server may still be ending.
    """
    deadline = time.monotonic() + patience_s
    while why := _why_not(address, port):
        if why != errno.EADDRINUSE or time.monotonic() >= deadline:
            hint = "end what listens there, or set PORT" if why == errno.EADDRINUSE else "set BIND and PORT to others"
            raise BadSetting(f"nothing can listen at {address!r}, port {port}: {os.strerror(why)}; {hint}")
        time.sleep(PATIENCE_S / 20)


def _why_not(address: str, port: int) -> int:
    """Return the errno of listening at an address; 0 on success."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(where)
            trial.listen(1)  # two sockets can be bound to one port while neither listens
    except socket.gaierror:
        return errno.EADDRNOTAVAIL
    except OSError as error:
        return error.errno or errno.EADDRNOTAVAIL
    return 0


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
    with contextlib.suppress(OSError):  # the lock holds without its number, on a full disk
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
    return file


def _listening(path: Path) -> socket.socket:
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISSOCK(path.stat().st_mode):  # left by a killed supervisor, since we hold the lock
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

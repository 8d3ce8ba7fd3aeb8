"""Nodes of halfgig on one machine, each in a control group and a network namespace of its own, that can be broken."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))  # servers and stores are the tests' own

from tests.support import object_stores, postgres
from tests.support.cgroup import Fence, fenced
from tests.support.serving import Server, start

NETWORK = "10.91.0"
BRIDGE = "halfgig-b"
PORT = 10_000
LIMIT_MB = 512
AWAY_S = 75.0
"""How long a node stays cut off or stopped: longer than its lease."""

PLAIN = {"C2PA": "off", "PICTURE_MARK": "off"}
"""Frames are compared with another installation's, whose mark would be another one."""


@dataclass(frozen=True, slots=True)
class Place(Fence):
    """A limit of memory, and a network namespace."""

    namespace: str = ""

    def command(self, argv: list[str]) -> list[str]:  # type: ignore[override]
        """Return the command that runs another in both.

        `ip netns exec` would hide the control groups, from which a node learns its limit.
        """
        return Fence.command(self, ["nsenter", f"--net=/run/netns/{self.namespace}", *argv])


class Node:
    """A node that can be killed, cut off, and brought back."""

    def __init__(self, number: int, place: Place, data: Path, settings: Mapping[str, str]) -> None:
        self.name = place.namespace
        self._address = f"{NETWORK}.{number + 1}"
        self._place, self._data, self._settings = place, data, settings
        self.back_at = 0.0
        """When it may be brought back, on the monotonic clock."""
        self.state = "up"
        self.server = self._start()

    def kill(self) -> None:
        """Kill all of its processes at once."""
        while self._signal(signal.SIGKILL):
            self.server.supervisor.poll()
            time.sleep(0.05)
        self.state, self.back_at = "killed", time.monotonic()

    def cut_off(self) -> None:
        """Unplug its cable for longer than its lease."""
        _ip("link", "set", self.name, "down")
        self.state, self.back_at = "cut off", time.monotonic() + AWAY_S

    def stop(self) -> None:
        """Stop all of its processes for longer than its lease; it does not know what it missed."""
        self._signal(signal.SIGSTOP)
        self.state, self.back_at = "stopped", time.monotonic() + AWAY_S

    def bring_back(self) -> None:
        """Start it again, connect it again, or let it go on."""
        if self.state == "killed":
            self.server = self._start()
        elif self.state == "cut off":
            _ip("link", "set", self.name, "up")
        else:
            self._signal(signal.SIGCONT)
        self.state = "up"

    def _signal(self, number: int) -> bool:
        """Send a signal to all of its processes; return whether there were any."""
        assert self._place.group is not None
        pids = (self._place.group.path / "cgroup.procs").read_text().split()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), number)
        return bool(pids)

    def ended_alone(self) -> bool:
        """Return whether it ended although nobody killed it."""
        return self.state != "killed" and self.server.supervisor.poll() is not None

    def client(self) -> httpx.Client:
        """Return a client of it."""
        return httpx.Client(base_url=self.server.url, timeout=20)

    def _start(self) -> Server:
        server = start(self._place, self._data, PORT, BIND="0.0.0.0", **self._settings)
        return replace(server, url=f"http://{self._address}:{PORT}")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@contextlib.contextmanager
def _network(nodes: int) -> Iterator[None]:
    """Make a bridge here, and a namespace for each node with one cable to it."""
    with contextlib.ExitStack() as made:
        _ip("link", "set", "lo", "up")
        _ip("link", "add", BRIDGE, "type", "bridge")
        made.callback(_ip, "link", "del", BRIDGE)
        _ip("addr", "add", f"{NETWORK}.1/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        for number in range(1, nodes + 1):
            name = _namespace(number)
            _ip("netns", "add", name)
            made.callback(_ip, "netns", "del", name)
            _ip("link", "add", name, "type", "veth", "peer", "name", "inside", "netns", name)
            _ip("link", "set", name, "master", BRIDGE, "up")
            _ip("-n", name, "addr", "add", f"{NETWORK}.{number + 1}/24", "dev", "inside")
            _ip("-n", name, "link", "set", "inside", "up")
            _ip("-n", name, "link", "set", "lo", "up")
        yield


def _namespace(number: int) -> str:
    return f"hg{os.getpid()}-{number}"


@contextlib.contextmanager
def cluster(folder: Path, count: int) -> Iterator[tuple[list[Node], postgres.Server, str]]:
    """Start a database, a store and the nodes; yield the nodes, the database and its address here."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(_network(count))
        database = stack.enter_context(postgres.server())
        (folder / "s3").mkdir()
        store = stack.enter_context(object_stores.s3_server(folder / "s3"))
        gate, url = f"{NETWORK}.1", database.new()
        to_database = stack.enter_context(object_stores.Relay(database.port, gate))
        to_store = stack.enter_context(object_stores.Relay(store, gate))
        settings = PLAIN | object_stores.environment(to_store.port)
        settings["AWS_ENDPOINT_URL"] = f"http://{gate}:{to_store.port}"
        settings["STORE_URL"] = "s3://tests/videos"
        settings["DATABASE_URL"] = url.replace(f"127.0.0.1:{database.port}", f"{gate}:{to_database.port}")
        nodes = []
        for number in range(1, count + 1):
            fence = stack.enter_context(fenced(LIMIT_MB))
            if fence.group is None:
                raise SystemExit("needs control groups: run as root on Linux, with a memory controller")
            place = Place(fence.limit_mb, fence.group, _namespace(number))
            nodes.append(Node(number, place, folder / f"node{number}", settings))
        for node in nodes:
            node.server.wait_until_ready()
        yield nodes, database, url

"""Builders of the /proc and /sys that hosts show, as small trees of files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="macOS has neither /proc nor RLIMIT_DATA")

V2_MOUNT = "31 23 0:27 {root} /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
V1_MOUNT = "32 31 0:28 {root} /sys/fs/cgroup/{name} rw - cgroup cgroup rw,{name}\n"


def host(root: Path, files: dict[str, str] | None = None, memory_mb: int = 16_384) -> Path:
    """Write a machine without control groups, and `files` over it."""
    contents = {"proc/meminfo": f"MemTotal:       {memory_mb * 1024} kB\nMemFree: 1 kB\n"} | (files or {})
    for name, text in contents.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def v2(files: dict[str, str] | None = None, group: str = "/", mounted: str = "/") -> dict[str, str]:
    """Describe a host with version 2 only; `files` lie under its /sys/fs/cgroup."""
    tree = {"proc/self/cgroup": f"0::{group}\n", "proc/self/mountinfo": V2_MOUNT.format(root=mounted)}
    return tree | {f"sys/fs/cgroup/{name}": text for name, text in (files or {}).items()}


def v1(files: dict[str, str] | None = None, group: str = "/", mounted: str = "/") -> dict[str, str]:
    """Describe a host with version 1's memory and cpu controllers; `files` lie under its /sys/fs/cgroup."""
    mounts = "".join(V1_MOUNT.format(root=mounted, name=name) for name in ("memory", "cpu,cpuacct"))
    tree = {"proc/self/cgroup": f"4:memory:{group}\n1:cpu,cpuacct:{group}\n", "proc/self/mountinfo": mounts}
    return tree | {f"sys/fs/cgroup/{name}": text for name, text in (files or {}).items()}

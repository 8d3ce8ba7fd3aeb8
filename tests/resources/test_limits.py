"""The limit is the smallest of all sources, in every layout of the control groups."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig import errors
from halfgig.resources.limits import MB, Limit, cpu_quota, memory_limit, parse_size
from tests.capacity.hosts import host, v1, v2

if TYPE_CHECKING:
    from pathlib import Path

HALF = str(512 * MB)
V1_UNLIMITED = "9223372036854771712"
PHYSICAL = Limit(16_384 * MB, "physical memory")
V2_HALF = Limit(512 * MB, "cgroup v2 memory.max")
V1_HALF = Limit(512 * MB, "cgroup v1")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({}, PHYSICAL, id="no control groups"),
        pytest.param(v2(), PHYSICAL, id="v2 at the root has no memory.max"),
        pytest.param(v2({"memory.max": "max\n"}), PHYSICAL, id="v2 max"),
        pytest.param(v2({"memory.max": HALF}), V2_HALF, id="v2 inside a namespace"),
        pytest.param(v2({"a/b/memory.max": HALF}, group="/a/b"), V2_HALF, id="v2 own group"),
        pytest.param(v2({"a/memory.max": HALF, "a/b/memory.max": "max"}, group="/a/b"), V2_HALF, id="v2 parent"),
        pytest.param(v2({"memory.max": HALF}, "/a/b", "/a/b"), V2_HALF, id="v2 mounted without namespace"),
        pytest.param(v2({"memory.max": HALF}, group="/../x"), V2_HALF, id="v2 group outside the namespace"),
        pytest.param(v2({"memory.max": HALF}, group="/gone"), V2_HALF, id="v2 group that is not there"),
        pytest.param(v2({"memory.max": HALF, "b/memory.max": "1"}, "/ab", "/a"), V2_HALF, id="v2 mount of a namesake"),
        pytest.param(v2({"memory.max": "what?"}), PHYSICAL, id="v2 junk"),
        pytest.param(v2({"memory.max": ""}), PHYSICAL, id="v2 empty"),
        pytest.param(v2({"memory.max": "-5"}), PHYSICAL, id="v2 negative"),
        pytest.param(v2({"memory.max": "٥١٢"}), PHYSICAL, id="v2 digits of another script"),
        pytest.param(v1({"memory/memory.limit_in_bytes": HALF}), V1_HALF, id="v1 inside a namespace"),
        pytest.param(v1({"memory/memory.limit_in_bytes": V1_UNLIMITED}), PHYSICAL, id="v1 unlimited"),
        pytest.param(v1({"memory/d/memory.limit_in_bytes": HALF}, group="/d"), V1_HALF, id="v1 own group"),
        pytest.param(
            v1({"memory/memory.limit_in_bytes": HALF}, group="/docker/1f", mounted="/docker/1f"),
            V1_HALF,
            id="v1 docker",
        ),
        pytest.param(
            v1({"memory/memory.stat": f"cache 1\nhierarchical_memory_limit {HALF}\n"}),
            Limit(512 * MB, "cgroup v1 above ours"),
            id="v1 above the mount",
        ),
        pytest.param({"sys/fs/cgroup/memory.max": HALF}, V2_HALF, id="v2 without mountinfo"),
        pytest.param({"sys/fs/cgroup/memory/memory.limit_in_bytes": HALF}, V1_HALF, id="v1 without mountinfo"),
        pytest.param(v2({"memory.max": HALF}) | {"proc/self/mountinfo": "junk - \n\n"}, V2_HALF, id="junk mountinfo"),
        pytest.param(
            {
                "proc/self/mountinfo": "31 23 0:27 / /my\\040groups rw - cgroup2 cgroup2 rw\n",
                "my groups/memory.max": HALF,
            },
            V2_HALF,
            id="a mount point with a space",
        ),
    ],
)
def test_the_limit_is_found_where_the_host_writes_it(files: dict[str, str], expected: Limit, tmp_path: Path) -> None:
    assert memory_limit(root=host(tmp_path, files)) == expected


@pytest.mark.parametrize(("setting_mb", "expected_mb"), [(100, 100), (512, 512), (2048, 512)])
def test_a_setting_lowers_the_limit_and_never_raises_it(setting_mb: int, expected_mb: int, tmp_path: Path) -> None:
    root = host(tmp_path, v2({"memory.max": HALF}))
    assert memory_limit(setting_mb * MB, root).mb == expected_mb


def test_a_setting_names_itself_as_the_source(tmp_path: Path) -> None:
    assert memory_limit(100 * MB, host(tmp_path)) == Limit(100 * MB, "--memory")


def test_a_small_machine_limits_more_than_its_group(tmp_path: Path) -> None:
    root = host(tmp_path, v2({"memory.max": HALF}), memory_mb=256)
    assert memory_limit(root=root) == Limit(256 * MB, "physical memory")


def test_a_machine_without_proc_still_has_a_limit(tmp_path: Path) -> None:
    assert memory_limit(root=tmp_path / "nothing").bytes > 64 * MB


def cpu_files(quota: str) -> dict[str, str]:
    return {"cpu,cpuacct/cpu.cfs_quota_us": quota, "cpu,cpuacct/cpu.cfs_period_us": "100000"}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({}, 4.0, id="no control groups"),
        pytest.param(v2({"cpu.max": "max 100000\n"}), 4.0, id="v2 max"),
        pytest.param(v2({"cpu.max": "10000 100000\n"}), 0.1, id="v2 a tenth"),
        pytest.param(v2({"cpu.max": "50000\n"}), 4.0, id="v2 without period"),
        pytest.param(v2({"cpu.max": "50000 0\n"}), 4.0, id="v2 zero period"),
        pytest.param(v2({"cpu.max": "1600000 100000\n"}), 4.0, id="v2 more than there are cores"),
        pytest.param(v2({"a/cpu.max": "50000 100000", "a/b/cpu.max": "max 1"}, group="/a/b"), 0.5, id="v2 parent"),
        pytest.param(v1(cpu_files("-1")), 4.0, id="v1"),
        pytest.param(
            v1(cpu_files("150000")),
            1.5,
            id="v1 quota",
        ),
    ],
)
def test_the_processor_quota_is_the_smallest_share(files: dict[str, str], expected: float, tmp_path: Path) -> None:
    assert cpu_quota(host(tmp_path, files), cores=4) == expected


def test_this_machine_grants_some_processor_time() -> None:
    assert cpu_quota() > 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("536870912", 512 * MB),
        ("512M", 512 * MB),
        ("512m", 512 * MB),
        ("300MB", 300 * MB),
        ("300 MiB", 300 * MB),
        ("1G", 1024 * MB),
        ("0.5GiB", 512 * MB),
        (" 64K ", 64 * 1024),
        ("7B", 7),
    ],
)
def test_sizes_are_read_as_hosts_write_them(text: str, expected: int) -> None:
    assert parse_size(text) == expected


@pytest.mark.parametrize("text", ["", "M", "-5M", "0", "0.0000001K", "5X", "1e9", "5 M B", "9" * 20 + "T", "5iM"])
def test_anything_else_is_refused_with_the_value_in_the_sentence(text: str) -> None:
    with pytest.raises(errors.BadSetting, match="is no size of memory; write it like 512M") as refusal:
        parse_size(text)
    assert repr(text)[:60] in str(refusal.value)


@given(st.text())
def test_no_text_breaks_the_reader_of_sizes(text: str) -> None:
    with contextlib.suppress(errors.BadSetting):
        assert parse_size(text) > 0


@given(st.binary(max_size=200), st.sampled_from(["memory.max", "memory.stat", "cgroup", "mountinfo"]))
def test_no_content_of_the_files_breaks_the_reading_of_limits(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, where: str
) -> None:
    root = host(tmp_path_factory.mktemp("host"), v2({"memory.max": HALF}) | v1({"memory/memory.stat": ""}))
    folder = {"memory.max": "sys/fs/cgroup", "memory.stat": "sys/fs/cgroup/memory"}.get(where, "proc/self")
    (root / folder / where).write_bytes(junk)
    assert 0 < memory_limit(root=root).bytes <= PHYSICAL.bytes
    assert 0 < cpu_quota(root, cores=4) <= 4

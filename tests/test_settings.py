from __future__ import annotations

import contextlib
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfgig.errors import BadSetting
from halfgig.settings import READERS, Settings, read_settings

if TYPE_CHECKING:
    from pathlib import Path


def test_without_any_variable_the_defaults_hold() -> None:
    assert read_settings({}) == Settings()


@pytest.mark.parametrize("name", ["MAX_TEXT_MB", "HALFGIG_MAX_TEXT_MB"])
def test_a_setting_is_read_with_and_without_the_prefix(name: str) -> None:
    assert read_settings({name: "0.5"}).max_text_mb == 0.5


def test_the_name_with_the_prefix_goes_before_the_one_without() -> None:
    assert read_settings({"MAX_TEXT_MB": "1", "HALFGIG_MAX_TEXT_MB": "3"}).max_text_mb == 3


def test_an_empty_variable_is_an_unset_one() -> None:
    assert read_settings({"HALFGIG_MEMORY_LIMIT": ""}) == Settings()


def test_a_memory_limit_is_written_as_hosts_write_it() -> None:
    assert read_settings({"MEMORY_LIMIT": "512M"}).memory_limit == 512 * 2**20


def test_the_face_detector_is_a_file_that_exists(tmp_path: Path) -> None:
    (tmp_path / "yunet.onnx").touch()
    assert read_settings({"FACE_DETECTOR": str(tmp_path / "yunet.onnx")}).face_detector == tmp_path / "yunet.onnx"


def test_the_face_detector_reaches_the_cells(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).limits.yunet is None
    own = tmp_path / "mine.onnx"
    assert Settings(data_dir=tmp_path, face_detector=own).limits.yunet == own


@pytest.mark.parametrize(
    "name",
    [
        "MEMORY_LIMIT",
        "FACE_DETECTOR",
        "MAX_TEXT_MB",
        "MAX_PICTURE_MB",
        "MAX_PICTURE_MEGAPIXELS",
        "MAX_SOUND_MINUTES",
    ],
)
def test_a_senseless_value_is_refused_with_the_settings_name_and_the_value(name: str) -> None:
    with pytest.raises(BadSetting, match=f"^{name} is '-nonsense-'; it must be "):
        read_settings({name: "-nonsense-"})


@given(
    st.sampled_from(["MAX_TEXT_MB", "MAX_SOUND_MINUTES"]), st.sampled_from(["0", "-1", "nan", "inf", "-inf", "1e999"])
)
def test_a_number_that_is_no_size_is_refused(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match="a number above 0"):
        read_settings({name: value})


@given(st.text(max_size=30))
def test_whatever_a_variable_holds_is_read_or_refused(value: str) -> None:
    for name in READERS:
        with contextlib.suppress(BadSetting):
            assert getattr(read_settings({name.upper(): value}), name) is not None or not value


def test_a_misspelt_setting_is_refused_with_the_right_spelling() -> None:
    with pytest.raises(BadSetting, match=r"HALFGIG_MAX_TXT_MB \(did you mean HALFGIG_MAX_TEXT_MB\?\)"):
        read_settings({"HALFGIG_MAX_TXT_MB": "1"})


def test_a_setting_like_none_is_refused_with_the_whole_list() -> None:
    with pytest.raises(BadSetting) as refused:
        read_settings({"HALFGIG_ZZZ": "1"})
    assert all(f"HALFGIG_{field.name.upper()}" in str(refused.value) for field in fields(Settings))


def test_other_programs_variables_are_none_of_ours() -> None:
    assert read_settings({"PATH": "/bin", "MAX_TEXT": "x", "half": "y"}) == Settings()


def test_every_setting_has_a_reader() -> None:
    assert list(READERS) == [field.name for field in fields(Settings)]

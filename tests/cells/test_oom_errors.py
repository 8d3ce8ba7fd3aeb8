"""Libraries' out-of-memory exceptions are recognised by name and message, and no others are."""

from __future__ import annotations

import errno

import pytest

from halfgig.cells.oom_errors import refused


def foreign(module: str, text: str, **attributes: object) -> Exception:
    """Return an exception like a native library's, without importing the library."""
    error: Exception = type("Fail", (Exception,), {"__module__": module})(text)
    for name, value in attributes.items():
        setattr(error, name, value)
    return error


def wrapped(outer: Exception, inner: Exception) -> Exception:
    outer.__cause__ = inner
    return outer


CV_TEXT = "OpenCV(4.14.0) /io/alloc.cpp:73: error: (-4:Insufficient memory) Failed to allocate 1200 bytes\n"
ORT = "onnxruntime.capi.onnxruntime_pybind11_state"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), ""),
        (MemoryError("Unable to allocate 1.2 GiB for an array"), "Unable to allocate 1.2 GiB for an array"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "[Errno 12] Cannot allocate memory"),
        (OSError("x.so: cannot create shared object descriptor: Cannot allocate memory"), "x.so: cannot create"),
        (ImportError("libx.so: failed to map segment from shared object"), "libx.so: failed to map segment"),
        (ImportError("x.so: cannot map zero-fill pages"), "x.so: cannot map"),
        (wrapped(ImportError("import numpy failed"), MemoryError("y")), "y"),
        (RuntimeError("can't start new thread"), "can't start new thread"),
        (RuntimeError("Could not allocate AVFilterContext"), "Could not allocate AVFilterContext"),
        (RuntimeError("Resource temporarily unavailable"), "Resource temporarily unavailable"),
        (foreign("cv2", CV_TEXT, code=-4), "Failed to allocate 1200 bytes"),
        (
            foreign(ORT, "[ONNXRuntimeError] : 6 : Exception during initialization: std::bad_alloc"),
            "[ONNXRuntimeError]",
        ),
        (foreign(ORT, "Failed to allocate memory for requested buffer of size 26"), "Failed to allocate memory for"),
        (foreign("av.error", "x", errno=errno.ENOMEM), "x"),
    ],
    ids=str,
)
def test_a_refused_allocation_is_recognised(error: Exception, said: str) -> None:
    answer = refused(error)
    assert answer is not None
    assert answer.startswith(said)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("out of memory is what this user wrote"),
        OSError(errno.ENOENT, "No such file"),
        ImportError("No module named 'x'"),
        RuntimeError("bad shape"),
        foreign("cv2", "(-215:Assertion failed)", code=-215),
        foreign("elsewhere", "std::bad_alloc"),
        wrapped(foreign("elsewhere", "x"), ValueError("y")),
    ],
    ids=str,
)
def test_other_errors_are_not_taken_for_one(error: Exception) -> None:
    assert refused(error) is None


def test_an_error_after_a_handled_refusal_is_about_itself() -> None:
    error = KeyError("x")
    error.__context__ = MemoryError()
    assert refused(error) is None


def test_what_is_said_stays_on_one_short_line() -> None:
    assert refused(MemoryError("a\n" * 1000)) == ("a " * 80)[:160]

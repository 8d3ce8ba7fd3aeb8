"""Which exceptions mean "an allocation too many": Python's own and those of the native libraries.

The libraries are known by the names of their types, so that none has to be imported to ask.
"""

import errno

_NATIVE = frozenset({"av", "cv2", "onnxruntime", "_dlib_pybind11"})
"""Packages whose exceptions are believed when they speak of memory."""

_PHRASES = (
    "bad_alloc",
    "cannot allocate memory",  # strerror(ENOMEM), dlopen
    "failed to map segment",  # dlopen
    "cannot map zero-fill pages",  # dlopen
    "to allocate",  # "Unable to allocate 1.2 GiB", "Failed to allocate memory for requested buffer of size"
    "insufficient memory",
    "out of memory",
    "can't start new thread",
    "pthread_create failed",
    "resource temporarily unavailable",  # std::thread without room for a stack
)

_CV_NO_MEMORY = -4  # cv::Error::StsNoMem

_LONGEST = 160


def refused(error: BaseException) -> str | None:
    """Return what an exception says of the memory it did not get, "" if nothing; None for any other exception."""
    link: BaseException | None = error
    while link is not None:
        if _is_refusal(link):
            return _said(link)
        # numpy and cv2 wrap the import that failed in one of their own.
        link = link.__cause__ or (link.__context__ if isinstance(link, ImportError) else None)
    return None


def kind(error: BaseException) -> str:
    """Name an exception's type as Python prints it: "ValueError", "av.error.ExternalError"."""
    name, module = type(error).__qualname__, type(error).__module__
    return name if module == "builtins" else f"{module}.{name}"


def is_native(kind_: str) -> bool:
    """Return whether a type, as `kind` names it, belongs to one of the native libraries."""
    return kind_.partition(".")[0] in _NATIVE


def _is_refusal(error: BaseException) -> bool:
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return True
    native = is_native(kind(error))
    if native and getattr(error, "code", None) == _CV_NO_MEMORY:
        return True
    believed = native or isinstance(error, ImportError | OSError | RuntimeError)
    return believed and speaks_of_memory(str(error))


def speaks_of_memory(text: str) -> bool:
    """Return whether a library's message is about an allocation that failed."""
    lower = text.lower()
    return any(phrase in lower for phrase in _PHRASES)


def _said(error: BaseException) -> str:
    text = " ".join(str(error).split())
    # OpenCV begins with its version, file and line.
    at = max(text.lower().rfind("failed to allocate"), 0)
    return text[at : at + _LONGEST]

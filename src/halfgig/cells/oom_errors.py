"""Recognises exceptions that mean a refused allocation: Python's own and those of the native libraries.

Types are recognised by name, so no library is imported for the check.
"""

import errno

_NATIVE = frozenset({"av", "cv2", "onnxruntime"})
"""Packages whose exceptions count as refused allocations if their message mentions memory."""

_PHRASES = (
    "bad_alloc",
    "cannot allocate memory",  # strerror(ENOMEM), dlopen
    "failed to map segment",  # dlopen
    "cannot map zero-fill pages",  # dlopen
    "to allocate",  # "Unable to allocate 1.2 GiB", "Failed to allocate memory for requested buffer of size"
    "not allocate",  # "Could not allocate AVFilterContext"
    "insufficient memory",
    "out of memory",
    "can't start new thread",
    "pthread_create failed",
    "resource temporarily unavailable",  # std::thread without room for a stack
)

_CV_NO_MEMORY = -4  # cv::Error::StsNoMem

_LONGEST = 160


def refused(error: BaseException) -> str | None:
    """Return the message of an exception for a refused allocation, maybe empty; None for any other exception."""
    link: BaseException | None = error
    while link is not None:
        if _is_refusal(link):
            return _said(link)
        # numpy and cv2 wrap a failed import in an ImportError of their own.
        link = link.__cause__ or (link.__context__ if isinstance(link, ImportError) else None)
    return None


def kind(error: BaseException) -> str:
    """Return an exception's type as Python prints it: "ValueError", "av.error.ExternalError"."""
    name, module = type(error).__qualname__, type(error).__module__
    return name if module == "builtins" else f"{module}.{name}"


def is_native(kind_: str) -> bool:
    """Return whether a type, named as by `kind`, belongs to one of the native libraries."""
    return kind_.partition(".")[0] in _NATIVE


def _is_refusal(error: BaseException) -> bool:
    if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM:
        return True
    native = is_native(kind(error))
    if native and getattr(error, "code", None) == _CV_NO_MEMORY:
        return True
    believed = native or isinstance(error, ImportError | OSError | RuntimeError)
    return believed and mentions_memory(str(error))


def mentions_memory(text: str) -> bool:
    """Return whether a library's message is about a failed allocation."""
    lower = text.lower()
    return any(phrase in lower for phrase in _PHRASES)


def _said(error: BaseException) -> str:
    text = " ".join(str(error).split())
    # OpenCV's message begins with its version, file and line.
    at = max(text.lower().rfind("failed to allocate"), 0)
    return text[at : at + _LONGEST]

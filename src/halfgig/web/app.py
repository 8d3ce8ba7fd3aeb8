"""The web program: what can be asked, behind keys, limits and one shape of errors."""

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from halfgig import __version__
from halfgig.settings import Settings
from halfgig.web.access import AccessGate, Buckets, Keys
from halfgig.web.bodies import BodyLimits, BodyRules
from halfgig.web.errors import handle_errors
from halfgig.web.headers import Envelope

_BYTES_PER_CHARACTER = 6
"""The most that JSON needs for a character: `\\u00e9`."""


def make_app(settings: Settings) -> FastAPI:
    """Put the web program together; it asks nothing of the world until it is asked something."""
    app = FastAPI(
        title="halfgig",
        version=__version__,
        summary="Talking avatars in half a gigabyte: text to speech, text and a portrait to a talking video.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=_middleware(settings),
    )
    handle_errors(app)
    return app


def _middleware(settings: Settings) -> list[Middleware]:
    """List what each request passes, the outermost first."""
    across = [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["x-request-id", "retry-after", "retry-after-ms", "openai-processing-ms"],
        )
    ]
    longest = max(2**20, settings.max_input_characters * _BYTES_PER_CHARACTER)
    return [
        Middleware(Envelope),
        *(across if settings.cors_origins else []),
        Middleware(AccessGate, keys=Keys(settings.api_keys), buckets=Buckets(settings.rate_per_minute)),
        Middleware(BodyLimits, rules=BodyRules(longest, settings.slow_client_seconds)),
    ]

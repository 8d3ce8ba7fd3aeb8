"""The web application: all routes, with keys, limits and one error format in front of them."""

import os

from fastapi import FastAPI
from starlette.middleware import Middleware

from halfgig import __version__
from halfgig.server.avatar_store import AvatarStore
from halfgig.server.file_store import file_store
from halfgig.server.job_store import JobStore, database_of
from halfgig.server.paths import ServerPaths
from halfgig.server.plan import server_plan
from halfgig.server.shared_rates import SharedRates
from halfgig.server.web.access import AccessGate, Keys, Passes
from halfgig.server.web.avatar_module import module_routes
from halfgig.server.web.avatar_packs import pack_routes
from halfgig.server.web.avatars import AvatarService, avatar_routes
from halfgig.server.web.client_address import TrustedProxies
from halfgig.server.web.cross_origin import CrossOrigin
from halfgig.server.web.errors import Application, handle_errors
from halfgig.server.web.faces import face_routes
from halfgig.server.web.headers import Envelope
from halfgig.server.web.known_hosts import known_hosts
from halfgig.server.web.limits import BodyLimits, BodyRules, StreamLimit
from halfgig.server.web.metrics import Metrics
from halfgig.server.web.models import model_routes
from halfgig.server.web.operations import Operations, operation_routes, plan_routes
from halfgig.server.web.provenance import provenance_routes
from halfgig.server.web.rate_limit import RateLimiter
from halfgig.server.web.same_origin import SameOriginGate
from halfgig.server.web.session_texts import SessionTexts
from halfgig.server.web.session_tokens import Signer
from halfgig.server.web.shared_counters import SharedCounters
from halfgig.server.web.shared_session_texts import SharedSessionTexts
from halfgig.server.web.speech import speech_routes
from halfgig.server.web.static import docs_routes, page_routes
from halfgig.server.web.videos import VideoService, share_routes, video_routes
from halfgig.server.web.worker_client import WorkerClient
from halfgig.settings import Settings

_BYTES_PER_CHARACTER = 6
"""The most bytes JSON needs for one character: `\\u00e9`."""


def make_app(
    settings: Settings,
    counters: SharedCounters | None = None,
    limiter: RateLimiter | None = None,
    texts: SessionTexts | None = None,
) -> FastAPI:
    """Return the web application; building it opens no file and no connection.

    `counters` are those that several workers share, `limiter` the rates, `texts` what tokens have spoken.
    """
    paths = ServerPaths.of(settings)
    files, jobs = file_store(settings), JobStore.of(settings)
    signer = Signer(paths.root, files)
    metrics = Metrics(paths, jobs, counters or SharedCounters())
    app = Application(
        title="halfgig",
        version=__version__,
        summary="Talking avatars in half a gigabyte: text to speech, text and a portrait to a talking video.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=_middleware(settings, metrics, limiter or RateLimiter(settings.rate_per_minute), signer),
    )
    handle_errors(app)
    worker = WorkerClient(paths.socket)
    streams = StreamLimit(settings.max_streams + settings.max_queue, metrics.count_stream)
    app.include_router(speech_routes(settings, worker, streams, _texts(settings, texts or SessionTexts())))
    app.include_router(model_routes(worker))
    service = VideoService(settings, paths)
    app.include_router(video_routes(settings, service))
    app.include_router(share_routes(service))
    avatars = AvatarService(settings, paths, worker, signer)
    app.include_router(avatar_routes(avatars))
    app.include_router(pack_routes(avatars))
    app.include_router(face_routes(settings, paths, worker))
    app.include_router(provenance_routes(settings, paths, worker))
    app.include_router(
        operation_routes(
            Operations(paths, jobs, worker, metrics, lambda: server_plan(settings).plan, service.files, settings.warm)
        )
    )
    app.include_router(plan_routes(settings, jobs))
    app.include_router(docs_routes())
    app.include_router(page_routes())
    app.include_router(module_routes())
    return app


def _middleware(settings: Settings, metrics: Metrics, limiter: RateLimiter, signer: Signer) -> list[Middleware]:
    """Return the middleware, the outermost first."""
    everywhere, for_avatars = frozenset(settings.cors_origins), frozenset(settings.avatar_origins)
    hosts = known_hosts(settings, os.environ)
    keys, avatars = Keys(settings.api_keys), AvatarStore(settings)
    longest = max(2**20, settings.max_input_characters * _BYTES_PER_CHARACTER)
    return [
        Middleware(Envelope, observe=metrics.observe),
        *([Middleware(CrossOrigin, everywhere, for_avatars)] if everywhere or for_avatars else []),
        *([] if keys else [Middleware(SameOriginGate, hosts, everywhere, for_avatars)]),  # a page elsewhere has no key
        Middleware(
            AccessGate,
            keys=keys,
            passes=Passes(signer, keys, avatars.has, is_shared=bool(settings.store_url)),
            limiter=limiter,
            proxies=TrustedProxies(settings.trusted_proxies),
            rates=_shared_rates(settings),
        ),
        Middleware(BodyLimits, rules=BodyRules(longest, settings.slow_client_seconds)),
    ]


def _texts(settings: Settings, own: SessionTexts) -> SessionTexts:
    return SharedSessionTexts(database_of(settings), own) if settings.database_url else own


def _shared_rates(settings: Settings) -> SharedRates | None:
    if settings.database_url and settings.rate_per_minute:
        return SharedRates(database_of(settings), settings.rate_per_minute)
    return None

# syntax=docker/dockerfile:1
# The first stage installs; the second contains only what running needs.
FROM python:3.11-slim AS build
WORKDIR /build
RUN python -m venv /opt/halfgig
ENV PATH=/opt/halfgig/bin:$PATH
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY src src
RUN pip install --no-cache-dir --disable-pip-version-check --constraint constraints.txt . \
    && pip uninstall --yes --quiet pip

FROM python:3.11-slim
# Models to bake into the image, as "kokoro"; empty: pull them into the volume with `halfgig pull`.
ARG MODELS=""
RUN useradd --create-home --uid 10001 halfgig && install --directory --owner halfgig /data
COPY --from=build /opt/halfgig /opt/halfgig
ENV PATH=/opt/halfgig/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data \
    BIND=0.0.0.0 \
    PORT=8000 \
    WORKERS=1
USER halfgig
WORKDIR /home/halfgig
RUN for model in $MODELS; do halfgig pull "$model" --quiet || exit 1; done
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
CMD ["halfgig", "serve"]

# One image per project: docker build --build-arg PROJECT=ingestion_api -t brickline/ingestion-api .
# It holds the project's bricks and locked libraries, and no uv, tests or other project's code.
ARG BASE_IMAGE=python:3.13-slim

# The libraries: built anew only when the lock or the project's own list changes.
FROM ${BASE_IMAGE} AS libraries
# The base image's trust store, so that a firm's own authority in it counts here too.
ENV UV_SYSTEM_CERTS=true \
    UV_PYTHON=python3 \
    UV_PYTHON_DOWNLOADS=never \
    UV_PROJECT_ENVIRONMENT=/app \
    UV_LINK_MODE=copy \
    UV_COMPILE_BYTECODE=1 \
    PYC_INVALIDATION_MODE=UNCHECKED_HASH
WORKDIR /workspace
COPY .ci/uv-requirements.txt .ci/
RUN --mount=type=cache,target=/root/.cache/pip \
    python3 -m venv /opt/uv && /opt/uv/bin/python -m pip install --quiet -r .ci/uv-requirements.txt
ARG PROJECT
COPY pyproject.toml uv.lock ./
COPY projects/${PROJECT:?is-wanted-as-build-argument}/pyproject.toml projects/${PROJECT}/
# The project's optional libraries, such as a vendor's: --build-arg EXTRAS="openai google".
ARG EXTRAS=""
# Not --locked: that wants the pyproject.toml of every project here, and .ci/run has checked the lock.
RUN --mount=type=cache,target=/root/.cache/uv \
    /opt/uv/bin/uv sync --frozen --no-dev --no-install-workspace \
        --package "brickline-$(printf %s "$PROJECT" | tr _ -)" \
        $(for extra in $EXTRAS; do printf ' --extra %s' "$extra"; done)

# The project's wheel, which picks its own bricks out of all of them, laid out to be copied over /app.
FROM libraries AS bricks
COPY components components
COPY bases bases
RUN --mount=type=cache,target=/root/.cache/uv \
    /opt/uv/bin/uv build --quiet --wheel --out-dir /wheels --package "brickline-$(printf %s "$PROJECT" | tr _ -)" && \
    /opt/uv/bin/uv pip install --quiet --no-deps --python /app/bin/python --prefix /bricks /wheels/*.whl
# What the image starts. exec, so that the service itself receives SIGTERM.
RUN case "$PROJECT" in \
        standalone) command="brickline up" ;; \
        *) command="brickline-$(printf %s "$PROJECT" | tr _ -)" ;; \
    esac && printf '#!/bin/sh\nexec %s "$@"\n' "$command" >/bricks/bin/start && chmod 755 /bricks/bin/start

FROM ${BASE_IMAGE}
# A name for the user, because initdb of the standalone's Postgres wants one.
RUN useradd --uid 10001 --home-dir /data --create-home --shell /usr/sbin/nologin brickline
COPY --from=libraries /app /app
COPY --from=bricks /bricks /app
ENV PATH=/app/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    BRICKLINE_HOST=0.0.0.0 \
    BRICKLINE_PORT=8000
USER 10001:10001
WORKDIR /data
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 CMD ["python", "-c", "import http.client, os; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['BRICKLINE_PORT']), timeout=2); c.request('GET', '/health'); raise SystemExit(c.getresponse().status != 200)"]
CMD ["start"]
# Last, for they change with each commit.
ARG PROJECT
ARG REVISION=unknown
# What the image's processes call themselves: --build-arg RELEASE=v1.4.2, else the revision.
ARG RELEASE=""
ENV BRICKLINE_RELEASE=${RELEASE:-$REVISION}
LABEL org.opencontainers.image.title="brickline ${PROJECT}" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision="${REVISION}"

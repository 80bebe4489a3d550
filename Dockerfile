# syntax=docker/dockerfile:1
# The tap and the commands beside it: docs/docker.md has how it is built and run.
ARG PYTHON_IMAGE=docker.io/library/python:3.13-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
# A copy without its history does not know its version.
ARG VERSION=0.1.0.dev0
# Such as parquet or attachment-text, with commas between them.
ARG EXTRAS=
WORKDIR /src
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY tap_confluence tap_confluence/
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 SETUPTOOLS_SCM_PRETEND_VERSION=${VERSION}
# Compiled here: where the root is read-only, each start would compile all of it again.
RUN python3 -m venv /opt/tap-confluence \
    && /opt/tap-confluence/bin/pip install --constraint constraints.txt --compile ".${EXTRAS:+[${EXTRAS}]}" \
    && /opt/tap-confluence/bin/pip uninstall --yes pip

# `--target=meltano`: the Meltano project with the loader for PostgreSQL, which Kubernetes runs.
FROM ${PYTHON_IMAGE} AS meltano
ARG VERSION=0.1.0.dev0
ENV PATH=/opt/meltano/bin:${PATH} PYTHONDONTWRITEBYTECODE=1 MELTANO_SEND_ANONYMOUS_USAGE_STATS=false
RUN python3 -m venv /opt/meltano \
    && /opt/meltano/bin/pip install --no-cache-dir --compile 'meltano[postgres]==4.4.1'
WORKDIR /project
COPY meltano.yml pyproject.toml README.md LICENSE ./
COPY plugins plugins/
COPY orchestrate/target-postgres-in-turn orchestrate/target-postgres-in-turn/
COPY tap_confluence tap_confluence/
RUN SETUPTOOLS_SCM_PRETEND_VERSION=${VERSION} UV_COMPILE_BYTECODE=1 UV_NO_CACHE=1 \
    meltano install tap-confluence target-postgres \
    && rm -rf .meltano/run .meltano/logs .meltano/*.db \
    && mkdir .meltano/run
USER 65532:65532
ENTRYPOINT ["meltano"]

FROM ${PYTHON_IMAGE}
ARG VERSION=0.1.0.dev0
ARG REVISION=
ARG CREATED=
LABEL org.opencontainers.image.title="tap-confluence" \
      org.opencontainers.image.description="Singer tap for Atlassian Confluence" \
      org.opencontainers.image.url="https://github.com/tap-confluence/tap-confluence" \
      org.opencontainers.image.source="https://github.com/tap-confluence/tap-confluence" \
      org.opencontainers.image.documentation="https://github.com/tap-confluence/tap-confluence/blob/main/docs/docker.md" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
COPY --from=build /opt/tap-confluence /opt/tap-confluence
ENV PATH=/opt/tap-confluence/bin:${PATH} PYTHONDONTWRITEBYTECODE=1
# Nobody in particular: nothing in the image belongs to this user.
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["tap-confluence"]

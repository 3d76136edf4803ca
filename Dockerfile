# The connector's image: `docker build -t airbyte/source-netvisor:dev .`
# The base is the one that metadata.yaml names; replace it with --build-arg BASE_IMAGE=...
ARG BASE_IMAGE=docker.io/airbyte/python-connector-base:4.1.1@sha256:a268b44c733ae699a60f5fbc06a324945dba98945c6e2ab7f8609f2f895b0d28

FROM ${BASE_IMAGE} AS builder
# a package index other than pip's own; left out, pip's configuration in the base decides
ARG PIP_INDEX_URL
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
USER root
WORKDIR /build
# Poetry only reads the lock file here, so it has an environment of its own that stays behind in this stage.
RUN python -m venv /opt/poetry \
    && /opt/poetry/bin/python -m pip install --quiet poetry==2.5.1 poetry-plugin-export==1.10.1
COPY pyproject.toml poetry.lock ./
RUN /opt/poetry/bin/poetry export --quiet --only main --output requirements.txt \
    && python -m venv /opt/connector \
    && /opt/connector/bin/python -m pip install --quiet --no-deps --require-hashes --requirement requirements.txt
COPY README.md LICENSE ./
COPY source_netvisor source_netvisor
# pip and pandas' tests are of no use in the finished image
RUN /opt/connector/bin/python -m pip install --quiet --no-deps . \
    && /opt/connector/bin/python -m pip uninstall --quiet --yes pip \
    && rm -rf /opt/connector/lib/python3.*/site-packages/pandas/tests \
    && printf '#!/bin/sh\nexec source-netvisor "$@"\n' >/opt/entrypoint.sh \
    && chmod 755 /opt/entrypoint.sh

FROM ${BASE_IMAGE}
COPY --from=builder /opt/connector /opt/connector
COPY --from=builder /opt/entrypoint.sh /entrypoint.sh
ENV PATH="/opt/connector/bin:${PATH}" \
    AIRBYTE_ENTRYPOINT="/entrypoint.sh"
LABEL io.airbyte.name="airbyte/source-netvisor" \
      io.airbyte.version="0.1.0"
WORKDIR /airbyte/integration_code
USER airbyte
ENTRYPOINT ["/entrypoint.sh"]

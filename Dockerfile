# One image for every part of a larger farm; docker-compose.yml says which part runs,
# docs/deployment.md how it is built without a registry or with an index of your own.

# any image of Debian or Ubuntu with Python 3.11 or newer and its venv
ARG BASE=python:3.12-slim

# --- what is needed to run, in one folder

FROM ${BASE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python3 -m venv /opt/farm
WORKDIR /src

# the libraries first: they change less often than the code
COPY pyproject.toml constraints.txt ./
RUN python3 -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb'))['project']; print(*p['dependencies'], *p['optional-dependencies']['s3'], sep='\n')" > requirements.txt
# secrets are there while a line runs, and in no layer; both may be missing
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf \
    --mount=type=secret,id=ca.pem,target=/etc/ssl/certs/ca-certificates.crt \
    /opt/farm/bin/pip install -c constraints.txt -r requirements.txt

COPY README.md LICENSE ./
COPY config config
COPY farm farm
COPY workers workers
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf \
    --mount=type=secret,id=ca.pem,target=/etc/ssl/certs/ca-certificates.crt \
    /opt/farm/bin/pip install --no-deps . && /opt/farm/bin/pip check

# --- what runs: no compiler, no source folder, no root

FROM ${BASE} AS farm
# who owns the files that renders write into /media: that of your media folder
ARG FARM_UID=1000
RUN useradd --uid ${FARM_UID} --no-create-home --home-dir /tmp --shell /bin/sh farm \
 && mkdir -p /storage /scratch /media /flower \
 && chown farm /storage /scratch /media /flower
COPY --from=build /opt/farm /opt/farm
# GPU workers: what the NVIDIA runtime puts into the container
ENV PATH=/opt/farm/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    NVIDIA_DRIVER_CAPABILITIES=compute,video,utility \
    FARM_STORAGE=/storage \
    FARM_SCRATCH=/scratch \
    FARM_INPUT_CACHE=/scratch/inputs \
    FARM_MEDIA_ROOTS=/media
USER ${FARM_UID}
WORKDIR /media
ENTRYPOINT ["farm"]
CMD ["--help"]

# Made by base-images.sh out of Debian packages, for places without a registry.
# Each takes the variables and secrets that docker-compose.yml gives to the public one.

FROM farm-made/debian AS packages
ENV DEBIAN_FRONTEND=noninteractive

FROM packages AS python
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-venv \
 && rm -rf /var/lib/apt/lists/*

FROM packages AS redis
RUN apt-get update && apt-get install -y --no-install-recommends redis-server \
 && rm -rf /var/lib/apt/lists/*
USER redis
CMD ["redis-server"]

FROM packages AS postgres
RUN mkdir -p /etc/postgresql-common \
 && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf \
 && apt-get update && apt-get install -y --no-install-recommends postgresql \
 && rm -rf /var/lib/apt/lists/* \
 && ln -s /usr/lib/postgresql/*/bin/* /usr/local/bin/ \
 && mkdir -p /var/lib/postgresql/data /run/postgresql \
 && chown postgres /var/lib/postgresql/data /run/postgresql
COPY --chmod=755 postgres.sh /usr/local/bin/start-postgres
USER postgres
VOLUME /var/lib/postgresql/data
ENTRYPOINT ["start-postgres"]
CMD ["postgres"]

FROM packages AS prometheus
RUN apt-get update && apt-get install -y --no-install-recommends prometheus wget \
 && rm -rf /var/lib/apt/lists/* \
 && mkdir -p /prometheus && chown nobody /prometheus
USER nobody
WORKDIR /prometheus
ENTRYPOINT ["prometheus"]

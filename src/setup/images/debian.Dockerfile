# What the base images share, where a registry can be reached. Without one, rootfs.ts makes the same with mmdebstrap.
ARG BASE
FROM ${BASE}
ARG PACKAGES
ARG DPKG
ARG NO_CLUSTER
RUN echo "${DPKG}" > /etc/dpkg/dpkg.cfg.d/qaack \
 && mkdir -p /etc/postgresql-common/createcluster.d \
 && echo "${NO_CLUSTER}" > /etc/postgresql-common/createcluster.d/qaack.conf \
 && apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${PACKAGES} \
 && rm -rf /var/lib/apt/lists/*
CMD ["sleep", "infinity"]

# Debian with git, curl, Node and npm, for the tests and the demo. `files` holds this machine's Node and npm, its list of
# certificate authorities and its npm registry, so that what works here works in there.
ARG BASE
FROM ${BASE}
COPY files/ /
RUN node --version && npm --version && git --version
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt npm_config_update_notifier=false
CMD ["sleep", "infinity"]

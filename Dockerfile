# `qaack serve` as a plain user.
#
#   docker build -t qaack .
#   docker run -d --name qaack --restart unless-stopped -p 127.0.0.1:3000:3000 -v qaack-data:/var/lib/qaack \
#     -v /var/run/docker.sock:/var/run/docker.sock --group-add "$(stat -c %g /var/run/docker.sock)" qaack
#
# The socket makes it the master of that engine; the group is how a plain user may open it. Without the socket it
# starts too, but builds nothing. It joins the networks of the previews by itself. All it keeps, its admin token included, is in the volume:
#   docker exec qaack cat /var/lib/qaack/admin-token
#
# BASE: any Debian or Ubuntu with Node 24 and npm.
ARG BASE=node:24-bookworm-slim
FROM ${BASE}

RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates git git-lfs openssh-client tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --uid 10001 qaack \
 && install -d -o qaack -g qaack -m 700 /var/lib/qaack

WORKDIR /opt/qaack
# by itself, so that a change of the code does not install everything anew; no install scripts, since all they bring is
# the Node that is here already
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force
COPY LICENSE app.yml ./
COPY src ./src

ENV NODE_ENV=production QAACK_HOST=0.0.0.0 QAACK_DATA_DIR=/var/lib/qaack
USER qaack
VOLUME /var/lib/qaack
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.QAACK_PORT ?? 3000}/api/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# tini collects the processes that git leaves behind
ENTRYPOINT ["tini", "--", "node", "--expose-gc", "--max-semi-space-size=24", "--heap-growing-percent=200", "/opt/qaack/src/cli/qaack.mjs"]
CMD ["serve"]

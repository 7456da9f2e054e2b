# graphtap in the place of the old collector's image: the same folders, the same CONFIG_FILE.
#   docker build -t graphtap .
#   docker run --rm --read-only -v "$PWD/certs:/devo-collector/certs:ro" -v "$PWD/config:/devo-collector/config:ro" \
#     -v "$PWD/state:/devo-collector/state" -e CONFIG_FILE=config.yaml graphtap
# Event lines are the container's standard output, and nobody carries them to the outputs of the configuration: that
# takes a shipper beside it (fluent-bit/compose.yaml, vector/compose.yaml). The user of the container (1000) must be able
# to write to state/.

FROM node:22-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
# Without scripts: the bundle is built from what is copied next.
RUN npm ci --ignore-scripts
COPY build.mjs notices.mjs tsconfig.json LICENSE ./
COPY plugins plugins
COPY src src
RUN npm run --silent build

FROM node:22-bookworm-slim
# util-linux, which the image has, brings flock: it keeps two processes from one state folder.
RUN command -v flock \
  && mkdir -p /devo-collector/certs /devo-collector/config /devo-collector/credentials /devo-collector/state \
  && chown node:node /devo-collector/state
COPY --from=build /build/dist/graphtap.cjs /usr/local/bin/graphtap
WORKDIR /devo-collector
# The number of the image's user "node": orchestrators that insist on another than root cannot look a name up.
USER 1000:1000
# Node opens a debugger at SIGUSR1 before the program can say that it wants none.
ENV NODE_ENV=production NODE_OPTIONS=--disable-sigusr1 CONFIG_FILE=config.yaml
# The status page and /metrics answer inside the container only, unless --listen and a token say otherwise.
EXPOSE 9464
# The program answers; whether every stream gets through is what /readyz tells.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["graphtap"]
CMD ["serve"]

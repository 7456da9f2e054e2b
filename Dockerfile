# graphtap in the place of the old collector's image: the same folders, the same CONFIG_FILE, and Fluent Bit, which sends
# to the outputs of the configuration. The old page's lines do, with another image's name:
#   docker build -t graphtap .
#   docker run --volume $PWD/certs:/devo-collector/certs --volume $PWD/config:/devo-collector/config \
#     --volume $PWD/state:/devo-collector/state --env CONFIG_FILE=config.yaml --rm --interactive --tty graphtap
# --read-only may be added: positions, spool and Fluent Bit's buffer are in state/, and nothing else is written. It belongs
# to the user 1000, or to the one that --user names.

# Each is a tag and the digest that it had. They were read in public repositories that pin the same tags, and not pulled
# by who wrote this: docker buildx imagetools inspect TAG prints the tag's own. A digest that is wrong pulls nothing.
ARG NODE_IMAGE=node:22-trixie-slim@sha256:b26b04c123d9ff8ab646ceb18b9d75a1173acf64b9a401094b906d27b29338d4
ARG FLUENT_BIT_IMAGE=fluent/fluent-bit:5.1.1@sha256:a941bdd5ca552b2c6597fc7b3bccf2e61d30873939bab5700963de0e94ac6169

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
# Without scripts: the bundle is built from what is copied next.
RUN npm ci --ignore-scripts
COPY build.mjs notices.mjs tsconfig.json LICENSE ./
COPY plugins plugins
COPY src src
RUN npm run --silent build
# What the base has not: its folders and their owner, laid out here, for it has no shell. flock of util-linux needs
# nothing but libc, and keeps two processes from one state folder; env lets "docker exec NAME graphtap state show" do.
RUN mkdir -p /root-of-image/devo-collector/certs /root-of-image/devo-collector/config \
    /root-of-image/devo-collector/credentials /root-of-image/devo-collector/state /root-of-image/usr/local/bin /root-of-image/usr/bin \
  && chown 1000:1000 /root-of-image/devo-collector/state \
  && install -m 0755 dist/graphtap.cjs /root-of-image/usr/local/bin/graphtap \
  && cp "$(command -v node)" "$(command -v flock)" /root-of-image/usr/local/bin/ \
  && cp /usr/bin/env /root-of-image/usr/bin/

# Debian 13 without a shell, with Fluent Bit in /fluent-bit/bin and the libraries of C++ that Node needs.
FROM ${FLUENT_BIT_IMAGE}
COPY --from=build /root-of-image/ /
WORKDIR /devo-collector
# A number: orchestrators that insist on another than root cannot look a name up.
USER 1000:1000
# Node opens a debugger at SIGUSR1 before the program can say that it wants none.
ENV PATH=/usr/local/bin:/usr/bin:/bin:/fluent-bit/bin NODE_ENV=production NODE_OPTIONS=--disable-sigusr1 CONFIG_FILE=config.yaml
# What each hop writes: positions of graphtap, its spool, Fluent Bit's chunks and how far it came.
VOLUME /devo-collector/state
# The program answers; whether every stream gets through is what /readyz tells. By loopback, so that no port has to be open.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["/usr/local/bin/node", "-e", "fetch('http://127.0.0.1:9464/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# The tap ends first, then Fluent Bit, within the ten seconds that an engine waits.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/node", "/usr/local/bin/graphtap"]
CMD ["up", "--listen", "127.0.0.1:9464"]

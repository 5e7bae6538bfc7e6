# The gateway alone: compiled JavaScript and its production dependencies, run by `node` as pid 1. No TypeScript, no
# tests, no local twin. Works with a read-only root file system and without capabilities: it writes nothing.
# docs/image.md tells how to run it, and test/image/ shows it.
#
#   docker build -t grantway .
#   docker run --read-only --cap-drop ALL -p 8080:8080 -v ./gateway.yaml:/app/gateway.yaml:ro grantway
#
# The configuration is /app/gateway.yaml, or what GATEWAY_CONFIG says: a path (mount the file there), or the
# document itself when it starts with `{`. Health is asked on the admin port: where the configuration sets another
# `listen.adminPort`, set ADMIN_PORT to it as well.

# Builds: any image with Node 20.19 or later, npm, a shell and find.
ARG NODE_IMAGE=node:24-bookworm-slim
# Runs: any with Node and a user `node`. It needs neither npm nor a shell, so one without them will do.
ARG RUNTIME_IMAGE=${NODE_IMAGE}

# Both stages make the same files for every architecture, so they run on the builder's own, and the last one runs
# nothing: to build for another architecture takes no emulation. Dependencies' install scripts are not run: nothing that
# compiles or ships needs one.
FROM --platform=${BUILDPLATFORM} ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY server server
RUN npx tsc -p tsconfig.build.json

# Half of what the packages hold is for editors and debuggers.
FROM --platform=${BUILDPLATFORM} ${NODE_IMAGE} AS dependencies
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts \
  && find node_modules -type f \( -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.map' \) -delete

FROM ${RUNTIME_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /build/node_modules node_modules
COPY --from=build /build/dist/server dist/server
# Node reads "type": "module" from it.
COPY package.json ./
USER node
EXPOSE 8080 8081
# Docker and Compose ask this; ECS, Fly.io and Kubernetes have checks of their own. Left out of images in OCI's format.
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s --retries=3 \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:' + (process.env.ADMIN_PORT || 8081) + '/livez', { signal: AbortSignal.timeout(4000) }).then((livez) => process.exit(livez.ok ? 0 : 1), () => process.exit(1))"]
# Exec form: SIGTERM reaches Node itself, which then drains (`listen.drain`).
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "dist/server/cli/grantway.js"]
CMD ["serve"]
# Last, so that another revision of the same files takes every layer from the cache.
ARG VERSION=unknown
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="grantway" \
      org.opencontainers.image.description="OIDC in, scoped AWS session out: a gateway for Lambda function URLs that accept only AWS_IAM." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"

# The App: no shell, no git, no package manager, not root. `docker build -t seamless .`; docs/app.md says how it is started.
# Both images are Debian 12, so that what is installed in the first runs in the second. By digest: a tag is somebody else's word.
ARG BUILD_IMAGE=node:24-bookworm-slim@sha256:242549cd46785b480c832479a730f4f2a20865d61ea2e404fdb2a5c3d3b73ecf
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot@sha256:14d42e2511532589a7c7e01a753667a74fcc96266e137e8125006b87b0c32d0a

FROM ${BUILD_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No script of any package runs: none of those that the App needs has one.
RUN ["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
# An empty folder to become the data's, since the last image has no mkdir.
RUN ["node", "-e", "require('node:fs').mkdirSync('/data', { mode: 0o700 })"]

FROM ${RUNTIME_IMAGE}
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_FOLDER=/data
COPY --from=build /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY src ./src
COPY app ./app
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["/nodejs/bin/node", "app/health-check.ts"]
CMD ["app/main.ts"]

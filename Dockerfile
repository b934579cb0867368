# Three stages: compile, install what runs, and a last one that has node and nothing else: no shell, no package manager.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# the compiler runs as it comes; nothing of this stage's packages goes on
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

# not slim: where no ready-made sqlite3 can be fetched it is compiled, with the headers that the image has
FROM node:22-bookworm AS parts
WORKDIR /app
ENV npm_config_nodedir=/usr/local
COPY package.json package-lock.json ./
RUN npm ci --omit=dev && mkdir -p /state && chmod 700 /state

FROM gcr.io/distroless/nodejs22-debian12:nonroot
WORKDIR /app
COPY --from=parts /app/node_modules ./node_modules
COPY --from=parts --chown=65532:65532 /state /state
COPY --from=build /app/dist ./dist
# readable whatever the umask was that they were cloned under
COPY --chmod=755 package.json README.md SECURITY.md ./
COPY --chmod=755 locales ./locales
COPY --chmod=755 data ./data
ENV NODE_ENV=production QUIETLINE_HOME=/state QUIETLINE_LISTEN=0.0.0.0:8787 QUIETLINE_METRICS_LISTEN=0.0.0.0:9187
USER 65532:65532
VOLUME /state
EXPOSE 8787 9187
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["/nodejs/bin/node", "-e", "fetch('http://127.0.0.1:9187/healthz').then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
# what is freed is overwritten
ENV GLIBC_TUNABLES=glibc.malloc.perturb=165:glibc.malloc.tcache_count=0
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=2", "--clear-free-memory", "dist/cli.js"]
CMD ["start"]

# One service as an image: docker build --build-arg SERVICE=intake --tag vienuviet/intake .
# Why it is made so, and what it needs to run: docs/tasks/run-in-a-container.md

FROM node:24.21.0-bookworm-slim AS packages
RUN npm install --global pnpm@11.28.11
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY patches patches
COPY schemas schemas
COPY packages packages
COPY services services
COPY infra/local/package.json infra/local/package.json
COPY scripts/keep-service.mjs scripts/keep-service.mjs
ARG SERVICE
RUN CI=true pnpm install --frozen-lockfile --prod --filter-prod "@vienuviet/${SERVICE}..." \
  && node scripts/keep-service.mjs "${SERVICE}"

# No shell, no package manager; user 65532.
FROM gcr.io/distroless/cc-debian12:nonroot
ARG SERVICE
COPY --from=packages /usr/local/bin/node /usr/local/bin/node
COPY --from=packages /app /app
WORKDIR /app/services/${SERVICE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 TZ=UTC
USER 65532:65532
EXPOSE 8080
# Node refuses every write to a file, whatever the file system would allow.
ENTRYPOINT ["/usr/local/bin/node", "--permission", "--allow-fs-read=*", "src/main.ts"]

# One image for every process: worker, API, migrate, command. Compiled in a stage of its own; what runs has no sources and no tools.
FROM node:22-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run --silent package

FROM node:22-bookworm-slim
WORKDIR /tidemark
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force
COPY --from=build /build/dist/package ./
# The folder of kept files belongs to the user that processes run as: an engine gives a new volume the owner that the folder has here.
# Nothing else is written, so that the file system may be read-only, with a /tmp of its own.
RUN install -d -o node -g node /var/lib/tidemark/files \
  && ln -s /tidemark/cli/tidemark.js /usr/local/bin/tidemark
ENV NODE_ENV=production TIDEMARK_FILES=/var/lib/tidemark/files
USER node
CMD ["node", "workers/main.js"]

# One image for every process: worker, API, migrate, command.
FROM node:22-bookworm-slim
WORKDIR /tidemark
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY . .
# The workflow bundle is made here, so that a worker starts without bundling. The folder of kept files belongs to the user that
# processes run as: an engine gives a new volume the owner that the folder has here.
RUN node --import tsx/esm workers/bundle-now.ts && chown -R node:node /tidemark/dist \
  && install -d -o node -g node /var/lib/tidemark/files \
  && ln -s /tidemark/cli/tidemark.js /usr/local/bin/tidemark
ENV NODE_ENV=production TIDEMARK_FILES=/var/lib/tidemark/files
USER node
CMD ["node", "--import", "tsx/esm", "workers/main.ts"]

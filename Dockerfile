# One image for every process: worker, migrate, command.
FROM node:22-bookworm-slim
WORKDIR /tidemark
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY . .
# The workflow bundle is made here, so that a worker starts without bundling.
RUN node --import tsx/esm workers/bundle-now.ts && chown -R node:node /tidemark/dist
USER node
ENV NODE_ENV=production
CMD ["node", "--import", "tsx/esm", "workers/main.ts"]

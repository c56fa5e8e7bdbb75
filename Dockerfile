# One file, three images: `migrate` prepares database and Temporal namespace, `service` is worker and API, `front` is the
# only one that the outside reaches.

FROM node:22.21.1-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --include=dev
COPY . .
RUN node scripts/launch.mjs build && node dist/scripts/bundle.js

FROM build AS migrate
USER node
CMD ["node", "dist/scripts/migrate.js"]

FROM build AS pruned
RUN npm prune --omit=dev --ignore-scripts

FROM node:22.21.1-bookworm-slim AS service
ENV NODE_ENV=production
WORKDIR /app
COPY --from=pruned /app/package.json ./
COPY --from=pruned /app/node_modules ./node_modules
COPY --from=pruned /app/dist ./dist
USER node

FROM caddy:2.10.2-alpine AS front
COPY deploy/Caddyfile /etc/caddy/Caddyfile
RUN chown -R 65534:65534 /data /config
USER 65534:65534

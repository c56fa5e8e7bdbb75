import { fileURLToPath } from 'node:url';
import { defineConfig } from 'prisma/config';

// Without it the CLI downloads a native engine, which fails where only package registries can be reached.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ||= fileURLToPath(
  new URL('scripts/schema-engine.mjs', import.meta.url),
);

// The CLI asks its vendor for news on every call.
process.env.CHECKPOINT_DISABLE ||= '1';

const { DATABASE_URL } = process.env;

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // `generate` and `validate` need no database, so that the URL may be missing.
  ...(DATABASE_URL && { datasource: { url: DATABASE_URL } }),
});

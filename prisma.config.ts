/**
 * Prisma's CLI for all services: `pnpm exec prisma <command> --schema services/<name>/prisma/schema.prisma`. It generates
 * clients (`scripts/prisma-clients.ts`) and nothing else: migrations are plain SQL, applied by `@vienuviet/database`.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'prisma/config';

// Read early enough by the CLI; without it every command would try to download the native engine.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= fileURLToPath(new URL('./scripts/schema-engine.mjs', import.meta.url));
process.env['CHECKPOINT_DISABLE'] ??= '1';
process.env['PRISMA_HIDE_UPDATE_MESSAGE'] ??= '1';

export default defineConfig({});

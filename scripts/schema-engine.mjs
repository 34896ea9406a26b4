#!/usr/bin/env node
// Stand-in for Prisma's native schema-engine, which would have to be downloaded: the same JSON-RPC over standard input
// and output, served by the WebAssembly build that Prisma publishes (@prisma/schema-engine-wasm) over adapter-pg. Every
// command of Prisma's CLI works through it; `prisma.config.ts` names it. The version of the WebAssembly must carry the
// engine commit of the CLI (`prisma -v`), which is why both are pinned.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as bg from '@prisma/schema-engine-wasm/schema_engine_bg';

const require = createRequire(import.meta.url);
// The driver that the adapter itself uses.
const pg = createRequire(require.resolve('@prisma/adapter-pg'))('pg');

const argv = process.argv.slice(2);
const datamodels = [];
let datasource = {};
let cli;
for (let i = 0; i < argv.length; i++) {
  if (argv[i] === '--datamodels') datamodels.push(argv[++i]);
  else if (argv[i] === '--datasource') datasource = JSON.parse(argv[++i]);
  else if (argv[i] === 'cli') cli = argv[++i];
  else if (argv[i] === '--version') {
    process.stdout.write('schema-engine-cli (wasm)\n');
    process.exit(0);
  }
}

function clean(url) {
  // pg does not know Prisma's ?schema=
  const u = new URL(url);
  const schema = u.searchParams.get('schema') ?? undefined;
  u.searchParams.delete('schema');
  if (schema) u.searchParams.set('options', `-c search_path="${schema}"`);
  return { connectionString: u.toString(), schema, database: decodeURIComponent(u.pathname.slice(1)) || 'postgres' };
}

const log = (level, fields) =>
  process.stderr.write(
    `${JSON.stringify({ level, target: 'schema_engine::logger', timestamp: new Date().toISOString(), fields })}\n`,
  );

async function admin(url, sql) {
  const u = new URL(clean(url).connectionString);
  u.pathname = '/postgres';
  const c = new pg.Client({ connectionString: u.toString() });
  await c.connect();
  try {
    await c.query(sql);
  } finally {
    await c.end();
  }
}

const code = (e) =>
  ({
    '3D000': 'P1003',
    '28P01': 'P1000',
    28000: 'P1000',
    ECONNREFUSED: 'P1001',
    ENOTFOUND: 'P1001',
    ETIMEDOUT: 'P1001',
    '42P04': 'P1009',
  })[e?.code] ?? 'P1010';

async function createDatabase(url) {
  const { database } = clean(url);
  await admin(url, `CREATE DATABASE "${database.replaceAll('"', '""')}"`);
  const { schema, connectionString } = clean(url);
  if (schema) {
    const c = new pg.Client({ connectionString });
    await c.connect();
    try {
      await c.query(`CREATE SCHEMA IF NOT EXISTS "${schema.replaceAll('"', '""')}"`);
    } finally {
      await c.end();
    }
  }
  return { databaseName: database };
}

if (cli) {
  log('INFO', { message: 'Starting schema engine CLI', git_hash: '' }); // Prisma skips the first stderr line
  try {
    if (cli === 'can-connect-to-database') {
      const c = new pg.Client({ connectionString: clean(datasource.url).connectionString });
      await c.connect();
      await c.end();
      log('INFO', { message: 'Connection successful' });
    } else if (cli === 'create-database') {
      await createDatabase(datasource.url);
      log('INFO', { message: 'Database created successfully.' });
    } else throw new Error(`unknown cli command ${cli}`);
    process.exit(0);
  } catch (e) {
    log('ERROR', { message: e.message, is_panic: false, error_code: code(e), meta: {} });
    process.exit(1);
  }
}

const wasmPath = join(dirname(require.resolve('@prisma/schema-engine-wasm')), 'schema_engine_bg.wasm');
const { instance } = await WebAssembly.instantiate(readFileSync(wasmPath), { './schema_engine_bg.js': bg });
bg.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

// adapter-pg refuses the catalogue type "char" (oid 18), which the schema describer reads.
// Its executeScript splits on every ';' (breaking function bodies) and is not atomic: send the
// script as one simple query instead, as the native engine does.
function patch(a) {
  a.executeScript = async (script) => {
    try {
      await a.underlyingDriver().query(script);
    } catch (e) {
      a.onError(e);
    }
  };
  a.queryRaw = async (query) => {
    let chars = [];
    const self = Object.create(a, {
      performIO: {
        value: async (q) => {
          const r = await a.performIO(q);
          chars = r.fields.flatMap((f, i) => (f.dataTypeID === 18 ? [i] : []));
          for (const i of chars) r.fields[i].dataTypeID = 25;
          return r;
        },
      },
    });
    const out = await Object.getPrototypeOf(a).queryRaw.call(self, query);
    for (const i of chars) out.columnTypes[i] = ColumnTypeEnum.Character;
    return out;
  };
  return a;
}

class Factory extends PrismaPg {
  #shadowUrl;
  #url;
  #opts;
  constructor({ url, shadowDatabaseUrl }) {
    const { connectionString, schema } = clean(url ?? 'postgresql://localhost/postgres');
    super({ connectionString, max: 1 }, { schema });
    this.#url = url;
    this.#shadowUrl = shadowDatabaseUrl;
    this.#opts = { schema };
  }
  async connect() {
    return patch(await super.connect());
  }
  async connectToShadowDb() {
    if (this.#shadowUrl)
      return patch(
        await new PrismaPg({ connectionString: clean(this.#shadowUrl).connectionString }, this.#opts).connect(),
      );
    const name = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
    await admin(this.#url, `CREATE DATABASE "${name}"`);
    const u = new URL(clean(this.#url).connectionString);
    u.pathname = `/${name}`;
    const a = patch(await new PrismaPg({ connectionString: u.toString(), max: 1 }, this.#opts).connect());
    const dispose = a.dispose.bind(a);
    a.dispose = async () => {
      await dispose();
      await admin(this.#url, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    };
    return a;
  }
}

const factory = bindMigrationAwareSqlAdapterFactory(new Factory(datasource));
const models = datamodels.map((p) => [p, readFileSync(p, 'utf8')]);
let engine;
const getEngine = () =>
  (engine ??= bg.SchemaEngine.new({ datamodels: models.length ? models : undefined }, () => {}, factory));
const send = (o) => process.stdout.write(`${JSON.stringify(o)}\n`);
const printed = new Map();
let printId = 1e6;
const print = (content) =>
  new Promise((r) => {
    const id = ++printId;
    printed.set(id, r);
    send({ id, jsonrpc: '2.0', method: 'print', params: { content } });
  });

async function handle({ id, method, params }) {
  try {
    let result;
    if (method === 'createDatabase') result = await createDatabase(params.datasource.url ?? datasource.url);
    else {
      const e = await getEngine();
      if (method === 'getDatabaseVersion') result = await e.version(params);
      else result = await e[method](params);
      if (method === 'diff' && result?.stdout != null) {
        await print(result.stdout);
        result = { ...result, stdout: null };
      }
    }
    send({ id, jsonrpc: '2.0', result: result ?? null });
  } catch (e) {
    const captured = factory.errorRegistry?.consumeError?.(e?.id);
    send({
      id,
      jsonrpc: '2.0',
      error: {
        code: 4466,
        message: e?.message ?? String(e),
        data: {
          is_panic: e?.name === 'RuntimeError',
          message: e?.message ?? captured?.error?.message ?? String(e),
          error_code: e?.code,
          meta: e?.meta,
        },
      },
    });
  }
}

let pending = Promise.resolve();
createInterface({ input: process.stdin, crlfDelay: Infinity })
  .on('line', (line) => {
    if (!line.trim()) return;
    const m = JSON.parse(line);
    if (m.method) pending = pending.then(() => handle(m));
    else {
      printed.get(m.id)?.();
      printed.delete(m.id);
    }
  })
  .on('close', () => {
    pending.then(() => process.exit(0));
  });

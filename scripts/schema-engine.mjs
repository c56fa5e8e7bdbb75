#!/usr/bin/env node
// Prisma's CLI wants a native schema engine that only its vendor's host serves. This file stands in for it: the same
// JSON-RPC on stdin and stdout, answered by the WebAssembly build of the engine that npm serves.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    version: { type: 'boolean' },
    datamodels: { type: 'string', multiple: true },
    datasource: { type: 'string' },
    'enabled-preview-features': { type: 'string' },
    'extension-types': { type: 'string' },
  },
});
const { url } = JSON.parse(options.datasource ?? '{}');
let engine;

/** `cli can-connect-to-database` and `cli create-database`: the CLI runs these as processes of their own. */
async function runCommand(command) {
  try {
    if (command === 'create-database') await createDatabase();
    else await onDatabase(url, (client) => client.query('SELECT 1'));
  } catch (error) {
    const knownCodes = { '3D000': 'P1003', '28P01': 'P1000' };
    const fields = {
      error_code: knownCodes[error.code] ?? 'P1001',
      message: error.message || String(error.code),
    };
    // The CLI parses stderr from its second line on.
    process.stderr.write(`\n${JSON.stringify({ level: 'ERROR', target: 'schema_engine::logger', fields })}`);
    process.exitCode = 1;
  }
}

/** Answers one request after the other until stdin ends. */
async function serve() {
  for await (const line of createInterface({ input: process.stdin })) {
    const request = line.trim() ? JSON.parse(line) : {};
    if (!request.method) continue;
    try {
      const result = request.method === 'createDatabase' ? await createDatabase() : await call(request);
      send({ id: request.id, result });
    } catch (error) {
      send({ id: request.id, error: describe(error) });
    }
  }
  process.exit(0);
}

async function call({ id, method, params = {} }) {
  engine ??= await createEngine();
  const name = method === 'getDatabaseVersion' ? 'version' : method;
  if (typeof engine[name] !== 'function') throw new Error(`The schema engine has no method ${method}`);
  // These two find the schema of the applied migrations only in the cache that a diagnosis after applying leaves.
  if (['evaluateDataLoss', 'createMigration'].includes(method)) await engine.devDiagnostic(params);
  const result = (await engine[name](params)) ?? null;
  // The native engine prints a diff by a call of its own; the WebAssembly build returns it.
  if (method === 'diff' && result?.stdout) {
    send({ id: 1_000_000_000 + Number(id), method: 'print', params: { content: result.stdout } });
  }
  return result;
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}

function describe(error) {
  const data = {
    is_panic: false,
    message: typeof error === 'string' ? error : (error.message ?? String(error)),
    meta: error.meta ?? {},
    error_code: typeof error.code === 'string' ? error.code : null,
  };
  const code = Number.isInteger(error.code) ? error.code : 4466;
  return { code, message: 'An error happened. Check the data field for details.', data };
}

async function createEngine() {
  const bindings = await loadBindings();
  const factory = bindMigrationAwareSqlAdapterFactory(new AdapterFactory(url));
  const datamodels = options.datamodels?.map((path) => [path, readFileSync(path, 'utf8')]);
  return bindings.SchemaEngine.new({ datamodels }, () => {}, factory);
}

async function loadBindings() {
  const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const directory = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const binary = readFileSync(directory.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(binary, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => console.error(message) };
  return bindings;
}

/** The adapter's own shadow database ignores a connection string, and is dropped while its pool is still connected. */
class AdapterFactory extends PrismaPg {
  constructor(connectionString) {
    const schema = connectionString ? new URL(connectionString).searchParams.get('schema') : null;
    super({ connectionString }, { schema: schema ?? undefined });
  }

  async connect() {
    const adapter = await super.connect();
    readInternalCharacters(adapter);
    sendScriptsWhole(adapter);
    return adapter;
  }

  async connectToShadowDb() {
    const database = `prisma_migrate_shadow_db_${randomUUID()}`;
    await onDatabase(url, (client) => client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`));
    const adapter = await new AdapterFactory(urlOf(database)).connect();
    const disconnect = adapter.dispose.bind(adapter);
    adapter.dispose = async () => {
      await disconnect();
      await onDatabase(url, (client) => client.query(`DROP DATABASE ${pg.escapeIdentifier(database)}`));
    };
    return adapter;
  }
}

/** The adapter does not know the catalogue's type "char" (OID 18), which the engine reads as a character. */
function readInternalCharacters(adapter) {
  const internalCharacter = 18;
  const text = 25;
  const queryRaw = adapter.queryRaw.bind(adapter);
  const performIO = adapter.performIO.bind(adapter);
  let characterColumns;
  adapter.performIO = async (query) => {
    const result = await performIO(query);
    characterColumns = result.fields.map((field) => field.dataTypeID === internalCharacter);
    for (const field of result.fields) if (field.dataTypeID === internalCharacter) field.dataTypeID = text;
    return result;
  };
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    const columnTypes = result.columnTypes.map((type, i) =>
      characterColumns[i] ? ColumnTypeEnum.Character : type,
    );
    return { ...result, columnTypes };
  };
}

/** The adapter cuts a script at each semicolon, also within a function's body; sent whole it is one transaction too. */
function sendScriptsWhole(adapter) {
  adapter.executeScript = async (script) => {
    try {
      await adapter.client.query(script);
    } catch (error) {
      adapter.onError(error);
    }
  };
}

async function createDatabase() {
  const databaseName = decodeURIComponent(new URL(url).pathname.slice(1));
  await onDatabase(urlOf('postgres'), async (client) => {
    const existing = await client.query('SELECT FROM pg_database WHERE datname = $1', [databaseName]);
    if (existing.rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(databaseName)}`);
  });
  return { databaseName };
}

function urlOf(database) {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}

async function onDatabase(connectionString, action) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await action(client);
  } finally {
    await client.end();
  }
}

if (options.version) console.log('schema-engine (WebAssembly)');
else if (positionals[0] === 'cli') await runCommand(positionals[1]);
else await serve();

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { parse } from 'yaml';
import { configNames, readConfig } from '../../config/config.js';
import { migrate } from '../../scripts/migrate.js';
import { projectRoot } from '../../stack/project-root.js';
import { testServers } from '../support/servers.js';

interface Service {
  readonly image: string;
  readonly build?: { readonly target: string };
  readonly user?: string;
  readonly restart?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number | boolean>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly deploy?: { readonly replicas: number };
  readonly privileged?: boolean;
}

const compose = read('docker-compose.yml');
const { services } = parse(compose, { merge: true }) as { services: Readonly<Record<string, Service>> };
const ofOurs = ['migrate', 'worker', 'api'];
const onceOnly = ['migrate', 'temporal-schema'];

function read(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

/** The environment of a service as docker would make it of a filled-in `.env`. */
function environmentOf(name: string): Record<string, string> {
  const filledIn: Record<string, string> = {
    PUBLIC_URL: 'https://qinglan.example.cn',
    QINGLAN_SECRET: Buffer.alloc(32, 7).toString('base64'),
  };
  return Object.fromEntries(
    Object.entries(services[name]!.environment ?? {}).map(([key, value]) => [
      key,
      String(value)
        .replaceAll(/\$\{(\w+):\?[^}]*\}/g, (_, variable: string) => filledIn[variable] ?? 'abc123')
        .replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1'),
    ]),
  );
}

test.each(ofOurs)('%s gets what the code reads, and nothing that it does not read', (name) => {
  const environment = environmentOf(name);
  expect(Object.keys(environment).filter((key) => !configNames.includes(key))).toEqual([]);
  expect(readConfig(environment)).toMatchObject({
    QINGLAN_MODE: 'real',
    TEMPORAL_ADDRESS: 'temporal:7233',
    TEMPORAL_NAMESPACE: 'qinglan',
    TEMPORAL_RETENTION_DAYS: 90,
  });
});

test('the API listens where the front and its health check look', () => {
  const { HOST, PORT, TRUST_PROXY } = readConfig(environmentOf('api'));
  expect({ HOST, PORT, TRUST_PROXY }).toEqual({ HOST: '0.0.0.0', PORT: 8080, TRUST_PROXY: 1 });
  expect(read('deploy/Caddyfile')).toContain('reverse_proxy api:8080');
  expect(services['api']!.healthcheck!.test.at(-1)).toContain('http://127.0.0.1:8080/health/ready');
});

test('the secrets that must be set are those of .env.example, and nothing has a secret of its own', () => {
  const asked = new Set([...compose.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name!));
  const example = [...read('.env.example').matchAll(/^(\w+)=/gm)].map(([, name]) => name!);
  expect([...asked].sort()).toEqual(example.sort());
  for (const [name, { environment = {} }] of Object.entries(services))
    for (const [key, value] of Object.entries(environment))
      if (/PASSWORD|PWD|SECRET|HASH/.test(key))
        expect({ name, key, value }).toMatchObject({ value: expect.stringMatching(/^\$\{\w+:\?/) as string });
});

test('what runs is there, with a version', () => {
  for (const [name, { image, build, command = [], volumes = [], healthcheck }] of Object.entries(services)) {
    if (build) expect(read('Dockerfile')).toContain(` AS ${build.target}`);
    else expect({ name, image }).toMatchObject({ image: expect.stringMatching(/:\d+\.\d+/) as string });
    for (const part of [...command, ...(healthcheck?.test ?? [])])
      if (part.startsWith('dist/'))
        expect(existsSync(join(projectRoot, part.slice('dist/'.length).replace(/\.js$/, '.ts')))).toBe(true);
    for (const volume of volumes)
      if (volume.startsWith('./')) expect(existsSync(join(projectRoot, volume.split(':')[0]!))).toBe(true);
  }
  // The server that the tests and the bench run.
  expect(services['temporal']!.image).toBe('temporalio/server:1.32.0');
  expect(read('bench/temporal-on-postgresql.ts')).toContain(`'v1.32.0'`);
});

test('the outside reaches nothing but the front', () => {
  expect(Object.keys(services).filter((name) => services[name]!.ports)).toEqual(['front']);
  const caddy = read('deploy/Caddyfile');
  expect(caddy.indexOf('basic_auth')).toBeLessThan(caddy.indexOf('reverse_proxy temporal-ui:8080'));
  expect(services['temporal-ui']!.environment).toMatchObject({
    TEMPORAL_DISABLE_WRITE_ACTIONS: true,
    TEMPORAL_UI_PUBLIC_PATH: '/temporal',
  });
});

test('nothing runs as root', () => {
  const stages = read('Dockerfile').split(/^FROM /m);
  for (const [name, { user, build, privileged }] of Object.entries(services)) {
    const stage = stages.find((each) => build && each.split('\n')[0]!.endsWith(` AS ${build.target}`));
    const runsAs = user ?? /^USER (.+)$/m.exec(stage ?? '')?.[1] ?? 'root';
    expect({ name, runsAs, privileged }).not.toMatchObject({
      runsAs: expect.stringMatching(/^(root|0)\b/) as string,
    });
    expect(privileged).toBeUndefined();
  }
});

test('what goes on running is looked after, and starts behind what it needs', () => {
  for (const [name, service] of Object.entries(services)) {
    const isOnceOnly = onceOnly.includes(name);
    expect({ name, restart: service.restart }).toEqual({
      name,
      restart: isOnceOnly ? 'on-failure:5' : 'unless-stopped',
    });
    expect({ name, isLookedAfter: Boolean(service.healthcheck) }).toEqual({
      name,
      isLookedAfter: !isOnceOnly,
    });
    for (const [needed, { condition }] of Object.entries(service.depends_on ?? {}))
      if (onceOnly.includes(needed)) expect(condition).toBe('service_completed_successfully');
      else expect(['service_healthy', 'service_started']).toContain(condition);
  }
  expect(services['worker']!.deploy).toEqual({ replicas: 2 });
  for (const name of ['worker', 'api']) expect(Object.keys(services[name]!.depends_on!)).toContain('migrate');
});

test('PostgreSQL makes the databases that are connected to, and logs no ballot', () => {
  const made = read('deploy/make-databases.sh');
  expect(made).toContain('CREATE DATABASE qinglan OWNER qinglan;');
  expect(new URL(environmentOf('api')['DATABASE_URL']!).pathname).toBe('/qinglan');
  const schemas = [...read('deploy/temporal-schema.sh').matchAll(/(\w+):(?:temporal|visibility)(?=[ ;])/g)];
  for (const [, database] of schemas) expect(made).toContain(`CREATE DATABASE ${database} OWNER temporal;`);
  expect(schemas).toHaveLength(2);
  expect(services['postgres']!.command).toEqual(
    expect.arrayContaining([
      'log_error_verbosity=terse',
      'log_parameter_max_length=0',
      'log_parameter_max_length_on_error=0',
      'track_commit_timestamp=off',
    ]),
  );
});

test('the role of the service, which is no superuser, can bring its database to the newest state', async () => {
  const [, script = ''] = /<<'EOF'\n(.+)\nEOF/s.exec(read('deploy/make-databases.sh'))!;
  const statements = script
    .replaceAll(/:'\w+'/g, `'abc123'`)
    // The servers of the test run have a database of that name.
    .replaceAll(/\b(qinglan|temporal|temporal_visibility)\b/g, 'compose_$1')
    .split('\n');
  const url = new URL(testServers().databaseUrl);
  // Nobody may be connected to the database that the tests copy.
  url.pathname = '/postgres';
  const superuser = new pg.Client({ connectionString: url.href });
  await superuser.connect();
  for (const statement of statements) await superuser.query(statement);
  await superuser.end();
  url.username = 'compose_qinglan';
  url.password = 'abc123';
  url.pathname = '/compose_qinglan';
  await migrate(url.href);
  const service = new pg.Client({ connectionString: url.href });
  await service.connect();
  const { rows } = await service.query<{ count: string }>('SELECT count(*) FROM "case"');
  await service.end();
  expect(rows).toEqual([{ count: '0' }]);
});

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../stack/project-root.js';

const directory = mkdtempSync(join(tmpdir(), 'qinglan-launch-'));

afterAll(() => rmSync(directory, { recursive: true }));

test('packages are not installed into a node_modules that is a link: what it points to stays as it is', () => {
  const [copy, others] = [join(directory, 'copy'), join(directory, 'others')];
  mkdirSync(join(others, 'a-package'), { recursive: true });
  mkdirSync(copy);
  cpSync(join(projectRoot, 'scripts/launch.mjs'), join(copy, 'scripts/launch.mjs'));
  writeFileSync(join(copy, 'package.json'), '{ "name": "copy", "version": "1.0.0" }');
  writeFileSync(
    join(copy, 'package-lock.json'),
    '{ "name": "copy", "version": "1.0.0", "lockfileVersion": 3, "packages": { "": { "name": "copy", "version": "1.0.0" } } }',
  );
  symlinkSync(others, join(copy, 'node_modules'));
  const { status, stderr } = spawnSync(process.execPath, [join(copy, 'scripts/launch.mjs'), 'build'], {
    encoding: 'utf8',
    env: { ...process.env, npm_execpath: '' },
  });
  expect(status).toBe(1);
  expect(stderr).toContain(`node_modules is a link to ${others}`);
  expect(readdirSync(others)).toEqual(['a-package']);
});

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../stack/project-root.js';

const documents = [
  'README.md',
  'README.zh-CN.md',
  ...readdirSync(join(projectRoot, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path)),
];
const { scripts } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

function read(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

test.each(documents)('%s names commands and files that are there', (document) => {
  const text = read(document);
  const commands = [...text.matchAll(/npm (?:run )?([a-z][a-z-]*)/g)].map(([, name]) => name!);
  const known = [...Object.keys(scripts), 'run', 'ci', 'install'];
  expect(commands.filter((name) => !known.includes(name))).toEqual([]);
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map(([, path]) => path!);
  const paths = [...text.matchAll(/`((?:[a-z]+\/)+[\w.-]+\.(?:ts|md|yaml|mjs|sh))`/g)].map(
    ([, path]) => path!,
  );
  const isThere = (path: string) => existsSync(join(projectRoot, path));
  expect(links.filter((path) => !isThere(join(dirname(document), path)))).toEqual([]);
  expect(paths.filter((path) => !isThere(path))).toEqual([]);
});

test('the README says the same in both languages', () => {
  const [english, chinese] = ['README.md', 'README.zh-CN.md'].map(read);
  const shape = (text: string) => ({
    headings: text.match(/^## /gm)!.length,
    commands: [...text.matchAll(/npm [\w -]+/g)]
      .map(([command]) => command.trim())
      .sort()
      .filter(unlessSame),
    requests: [...text.matchAll(/\$URL\/[\w/$]+/g)].map(([url]) => url),
  });
  expect(shape(chinese!)).toEqual(shape(english!));
});

function unlessSame(item: string, position: number, sorted: readonly string[]): boolean {
  return item !== sorted[position - 1];
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../stack/project-root.js';

// The rules can be found from their number: docs/rules.md says them, docstrings carry them out, tests try them.

/** The chapters of the rule book but for D, of which a part is for the organisation to keep. */
const chapters = ['R0', 'P', 'W', 'S', 'E', 'Q', 'G', 'N', 'V', 'K', 'T', 'C', 'A'];
const sources = [
  'domain',
  'policies',
  'records',
  'activities',
  'workflows',
  'ballot',
  'api',
  'samples',
  'texts',
];

const rules = [
  ...readFileSync(join(projectRoot, 'docs/rules.md'), 'utf8').matchAll(/^- \*\*([A-Z]\d+(?:\.\d+)?) /gm),
].map(([, id]) => id!);
const inChapters = rules.filter((id) => chapters.includes(id.includes('.') ? 'R0' : id[0]!));

function filesIn(directory: string): string[] {
  return readdirSync(join(projectRoot, directory), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
    .map((file) => readFileSync(join(projectRoot, directory, file), 'utf8'));
}

/** The ids that a text names; `V14–V18` names five. */
function idsIn(text: string): string[] {
  const ranges = [...text.matchAll(/\b([A-Z])(\d+)–\1(\d+)\b/g)].flatMap(([, chapter, first, last]) =>
    Array.from(
      { length: Number(last) - Number(first) + 1 },
      (_, index) => `${chapter}${Number(first) + index}`,
    ),
  );
  return [...ranges, ...[...text.matchAll(/\b[A-Z]\d+(?:\.\d+)?\b/g)].map(([id]) => id)];
}

const inCode = new Set(
  sources
    .flatMap(filesIn)
    .flatMap((text) => text.match(/\/\*\*.*?\*\//gs) ?? [])
    .flatMap(idsIn),
);
// Of `test`, `describe`, and of what `each` gives.
const nameOfTest = /(?:\b(?:test|describe)\(|\)\()\s*(['"`])(.*?)(?<!\\)\1/gs;
const inTests = new Set(
  filesIn('test')
    .flatMap((text) => [...text.matchAll(nameOfTest)])
    .flatMap(([, , name]) => idsIn(name!)),
);

test('the rule book has each rule once, and all chapters', () => {
  expect(new Set(rules).size).toBe(rules.length);
  expect(new Set(inChapters.map((id) => id.replace(/\d+$/, '').replace('.', '')))).toEqual(new Set(chapters));
});

test.each(chapters)(
  'every rule of chapter %s is carried out by something whose docstring names it',
  (chapter) => {
    const own = inChapters.filter((id) => id.replace(/\.?\d+$/, '') === chapter);
    expect(own.filter((id) => !inCode.has(id))).toEqual([]);
  },
);

test.each(chapters)('every rule of chapter %s is in the name of a test', (chapter) => {
  const own = inChapters.filter((id) => id.replace(/\.?\d+$/, '') === chapter);
  expect(own.filter((id) => !inTests.has(id))).toEqual([]);
});

test('a refusal, a finding and an outcome name a rule that the book has', () => {
  const named = sources
    .flatMap(filesIn)
    .flatMap((text) => [...text.matchAll(/\brule: '([^']+)'/g)].map(([, id]) => id!));
  expect(named.length).toBeGreaterThan(300);
  expect([...new Set(named)].filter((id) => !rules.includes(id)).sort()).toEqual([]);
});

test('no docstring and no test names a rule that the book does not have', () => {
  const named = [...new Set([...inCode, ...inTests])].filter((id) =>
    /^([EQNVKGPWSTCA]\d+|R0\.\d+)$/.test(id),
  );
  expect(named.filter((id) => !rules.includes(id)).sort()).toEqual([]);
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleTemplate } from '../api/sample-templates.js';
import { documentKindCodes } from '../domain/documents.js';

const directory = process.argv[2] ?? 'samples/templates';
await mkdir(directory, { recursive: true });
for (const code of documentKindCodes) {
  const { name, content } = sampleTemplate(code);
  await writeFile(join(directory, name), content);
  console.log(`${join(directory, name)} written`);
}

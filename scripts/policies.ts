import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { neededParts } from '../domain/needed-parts.js';
import type { Policy } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import { clausesNotIn, clausesOf } from '../policies/clauses.js';
import { parsePolicy } from '../policies/schema.js';
import { fieldVerdicts } from '../policies/verdicts.js';
import { projectRoot } from '../stack/project-root.js';
import { say } from '../texts/catalogue.js';

const usage = `Usage: npm run policies [-- [--fields] [--scheme ID] [--source FILE] [FILE …]]
  without a FILE  the schemes of policies/; with one, the parts that it lacks are listed too
  --scheme ID     this scheme alone, with its fields
  --fields        each field of each scheme: runs, or not yet
  --source FILE   looks for every quotation in the document's text; may be given several times`;

const { values, positionals } = readArguments();
const schemes = schemesIn(positionals.length > 0 ? positionals : filesOfProduct());
const shown = schemes.filter(({ id }) => values.scheme === undefined || id === values.scheme);
if (shown.length === 0 && values.scheme !== undefined) {
  console.error(`There is no scheme ${values.scheme}; there are: ${schemes.map(({ id }) => id).join(', ')}.`);
  process.exitCode = 2;
}
if (shown.length > 0) {
  printSummary(shown);
  if (values.fields || values.scheme !== undefined) shown.forEach(printFields);
  if (values.fields || values.scheme !== undefined || positionals.length > 0) shown.forEach(printMissing);
  if (values.source !== undefined) shown.forEach((scheme) => printQuotations(scheme, values.source!));
}

function readArguments() {
  const options = {
    fields: { type: 'boolean', default: false },
    scheme: { type: 'string' },
    source: { type: 'string', multiple: true },
  } as const;
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

function filesOfProduct(): string[] {
  const directory = join(projectRoot, 'policies');
  return readdirSync(directory)
    .filter((file) => file.endsWith('.yaml'))
    .toSorted()
    .map((file) => join(directory, file));
}

/** The schemes of valid files; a faulty file is reported with every fault, and left out. */
function schemesIn(files: readonly string[]): Policy[] {
  return files.flatMap((file) => {
    try {
      return [parsePolicy(readFileSync(file, 'utf8'), basename(file))];
    } catch (error) {
      process.exitCode = 1;
      if (!(error instanceof Refusal)) {
        console.error((error as Error).message);
        return [];
      }
      console.error(say(error.code, 'en', error.values));
      for (const { at, code, values: details } of error.faults ?? [])
        console.error(`  ${at}\n    ${say(code, 'en', details)}\n    ${say(code, 'zh', details)}`);
      return [];
    }
  });
}

function printSummary(all: readonly Policy[]): void {
  const rows = all.map((policy) => {
    const verdicts = fieldVerdicts(policy);
    const running = verdicts.filter(({ runs }) => runs).length;
    const missing = neededParts(policy).length;
    const canOpen = running === verdicts.length && missing === 0;
    return { id: policy.id, running, fields: verdicts.length, missing, canOpen };
  });
  const width = Math.max(...rows.map(({ id }) => id.length), 'scheme'.length);
  console.log(`${'scheme'.padEnd(width)}  fields that run  parts missing  a round can open`);
  for (const { id, running, fields, missing, canOpen } of rows) {
    const count = `${String(running).padStart(4)} of ${String(fields).padStart(4)}`.padEnd(15);
    console.log(`${id.padEnd(width)}  ${count}  ${String(missing).padStart(13)}  ${canOpen ? 'yes' : 'no'}`);
  }
  const open = rows.filter(({ canOpen }) => canOpen).length;
  console.log(`\nA round can open on ${open} of ${rows.length}.`);
}

function printFields(policy: Policy): void {
  console.log(`\n${policy.id}  ${policy.title.zh}`);
  for (const { field, runs, notYet } of fieldVerdicts(policy)) {
    console.log(`  ${runs ? 'runs   ' : 'not yet'}  ${field}`);
    for (const part of notYet) if (part.includes(': ')) console.log(`             ${part}`);
  }
}

function printMissing(policy: Policy): void {
  const parts = neededParts(policy);
  if (parts.length === 0) return;
  console.log(`\n${policy.id} lacks`);
  for (const { path: field, because } of parts)
    for (const language of ['en', 'zh'] as const)
      console.log(`  ${say('SCHEME_PART_NEEDED', language, { field, because })}`);
}

function printQuotations(policy: Policy, files: readonly string[]): void {
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  const missing = clausesNotIn(policy, texts);
  console.log(`\n${policy.id}: ${clausesOf(policy).length} quotations, ${missing.length} of them not found`);
  for (const { path, clause } of missing) console.log(`  ${path}\n    ${clause}`);
  if (missing.length > 0) process.exitCode = 1;
}

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Policy } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import { clausesNotIn, clausesOf } from '../policies/clauses.js';
import { parsePolicy } from '../policies/schema.js';
import { fieldVerdicts } from '../policies/verdicts.js';
import { projectRoot } from '../stack/project-root.js';
import { say } from '../texts/catalogue.js';

const usage = `Usage: npm run policies [-- [--fields] [--scheme ID] [--source FILE] [FILE …]]
  without a FILE  the schemes of policies/
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
    return { id: policy.id, running: verdicts.filter(({ runs }) => runs).length, fields: verdicts.length };
  });
  const width = Math.max(...rows.map(({ id }) => id.length), 'scheme'.length);
  const canOpen = rows.filter(({ running, fields }) => running === fields);
  console.log(`${'scheme'.padEnd(width)}  fields that run  a round can open`);
  for (const { id, running, fields } of rows) {
    const count = `${String(running).padStart(4)} of ${String(fields).padStart(4)}`;
    console.log(`${id.padEnd(width)}  ${count.padEnd(15)}  ${running === fields ? 'yes' : 'no'}`);
  }
  console.log(`\nA round can open on ${canOpen.length} of ${rows.length}.`);
}

function printFields(policy: Policy): void {
  console.log(`\n${policy.id}  ${policy.title.zh}`);
  for (const { field, runs, notYet } of fieldVerdicts(policy)) {
    console.log(`  ${runs ? 'runs   ' : 'not yet'}  ${field}`);
    for (const part of notYet) if (part.includes(': ')) console.log(`             ${part}`);
  }
}

function printQuotations(policy: Policy, files: readonly string[]): void {
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  const missing = clausesNotIn(policy, texts);
  console.log(`\n${policy.id}: ${clausesOf(policy).length} quotations, ${missing.length} of them not found`);
  for (const { path, clause } of missing) console.log(`  ${path}\n    ${clause}`);
  if (missing.length > 0) process.exitCode = 1;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { projectRoot } from '../../stack/project-root.js';

type Block = Record<string, unknown>;

/** The YAML of the scheme that docs/writing-a-scheme.md writes. */
export function schemeOfThePage(): string {
  const page = readFileSync(join(projectRoot, 'docs/writing-a-scheme.md'), 'utf8');
  return [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text!).join('\n');
}

/** The YAML of the main scheme. */
export function mainScheme(): string {
  return readFileSync(join(projectRoot, 'policies/sichuan-district.yaml'), 'utf8');
}

/**
 * A scheme without some of its parts.
 * @param text its YAML
 * @param parts paths in which what has a code stands by it, such as `ranks.accomplished.trainingYears` or
 *   `stages.filing`; a stage also leaves what the entries skip and keep, and a plain entry of a list is named by
 *   its value
 * @throws Error for a part that is not there
 */
export function without(text: string, ...parts: readonly string[]): string {
  const scheme = parse(text) as Block;
  for (const part of parts) {
    const steps = part.split('.');
    const holder = steps.slice(0, -1).reduce<unknown>(inside, scheme);
    remove(holder, steps.at(-1)!, part);
    if (steps[0] === 'stages' && steps.length === 2) leaveEntries(scheme, steps[1]!);
  }
  return stringify(scheme);
}

/** A scheme with other values: paths as in `without`, with what is to stand there. */
export function withValues(text: string, values: Readonly<Record<string, unknown>>): string {
  const scheme = parse(text) as Block;
  for (const [part, value] of Object.entries(values)) {
    const steps = part.split('.');
    (steps.slice(0, -1).reduce<unknown>(inside, scheme) as Block)[steps.at(-1)!] = value;
  }
  return stringify(scheme);
}

function inside(holder: unknown, step: string): unknown {
  return Array.isArray(holder) ? holder[positionOf(holder, step)] : (holder as Block)[step];
}

function remove(holder: unknown, step: string, part: string): void {
  const isThere = Array.isArray(holder) ? positionOf(holder, step) >= 0 : step in (holder as Block);
  if (!isThere) throw new Error(`The scheme has no ${part}.`);
  if (Array.isArray(holder)) {
    holder.splice(positionOf(holder, step), 1);
    return;
  }
  const block = holder as Block;
  delete block[step];
  const adopted = block['adopted'] as { fields?: string[] } | undefined;
  if (adopted?.fields === undefined) return;
  adopted.fields = adopted.fields.filter((field) => field !== step);
  if (adopted.fields.length === 0) delete block['adopted'];
}

function positionOf(list: readonly unknown[], step: string): number {
  return list.findIndex((entry) => entry === step || (entry as { code?: string } | null)?.code === step);
}

function leaveEntries({ entries }: Block, stage: string): void {
  for (const entry of ['contest', 'nomination', 'supplement']) {
    const found = (entries as Record<string, Record<'skips' | 'keeps', string[]> | undefined>)[entry];
    if (found === undefined) continue;
    for (const list of ['skips', 'keeps'] as const)
      found[list] = found[list].filter((code) => code !== stage);
  }
}

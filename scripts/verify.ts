import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { verifyPack } from '../records/pack-file.js';

const usage = `Usage: npm run verify -- PACK.zip --root HASH [--chair-key FILE --supervisor-key FILE]
  checks a decision pack without the instance that made it
  --root HASH             the hash that was noted when the pack was made
  --chair-key FILE, --supervisor-key FILE
                          the two secret keys (AGE-SECRET-KEY-1…): the sealed part is opened and counted too`;

const { path, root, keys } = readArguments();
const report = await verifyPack(readFileSync(path), root, keys);
for (const { file, fault } of report.faults) console.log(`  ${file}: ${fault}`);
if (report.faults.length > 0) {
  console.log(`The pack is not what it should be: ${report.faults.length} faults.`);
  process.exitCode = 1;
} else {
  console.log(`${report.files} files are what the root was taken of.`);
  console.log(
    `${report.recounted} of ${report.votes} votes were counted again, and every quota computed again.`,
  );
  console.log(
    report.opened
      ? 'The sealed part was opened: every ballot was counted, every score sheet added up.'
      : 'The sealed part was checked by its hash alone; two keys open it.',
  );
  console.log(`The audit chain holds; its head is ${report.auditHead}.`);
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        root: { type: 'string' },
        'chair-key': { type: 'string' },
        'supervisor-key': { type: 'string' },
      },
    });
    const [path, ...more] = positionals;
    const files = [values['chair-key'], values['supervisor-key']];
    const given = files.filter((file) => file !== undefined);
    if (!path || more.length > 0 || !values.root || given.length === 1)
      throw new Error('Something is missing.');
    const [chair, supervisor] = given.map((file) => readFileSync(file, 'utf8').trim());
    return { path, root: values.root, keys: chair && supervisor ? { chair, supervisor } : undefined };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { policyJsonSchema } from '../policies/schema.js';

// Run from the repository's root; an editor checks a scheme with this file while it is written.
const file = 'policies/policy.schema.json';
const style = await resolveConfig(file);
writeFileSync(file, await format(JSON.stringify(policyJsonSchema()), { ...style, parser: 'json' }));

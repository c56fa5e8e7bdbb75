import { readFileSync } from 'node:fs';
import { parsePolicy } from '../../policies/schema.js';
test('x', () => {
  const t = readFileSync('policies/sichuan-district.yaml', 'utf8');
  try { parsePolicy(t, 'f'); } catch (e: any) { console.log(JSON.stringify(e.faults ?? String(e.stack), null, 1)); throw e; }
});

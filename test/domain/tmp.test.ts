import { parse } from 'yaml';
import { neededParts } from '../../domain/needed-parts.js';
import { unsupportedParts } from '../../domain/fields-read.js';
import { parsePolicy } from '../../policies/schema.js';
import { mainScheme, schemeOfThePage, without } from '../support/scheme-parts.js';
test('x', () => {
  for (const text of [schemeOfThePage(), mainScheme()]) {
    const raw = parse(text) as any;
    const parts: string[] = [];
    for (const k of Object.keys(raw)) if (!['id','version','title','kind','scope','source','ranks','rankOrder','stages','entries'].includes(k)) parts.push(k);
    for (const k of Object.keys(raw.entries)) parts.push('entries.' + k);
    for (const r of raw.ranks) for (const f of Object.keys(r)) if (['need','trainingYears','perYear'].includes(f)) parts.push(`ranks.${r.code}.${f}`);
    for (const s of raw.stages) parts.push('stages.' + s.code);
    for (const b of ['quotas','notice','training','dynamic','vote']) for (const k of Object.keys(raw[b] ?? {})) if (!['clause','adopted'].includes(k)) parts.push(`${b}.${k}`);
    let out = '';
    for (const p of parts) {
      let v: string;
      try { const policy = parsePolicy(without(text, p), 'x.yaml'); v = JSON.stringify([...unsupportedParts(policy).map((q) => '!' + q.path + ':' + q.value), ...neededParts(policy).map((q) => `${q.path} <- ${q.because.join('; ')}`)]); } catch (e: any) { v = e.code ? 'FAULTY ' + e.faults?.map((f: any) => f.code + ' ' + f.at) : e.stack; }
      out += `${p}  =>  ${v}\n`;
    }
    console.log(out);
  }
});

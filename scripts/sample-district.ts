import { writeFile } from 'node:fs/promises';
import { SAMPLE_SEED, sampleDistrict } from '../samples/district.js';
import { writeRoster } from '../samples/write.js';

const path = process.argv[2] ?? 'samples/district.xlsx';
await writeFile(path, await writeRoster(sampleDistrict(SAMPLE_SEED)));
console.log(`${path} written`);

import { createHash } from 'node:crypto';
import { makeOfficerKey } from '../../ballot/officers.js';
import { verifyPack } from '../../records/pack-file.js';
import { select } from '../../samples/walk-round.js';
import { enterDistrict } from '../../samples/walk/district.js';
import { Walk } from '../../samples/walk/walk.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { smallRound } from '../support/small-round.js';

// A round that was walked over HTTP, and its pack (S14).

let instance: TestInstance;
let walk: Walk;

beforeAll(async () => {
  instance = await startInstance('walkedpack', '2026-09-01T00:00:00+08:00');
  const { url, administrator } = instance;
  walk = new Walk({ ...(await smallRound()), url, administrator, password: 'a-word-for-everybody' });
  await enterDistrict(walk);
  await select(walk);
}, 400_000);

afterAll(() => instance?.stop());

test('S14: the pack of a walked round verifies, sealed part included, and any changed byte is found', async () => {
  const chairKey = await makeOfficerKey();
  const supervisorKey = await makeOfficerKey();
  const chair = await walk.one('committee_chair');
  const supervisor = await walk.one('supervisor');
  const office = await walk.office();
  await chair.decide('/pack-keys', { recipient: chairKey.recipient });
  await supervisor.decide('/pack-keys', { recipient: supervisorKey.recipient });
  const made: object = await office.decide(`/rounds/${walk.roundId}/packs`, {});
  const { root } = made as { root: string };
  const { content } = await instance.database.decisionPack.findFirstOrThrow({ where: { root } });
  const pack = Buffer.from(content);
  const keys = { chair: chairKey.identity, supervisor: supervisorKey.identity };
  const report = await verifyPack(pack, root, keys);
  expect(report.faults).toEqual([]);
  expect(report.votes).toBeGreaterThanOrEqual(2);
  expect(report.recounted).toBe(report.votes);
  const unfound: number[] = [];
  for (let time = 0; time < 50; time += 1) {
    const position = createHash('sha256').update(`${time}`).digest().readUInt32LE() % pack.length;
    const other = Buffer.from(pack);
    other[position]! ^= 1;
    if ((await verifyPack(other, root)).faults.length === 0) unfound.push(position);
  }
  expect(unfound).toEqual([]);
}, 120_000);

import { createHash } from 'node:crypto';
import { capacityOf } from '../../ballot/candidates.js';
import { sealChoice } from '../../ballot/member.js';
import { makeOfficerKey } from '../../ballot/officers.js';
import { canonicalJson } from '../../domain/canonical-json.js';
import type { VoteMode } from '../../domain/policy.js';
import { count, countByCandidate, sortPapers } from '../../domain/vote.js';
import type { VoteRecord } from '../../domain/vote-record.js';
import { parsePolicy, policyDigest } from '../../policies/schema.js';
import {
  verifyPack,
  writePack,
  type PackedBallotVote,
  type PublicPart,
  type SealedPart,
} from '../../records/pack-file.js';
import { mainScheme } from '../support/scheme-parts.js';

// What the sealed part of a pack is checked for (S14), with three ways to vote: five members, one seat, three candidates.

const policy = parsePolicy(mainScheme(), 'scheme.yaml');
const candidates = ['a', 'b', 'c'];
const choices = [['a'], ['a'], ['a'], ['b'], []];
const tieBreakValues = Object.fromEntries(
  candidates.map((id) => [id, { school_score: 0, rural_post: 0, teaching_years: 5 }]),
);
const figures = { members: 5, voters: 5, issued: 5, candidates, seats: 1, tieBreakValues };
const tally = count({ round: 'first', ...figures, ballots: choices, rules: policy.vote! });
const record = { vote: 'v', tally } as unknown as VoteRecord;
const digest = sha256(canonicalJson(record));

type Box = SealedPart['votes'][number];
const empty: Box = {
  id: 'v',
  chairIdentity: null,
  supervisorIdentity: null,
  ballots: [],
  opened: [],
  codes: [],
  sheets: [],
  record,
  recordPdf: null,
};

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The faults of a pack with one vote, opened by both people. */
async function faultsOf(
  mode: VoteMode,
  box: Box,
  officers: Partial<PackedBallotVote> = {},
  scheme = policy,
): Promise<string[]> {
  const vote: PackedBallotVote = {
    id: 'v',
    unit: 'u',
    ballotRound: 'first',
    firstVoteId: 'v',
    position: 1,
    ...figures,
    tally,
    mode,
    recordDigest: digest,
    signatures: (['committee_chair', 'supervisor'] as const).map((role) => ({
      role,
      name: role,
      digest,
      signedAt: '2026-10-10T01:00:00.000Z',
    })),
    confirmedByChair: true,
    confirmedBySupervisor: true,
    publicKey: null,
    chairRecipient: null,
    supervisorRecipient: null,
    ...officers,
  };
  const open: PublicPart = {
    round: {},
    scheme: { digest: policyDigest(scheme), policy: scheme },
    quotas: { places: {}, nominations: [], extra: [], changes: [], seats: [] },
    stages: [
      {
        stage: 'differential_vote',
        candidates: candidates.map((applicationId) => ({
          applicationId,
          caseId: 'v',
          outcome: applicationId === 'a' ? 'on' : 'out',
          reason: applicationId === 'a' ? null : { code: 'NOT_ELECTED' },
        })),
      },
    ],
    notices: [],
    scores: [],
    votes: [vote],
    objections: [],
    audit: { ownerId: 'o', entries: [] },
  };
  const [chair, supervisor] = [await makeOfficerKey(), await makeOfficerKey()];
  const sealed: SealedPart = { candidates: [], votes: [box], sheets: [], auditValues: [] };
  const { content, root } = await writePack(open, sealed, {
    chair: chair.recipient,
    supervisor: supervisor.recipient,
  });
  const keys = { chair: chair.identity, supervisor: supervisor.identity };
  return (await verifyPack(content, root, keys)).faults.map(({ fault }) => fault);
}

describe('S14, V7: papers that two tellers typed', () => {
  const papers = choices.map((names) => ({ names, spoiled: false }));
  const sheet = (teller: string, version = 1) => ({
    teller,
    version,
    returned: 5,
    notReturned: 0,
    papers,
    reason: null,
  });
  const typed = [sheet('first'), sheet('second')];
  const other = { ...sheet('second'), papers: [{ names: ['b'], spoiled: false }, ...papers.slice(1)] };

  test('are counted from their newest sheets, and the record is the one that was signed', async () => {
    expect(await faultsOf('paper', { ...empty, sheets: typed })).toEqual([]);
    const corrected = [sheet('first'), other, { ...sheet('second', 2), reason: '看错一张' }];
    expect(await faultsOf('paper', { ...empty, sheets: corrected })).toEqual([]);
  });

  test.each([
    ['one sheet', [sheet('first')], ['vote v: its ballots are missing']],
    ['two counts', [sheet('first'), other], ['vote v: its tellers have typed two counts']],
    [
      'another count than the tally',
      [{ ...other, teller: 'first' }, other],
      ['vote v: the count gives another tally'],
    ],
  ])('%s is found', async (_what, sheets, faults) => {
    expect(await faultsOf('paper', { ...empty, sheets })).toEqual(faults);
  });

  test('V19: another record than the signed one is found', async () => {
    const changed = { ...record, seats: 2 };
    expect(await faultsOf('paper', { ...empty, sheets: typed, record: changed })).toEqual([
      'vote v: its record is another one',
    ]);
    expect(await faultsOf('paper', { ...empty, sheets: typed, record: null })).toEqual([
      'vote v: its record is another one',
    ]);
  });
});

test('S14, V6: a ballot cast by a code that was not drawn is found', async () => {
  const [chair, supervisor] = [await makeOfficerKey(), await makeOfficerKey()];
  const recipients = { chair: chair.recipient, supervisor: supervisor.recipient };
  const ballots = [];
  for (const [index, choice] of choices.entries())
    ballots.push({
      serial: `code${index}`,
      signature: '',
      sealed: await sealChoice(choice, recipients, { seats: 1, candidateIds: candidates }),
    });
  const codes = ballots.map(({ serial }) => serial);
  const identities = { chairIdentity: chair.identity, supervisorIdentity: supervisor.identity };
  const box: Box = { ...empty, ...identities, ballots, opened: choices, codes };
  const officers = { chairRecipient: chair.recipient, supervisorRecipient: supervisor.recipient };
  expect(await faultsOf('drawn_codes', box, officers)).toEqual([]);
  expect(await faultsOf('drawn_codes', { ...box, codes: codes.slice(1) }, officers)).toEqual([
    'vote v: 1 ballots are not of its papers',
  ]);
  expect(await faultsOf('drawn_codes', { ...box, chairIdentity: null }, officers)).toEqual([
    'vote v: its ballots are missing',
  ]);
});

describe('S14, V2: papers of each candidate, one member being recused from b', () => {
  const scheme = { ...policy, vote: { ...policy.vote!, recusalScope: 'candidate' as const } };
  const electorates = [
    { candidate: 'a', voters: 5, issued: 5 },
    { candidate: 'b', voters: 4, issued: 4 },
    { candidate: 'c', voters: 5, issued: 5 },
  ];
  const yes: Record<string, number> = { a: 4, b: 2, c: 0 };
  const papers = electorates.flatMap(({ candidate, issued }) =>
    Array.from({ length: issued }, (_, index) => ({
      candidateId: candidate,
      names: index < yes[candidate]! ? [candidate] : [],
    })),
  );
  const { members, voters, seats } = figures;
  const counted = countByCandidate({
    round: 'first',
    members,
    voters,
    seats,
    tieBreakValues,
    papers: sortPapers(electorates, papers),
    rules: scheme.vote,
  });
  const ownRecord = { vote: 'v', tally: counted } as unknown as VoteRecord;
  const ownDigest = sha256(canonicalJson(ownRecord));
  const vote: Partial<PackedBallotVote> = {
    electorates,
    tally: counted,
    recordDigest: ownDigest,
    signatures: (['committee_chair', 'supervisor'] as const).map((role) => ({
      role,
      name: role,
      digest: ownDigest,
      signedAt: '2026-10-10T01:00:00.000Z',
    })),
  };
  const box: Box = { ...empty, record: ownRecord };

  test('typed by two tellers they are counted again, each candidate by its own voters', async () => {
    const typedOf = (candidate: string) => {
      const own = papers.filter(({ candidateId }) => candidateId === candidate);
      return {
        returned: own.length,
        notReturned: 0,
        papers: own.map(({ names }) => ({ names, spoiled: false })),
      };
    };
    const byCandidate = Object.fromEntries(candidates.map((id) => [id, typedOf(id)]));
    const sheet = (teller: string, changed: object = {}) => ({
      teller,
      version: 1,
      returned: 14,
      notReturned: 0,
      papers: [],
      byCandidate: { ...byCandidate, ...changed },
      reason: null,
    });
    const faults = (...sheets: Box['sheets']) => faultsOf('paper', { ...box, sheets }, vote, scheme);
    expect(await faults(sheet('first'), sheet('second'))).toEqual([]);
    const otherOrder = { b: { ...typedOf('b'), papers: [...typedOf('b').papers].reverse() } };
    expect(await faults(sheet('first'), sheet('second', otherOrder))).toEqual([
      'vote v: its tellers have typed two counts',
    ]);
    const lost = { c: { returned: 4, notReturned: 1, papers: typedOf('c').papers.slice(1) } };
    expect(await faults(sheet('first', lost), sheet('second', lost))).toEqual([
      'vote v: the count gives another tally',
    ]);
    const unbalanced = { c: { ...typedOf('c'), notReturned: 1 } };
    expect(await faults(sheet('first', unbalanced), sheet('second', unbalanced))).toEqual([
      'vote v: SHEET_OF_CANDIDATE {"candidates":["c"]}',
    ]);
    const ofNobody = { d: { returned: 0, notReturned: 0, papers: [] } };
    expect(await faults(sheet('first', ofNobody), sheet('second', ofNobody))).toEqual([
      'vote v: SHEET_CANDIDATES {"missing":[],"unknown":["d"]}',
    ]);
  });

  test('V6: a ballot cast by a code of another candidate is found', async () => {
    const [chair, supervisor] = [await makeOfficerKey(), await makeOfficerKey()];
    const recipients = { chair: chair.recipient, supervisor: supervisor.recipient };
    const ballots: (Box['ballots'][number] & { candidateId: string })[] = [];
    for (const [index, { candidateId, names }] of papers.entries())
      ballots.push({
        candidateId,
        serial: `code${String(index).padStart(2, '0')}`,
        signature: '',
        sealed: await sealChoice(names, recipients, capacityOf(candidateId)),
      });
    const codesOf = (candidate: string) =>
      ballots.filter(({ candidateId }) => candidateId === candidate).map(({ serial }) => serial);
    const [a, b, c] = candidates.map(codesOf) as [string[], string[], string[]];
    const cast: Box = {
      ...box,
      chairIdentity: chair.identity,
      supervisorIdentity: supervisor.identity,
      ballots,
      opened: papers.map(({ names }) => names),
      codes: [...a, ...b, ...c],
      candidateCodes: { a, b, c },
    };
    const officers = { ...vote, chairRecipient: chair.recipient, supervisorRecipient: supervisor.recipient };
    expect(await faultsOf('drawn_codes', cast, officers, scheme)).toEqual([]);
    const swapped = { ...cast, candidateCodes: { a: b, b: a, c } };
    expect(await faultsOf('drawn_codes', swapped, officers, scheme)).toEqual([
      'vote v: 9 ballots are not of its papers',
    ]);
  });
});

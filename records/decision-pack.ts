import { Encrypter } from 'age-encryption';
import type { Role } from '../domain/cases.js';
import type { PackedQuotas } from '../domain/decision-pack.js';
import type { VoteMode } from '../domain/policy.js';
import { Refusal, type Reason } from '../domain/refusal.js';
import type { Count, RoundKind, TieBreakValues } from '../domain/vote.js';
import type { VoteRecord } from '../domain/vote-record.js';
import { policyOfRound } from './candidates.js';
import type { Transaction } from './database.js';
import { appendAudit } from './decide.js';
import { noticeEntries, type NoticeEntry } from './notices.js';
import {
  choicesOf,
  totalsOf,
  writePack,
  type PackedBallotVote,
  type PackedChain,
  type PublicPart,
  type SealedPart,
} from './pack-file.js';
import { personsById } from './persons-shown.js';
import { sheetIn, sheetsOf as sheetsOfVote, signaturesOf } from './vote-records.js';
import { electoratesOf, papersOfVote, type VoteRow } from './votes.js';

/** Whose keys a pack is sealed to: one of the first roles, and the supervisor. */
export const keyRoles = {
  chair: ['committee_chair', 'leading_group'],
  supervisor: ['supervisor'],
} as const satisfies Record<string, readonly Role[]>;

const readAtOnce = 5000;

/**
 * Keeps the public key that somebody brings for the packs; the newest counts. Rule S14.
 * @param key recipient: `age1…`
 * @throws Refusal PACK_KEY_WRONG for what is no public key of age
 */
export async function bringPackKey(
  db: Transaction,
  key: { ownerId: string; personId: string; role: Role; recipient: string; at: Date },
): Promise<{ id: string }> {
  const { at, ...row } = key;
  if (!isRecipient(key.recipient)) throw new Refusal({ code: 'PACK_KEY_WRONG', rule: 'S14' });
  return db.packKey.create({ data: { ...row, broughtAt: at }, select: { id: true } });
}

function isRecipient(recipient: string): boolean {
  try {
    new Encrypter().addRecipient(recipient);
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes the pack of a round that has ended, keeps it, and appends its root to the audit chain. Rule S14.
 * @param asked today: business date, on which whoever brought a key still holds the role; printed: the records of the
 *   round's votes as PDF, by vote
 * @throws Refusal NOT_FOUND, ROUND_NOT_ENDED, PACK_KEYS_MISSING with the roles that lack a key, PACK_KEYS_OF_ONE
 */
export async function makePack(
  db: Transaction,
  asked: {
    ownerId: string;
    roundId: string;
    actorId: string;
    at: Date;
    today: string;
    printed: ReadonlyMap<string, Buffer>;
  },
): Promise<{ id: string; root: string; auditSequence: number; bytes: number }> {
  const { ownerId, roundId, actorId, at, today } = asked;
  const row = await db.case.findFirst({ where: { id: roundId, kind: 'selectionRound' } });
  if (row === null) throw new Refusal({ code: 'NOT_FOUND' });
  if (row.closedAt === null)
    throw new Refusal({ code: 'ROUND_NOT_ENDED', rule: 'S14', values: { step: row.step } });
  const keys = await keysOn(db, today);
  const { open, sealed } = await partsOf(db, ownerId, roundId, asked.printed);
  const { content, root } = await writePack(open, sealed, keys);
  await appendAudit(db, ownerId, at, { decisionPack: root, round: roundId, madeBy: actorId });
  const last = await db.auditEntry.findFirstOrThrow({ orderBy: { sequence: 'desc' } });
  const { id } = await db.decisionPack.create({
    data: {
      ownerId,
      roundId,
      root,
      content: new Uint8Array(content),
      madeById: actorId,
      madeAt: at,
      auditSequence: last.sequence,
    },
    select: { id: true },
  });
  return { id, root, auditSequence: last.sequence, bytes: content.length };
}

/** The packs of a round without their content, the newest first. */
export function packsOf(db: Transaction, roundId: string) {
  return db.decisionPack.findMany({
    where: { roundId },
    orderBy: { auditSequence: 'desc' },
    omit: { content: true },
  });
}

/**
 * A pack of a round with its content: the one with the root, else the newest.
 * @throws Refusal NOT_FOUND
 */
export async function packOf(db: Transaction, roundId: string, root?: string) {
  const found = await db.decisionPack.findFirst({
    where: { roundId, ...(root && { root }) },
    orderBy: { auditSequence: 'desc' },
  });
  if (found === null) throw new Refusal({ code: 'NOT_FOUND' });
  return found;
}

async function keysOn(db: Transaction, today: string) {
  const inForce = { from: { lte: today }, OR: [{ until: null }, { until: { gte: today } }] };
  const newest = async (roles: readonly Role[]) => {
    const keys = await db.packKey.findMany({
      where: { role: { in: [...roles] } },
      orderBy: { sequence: 'desc' },
    });
    const members = await db.membership.findMany({ where: { role: { in: [...roles] }, ...inForce } });
    return keys.find((key) =>
      members.some(({ personId, role }) => personId === key.personId && role === key.role),
    );
  };
  const chair = await newest(keyRoles.chair);
  const supervisor = await newest(keyRoles.supervisor);
  if (!chair || !supervisor)
    throw new Refusal({
      code: 'PACK_KEYS_MISSING',
      rule: 'S14',
      values: { roles: [...(chair ? [] : keyRoles.chair), ...(supervisor ? [] : keyRoles.supervisor)] },
    });
  if (chair.personId === supervisor.personId || chair.recipient === supervisor.recipient)
    throw new Refusal({ code: 'PACK_KEYS_OF_ONE', rule: 'S14' });
  return { chair: chair.recipient, supervisor: supervisor.recipient };
}

async function partsOf(
  db: Transaction,
  ownerId: string,
  roundId: string,
  printed: ReadonlyMap<string, Buffer>,
): Promise<{ open: PublicPart; sealed: SealedPart }> {
  const round = await db.round.findUniqueOrThrow({ where: { id: roundId }, omit: { ownerId: true } });
  const policy = await policyOfRound(db, roundId);
  const cases = await db.case.findMany({ where: { roundId }, orderBy: { id: 'asc' } });
  const applications = await db.application.findMany({ where: { roundId }, orderBy: { id: 'asc' } });
  const names = new Map((await noticeEntries(db, applications)).map((entry) => [entry.applicationId, entry]));
  const notices = await db.notice.findMany({
    where: { roundId, publishedAt: { not: null } },
    orderBy: [{ publishedAt: 'asc' }, { id: 'asc' }],
  });
  const shown = new Set(
    notices.flatMap(({ snapshot }) =>
      ((snapshot as { entries?: NoticeEntry[] } | null)?.entries ?? []).map(
        ({ applicationId }) => applicationId,
      ),
    ),
  );
  const entries = await db.stageEntry.findMany({
    where: { applicationId: { in: applications.map(({ id }) => id) } },
    orderBy: [{ startedAt: 'asc' }, { id: 'asc' }],
  });
  const sheets = await sheetsOf(
    db,
    cases.map(({ id }) => id),
  );
  const votes = await votesOf(db, roundId, printed, cases);
  const audit = await chainOf(db, ownerId);
  const { places, title, schoolYear, opensOn, applyUntil, cutOff, basis } = round;
  const open: PublicPart = {
    round: {
      id: roundId,
      title,
      schoolYear,
      opensOn,
      applyUntil,
      cutOff,
      places,
      basis,
      outcome: cases.find(({ id }) => id === roundId)!.outcome,
    },
    scheme: { code: policy.id, version: policy.version, digest: round.policyDigest, policy },
    quotas: await quotasOf(db, roundId, places as Record<string, number>),
    stages: policy.stages
      .map(({ code }) => ({
        stage: code as string,
        candidates: entries
          .filter(({ stage }) => stage === code)
          .map(({ applicationId, caseId, outcome, reason }) => ({
            applicationId,
            caseId,
            // Who was in no notice is named to the school and the office alone.
            ...(shown.has(applicationId) && { candidate: names.get(applicationId) }),
            unit: cases.find(({ id }) => id === caseId)?.unit ?? null,
            outcome,
            reason: publicReason(reason as Reason | null),
          })),
      }))
      .filter(({ candidates }) => candidates.length > 0),
    notices: notices.map(
      ({ id, level, publishedAt, firstDay, lastDay, closesAt, snapshot, snapshotHash }) => ({
        id,
        level,
        publishedAt,
        firstDay,
        lastDay,
        closesAt,
        snapshot: snapshot as object,
        hash: snapshotHash!,
      }),
    ),
    scores: totalsOf(sheets),
    votes: votes.open,
    objections: await objectionsOf(
      db,
      applications.map(({ id }) => id),
    ),
    audit,
  };
  const sealed: SealedPart = {
    candidates: applications.map(({ id, standing, stage, reason, schoolScore }) => ({
      ...names.get(id),
      standing,
      stage,
      reason,
      schoolScore,
      outcomes: entries
        .filter(({ applicationId }) => applicationId === id)
        .map(({ caseId, stage: of, outcome, reason: why }) => ({ caseId, stage: of, outcome, reason: why })),
    })),
    votes: votes.sealed,
    sheets,
    auditValues: await valuesOf(db, new Set(cases.map(({ id }) => id))),
  };
  return { open, sealed };
}

/** What a reason looked at may be a birthday or a sanction: the public part has the rule and the clause. */
function publicReason(reason: Reason | null) {
  return reason && { code: reason.code, rule: reason.rule ?? null, clause: reason.clause ?? null };
}

async function quotasOf(
  db: Transaction,
  roundId: string,
  places: Record<string, number>,
): Promise<PackedQuotas> {
  const found = await db.nominationQuota.findMany({ where: { roundId } });
  const schools = await db.organisation.findMany({
    where: { id: { in: found.map(({ schoolId }) => schoolId) } },
  });
  const schoolOf = new Map(schools.map((school) => [school.id, school]));
  // By the schools' codes: their ids are drawn by lot.
  const keyOf = ({ rank, schoolId }: (typeof found)[number]) => `${rank} ${schoolOf.get(schoolId)!.code}`;
  const nominations = found.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
  const changes = await db.quotaChange.findMany({
    where: { roundId },
    orderBy: [{ at: 'asc' }, { id: 'asc' }],
  });
  const extra = await db.quotaExtra.findMany({ where: { roundId }, orderBy: { id: 'asc' } });
  const seats = await db.seatQuota.findMany({ where: { roundId }, orderBy: { unit: 'asc' } });
  return {
    places,
    nominations: nominations.map(
      ({ schoolId, rank, proposed, places: now, reason, fullTimeTeachers, rural }) => ({
        schoolId,
        code: schoolOf.get(schoolId)!.code,
        school: schoolOf.get(schoolId)!.name,
        rank,
        fullTimeTeachers,
        rural,
        proposed,
        places: changes
          .filter((change) => change.schoolId === schoolId && change.rank === rank)
          .reduce((approved, { change }) => approved - change, now),
        reason,
      }),
    ),
    extra: extra.map(({ rank, kind, places: approved, reason }) => ({
      rank,
      kind,
      places: approved,
      reason,
    })),
    changes: changes.map(({ schoolId, rank, change, source, reason }) => ({
      schoolId,
      rank,
      change,
      source,
      reason,
    })),
    seats: seats.map(({ roundId: _round, ownerId: _owner, ...quota }) => quota),
  };
}

async function sheetsOf(db: Transaction, caseIds: readonly string[]): Promise<SealedPart['sheets']> {
  const sheets = await db.scoreSheet.findMany({
    where: { caseId: { in: [...caseIds] } },
    orderBy: [{ caseId: 'asc' }, { applicationId: 'asc' }, { judgeId: 'asc' }],
  });
  const judges = await personsById(
    db,
    sheets.map(({ judgeId }) => judgeId),
  );
  return sheets.map(({ caseId, applicationId, judgeId, items }) => ({
    caseId,
    applicationId,
    judgeId,
    judge: judges.get(judgeId)?.name ?? '',
    items: items as Record<string, number>,
  }));
}

async function votesOf(
  db: Transaction,
  roundId: string,
  printed: ReadonlyMap<string, Buffer>,
  cases: readonly { readonly id: string; readonly unit: string | null }[],
): Promise<{ open: PackedBallotVote[]; sealed: SealedPart['votes'] }> {
  const votes = await db.vote.findMany({
    where: { roundId },
    orderBy: [{ firstVoteId: 'asc' }, { position: 'asc' }],
  });
  const open: PackedBallotVote[] = [];
  const sealed: SealedPart['votes'][number][] = [];
  for (const vote of votes) {
    const members = await db.voteMember.findMany({
      where: { voteId: vote.id },
      orderBy: { personId: 'asc' },
    });
    const signatures = await signaturesOf(db, vote.id);
    const people = await personsById(
      db,
      [...members, ...signatures].map(({ personId }) => personId),
    );
    const packed = {
      id: vote.id,
      unit: cases.find(({ id }) => id === vote.id)?.unit ?? null,
      ballotRound: vote.ballotRound as RoundKind,
      firstVoteId: vote.firstVoteId,
      position: vote.position,
      candidates: vote.candidates,
      seats: vote.seats,
      equalNumberDecision: vote.equalNumberDecision,
      members: vote.members,
      voters: vote.voters,
      issued: vote.issued,
      ...(vote.recusalScope === 'candidate' && (await candidatePapersOf(db, vote))),
      tieBreakValues: (vote.tieBreakValues ?? {}) as TieBreakValues,
      tally: vote.tally as unknown as Count | null,
      publicKey: vote.publicKey,
      chairRecipient: vote.chairRecipient,
      supervisorRecipient: vote.supervisorRecipient,
      mode: vote.mode as VoteMode,
      recordDigest: vote.recordDigest,
      signatures: signatures.map(({ personId, role, digest, signedAt }) => ({
        role,
        name: people.get(personId)?.name ?? '',
        digest,
        signedAt: signedAt.toISOString(),
      })),
      confirmedByChair: vote.confirmedByChair,
      confirmedBySupervisor: vote.confirmedBySupervisor,
      committee: members.map(({ personId, substitute, signedIn, recused }) => ({
        name: people.get(personId)?.name ?? '',
        substitute,
        signedIn,
        recused,
      })),
    };
    open.push(packed);
    const ballots = await db.ballot.findMany({
      where: { voteId: vote.id },
      orderBy: { serial: 'asc' },
      select: { serial: true, signature: true, sealed: true, candidateId: true },
    });
    const { chairIdentity, supervisorIdentity } = vote;
    // A vote that was stopped before both brought their keys stays shut.
    const opened =
      chairIdentity && supervisorIdentity
        ? await choicesOf(packed, chairIdentity, supervisorIdentity, ballots)
        : [];
    const codes = await db.voteCode.findMany({
      where: { voteId: vote.id, voided: false },
      orderBy: { hash: 'asc' },
    });
    sealed.push({
      id: vote.id,
      chairIdentity,
      supervisorIdentity,
      ballots: ballots.map(({ candidateId, ...ballot }) => ({
        ...ballot,
        ...(candidateId !== null && { candidateId }),
      })),
      opened,
      codes: codes.map(({ hash }) => hash),
      ...(vote.recusalScope === 'candidate' &&
        vote.mode === 'drawn_codes' && { candidateCodes: hashesOfEach(vote.candidates, codes) }),
      sheets: (await sheetsOfVote(db, vote)).map((sheet) => ({
        ...sheetIn(sheet),
        teller: sheet.tellerId,
        version: sheet.version,
        reason: sheet.reason,
      })),
      record: vote.record as unknown as VoteRecord | null,
      recordPdf: printed.get(vote.id)?.toString('base64') ?? null,
    });
  }
  return { open, sealed };
}

/** Who votes on each candidate, and the keys of their papers where they are electronic. Rule V2. */
async function candidatePapersOf(db: Transaction, vote: VoteRow) {
  const papers = await papersOfVote(db, vote);
  const keys = papers.flatMap(({ candidateId, publicKey }) =>
    publicKey === null ? [] : [[candidateId, publicKey] as const],
  );
  return {
    electorates: electoratesOf(papers),
    ...(keys.length > 0 && { candidateKeys: Object.fromEntries(keys) }),
  };
}

function hashesOfEach(
  candidates: readonly string[],
  codes: readonly { readonly candidateId: string | null; readonly hash: string }[],
): Record<string, string[]> {
  return Object.fromEntries(
    candidates.map((id) => [
      id,
      codes.filter(({ candidateId }) => candidateId === id).map(({ hash }) => hash),
    ]),
  );
}

/** What became of the objections; never who objected, nor a word of it. */
async function objectionsOf(db: Transaction, applicationIds: readonly string[]) {
  const objections = await db.objection.findMany({
    where: { applicationId: { in: [...applicationIds] } },
    orderBy: { id: 'asc' },
    select: {
      id: true,
      noticeId: true,
      applicationId: true,
      isLate: true,
      decidedOn: true,
      withdrawnAt: true,
    },
  });
  const cases = await db.case.findMany({ where: { id: { in: objections.map(({ id }) => id) } } });
  return objections.map(({ id, noticeId, applicationId, isLate, decidedOn, withdrawnAt }) => ({
    noticeId,
    applicationId,
    isLate,
    isWithdrawn: withdrawnAt !== null,
    decidedOn,
    outcome: cases.find((row) => row.id === id)?.outcome ?? null,
  }));
}

async function chainOf(db: Transaction, ownerId: string): Promise<PackedChain> {
  const entries: PackedChain['entries'][number][] = [];
  for (;;) {
    const page = await db.auditEntry.findMany({
      where: { sequence: { gt: entries.at(-1)?.sequence ?? 0 } },
      orderBy: { sequence: 'asc' },
      take: readAtOnce,
    });
    if (page.length === 0) return { ownerId, entries };
    entries.push(
      ...page.map(({ sequence, at, digest, hash }) => ({ sequence, at: at.toISOString(), digest, hash })),
    );
  }
}

/** What the chain's entries of the round's cases say. */
async function valuesOf(db: Transaction, caseIds: ReadonlySet<string>): Promise<SealedPart['auditValues']> {
  const values: SealedPart['auditValues'][number][] = [];
  let sequence = 0;
  for (;;) {
    const page = await db.auditValue.findMany({
      where: { sequence: { gt: sequence } },
      orderBy: { sequence: 'asc' },
      take: readAtOnce,
    });
    const last = page.at(-1);
    if (last === undefined) return values;
    sequence = last.sequence;
    for (const { sequence: number, salt, value } of page)
      if (caseIds.has(String((JSON.parse(value) as { case?: string }).case)))
        values.push({ sequence: number, salt, value });
  }
}

import { Refusal, type Fault } from '../domain/refusal.js';
import {
  checkSheet,
  papersOn,
  sheetDifferences,
  sheetOf,
  type CountSheet,
  type SheetDifference,
} from '../domain/paper-count.js';
import type { Prisma } from '../prisma/generated/client.js';
import { withNames } from '../records/candidates.js';
import { conflictsBetween } from '../records/conflicts.js';
import type { Decision, Work } from '../records/decide.js';
import { membersWith } from '../records/people.js';
import { electoratesOfVote, voteWithMembers, type VoteRow } from '../records/votes.js';
import { newestSheets, sheetIn } from '../records/vote-records.js';
import { countPapers } from './vote-record.js';

/**
 * The meeting chooses two tellers, and the chair names them: no candidate, no kin of one, nobody who presides or
 * supervises. Sheets of a teller who is replaced are kept and not counted. Rules V1, V7.
 */
export const nameTellers: Decision = async (work, { tellerIds }: { tellerIds: string[] }) => {
  const { db, id } = work;
  const { vote } = await voteWithMembers(db, id);
  const named = await membersWith(db, 'teller', work.today);
  const officers = await membersWith(db, ['committee_chair', 'supervisor'], work.today);
  for (const personId of tellerIds) {
    if (!named.some((member) => member.personId === personId))
      throw new Refusal({ code: 'NOT_A_TELLER', rule: 'V7' });
    if (officers.some((member) => member.personId === personId))
      throw new Refusal({ code: 'TELLER_IS_OFFICER', rule: 'V7' });
  }
  const kinds = (await conflictsBetween(db, tellerIds, vote.candidates)).map(({ kind }) => kind);
  const barring = kinds.find((kind) => kind === 'is_candidate' || kind === 'kinship');
  if (barring) throw new Refusal({ code: 'TELLER_CONFLICTED', rule: 'V1', values: { conflict: barring } });
  await db.vote.update({ where: { id }, data: { tellerIds } });
  return {};
};

/**
 * A teller types the papers, or those of each candidate, without seeing what the other typed. A correction is a further
 * sheet with a reason; both are kept. Rules V2, V7.
 */
export const enterSheet: Decision = async (work, body: Partial<CountSheet> & { reason?: string }) => {
  const { db, id, ownerId, at } = work;
  const { vote } = await voteWithMembers(db, id);
  const tellerId = work.submission.actorId;
  if (!vote.tellerIds.includes(tellerId)) throw new Refusal({ code: 'NOT_A_TELLER', rule: 'V7' });
  const { reason, ...typed } = body;
  const electorates = await electoratesOfVote(db, vote);
  const sheet = sheetOf(typed, electorates ? 'candidate' : 'ballot_group');
  checkSheet(sheet, { issued: vote.issued!, candidates: vote.candidates, electorates });
  const before = await db.countSheet.count({ where: { voteId: id, tellerId } });
  if (before > 0 && !reason) throw new Refusal({ code: 'SHEET_REASON_MISSING', rule: 'V7' });
  await db.countSheet.create({
    data: {
      voteId: id,
      ownerId,
      tellerId,
      version: before + 1,
      returned: sheet.returned,
      notReturned: sheet.notReturned,
      papers: (sheet.byCandidate ?? sheet.papers) as unknown as Prisma.InputJsonValue,
      reason: reason ?? null,
      enteredAt: at,
    },
  });
  const sheets = await newestSheets(db, vote);
  const [first, second] = sheets;
  const bothIn = Boolean(first && second);
  const agree = bothIn && sheetDifferences(sheetIn(first!), sheetIn(second!), vote.candidates).length === 0;
  return { result: { version: before + 1, bothIn, ...(bothIn && { agree }) } };
};

/**
 * The chair closes the count: both sheets are in and say the same, and the papers are counted by the same rules as sealed
 * ballots. Rules V2, V7, V12–V18.
 */
export const closeCount: Decision = async (work) => {
  const { vote } = await voteWithMembers(work.db, work.id);
  const [first, second] = await newestSheets(work.db, vote);
  if (!first || !second)
    throw new Refusal({
      code: 'SHEETS_MISSING',
      rule: 'V7',
      values: { found: [first, second].filter(Boolean).length, required: 2 },
    });
  const differences = sheetDifferences(sheetIn(first), sheetIn(second), vote.candidates);
  if (differences.length > 0)
    throw new Refusal({
      code: 'SHEETS_DIFFER',
      rule: 'V7',
      values: { count: differences.length },
      faults: await faultsIn(work, vote, differences),
    });
  return countPapers(work, vote, papersOn(sheetIn(first)));
};

async function faultsIn(
  { db }: Work,
  vote: VoteRow,
  differences: readonly SheetDifference[],
): Promise<Fault[]> {
  const rows = await db.application.findMany({ where: { id: { in: vote.candidates } } });
  const named = await withNames(db, rows);
  return differences.map((one): Fault => {
    const { candidate: id } = one;
    const candidate = named.find((each) => each.id === id)?.name ?? '';
    // With papers of each candidate it is said whose a paper is.
    const place = id === undefined ? '' : `byCandidate.${id}.`;
    const whose: Fault['values'] = id === undefined ? {} : { candidate };
    if ('paper' in one) {
      const { paper } = one;
      const code = id === undefined ? 'SHEET_PAPER_DIFFERS' : 'SHEET_PAPER_DIFFERS_OF_CANDIDATE';
      return { at: `${place}papers.${paper - 1}`, code, values: { ...whose, paper } };
    }
    if ('figure' in one) {
      const { figure } = one;
      const code = id === undefined ? 'SHEET_FIGURE_DIFFERS' : 'SHEET_FIGURE_DIFFERS_OF_CANDIDATE';
      const values = { ...whose, figure, first: one.first, second: one.second };
      return { at: `${place}${figure}`, code, values };
    }
    const values = { candidate, first: one.first, second: one.second };
    return { at: `votes.${id}`, code: 'SHEET_VOTES_DIFFER', values };
  });
}

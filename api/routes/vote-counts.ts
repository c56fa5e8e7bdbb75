import { z } from 'zod';
import { dateOf } from '../../domain/dates.js';
import type { Role } from '../../domain/cases.js';
import { sheetDifferences } from '../../domain/paper-count.js';
import { Refusal } from '../../domain/refusal.js';
import type { VoteRecord } from '../../domain/vote-record.js';
import { withNames } from '../../records/candidates.js';
import { findCase } from '../../records/cases.js';
import { rankNames } from '../../records/current-policies.js';
import type { OwnerDatabase } from '../../records/database.js';
import { readClock } from '../../records/instance.js';
import {
  castByCode,
  paperForCode,
  printCodes,
  voidCodes,
  type PrintedCode,
} from '../../records/vote-codes.js';
import { newestSheets, sheetIn, sheetsOf, signaturesOf } from '../../records/vote-records.js';
import { voteView, voteWithMembers } from '../../records/votes.js';
import { nameOf } from '../../texts/names.js';
import type { Actor } from '../auth/actor.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { route, type Route } from '../route.js';
import { voteReaders } from './votes.js';
import { holds, requireSight } from '../visibility.js';
import { recordFile, slipsFile, type SignedRecord } from '../vote-record-file.js';

const tag = 'votes';
const pdf = 'application/pdf';
const idParams = z.object({ id: z.uuid() });
const voteParams = z.object({ voteId: z.uuid() });
const codeText = z.string().min(1).max(60);
const reason = z.string().min(1).max(500);
const base64url = z
  .string()
  .regex(/^[\w-]+$/)
  .max(20_000);
const papers = z
  .array(z.strictObject({ names: z.array(z.uuid()).max(1000), spoiled: z.boolean().default(false) }))
  .max(1000)
  .meta({ description: 'The papers by their numbers; what each marks, and whether it bears another mark.' });
const paperFigure = z.int().min(0).max(1000);
const shownPapers = z.array(z.object({ names: z.array(z.uuid()), spoiled: z.boolean() }));

const decisions: DecisionRoute[] = [
  {
    kind: 'differentialVote',
    decision: 'nameTellers',
    path: '/votes/{id}/tellers',
    summary: '确定两名计票人 Name the two tellers whom the meeting chose',
    body: z.strictObject({
      tellerIds: z
        .array(z.uuid())
        .length(2)
        .refine(([first, second]) => first !== second, { message: 'Two different people.' }),
    }),
  },
  {
    kind: 'differentialVote',
    decision: 'enterSheet',
    path: '/votes/{id}/sheets',
    summary: '计票人独立录入选票 A teller types the papers, alone; again with a reason to correct',
    body: z.strictObject({
      returned: paperFigure.optional(),
      notReturned: paperFigure.optional(),
      papers: papers.optional(),
      byCandidate: z
        .record(z.uuid(), z.strictObject({ returned: paperFigure, notReturned: paperFigure, papers }))
        .optional()
        .meta({
          description:
            'In place of the other figures, where each candidate has papers of its own (逐人票决): those of each, by application.',
        }),
      reason: reason.optional(),
    }),
  },
  {
    kind: 'differentialVote',
    decision: 'closeCount',
    path: '/votes/{id}/count-closing',
    summary: '两份计票单一致，结束计票 Close the count when both sheets agree',
    body: z.strictObject({}),
  },
];

const person = z.object({ name: z.string(), school: z.string() });
const recordSchema = z
  .object({
    record: z.object({
      vote: z.uuid(),
      organisation: z.string(),
      body: z.string(),
      round: z.string(),
      rank: z.object({ zh: z.string(), en: z.string() }),
      unit: z.string(),
      ballotRound: z.string(),
      mode: z.string(),
      date: z.iso.date(),
      place: z.string().nullable(),
      committee: z.int(),
      present: z.array(person),
      absent: z.array(person),
      substitutes: z.array(person),
      recused: z.array(
        person.extend({
          conflicts: z.array(z.string()),
          from: z
            .array(z.uuid())
            .optional()
            .meta({ description: 'Recusal by candidate: on whom the member did not vote, by application.' }),
        }),
      ),
      voters: z.int(),
      seats: z.int(),
      equalNumberDecision: z.string().nullable(),
      codes: z.object({ printed: z.int(), voided: z.int() }).nullable(),
      candidates: z.array(person.extend({ applicationId: z.uuid() })),
      tally: z.unknown(),
      notReturned: z.int(),
      chair: z.string().nullable(),
      supervisor: z.string().nullable(),
      tellers: z.array(z.string()),
    }),
    digest: z.string().meta({ description: 'SHA-256 of the canonical JSON of `record`.' }),
    signatures: z.array(z.object({ role: z.string(), name: z.string(), signedAt: z.iso.datetime() })),
    missing: z.array(z.string()).meta({ description: 'Roles whose signature is still to come.' }),
  })
  .meta({ id: 'VoteRecord' });

const sheetsSchema = z.object({
  sheets: z
    .array(
      z.object({
        tellerId: z.uuid(),
        name: z.string(),
        version: z.int(),
        returned: z.int(),
        notReturned: z.int(),
        papers: shownPapers,
        byCandidate: z
          .record(z.uuid(), z.object({ returned: z.int(), notReturned: z.int(), papers: shownPapers }))
          .optional()
          .meta({
            description: 'The papers of each candidate, where each has papers of its own (逐人票决).',
          }),
        reason: z.string().nullable(),
        enteredAt: z.iso.datetime(),
      }),
    )
    .meta({
      description: 'To a teller the own until both are in, then all; to others all once both are in.',
    }),
  missing: z.array(z.uuid()).meta({ description: 'Tellers whose sheet is not in.' }),
  differences: z
    .array(
      z.union([
        z.object({
          candidate: z.uuid().optional(),
          paper: z.int(),
          first: shownPapers.element.nullable(),
          second: shownPapers.element.nullable(),
        }),
        z.object({
          candidate: z.uuid().optional(),
          figure: z.string(),
          first: z.int(),
          second: z.int(),
        }),
        z.object({ candidate: z.uuid(), first: z.int(), second: z.int() }),
      ]),
    )
    .meta({ description: 'Where the newest sheets of the two differ; empty before both are in.' }),
});
type ShownSheet = z.input<typeof sheetsSchema>['sheets'][number];

/** Votes on paper and by drawn codes, and the record of every vote. */
export function voteCountRoutes(dependencies: Dependencies): Route[] {
  const { database: whole, config } = dependencies;
  const secret = config.QINGLAN_SECRET;
  const asked = async (actor: Actor, voteId: string) => ({
    ownerId: actor.ownerId,
    voteId,
    personId: actor.personId!,
    at: new Date((await readClock(whole)).now),
  });
  return [
    route({
      method: 'get',
      path: '/api/v1/votes/{id}/record',
      operationId: 'readVoteRecord',
      summary: '当场记录 The record of a vote, with who has signed it',
      tag,
      access: { roles: [...voteReaders] },
      params: idParams,
      response: recordSchema,
      refusals: ['RECORD_NOT_YET'],
      handler: async ({ database, params }) => {
        const { record, digest, signatures, missing } = await signedRecord(database, params.id);
        return {
          status: 200,
          body: {
            record: record as z.input<typeof recordSchema>['record'],
            digest,
            signatures: signatures.map((one) => ({ ...one, signedAt: one.signedAt.toISOString() })),
            missing: [...missing],
          },
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/votes/{id}/record.pdf',
      operationId: 'printVoteRecord',
      summary: '打印当场记录 The record of a vote as PDF',
      tag,
      access: { roles: [...voteReaders] },
      params: idParams,
      statuses: [200],
      files: { 200: pdf },
      refusals: ['RECORD_NOT_YET', 'CHARACTERS_NOT_PRINTABLE'],
      handler: async ({ database, params, language }) => {
        const signed = await signedRecord(database, params.id);
        const name = `${language === 'zh' ? '计票记录' : 'vote-record'}-${signed.record.date}.pdf`;
        return { status: 200, file: { name, type: pdf, content: await recordFile(signed, language) } };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/votes/{id}/sheets',
      operationId: 'readCountSheets',
      summary: '计票单及其差异 What the tellers typed, and where it differs',
      tag,
      access: { roles: ['teller', 'committee_chair', 'supervisor'] },
      params: idParams,
      response: sheetsSchema,
      handler: async ({ actor, database, params }) => {
        const row = await findCase(database, 'differentialVote', params.id);
        if (row === null) throw new Refusal({ code: 'NOT_FOUND' });
        const { vote } = await voteWithMembers(database, row.id);
        const [first, second] = await newestSheets(database, vote);
        const rows = await sheetsOf(database, vote);
        // Who may be named as a teller later has not read the sheets by then (V7).
        requireSight(
          holds(actor, ['committee_chair', 'supervisor'], actor.ownerId) ||
            vote.tellerIds.some((tellerId) => tellerId === actor.personId) ||
            rows.some(({ tellerId }) => tellerId === actor.personId),
        );
        const shown = first && second ? rows : rows.filter(({ tellerId }) => tellerId === actor.personId);
        const named = await withNames(
          database,
          shown.map((sheet) => ({ ...sheet, personId: sheet.tellerId })),
        );
        const differences =
          first && second ? sheetDifferences(sheetIn(first), sheetIn(second), vote.candidates) : [];
        return {
          status: 200,
          body: {
            sheets: named.map((sheet) => ({
              ...(sheetIn(sheet) as unknown as Pick<
                ShownSheet,
                'returned' | 'notReturned' | 'papers' | 'byCandidate'
              >),
              tellerId: sheet.tellerId,
              name: sheet.name,
              version: sheet.version,
              reason: sheet.reason,
              enteredAt: sheet.enteredAt.toISOString(),
            })),
            missing: vote.tellerIds.filter((id) => !rows.some(({ tellerId }) => tellerId === id)),
            differences: differences as z.input<typeof sheetsSchema>['differences'],
          },
        };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/votes/{id}/codes',
      operationId: 'printVoteCodes',
      summary: '印制抽签码 Print the codes of a vote, to be cut and drawn by hand',
      description:
        '只此一次给出；服务只存哈希。重印则先前的全部作废。 Given out this once: only hashes are stored. Printed again, the earlier ones are void.',
      tag,
      access: { roles: ['committee_chair'] },
      params: idParams,
      query: z.object({ as: z.enum(['pdf', 'json']).default('pdf') }),
      body: z.strictObject({
        number: z
          .int()
          .min(1)
          .max(500)
          .meta({ description: 'Of slips; of each candidate, where each has codes of its own (逐人票决).' }),
      }),
      statuses: [200],
      response: z.object({
        codes: z.array(z.string()),
        byCandidate: z
          .record(z.uuid(), z.array(z.string()))
          .optional()
          .meta({ description: 'In place of those, where each candidate has codes of its own (逐人票决).' }),
      }),
      files: { 200: pdf },
      refusals: ['CODES_NOT_NOW', 'CODES_TOO_FEW', 'CHARACTERS_NOT_PRINTABLE'],
      handler: async ({ actor, database, params, query, body, language }) => {
        const request = await asked(actor, params.id);
        const codes = await printCodes(whole, secret, request, body.number);
        if (query.as === 'json') return { status: 200, body: codesByCandidate(codes) };
        const row = await findCase(database, 'differentialVote', params.id);
        const { candidates } = await voteView(database, params.id);
        const group = nameOf('', 'unit', row?.unit ?? '', language, await rankNames(database));
        const slips = codes.map(({ code, candidateId }) => {
          const { name } = candidates.find(({ id }) => id === candidateId) ?? {};
          return { code, about: name === undefined ? group : `${name}  ${group}` };
        });
        const vote = { id: params.id, date: dateOf(request.at.toISOString()) };
        const content = await slipsFile(vote, slips, language);
        return { status: 200, file: { name: `codes-${vote.date}.pdf`, type: pdf, content } };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/votes/{id}/voided-codes',
      operationId: 'voidVoteCodes',
      summary: '作废未抽取的抽签码 Make the codes void that nobody drew',
      tag,
      access: { roles: ['committee_chair'] },
      params: idParams,
      body: z.strictObject({ codes: z.array(codeText).min(1).max(500) }),
      response: z.object({ printed: z.int(), voided: z.int() }),
      refusals: ['CODES_NOT_NOW', 'CODE_UNKNOWN'],
      handler: async ({ actor, params, body }) => {
        const request = await asked(actor, params.id);
        return { status: 200, body: await voidCodes(whole, secret, request, body.codes) };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/ballot-box/{voteId}/papers',
      operationId: 'readPaperByCode',
      summary: '凭抽签码查看选票 The paper of a vote for a drawn code: no session, no name',
      tag,
      access: 'public',
      params: voteParams,
      body: z.strictObject({ code: codeText }),
      response: z.object({
        seats: z.int(),
        chairRecipient: z.string(),
        supervisorRecipient: z.string(),
        candidates: z.array(z.object({ applicationId: z.uuid(), name: z.string(), subject: z.string() })),
      }),
      refusals: ['BOX_NOT_OPEN', 'BALLOT_REFUSED', 'PAPER_USED'],
      handler: async ({ params, body }) => {
        const paper = await paperForCode(whole, secret, params.voteId, body.code);
        return { status: 200, body: { ...paper, candidates: [...paper.candidates] } };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/ballot-box/{voteId}/codes',
      operationId: 'castByCode',
      summary: '凭抽签码投票 Cast a ballot by a drawn code: no session, no name, nothing kept but the ballot',
      tag,
      access: 'public',
      params: voteParams,
      body: z.strictObject({ code: codeText, sealed: base64url }),
      refusals: ['BOX_NOT_OPEN', 'BALLOT_REFUSED', 'PAPER_USED'],
      handler: async ({ params, body }) => {
        await castByCode(whole, secret, params.voteId, body);
        return { status: 204, body: undefined };
      },
    }),
    ...decisionRoutes(decisions, dependencies),
  ];
}

function codesByCandidate(printed: readonly PrintedCode[]) {
  const byCandidate: Record<string, string[]> = {};
  for (const { code, candidateId } of printed)
    if (candidateId !== null) (byCandidate[candidateId] ??= []).push(code);
  const codes = printed.filter(({ candidateId }) => candidateId === null).map(({ code }) => code);
  return { codes, ...(codes.length === 0 && { byCandidate }) };
}

/**
 * The record of a vote with its signatures.
 * @throws Refusal NOT_FOUND, RECORD_NOT_YET
 */
export async function signedRecord(database: OwnerDatabase, id: string): Promise<SignedRecord> {
  const row = await findCase(database, 'differentialVote', id);
  if (row === null) throw new Refusal({ code: 'NOT_FOUND' });
  const { vote } = await voteWithMembers(database, id);
  if (vote.record === null || vote.recordDigest === null)
    throw new Refusal({ code: 'RECORD_NOT_YET', rule: 'V19' });
  const signed = await withNames(database, await signaturesOf(database, id));
  const missing: Role[] = [
    ...(vote.confirmedByChair ? [] : ['committee_chair' as const]),
    ...(vote.confirmedBySupervisor ? [] : ['supervisor' as const]),
    ...vote.tellerIds
      .filter((teller) => !signed.some(({ personId }) => personId === teller))
      .map(() => 'teller' as const),
  ];
  return {
    record: vote.record as unknown as VoteRecord,
    digest: vote.recordDigest,
    signatures: signed.map(({ role, name, signedAt }) => ({ role: role as Role, name, signedAt })),
    missing,
  };
}

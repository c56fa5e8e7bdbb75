import { z } from 'zod';
import { dateOf } from '../../domain/dates.js';
import { scanFile } from '../../domain/plain-files.js';
import { Refusal } from '../../domain/refusal.js';
import { codesOf, disseminations, evidenceKinds, levels, prizes } from '../../domain/vocabulary.js';
import { answerOnce } from '../../records/answered-requests.js';
import type { OwnerDatabase, Transaction } from '../../records/database.js';
import { appendAudit } from '../../records/decide.js';
import {
  checkEvidence,
  enterEvidence,
  listEvidence,
  usedAgain,
  type EvidenceRow,
} from '../../records/evidence.js';
import { readClock } from '../../records/instance.js';
import { personIdsOfSchools, personsById, shownPersons } from '../../records/persons-shown.js';
import { keepScan, piecesWithScan, readScan } from '../../records/scans.js';
import type { Actor } from '../auth/actor.js';
import type { Dependencies } from '../dependencies.js';
import { cursorAfter, pageOf, pageQuery, readCursor } from '../paging.js';
import { route, type Route } from '../route.js';
import { holds, requireSight, schoolsOf, seesAll, subjectsOf } from '../visibility.js';

const tag = 'evidence';
/** The largest scan, in bytes. */
const mostScanBytes = 5 * 1024 * 1024;
const entering = ['office', 'school_clerk'] as const;

const evidenceBody = z.strictObject({
  personId: z.uuid(),
  kind: z.enum(codesOf(evidenceKinds)),
  level: z.enum(codesOf(levels)),
  prize: z.enum(codesOf(prizes)).nullable().default(null),
  how: z.enum(codesOf(disseminations)).nullable().default(null),
  title: z.string().min(1).max(500),
  date: z.iso.date(),
  issuer: z.string().min(1).max(200).nullable().default(null),
  number: z.string().min(1).max(100).nullable().default(null).meta({ description: 'Of the certificate.' }),
  fileHash: z
    .string()
    .regex(/^[\da-f]{64}$/)
    .nullable()
    .default(null)
    .meta({
      description:
        'sha256 of the scan, in hexadecimal: what the upload of it has answered, or of one that is kept elsewhere.',
    }),
  replaces: z.uuid().optional().meta({ description: 'The version that this one corrects.' }),
});

/** What else has the same scan or number, as whoever checks sees it. */
export const usedAgainSchema = z
  .array(
    z.object({
      id: z.uuid(),
      same: z.array(z.enum(['file', 'number'])),
      isSamePerson: z.boolean(),
      name: z.string().nullable().meta({ description: 'Null for a person whom the caller may not see.' }),
      school: z.string(),
      title: z.string(),
      date: z.iso.date(),
    }),
  )
  .meta({ description: 'The same scan or certificate number elsewhere; for whoever checks to judge.' });

const pieceSchema = z
  .object({
    id: z.uuid(),
    personId: z.uuid(),
    version: z.int(),
    replaces: z.uuid().nullable(),
    kind: z.string(),
    level: z.string(),
    prize: z.string().nullable(),
    how: z.string().nullable(),
    title: z.string(),
    date: z.iso.date(),
    issuer: z.string().nullable(),
    number: z.string().nullable(),
    fileHash: z.string().nullable(),
    hasScan: z.boolean().meta({ description: 'Whether the scan itself is kept and can be read.' }),
    verified: z.boolean(),
    checkedOn: z.iso.date().nullable(),
    refusal: z.string().nullable().meta({ description: 'Why it was not found true.' }),
    usedAgain: usedAgainSchema,
  })
  .meta({ id: 'Evidence' });

/** Evidence: a clerk or the office enters it, a second person verifies it once, every application uses it. Rule E17. */
export function evidenceRoutes(dependencies: Dependencies): Route[] {
  const asked = async (actor: Actor, key: string, operation: string, body: unknown) => ({
    ownerId: actor.ownerId,
    actorId: actor.personId!,
    key,
    operation,
    body,
    at: new Date((await readClock(dependencies.database)).now),
  });
  return [
    route({
      method: 'post',
      path: '/api/v1/evidence',
      operationId: 'enterEvidence',
      summary: '登记佐证材料 Enter evidence, or a correction of it',
      description:
        '经另一人核验后才计入，各轮评选通用。学校经办登记本校教师的材料。 It counts once a second person has verified it, in every round; a clerk enters that of the school’s teachers.',
      tag,
      access: { roles: entering },
      body: evidenceBody,
      idempotent: true,
      statuses: [201],
      response: pieceSchema,
      refusals: ['NOT_ALLOWED', 'DAY_TO_COME', 'OWN_CASE', 'EVIDENCE_NOT_NEWEST', 'IDEMPOTENCY_KEY_REUSED'],
      handler: async ({ actor, database, body, idempotencyKey }) => {
        const request = await asked(actor, idempotencyKey, 'enterEvidence', body);
        const answer = await answerOnce(database, request, async (db) => {
          await requireSchoolOf(actor, db, body.personId, 'enterEvidence');
          const { how, ...given } = body;
          const today = dateOf(request.at.toISOString());
          const piece = await enterEvidence(
            db,
            { ...given, dissemination: how, ownerId: actor.ownerId },
            actor.personId!,
            today,
          );
          return (await shownPieces(actor, db, [piece]))[0]!;
        });
        return { status: 201, body: answer };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/evidence/{id}/check',
      operationId: 'checkEvidence',
      summary: '核验佐证材料 Verify evidence, or find it untrue',
      description:
        '由登记人和本人以外的办公室人员或本校经办核验，只核验一次。 By the office or a clerk of the school, neither who entered it nor whose it is; once.',
      tag,
      access: { roles: entering },
      params: z.object({ id: z.uuid() }),
      body: z.strictObject({
        isTrue: z.boolean(),
        reason: z.string().min(1).max(1000).optional().meta({ description: 'Needed when it is not.' }),
      }),
      idempotent: true,
      response: pieceSchema,
      refusals: [
        'NOT_ALLOWED',
        'NOT_FOUND',
        'OWN_CASE',
        'EVIDENCE_CHECKED_ALREADY',
        'EVIDENCE_OWN_ENTRY',
        'REASON_MISSING',
        'IDEMPOTENCY_KEY_REUSED',
      ],
      handler: async ({ actor, database, params, body, idempotencyKey }) => {
        const request = await asked(actor, idempotencyKey, 'checkEvidence', { ...params, ...body });
        const answer = await answerOnce(database, request, async (db) => {
          const found = await db.evidence.findUnique({ where: { id: params.id } });
          if (found === null) throw new Refusal({ code: 'NOT_FOUND' });
          await requireSchoolOf(actor, db, found.personId, 'checkEvidence');
          const today = dateOf(request.at.toISOString());
          const piece = await checkEvidence(db, params.id, { ...body, by: actor.personId! }, today);
          const { id, version, verified, refusal } = piece;
          const done = { evidence: id, version, verified, refusal, checkedBy: actor.personId };
          const shown = (await shownPieces(actor, db, [piece]))[0]!;
          await appendAudit(db, actor.ownerId, request.at, done);
          return shown;
        });
        return { status: 200, body: answer };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/persons/{id}/evidence-scans',
      operationId: 'keepEvidenceScan',
      summary: '上传佐证材料的扫描件 Keep a scan, for evidence of this person',
      description:
        '按内容识别 JPEG、PNG、PDF；照片的拍摄信息会被清除。回答中的 hash 用于登记材料。 The kind is told by the content; what tells of the making of a picture is taken out. Evidence names the hash of the answer.',
      tag,
      access: { roles: entering },
      params: z.object({ id: z.uuid() }),
      upload: {
        field: 'file',
        mostFiles: 1,
        mostBytes: mostScanBytes,
        description: 'JPEG, PNG or PDF, at most 5 MB',
      },
      statuses: [201],
      response: z.object({ hash: z.string(), type: z.string(), bytes: z.int() }).meta({ id: 'EvidenceScan' }),
      refusals: ['NOT_ALLOWED', 'FILE_KIND_REFUSED'],
      handler: async ({ actor, database, params, files }) => {
        const at = new Date((await readClock(dependencies.database)).now);
        const kept = await database.$transaction(async (db) => {
          await requireSchoolOf(actor, db, params.id, 'enterEvidence');
          const whose = {
            ownerId: actor.ownerId,
            personId: params.id,
            addedById: actor.personId!,
            at,
          };
          return keepScan(db, whose, scanFile(files[0]!.content));
        });
        return { status: 201, body: kept };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/evidence/{id}/scan',
      operationId: 'readEvidenceScan',
      summary: '查看扫描件 The scan of a piece of evidence',
      description:
        '看得到这份材料或本人申报的人可以查看，每次查阅记入审计。 For whoever sees the evidence or an application of its person; every reading is recorded.',
      tag,
      access: 'signedIn',
      params: z.object({ id: z.uuid() }),
      statuses: [200],
      files: { 200: 'application/octet-stream' },
      handler: async ({ actor, database, params }) => {
        const at = new Date((await readClock(dependencies.database)).now);
        const scan = await database.$transaction(async (db) => {
          const piece = await db.evidence.findUnique({ where: { id: params.id } });
          requireSight(piece !== null && (await seesEvidenceOf(actor, database, piece.personId)));
          return readScan(db, piece!, actor.personId, at);
        });
        return {
          status: 200,
          file: { name: `${params.id}.${scan.type.split('/')[1]}`, ...scan },
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/evidence',
      operationId: 'listEvidence',
      summary: '佐证材料 Evidence, with what has the same scan or number',
      description:
        '教师只看到本人的材料，学校看到本校的。unchecked=true 只列待核验的。 Teachers see their own, schools their teachers’; unchecked=true lists what waits for a check.',
      tag,
      access: 'signedIn',
      query: pageQuery.extend({
        personId: z.uuid().optional(),
        unchecked: z.stringbool().optional(),
      }),
      response: pageOf(pieceSchema),
      handler: async ({ actor, database, query }) => {
        const visible = await personsSeen(actor, database);
        const { personId, unchecked, limit } = query;
        const personIds =
          personId === undefined
            ? visible
            : [personId].filter((id) => visible === undefined || visible.includes(id));
        const after = readCursor(query.cursor);
        const { pieces, more } = await listEvidence(database, { personIds, unchecked, after, limit });
        const items = await shownPieces(actor, database, pieces);
        const last = items.at(-1);
        return { status: 200, body: { items, next: more && last ? cursorAfter(last.id) : null } };
      },
    }),
  ];
}

/** Whose evidence somebody sees: undefined is everybody's. */
async function personsSeen(actor: Actor, db: OwnerDatabase): Promise<string[] | undefined> {
  if (seesAll(actor)) return undefined;
  const ofSchools = await personIdsOfSchools(db, schoolsOf(actor));
  return actor.personId === null ? ofSchools : [...ofSchools, actor.personId];
}

/** Whether somebody sees a person's evidence: in its own right, or because an application of the person is to be seen. */
async function seesEvidenceOf(actor: Actor, db: OwnerDatabase, personId: string): Promise<boolean> {
  const visible = await personsSeen(actor, db);
  if (visible === undefined || visible.includes(personId)) return true;
  const found = await db.application.count({
    where: {
      personId,
      OR: [{ schoolId: { in: schoolsOf(actor) } }, { subject: { in: subjectsOf(actor) } }],
    },
  });
  return found > 0;
}

/** The office may for everybody, a clerk for the teachers of the school. Rules E17, S9. */
async function requireSchoolOf(
  actor: Actor,
  db: Transaction,
  personId: string,
  decision: string,
): Promise<void> {
  const person = (await personsById(db, [personId])).get(personId);
  const may =
    person !== undefined &&
    (holds(actor, ['office'], actor.ownerId) || holds(actor, ['school_clerk'], person.schoolId));
  if (!may)
    throw new Refusal({ code: 'NOT_ALLOWED', rule: 'S9', values: { decision, allowed: [...entering] } });
}

/**
 * What else has the same scan or number, by piece, for somebody to read; nothing for who only sees what is the own. Rule
 * E17.
 */
export async function usedAgainShown(
  actor: Actor,
  db: Transaction,
  ids: readonly string[],
): Promise<(piece: { readonly id: string; readonly personId: string }) => z.output<typeof usedAgainSchema>> {
  const checks = seesAll(actor) || schoolsOf(actor).length > 0;
  const others = checks ? await usedAgain(db, actor.ownerId, ids) : new Map<string, never[]>();
  const persons = await shownPersons(
    db,
    [...others.values()].flat().map(({ personId }) => personId),
  );
  return ({ id, personId }) =>
    (others.get(id) ?? []).map((other) => {
      const { name, schoolId, school } = persons.get(other.personId)!;
      const isSeen = seesAll(actor) || schoolsOf(actor).includes(schoolId);
      return {
        id: other.id,
        same: [...other.same],
        isSamePerson: other.personId === personId,
        name: isSeen ? name : null,
        school,
        title: other.title,
        date: other.date,
      };
    });
}

async function shownPieces(
  actor: Actor,
  db: Transaction,
  pieces: readonly EvidenceRow[],
): Promise<z.output<typeof pieceSchema>[]> {
  const usedAgainOf = await usedAgainShown(
    actor,
    db,
    pieces.map(({ id }) => id),
  );
  const withScan = await piecesWithScan(db, pieces);
  return pieces.map((piece) => ({
    id: piece.id,
    personId: piece.personId,
    version: piece.version,
    replaces: piece.replacesId,
    kind: piece.kind,
    level: piece.level,
    prize: piece.prize,
    how: piece.dissemination,
    title: piece.title,
    date: piece.date,
    issuer: piece.issuer,
    number: piece.number,
    fileHash: piece.fileHash,
    hasScan: withScan.has(piece.id),
    verified: piece.verified,
    checkedOn: piece.checkedOn,
    refusal: piece.refusal,
    usedAgain: usedAgainOf(piece),
  }));
}

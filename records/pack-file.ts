import { createHash } from 'node:crypto';
import { Decrypter, Encrypter } from 'age-encryption';
import PizZip from 'pizzip';
import { verifyPaper } from '../ballot/issuer.js';
import { openBox } from '../ballot/officers.js';
import { canonicalJson } from '../domain/canonical-json.js';
import {
  checkQuotas,
  checkSheets,
  checkVotes,
  recount,
  recountByCandidate,
  type PackedQuotas,
  type PackedStage,
  type PackedVote,
  type PackFault,
} from '../domain/decision-pack.js';
import { papersOn, type CountSheet } from '../domain/paper-count.js';
import type { Policy, VoteMode } from '../domain/policy.js';
import { sortPapers, type OpenedPaper } from '../domain/vote.js';
import type { VoteRecord } from '../domain/vote-record.js';

/** What the pack's manifest says of itself. */
export const packFormat = 'qinglan-decision-pack-1';
const manifestFile = 'manifest.json';
const sealedFile = 'sealed.age';

/** The public keys of the two people who open the sealed part, and then their secret ones. */
export interface TwoKeys {
  readonly chair: string;
  readonly supervisor: string;
}

/** A vote of the pack, with what its ballots are checked by. */
export interface PackedBallotVote extends PackedVote {
  readonly mode: VoteMode;
  /** SHA-256 of the record's canonical JSON; the record itself is sealed, because it names who lost. */
  readonly recordDigest: string | null;
  readonly signatures: readonly {
    readonly role: string;
    readonly name: string;
    readonly digest: string;
    readonly signedAt: string;
  }[];
  readonly publicKey: string | null;
  /** The key of each candidate's papers, where each has one of its own (V2). */
  readonly candidateKeys?: Readonly<Record<string, string>>;
  readonly chairRecipient: string | null;
  readonly supervisorRecipient: string | null;
}

/** A candidate's points in one run: what all judges gave together, item by item, in hundredths of a point. */
export interface PackedTotal {
  readonly caseId: string;
  readonly applicationId: string;
  readonly judges: number;
  readonly items: Readonly<Record<string, number>>;
}

export interface PackedNotice {
  readonly id: string;
  readonly snapshot: object;
  readonly hash: string;
}

export interface PackedChain {
  readonly ownerId: string;
  readonly entries: readonly {
    readonly sequence: number;
    readonly at: string;
    readonly digest: string;
    readonly hash: string;
  }[];
}

/** The part of a pack that everybody may read who may read the round; each is a file, `quotas` is `quotas.json`. */
export interface PublicPart {
  readonly round: object;
  readonly scheme: { readonly digest: string; readonly policy: Policy } & Record<string, unknown>;
  readonly quotas: PackedQuotas;
  readonly stages: readonly PackedStage[];
  readonly notices: readonly PackedNotice[];
  readonly scores: readonly PackedTotal[];
  readonly votes: readonly PackedBallotVote[];
  readonly objections: readonly object[];
  readonly audit: PackedChain;
}

/** The part that takes two people to open. */
export interface SealedPart {
  readonly candidates: readonly object[];
  readonly votes: readonly {
    readonly id: string;
    readonly chairIdentity: string | null;
    readonly supervisorIdentity: string | null;
    readonly ballots: readonly {
      serial: string;
      signature: string;
      sealed: string;
      /** Whose paper it is, where each candidate has one. */
      candidateId?: string;
    }[];
    /** As the ballots above open, in their order; null for one that is unreadable. */
    readonly opened: readonly (readonly string[] | null)[];
    /** Hashes of the codes that were drawn, in the mode of that name. */
    readonly codes: readonly string[];
    /** Of those, the hashes of each candidate's, where each has codes of its own (V2). */
    readonly candidateCodes?: Readonly<Record<string, readonly string[]>>;
    /** What the tellers typed from papers, each teller's first version first. */
    readonly sheets: readonly (CountSheet & {
      readonly teller: string;
      readonly version: number;
      readonly reason: string | null;
    })[];
    /** What was signed on the spot (当场记录). */
    readonly record: VoteRecord | null;
    /** The same to be printed, a PDF in base64; null without a record, or when no font has a character of it. */
    readonly recordPdf: string | null;
  }[];
  readonly sheets: readonly {
    readonly caseId: string;
    readonly applicationId: string;
    readonly judgeId: string;
    readonly judge: string;
    readonly items: Readonly<Record<string, number>>;
  }[];
  readonly auditValues: readonly {
    readonly sequence: number;
    readonly salt: string;
    readonly value: string;
  }[];
}

/** What a check of a pack came to. */
export interface PackReport {
  readonly faults: readonly PackFault[];
  readonly files: number;
  readonly votes: number;
  readonly recounted: number;
  /** Hash of the last entry of the audit chain that the pack has. */
  readonly auditHead: string | null;
  /** Whether the sealed part was opened and checked too. */
  readonly opened: boolean;
}

/**
 * Puts a pack together: a file for each part, the sealed part in two boxes (the chair's outside, the supervisor's
 * inside), and the manifest with the hash of each. Rule S14.
 * @param keys age recipients of two people
 * @returns the archive, and its root: the hash of the manifest
 */
export async function writePack(
  open: PublicPart,
  sealed: SealedPart,
  keys: TwoKeys,
): Promise<{ readonly content: Buffer; readonly root: string; readonly files: number }> {
  const files: Record<string, Buffer> = Object.fromEntries(
    Object.entries(open).map(([name, part]) => [`${name}.json`, Buffer.from(canonicalJson(part))]),
  );
  const inner = await boxFor(keys.supervisor, Buffer.from(canonicalJson(sealed)));
  files[sealedFile] = await boxFor(keys.chair, inner);
  const manifest = Buffer.from(
    canonicalJson({
      format: packFormat,
      files: Object.entries(files)
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([path, content]) => ({ path, bytes: content.length, sha256: sha256(content) })),
    }),
  );
  files[manifestFile] = manifest;
  return { content: archiveOf(files), root: sha256(manifest), files: Object.keys(files).length };
}

/**
 * Checks a pack without the instance that made it: that it is what the root was taken of, to the byte; the audit chain;
 * the notices' hashes; every count of every vote and every quota, computed again. With both keys the sealed part too:
 * every ballot is opened and counted, every total of scores added up, every decision found in the chain. Rule S14.
 * @param root the hash that was noted when the pack was made; never taken from the pack
 * @param keys age identities of the two people; without them the sealed part is checked by its hash alone
 */
export async function verifyPack(content: Buffer, root: string, keys?: TwoKeys): Promise<PackReport> {
  const nothing = { files: 0, votes: 0, recounted: 0, auditHead: null, opened: false };
  const files = filesOf(content);
  if (files === null) return { ...nothing, faults: [{ file: 'pack', fault: 'is no archive' }] };
  const faults: PackFault[] = bytesFaults(content, files, root);
  // What is in a changed file says nothing.
  if (faults.length > 0) return { ...nothing, faults, files: Object.keys(files).length };

  const part = <Part>(name: keyof PublicPart) => JSON.parse(files[`${name}.json`]!.toString()) as Part;
  const scheme = part<PublicPart['scheme']>('scheme');
  const audit = part<PackedChain>('audit');
  const votes = part<PublicPart['votes']>('votes');
  const scores = part<PublicPart['scores']>('scores');
  const tell = (file: string, found: readonly string[]) =>
    faults.push(...found.map((fault) => ({ file, fault })));
  if (sha256(canonicalJson(scheme.policy)) !== scheme.digest) tell('scheme.json', ['another digest']);
  tell('audit.json', chainFaults(audit));
  tell(
    'notices.json',
    part<PublicPart['notices']>('notices')
      .filter(({ snapshot, hash }) => sha256(canonicalJson(snapshot)) !== hash)
      .map(({ id }) => `notice ${id}: another hash`),
  );
  const quotas = part<PackedQuotas>('quotas');
  tell('quotas.json', checkQuotas(quotas, scheme.policy));
  tell('votes.json', [
    ...checkVotes(votes, part('stages'), quotas.seats, scheme.policy),
    ...votes.flatMap(signatureFaults),
  ]);
  if (keys) {
    const sealed = await openSealed(files[sealedFile]!, keys);
    if (sealed === null) tell(sealedFile, ['does not open with these two keys']);
    else tell(sealedFile, await sealedFaults(sealed, { votes, scores, audit }, scheme.policy));
  }
  return {
    faults,
    files: Object.keys(files).length,
    votes: votes.length,
    recounted: votes.filter(({ tally }) => tally !== null).length,
    auditHead: audit.entries.at(-1)?.hash ?? null,
    opened: keys !== undefined,
  };
}

/** Stored, not compressed, in one order and with one date: the archive follows from its files to the byte. */
function archiveOf(files: Readonly<Record<string, Buffer>>): Buffer {
  const archive = new PizZip();
  for (const path of Object.keys(files).sort())
    archive.file(path, files[path]!, { binary: true, createFolders: false, date: new Date(2000, 0, 1) });
  return archive.generate({ type: 'nodebuffer', compression: 'STORE', platform: 'DOS' });
}

function filesOf(content: Buffer): Record<string, Buffer> | null {
  try {
    const archive = new PizZip(content);
    return Object.fromEntries(
      Object.entries(archive.files).map(([path, file]) => [path, file.asNodeBuffer()]),
    );
  } catch {
    return null;
  }
}

function bytesFaults(content: Buffer, files: Record<string, Buffer>, root: string): PackFault[] {
  const manifest = files[manifestFile];
  if (manifest === undefined) return [{ file: manifestFile, fault: 'is missing' }];
  const faults: PackFault[] = [];
  if (sha256(manifest) !== root)
    faults.push({ file: manifestFile, fault: 'is not what the root was taken of' });
  const listed = listedIn(manifest);
  for (const { path, bytes, sha256: hash } of listed) {
    const file = files[path];
    if (file === undefined) faults.push({ file: path, fault: 'is missing' });
    else if (file.length !== bytes || sha256(file) !== hash)
      faults.push({ file: path, fault: 'was changed' });
  }
  for (const path of Object.keys(files))
    if (path !== manifestFile && !listed.some((file) => file.path === path))
      faults.push({ file: path, fault: 'is not in the manifest' });
  if (!archiveOf(files).equals(content))
    faults.push({ file: 'pack', fault: 'its bytes outside of the files were changed' });
  return faults;
}

function listedIn(manifest: Buffer): readonly { path: string; bytes: number; sha256: string }[] {
  try {
    const { format, files } = JSON.parse(manifest.toString()) as { format: string; files: [] };
    return format === packFormat && Array.isArray(files) ? files : [];
  } catch {
    return [];
  }
}

function chainFaults({ ownerId, entries }: PackedChain): string[] {
  const faults: string[] = [];
  let head = ownerId;
  for (const [index, { sequence, at, digest, hash }] of entries.entries()) {
    if (sequence !== index + 1) faults.push(`entry ${sequence}: a number is missing before it`);
    if (hash !== sha256(head + digest + at)) faults.push(`entry ${sequence}: its hash does not follow`);
    head = hash;
  }
  return faults;
}

async function sealedFaults(
  sealed: SealedPart,
  { votes, scores, audit }: Pick<PublicPart, 'votes' | 'scores' | 'audit'>,
  policy: Policy,
): Promise<string[]> {
  const ballots = await Promise.all(votes.map((vote) => ballotFaults(vote, sealed, policy)));
  const totals = totalsOf(sealed.sheets);
  const decisions = sealed.auditValues
    .filter(({ sequence, salt, value }) => audit.entries[sequence - 1]?.digest !== sha256(salt + value))
    .map(({ sequence }) => `audit entry ${sequence}: its value is not what was digested`);
  const isSame = canonicalJson(inOrder(totals)) === canonicalJson(inOrder(scores));
  return [...ballots.flat(), ...decisions, ...(isSame ? [] : ['the score sheets give other totals'])];
}

/** Whoever has signed has signed this record, and a vote that took its effect has the officers' signatures. Rule V19. */
function signatureFaults(vote: PackedBallotVote): string[] {
  const { id, recordDigest, signatures, confirmedByChair, confirmedBySupervisor } = vote;
  const ofOther = signatures.filter(({ digest }) => digest !== recordDigest);
  const roles = signatures.map(({ role }) => role);
  const isUnsigned =
    (confirmedByChair && !roles.includes('committee_chair')) ||
    (confirmedBySupervisor && !roles.includes('supervisor'));
  return [
    ...(ofOther.length > 0 ? [`vote ${id}: ${ofOther.length} signatures are of another record`] : []),
    ...(isUnsigned ? [`vote ${id}: a signature is missing`] : []),
  ];
}

type Box = SealedPart['votes'][number];

/** The papers that were in the box, and what is wrong with them. */
interface Emptied {
  readonly papers: readonly OpenedPaper[];
  readonly faults: readonly string[];
}

async function ballotFaults(vote: PackedBallotVote, sealed: SealedPart, policy: Policy): Promise<string[]> {
  if (vote.tally === null) return [];
  const box = sealed.votes.find(({ id }) => id === vote.id);
  const emptied = box && (vote.mode === 'paper' ? typedPapers(vote, box) : await openedPapers(vote, box));
  if (!emptied) return [`vote ${vote.id}: its ballots are missing`];
  const counted = vote.electorates
    ? recountByCandidate(vote, policy, sortPapers(vote.electorates, emptied.papers))
    : recount(
        vote,
        policy,
        emptied.papers.map(({ names }) => names),
      );
  const isRecord =
    box.record !== null &&
    sha256(canonicalJson(box.record)) === vote.recordDigest &&
    canonicalJson(box.record.tally) === canonicalJson(vote.tally);
  return [
    ...emptied.faults.map((fault) => `vote ${vote.id}: ${fault}`),
    ...(counted === null ? [] : [counted]),
    ...(isRecord ? [] : [`vote ${vote.id}: its record is another one`]),
  ];
}

async function openedPapers(vote: PackedBallotVote, box: Box): Promise<Emptied | null> {
  const { chairIdentity, supervisorIdentity, ballots, codes, candidateCodes } = box;
  if (!chairIdentity || !supervisorIdentity) return null;
  const isOfVote = ({ serial, signature, candidateId }: Box['ballots'][number]) => {
    if (vote.mode === 'drawn_codes')
      return (vote.electorates ? (candidateCodes?.[candidateId ?? ''] ?? []) : codes).includes(serial);
    const key = vote.candidateKeys ? vote.candidateKeys[candidateId ?? ''] : vote.publicKey;
    return Boolean(key) && verifyPaper(key!, serial, signature);
  };
  const forged = ballots.filter((ballot) => !isOfVote(ballot));
  const twice = new Set(ballots.map(({ serial }) => serial)).size !== ballots.length;
  const opened = await choicesOf(vote, chairIdentity, supervisorIdentity, ballots);
  const isSame = canonicalJson(opened) === canonicalJson(box.opened);
  return {
    papers: opened.map((choice, index) => ({
      candidateId: ballots[index]!.candidateId ?? null,
      names: choice ?? ['unreadable'],
    })),
    faults: [
      ...(forged.length > 0 ? [`${forged.length} ballots are not of its papers`] : []),
      ...(twice ? ['a paper is in the box twice'] : []),
      ...(isSame ? [] : ['the ballots open to something else']),
    ],
  };
}

/** The newest sheet of each teller: both must say the same, and the papers balance. Rules V2, V7. */
function typedPapers(vote: PackedBallotVote, { sheets }: Box): Emptied | null {
  const tellers = [...new Set(sheets.map(({ teller }) => teller))];
  const [first, second] = tellers.map((name) => sheets.findLast(({ teller }) => teller === name)!);
  if (!first || !second) return null;
  return { papers: papersOn(first), faults: checkSheets(vote, first, second) };
}

/**
 * What ballots say, in their order; null for one that cannot be read.
 * @throws Refusal OFFICER_KEY_WRONG
 */
export async function choicesOf(
  vote: Pick<PackedBallotVote, 'chairRecipient' | 'supervisorRecipient'>,
  chairIdentity: string,
  supervisorIdentity: string,
  ballots: readonly { readonly sealed: string }[],
): Promise<(readonly string[] | null)[]> {
  const opened = await openBox(
    ballots.map(({ sealed }) => sealed),
    chairIdentity,
    supervisorIdentity,
    { chair: vote.chairRecipient!, supervisor: vote.supervisorRecipient! },
  );
  return opened.map((ballot) => ('choice' in ballot ? ballot.choice : null));
}

/** The points of all judges together, by run, candidate and item. */
export function totalsOf(
  sheets: readonly Pick<SealedPart['sheets'][number], 'caseId' | 'applicationId' | 'items'>[],
): PackedTotal[] {
  const totals = new Map<string, PackedTotal>();
  for (const { caseId, applicationId, items } of sheets) {
    const key = `${caseId} ${applicationId}`;
    const known = totals.get(key) ?? { caseId, applicationId, judges: 0, items: {} };
    const sums = { ...known.items };
    for (const [item, points] of Object.entries(items)) sums[item] = (sums[item] ?? 0) + points;
    totals.set(key, { ...known, judges: known.judges + 1, items: sums });
  }
  return [...totals.values()];
}

function inOrder(totals: readonly PackedTotal[]): PackedTotal[] {
  return totals
    .map(({ caseId, applicationId, judges, items }) => ({ caseId, applicationId, judges, items }))
    .sort((left, right) => (left.caseId + left.applicationId < right.caseId + right.applicationId ? -1 : 1));
}

async function boxFor(recipient: string, content: Uint8Array): Promise<Buffer> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return Buffer.from(await encrypter.encrypt(content));
}

async function openSealed(content: Buffer, { chair, supervisor }: TwoKeys): Promise<SealedPart | null> {
  try {
    const inner = await openedBy(chair, content);
    return JSON.parse(Buffer.from(await openedBy(supervisor, inner)).toString()) as SealedPart;
  } catch {
    return null;
  }
}

function openedBy(identity: string, content: Uint8Array): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(content);
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

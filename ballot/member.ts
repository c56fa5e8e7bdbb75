// Runs in the member's browser as well as in Node: no node: imports here.
import { RSABSSA } from '@cloudflare/blindrsa-ts';
import { Encrypter } from 'age-encryption';
import { Refusal } from '../domain/refusal.js';
import { fromBase64url, toBase64url } from './encoding.js';

const suite = RSABSSA.SHA384.PSS.Randomized();

/** What the member's client keeps between taking and finishing a paper. It never leaves the client. */
export interface PaperSecret {
  /** The vote's public key, SPKI in base64url. */
  readonly votePublicKey: string;
  /** The prepared serial of 64 bytes in base64url: what the service signs without seeing it. */
  readonly serial: string;
  /** What takes the blinding off again, in base64url. */
  readonly inverse: string;
}

/** A finished paper: who holds it may cast one ballot, and nobody can tell to whom it was given. */
export interface Paper {
  /** 64 bytes in base64url. */
  readonly serial: string;
  /** RSA-PSS signature in base64url. */
  readonly signature: string;
}

/** What the paper of a vote can hold. It is the same for every member. */
export interface BallotCapacity {
  /** How many may be chosen at most. */
  readonly seats: number;
  /** Ids of all candidates on the paper. */
  readonly candidateIds: readonly string[];
}

/** The public keys (`age1…`) to which a choice is sealed; both are made for this vote. */
export interface OfficerRecipients {
  readonly chair: string;
  readonly supervisor: string;
}

/**
 * Draws a random serial and blinds it, so that the service can sign it without seeing it (V6, RFC 9474).
 * @param votePublicKey the vote's public key, SPKI in base64url; the same for every member
 * @returns `blinded`, which goes to the service, and `secret`, which stays in the client
 */
export async function preparePaper(votePublicKey: string): Promise<{ blinded: string; secret: PaperSecret }> {
  const key = await importVoteKey(votePublicKey);
  const serial = suite.prepare(crypto.getRandomValues(new Uint8Array(32)));
  const { blindedMsg, inv } = await suite.blind(key, serial);
  return {
    blinded: toBase64url(blindedMsg),
    secret: { votePublicKey, serial: toBase64url(serial), inverse: toBase64url(inv) },
  };
}

/**
 * Takes the blinding off the service's signature and checks it (V6).
 * @param secret what `preparePaper` returned
 * @param blindSignature the service's answer, base64url
 * @returns the paper to cast with
 * @throws Refusal `PAPER_SIGNATURE_INVALID` when the service did not sign this serial with the vote's key
 */
export async function finishPaper(secret: PaperSecret, blindSignature: string): Promise<Paper> {
  const key = await importVoteKey(secret.votePublicKey);
  const serial = fromBase64url(secret.serial);
  try {
    const inverse = fromBase64url(secret.inverse);
    const signature = await suite.finalize(key, serial, fromBase64url(blindSignature), inverse);
    return { serial: secret.serial, signature: toBase64url(signature) };
  } catch {
    throw new Refusal({ code: 'PAPER_SIGNATURE_INVALID', rule: 'V6' });
  }
}

/**
 * Seals a choice so that only the chair and the supervisor together can open it: in the supervisor's box, and
 * that in the chair's. Every sealed choice of a vote is equally long, whoever and however many it names (V6).
 * @param choice ids of the chosen candidates in any order; none is an abstention
 * @param recipients the two officers' public keys
 * @param capacity what the paper can hold
 * @returns base64url, `sealedLength(capacity)` characters
 * @throws Refusal `TOO_MANY_CHOICES` for more names than seats, `CHOICE_NOT_ON_PAPER` for a name that is not on
 *   the paper; neither repeats a name
 */
export async function sealChoice(
  choice: readonly string[],
  recipients: OfficerRecipients,
  capacity: BallotCapacity,
): Promise<string> {
  const chosen = new Set(choice);
  if (chosen.size > capacity.seats) {
    const values = { chosen: chosen.size, seats: capacity.seats };
    throw new Refusal({ code: 'TOO_MANY_CHOICES', rule: 'V12', values });
  }
  if ([...chosen].some((id) => !capacity.candidateIds.includes(id))) {
    throw new Refusal({ code: 'CHOICE_NOT_ON_PAPER', rule: 'V12' });
  }
  const padded = new Uint8Array(choiceLength(capacity)).fill(0x20);
  padded.set(new TextEncoder().encode(canonicalChoice([...chosen])));
  const inner = await encryptTo(recipients.supervisor, padded);
  return toBase64url(await encryptTo(recipients.chair, inner));
}

/**
 * The one way to write a choice: a JSON array, sorted by code units, each name once. Any other way of writing it
 * would be a mark on the ballot.
 */
export function canonicalChoice(choice: readonly string[]): string {
  return JSON.stringify([...new Set(choice)].sort());
}

/** Length of every sealed choice of a vote in characters; a ballot of another length is not from this vote. */
export function sealedLength(capacity: BallotCapacity): number {
  const ageBox = 200; // header with one X25519 recipient 168, nonce 16, tag 16; a choice stays under one 64 KiB chunk
  return Math.ceil(((choiceLength(capacity) + 2 * ageBox) * 4) / 3);
}

/** Length in bytes of the longest choice that the paper can hold. */
function choiceLength(capacity: BallotCapacity): number {
  const lengths = capacity.candidateIds.map((id) => new TextEncoder().encode(JSON.stringify(id)).length);
  const longest = lengths.sort((a, b) => b - a).slice(0, capacity.seats);
  const commas = Math.max(0, longest.length - 1);
  return '[]'.length + commas + longest.reduce((sum, length) => sum + length, 0);
}

async function encryptTo(recipient: string, bytes: Uint8Array): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(bytes);
}

async function importVoteKey(votePublicKey: string): Promise<CryptoKey> {
  const algorithm = { name: 'RSA-PSS', hash: 'SHA-384' };
  return crypto.subtle.importKey('spki', fromBase64url(votePublicKey), algorithm, true, ['verify']);
}

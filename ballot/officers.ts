// Runs in an officer's browser as well as in Node: no node: imports here.
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { Refusal } from '../domain/refusal.js';
import { fromBase64url } from './encoding.js';
import { canonicalChoice, type OfficerRecipients } from './member.js';

/** The key pair of a chair or a supervisor, made for one vote. */
export interface OfficerKey {
  /** `AGE-SECRET-KEY-1…`: the officer alone holds it until the box is opened. */
  readonly identity: string;
  /** `age1…`: members seal their choices to it. */
  readonly recipient: string;
}

/** An opened ballot: its choice, or that it is invalid because nobody can open or read it. */
export type OpenedBallot =
  { readonly choice: readonly string[] } | { readonly invalid: 'UNOPENABLE' | 'UNREADABLE' };

/** Makes an officer's key pair for one vote (age, X25519; V6). */
export async function makeOfficerKey(): Promise<OfficerKey> {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/**
 * Opens all sealed choices of a vote with both officers' keys, in turn: the chair's box, then the supervisor's
 * (V6). A ballot that does not open (`UNOPENABLE`), or that is not written in the one canonical way
 * (`UNREADABLE`), is an invalid ballot and stays in the count as such. Whether a choice names too many, or
 * somebody who is not on the paper, is for the count to say (V12).
 * @param sealed what members cast, base64url, in any order
 * @param recipients the public keys that the vote was opened with
 * @returns one entry for each sealed choice
 * @throws Refusal `OFFICER_KEY_WRONG` (values: `officer`) when a key is not the one that the vote was opened
 *   with; otherwise a wrong key would make every ballot invalid
 */
export async function openBox(
  sealed: readonly string[],
  chairIdentity: string,
  supervisorIdentity: string,
  recipients: OfficerRecipients,
): Promise<OpenedBallot[]> {
  await checkKey('chair', chairIdentity, recipients.chair);
  await checkKey('supervisor', supervisorIdentity, recipients.supervisor);
  return Promise.all(sealed.map((ballot) => openBallot(ballot, chairIdentity, supervisorIdentity)));
}

async function checkKey(
  officer: keyof OfficerRecipients,
  identity: string,
  recipient: string,
): Promise<void> {
  const actual = await identityToRecipient(identity).catch(() => null);
  if (actual !== recipient) throw new Refusal({ code: 'OFFICER_KEY_WRONG', rule: 'V6', values: { officer } });
}

async function openBallot(sealed: string, chair: string, supervisor: string): Promise<OpenedBallot> {
  let text: string;
  try {
    const inner = await decryptWith(chair, fromBase64url(sealed));
    text = new TextDecoder('utf-8', { fatal: true }).decode(await decryptWith(supervisor, inner));
  } catch {
    return { invalid: 'UNOPENABLE' };
  }
  const choice = readChoice(text);
  return choice ? { choice } : { invalid: 'UNREADABLE' };
}

async function decryptWith(identity: string, box: Uint8Array): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(box);
}

/** The choice in a padded text, or null when it is not written in the canonical way. */
function readChoice(text: string): string[] | null {
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value) || !value.every((id) => typeof id === 'string')) return null;
    return text === canonicalChoice(value).padEnd(text.length, ' ') ? value : null;
  } catch {
    return null;
  }
}

import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  privateEncrypt,
  publicDecrypt,
  verify,
} from 'node:crypto';
import { promisify } from 'node:util';
import { Refusal } from '../domain/refusal.js';

const modulusBytes = 256;
const serialBytes = 64;

/** The key pair with which the service signs the papers of one vote, and nothing else. */
export interface VoteKey {
  /** SPKI in base64url; published with the vote. */
  readonly publicKey: string;
  /** PKCS8 PEM; stored encrypted only (`encryptSecret` of records/secrets.ts). */
  readonly privateKey: string;
}

/** Makes the RSA 2048 key pair of one vote, so that a paper of one vote is worth nothing in another (V6). */
export async function makeVoteKey(): Promise<VoteKey> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: modulusBytes * 8,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { publicKey: publicKey.toString('base64url'), privateKey };
}

/**
 * Signs a blinded serial without learning the serial (V6; BlindSign of RFC 9474). The caller sees to it that
 * each member gets one signature in a round of voting.
 * @param privateKey the vote's private key, PKCS8 PEM
 * @param blinded what `preparePaper` returned, base64url
 * @returns the blind signature, base64url
 * @throws Refusal `PAPER_MALFORMED` when `blinded` is no number of 256 bytes below the key's modulus; Error when
 *   the signature does not check, in which case it must not leave the service (it could give away the key)
 */
export function signPaper(privateKey: string, blinded: string): string {
  const key = createPrivateKey(privateKey);
  const message = decodeExactly(blinded, modulusBytes);
  const modulus = Buffer.from(key.export({ format: 'jwk' }).n!, 'base64url');
  if (!message || message.compare(modulus) >= 0) throw new Refusal({ code: 'PAPER_MALFORMED', rule: 'V6' });

  const padding = constants.RSA_NO_PADDING;
  const signature = privateEncrypt({ key, padding }, message);
  const recovered = publicDecrypt({ key: createPublicKey(key), padding }, signature);
  if (!recovered.equals(message)) throw new Error('blind signature does not check');
  return signature.toString('base64url');
}

/**
 * Whether a paper is one that this vote's key signed (V6). Also false for a serial or signature that is
 * another spelling of the same bytes, so that one paper has one serial and can be cast once.
 * @param publicKey the vote's public key, SPKI in base64url
 * @param serial 64 bytes in base64url
 * @param signature 256 bytes in base64url
 */
export function verifyPaper(publicKey: string, serial: string, signature: string): boolean {
  const message = decodeExactly(serial, serialBytes);
  const signed = decodeExactly(signature, modulusBytes);
  if (!message || !signed) return false;
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64url'), format: 'der', type: 'spki' });
  return verify('sha384', message, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 }, signed);
}

/** The bytes of a base64url text, or null unless they have this length and the text is their only spelling. */
function decodeExactly(text: string, length: number): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length === length && bytes.toString('base64url') === text ? bytes : null;
}

import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const nonceBytes = 12;
const tagBytes = 16;

/**
 * Encrypts a text for storage with AES-256-GCM under a key derived for one purpose (D1).
 * @param secret the instance's secret, at least 32 random bytes in any spelling
 * @param purpose what the text is, e.g. `idNumber` or `voteKey:{id}`; only the same purpose decrypts it
 * @param plaintext any text
 * @returns nonce, tag and ciphertext in base64url; another one each time
 */
export function encryptSecret(secret: string, purpose: string, plaintext: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', deriveKey(secret, 'encrypt', purpose), nonce, {
    authTagLength: tagBytes,
  });
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64url');
}

/**
 * Decrypts what `encryptSecret` returned (D1).
 * @param secret the instance's secret
 * @param purpose the purpose that it was encrypted for
 * @param boxed what `encryptSecret` returned
 * @throws Error when the secret or the purpose is another one, or the text was changed
 */
export function decryptSecret(secret: string, purpose: string, boxed: string): string {
  const bytes = Buffer.from(boxed, 'base64url');
  const nonce = bytes.subarray(0, nonceBytes);
  const decipher = createDecipheriv('aes-256-gcm', deriveKey(secret, 'encrypt', purpose), nonce, {
    authTagLength: tagBytes,
  });
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  const ciphertext = bytes.subarray(nonceBytes + tagBytes);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
}

/**
 * A keyed hash by which an encrypted value can be looked up, e.g. an ID number (D1; HMAC-SHA256).
 * @param secret the instance's secret
 * @param purpose what the value is; the same value has another hash for another purpose
 * @param value the value in its one canonical spelling
 * @returns 43 characters of base64url, always the same
 */
export function keyedHash(secret: string, purpose: string, value: string): string {
  return createHmac('sha256', deriveKey(secret, 'hash', purpose))
    .update(value)
    .digest('base64url');
}

/** The keys that were derived last: a roster of ten thousands of rows asks for the same three again and again. */
const derivedKeys = new Map<string, Buffer>();
const mostDerivedKeys = 4;

function deriveKey(secret: string, use: 'encrypt' | 'hash', purpose: string): Buffer {
  const name = JSON.stringify([secret, use, purpose]);
  const known = derivedKeys.get(name);
  if (known) return known;
  const key = Buffer.from(hkdfSync('sha256', secret, '', `qinglan ${use} ${purpose}`, 32));
  if (derivedKeys.size >= mostDerivedKeys) derivedKeys.delete(derivedKeys.keys().next().value!);
  derivedKeys.set(name, key);
  return key;
}

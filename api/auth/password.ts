import { randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** Fewest and most characters of a new password. */
export const passwordLength = { least: 10, most: 128 } as const;

/** Hashes a password with argon2id; several at once run on several threads. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

/** Whether a password is the one behind a hash. */
export function verifyPassword(stored: string, password: string): Promise<boolean> {
  return verify(stored, password);
}

// Without characters that look alike; 16 of them are 79 bits.
const characters = 'abcdefghijkmnpqrstuvwxyz23456789';

/** Draws a password that can be read out and typed: four groups of four. */
export function drawPassword(): string {
  const group = () => Array.from({ length: 4 }, () => characters[randomInt(characters.length)]).join('');
  return Array.from({ length: 4 }, group).join('-');
}

let decoy: Promise<string> | undefined;

/** Takes as long as checking a password, for who has none to check. */
export async function wasteTime(password: string): Promise<void> {
  decoy ??= hashPassword(drawPassword());
  await verifyPassword(await decoy, password);
}

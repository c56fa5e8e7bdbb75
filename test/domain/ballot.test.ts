import { RSABSSA } from '@cloudflare/blindrsa-ts';
import { Decrypter } from 'age-encryption';
import {
  capacityOf,
  finishCandidatePapers,
  prepareCandidatePapers,
  sealApprovals,
} from '../../ballot/candidates.js';
import { castAtRandomTimes, longestDelayByDefault } from '../../ballot/casting.js';
import { fromBase64url, toBase64url } from '../../ballot/encoding.js';
import { makeVoteKey, signPaper, verifyPaper, type VoteKey } from '../../ballot/issuer.js';
import { finishPaper, preparePaper, sealChoice, sealedLength, type Paper } from '../../ballot/member.js';
import { makeOfficerKey, openBox, type OfficerKey } from '../../ballot/officers.js';
import { decryptSecret, encryptSecret, keyedHash } from '../../records/secrets.js';

const candidateIds = ['c-zhang', 'c-li', 'c-wang-xiaoming', 'c-欧阳', 'c-5', 'c-6', 'c-7'];
const capacity = { seats: 5, candidateIds };

let voteKey: VoteKey;
let otherVoteKey: VoteKey;
let chair: OfficerKey;
let supervisor: OfficerKey;
let recipients: { chair: string; supervisor: string };

beforeAll(async () => {
  [voteKey, otherVoteKey] = await Promise.all([makeVoteKey(), makeVoteKey()]);
  [chair, supervisor] = await Promise.all([makeOfficerKey(), makeOfficerKey()]);
  recipients = { chair: chair.recipient, supervisor: supervisor.recipient };
});

async function takePaper(key: VoteKey): Promise<Paper> {
  const { blinded, secret } = await preparePaper(key.publicKey);
  return finishPaper(secret, signPaper(key.privateKey, blinded));
}

/** The same text with the lowest bit of its first byte turned over. */
function tamper(text: string): string {
  const bytes = fromBase64url(text);
  bytes[0]! ^= 1;
  return toBase64url(bytes);
}

describe('papers', () => {
  test('a paper is taken blind, finished and accepted', async () => {
    const timings: Record<string, number> = {};
    const timed = async <Result>(name: string, work: () => Result | Promise<Result>): Promise<Result> => {
      const start = performance.now();
      const result = await work();
      timings[name] = Math.round((performance.now() - start) * 10) / 10;
      return result;
    };
    const { blinded, secret } = await timed('prepare', () => preparePaper(voteKey.publicKey));
    const blindSignature = await timed('sign', () => signPaper(voteKey.privateKey, blinded));
    const paper = await timed('finish', () => finishPaper(secret, blindSignature));
    expect(await timed('verify', () => verifyPaper(voteKey.publicKey, paper.serial, paper.signature))).toBe(
      true,
    );
    process.stdout.write(`ballot paper, milliseconds: ${JSON.stringify(timings)}\n`);
  });

  test('the service signs as the library does, and sees neither serial nor signature', async () => {
    const { blinded, secret } = await preparePaper(voteKey.publicKey);
    const blindSignature = signPaper(voteKey.privateKey, blinded);
    const paper = await finishPaper(secret, blindSignature);
    expect(blinded).not.toBe(paper.serial);
    expect(blindSignature).not.toBe(paper.signature);

    const pkcs8 = Buffer.from(voteKey.privateKey.replaceAll(/-----.*?-----|\s/g, ''), 'base64');
    const algorithm = { name: 'RSA-PSS', hash: 'SHA-384' };
    const libraryKey = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']);
    const suite = RSABSSA.SHA384.PSS.Randomized();
    expect(toBase64url(await suite.blindSign(libraryKey, fromBase64url(blinded)))).toBe(blindSignature);
  });

  test('two papers of one vote differ', async () => {
    const [first, second] = await Promise.all([takePaper(voteKey), takePaper(voteKey)]);
    expect(first.serial).not.toBe(second.serial);
  });

  test('a tampered serial or signature, a forged one and that of another vote are refused', async () => {
    const paper = await takePaper(voteKey);
    const stranger = await takePaper(otherVoteKey);
    const verifies = (serial: string, signature: string) => verifyPaper(voteKey.publicKey, serial, signature);
    expect(verifies(paper.serial, paper.signature)).toBe(true);
    expect(verifies(tamper(paper.serial), paper.signature)).toBe(false);
    expect(verifies(paper.serial, tamper(paper.signature))).toBe(false);
    expect(verifies(paper.serial, toBase64url(crypto.getRandomValues(new Uint8Array(256))))).toBe(false);
    expect(verifies(stranger.serial, stranger.signature)).toBe(false);
    expect(verifies(stranger.serial, paper.signature)).toBe(false);
    expect(verifies('', '')).toBe(false);
  });

  test('one paper has one spelling, so it cannot be cast twice', async () => {
    const { serial, signature } = await takePaper(voteKey);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const lastCharacter = alphabet[alphabet.indexOf(serial.at(-1)!) + 1]!;
    const spellings = [`${serial}=`, `${serial}\n`, serial.slice(0, -1) + lastCharacter];
    for (const spelling of spellings) {
      expect(Buffer.from(spelling, 'base64url')).toEqual(Buffer.from(serial, 'base64url'));
      expect(verifyPaper(voteKey.publicKey, spelling, signature)).toBe(false);
    }
  });

  test('what is no blinded serial is not signed', () => {
    const malformed = [
      '',
      'AAAA',
      'not base64url!',
      toBase64url(new Uint8Array(256).fill(255)),
      'A'.repeat(343),
    ];
    for (const blinded of malformed) {
      expect(() => signPaper(voteKey.privateKey, blinded)).toThrow('PAPER_MALFORMED');
    }
  });

  test('the client notices a signature that is not of this vote', async () => {
    const { blinded, secret } = await preparePaper(voteKey.publicKey);
    const wrong = signPaper(voteKey.privateKey, blinded.replace(/^./, 'A').replace(/.{3}$/, 'AAA'));
    await expect(finishPaper(secret, wrong)).rejects.toThrow('PAPER_SIGNATURE_INVALID');
    await expect(finishPaper(secret, 'AAAA')).rejects.toThrow('PAPER_SIGNATURE_INVALID');
    await expect(finishPaper(secret, '!')).rejects.toThrow('PAPER_SIGNATURE_INVALID');
  });
});

describe('sealed choices', () => {
  test('both keys open every ballot, sorted and each name once', async () => {
    const sealed = await Promise.all([
      sealChoice(['c-zhang', 'c-欧阳', 'c-5', 'c-zhang'], recipients, capacity),
      sealChoice([], recipients, capacity),
    ]);
    expect(await openBox(sealed, chair.identity, supervisor.identity, recipients)).toEqual([
      { choice: ['c-5', 'c-zhang', 'c-欧阳'] },
      { choice: [] },
    ]);
  });

  test('from no name to all seats, by the shortest and the longest names, all are equally long', async () => {
    const byLength = [...candidateIds].sort((a, b) => Buffer.byteLength(a) - Buffer.byteLength(b));
    const choices = [byLength, byLength.toReversed()].flatMap((ids) =>
      [0, 1, 2, 3, 4, 5].map((count) => ids.slice(0, count)),
    );
    const sealed = await Promise.all(choices.map((choice) => sealChoice(choice, recipients, capacity)));
    expect(sealed).toHaveLength(12);
    expect(new Set(sealed.map((box) => box.length))).toEqual(new Set([sealedLength(capacity)]));
  });

  test.each([
    { seats: 1, candidateIds: ['a', 'b'] },
    { seats: 3, candidateIds: ['a', 'b'] },
    { seats: 40, candidateIds: Array.from({ length: 60 }, (_, index) => `candidate-${index}`) },
  ])('the length is foreseen for $seats seats', async (other) => {
    expect(await sealChoice([], recipients, other)).toHaveLength(sealedLength(other));
  });

  test('the same choice sealed twice cannot be recognised', async () => {
    const [first, second] = await Promise.all([1, 2].map(() => sealChoice(['c-li'], recipients, capacity)));
    expect(first).not.toBe(second);
  });

  test('too many names and a name that is not on the paper are refused before casting', async () => {
    await expect(sealChoice(candidateIds.slice(0, 6), recipients, capacity)).rejects.toMatchObject({
      code: 'TOO_MANY_CHOICES',
      values: { chosen: 6, seats: 5 },
    });
    const refusal = sealChoice(['c-nobody'], recipients, capacity);
    await expect(refusal).rejects.toMatchObject({ code: 'CHOICE_NOT_ON_PAPER', values: undefined });
  });

  test('one key alone opens nothing', async () => {
    const sealed = await sealChoice(['c-li'], recipients, capacity);
    const open = async (identity: string) => {
      const decrypter = new Decrypter();
      decrypter.addIdentity(identity);
      return decrypter.decrypt(fromBase64url(sealed));
    };
    await expect(open(supervisor.identity)).rejects.toThrow();
    const inner = Buffer.from(await open(chair.identity)).toString('latin1');
    expect(inner).toMatch(/^age-encryption\.org\/v1\n/);
    expect(inner).not.toContain('c-li');
    const again = new Decrypter();
    again.addIdentity(chair.identity);
    await expect(again.decrypt(Buffer.from(inner, 'latin1'))).rejects.toThrow();
  });

  test('a wrong key is refused and does not make ballots invalid', async () => {
    const sealed = [await sealChoice(['c-li'], recipients, capacity)];
    const wrong = (first: string, second: string) => openBox(sealed, first, second, recipients);
    const refusal = (officer: string) => ({ code: 'OFFICER_KEY_WRONG', values: { officer } });
    await expect(wrong(supervisor.identity, chair.identity)).rejects.toMatchObject(refusal('chair'));
    await expect(wrong(chair.identity, chair.identity)).rejects.toMatchObject(refusal('supervisor'));
    await expect(wrong('nonsense', supervisor.identity)).rejects.toMatchObject(refusal('chair'));
  });

  test('a ballot that does not open or read is invalid, and the others count', async () => {
    const good = await sealChoice(['c-li'], recipients, capacity);
    const foreign = await sealChoice(['c-li'], { ...recipients, supervisor: chair.recipient }, capacity);
    const sealed = [good, 'no ballot', '', tamper(good), foreign];
    const unopenable = { invalid: 'UNOPENABLE' };
    expect(await openBox(sealed, chair.identity, supervisor.identity, recipients)).toEqual([
      { choice: ['c-li'] },
      unopenable,
      unopenable,
      unopenable,
      unopenable,
    ]);
  });

  test.each([
    '',
    'null',
    '{}',
    '[1]',
    '["b","a"]',
    '["a","a"]',
    '[ "a"]',
    ' ["a"]',
    '["a"]\n',
    '["\\u0061"]',
  ])('a marked ballot is invalid: %j', async (text) => {
    const { Encrypter } = await import('age-encryption');
    let box: Uint8Array = new TextEncoder().encode(text);
    for (const recipient of [supervisor.recipient, chair.recipient]) {
      const encrypter = new Encrypter();
      encrypter.addRecipient(recipient);
      box = await encrypter.encrypt(box);
    }
    const opened = await openBox([toBase64url(box)], chair.identity, supervisor.identity, recipients);
    expect(opened).toEqual([{ invalid: 'UNREADABLE' }]);
  });
});

describe('secrets', () => {
  const secret = 'an instance secret of at least 32 bytes';

  test('a secret comes back, and never looks the same twice', () => {
    const boxed = encryptSecret(secret, 'voteKey', '身份证 123');
    expect(decryptSecret(secret, 'voteKey', boxed)).toBe('身份证 123');
    expect(encryptSecret(secret, 'voteKey', '身份证 123')).not.toBe(boxed);
    expect(decryptSecret(secret, 'empty', encryptSecret(secret, 'empty', ''))).toBe('');
  });

  test('another secret, another purpose and a changed text fail', () => {
    const boxed = encryptSecret(secret, 'voteKey', 'text');
    expect(() => decryptSecret(`${secret}!`, 'voteKey', boxed)).toThrow();
    expect(() => decryptSecret(secret, 'idNumber', boxed)).toThrow();
    expect(() => decryptSecret(secret, 'voteKey', tamper(boxed))).toThrow();
    expect(() => decryptSecret(secret, 'voteKey', boxed.slice(0, 20))).toThrow();
    expect(() => decryptSecret(secret, 'voteKey', '')).toThrow();
  });

  test('a keyed hash depends on the secret, the purpose and the value, and on nothing else', () => {
    const hash = keyedHash(secret, 'idNumber', '990101200001010017');
    expect(keyedHash(secret, 'idNumber', '990101200001010017')).toBe(hash);
    expect(hash).toMatch(/^[\w-]{43}$/);
    const others = [
      keyedHash(`${secret}!`, 'idNumber', '990101200001010017'),
      keyedHash(secret, 'phone', '990101200001010017'),
      keyedHash(secret, 'idNumber', '990101200001010018'),
    ];
    expect(new Set([hash, ...others]).size).toBe(4);
  });
});

describe('V6: a ballot waits in the client', () => {
  test('each comes once, after a time of its own within the bound', async () => {
    const begun = performance.now();
    const came: { ballot: number; after: number }[] = [];
    await castAtRandomTimes(
      Array.from({ length: 40 }, (_, index) => index),
      async (ballot) => void came.push({ ballot, after: performance.now() - begun }),
      2000,
    );
    expect(came.map(({ ballot }) => ballot).sort((left, right) => left - right)).toEqual(
      Array.from({ length: 40 }, (_, index) => index),
    );
    // Of 40 uniform times the last comes before half of the bound once in 2^40 tries.
    expect(came.at(-1)!.after).toBeGreaterThan(1000);
    expect(came.filter(({ after }) => after < 1000).length).toBeGreaterThan(5);
    expect(longestDelayByDefault).toBe(120_000);
  });

  test('without a delay they come at once, in every order equally often', async () => {
    const orders = new Map<string, number>();
    for (let turn = 0; turn < 1200; turn += 1) {
      const came: string[] = [];
      await castAtRandomTimes(['a', 'b', 'c'], async (ballot) => void came.push(ballot), 0);
      orders.set(came.join(''), (orders.get(came.join('')) ?? 0) + 1);
    }
    // 200 expected of each, with a standard deviation of 13.
    expect(orders.size).toBe(6);
    for (const number of orders.values()) expect(Math.abs(number - 200)).toBeLessThan(80);
  });

  test('one that is refused does not keep the others back, and is told of', async () => {
    const came: string[] = [];
    const casting = castAtRandomTimes(
      ['a', 'b', 'c'],
      async (ballot) => {
        if (ballot === 'b') throw new Error('refused');
        came.push(ballot);
      },
      5,
    );
    await expect(casting).rejects.toThrow('refused');
    expect(came.sort()).toEqual(['a', 'c']);
  });
});

describe('V2: a paper for each candidate', () => {
  test('each is signed with its own key, and is worth nothing for another candidate', async () => {
    const keys = { a: voteKey, b: otherVoteKey };
    const { blinded, secrets } = await prepareCandidatePapers([
      { candidate: 'a', publicKey: voteKey.publicKey },
      { candidate: 'b', publicKey: otherVoteKey.publicKey },
    ]);
    const signed = blinded.map(({ candidate, blinded: one }) => ({
      candidate,
      blindSignature: signPaper(keys[candidate as 'a' | 'b'].privateKey, one),
    }));
    const papers = await finishCandidatePapers(secrets, signed);
    const [ofA, ofB] = papers as [(typeof papers)[0], (typeof papers)[0]];
    expect(verifyPaper(voteKey.publicKey, ofA.serial, ofA.signature)).toBe(true);
    expect(verifyPaper(otherVoteKey.publicKey, ofA.serial, ofA.signature)).toBe(false);
    expect(verifyPaper(otherVoteKey.publicKey, ofB.serial, ofB.signature)).toBe(true);
    expect(ofA.serial).not.toBe(ofB.serial);
    for (const wrong of [signed.slice(1), [signed[0]!, { ...signed[0]!, candidate: 'b' }]])
      await expect(finishCandidatePapers(secrets, wrong)).rejects.toMatchObject({
        code: 'PAPER_SIGNATURE_INVALID',
      });

    const ballots = await sealApprovals(['b'], papers, recipients);
    expect(ballots.map(({ sealed }) => sealed.length)).toEqual(
      ['a', 'b'].map((candidate) => sealedLength(capacityOf(candidate))),
    );
    const opened = await openBox(
      ballots.map(({ sealed }) => sealed),
      chair.identity,
      supervisor.identity,
      recipients,
    );
    expect(opened).toEqual([{ choice: [] }, { choice: ['b'] }]);
    await expect(sealApprovals(['c'], papers, recipients)).rejects.toMatchObject({
      code: 'CHOICE_NOT_ON_PAPER',
    });
  });
});

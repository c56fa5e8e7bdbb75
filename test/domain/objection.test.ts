import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import {
  checkInvestigators,
  groupToRepeat,
  handlingOf,
  objectionRulesOf,
  type InvestigatorFacts,
} from '../../domain/objection.js';
import { findPersonalData } from '../../domain/personal-data.js';
import { plainFile } from '../../domain/plain-files.js';
import { parsePolicy } from '../../policies/schema.js';

const file = 'policies/sichuan-district.yaml';
const policy = parsePolicy(readFileSync(file, 'utf8'), file);
const closesAt = '2026-10-13T16:00:00.000Z';
const clues = { anonymous: 'clue_only_if_specific' } as const;

describe('N8, N9: what becomes of an objection', () => {
  test.each([
    [true, '2026-10-13T15:59:59.999Z', 'objection'],
    [true, closesAt, 'complaint'],
    [false, '2026-10-13T15:59:59.999Z', 'clue'],
    [false, closesAt, 'complaint'],
    [true, '2026-10-13T23:59:59.999+08:00', 'objection'],
    [true, '2026-10-14T00:00:00+08:00', 'complaint'],
  ])('named %s, received %s: %s', (isNamed, receivedAt, handling) => {
    expect(handlingOf({ isNamed, receivedAt, closesAt }, clues)).toBe(handling);
  });

  test('an anonymous one is refused where the scheme takes none', () => {
    const rules = { anonymous: 'not_accepted' } as const;
    const receivedAt = '2026-10-12T00:00:00Z';
    expect(() => handlingOf({ isNamed: false, receivedAt, closesAt }, rules)).toThrow(
      expect.objectContaining({ code: 'OBJECTION_ANONYMOUS', rule: 'N8' }),
    );
    expect(handlingOf({ isNamed: true, receivedAt, closesAt }, rules)).toBe('objection');
  });

  test('a scheme that says nothing has the defaults; one that does has its own', () => {
    expect(objectionRulesOf(policy)).toMatchObject({ investigateWorkingDays: 10, whilePending: 'suspend' });
    const objection = {
      investigateWorkingDays: 7,
      extensionWorkingDays: 0,
      whilePending: 'continue',
      anonymous: 'not_accepted',
      reviewWorkingDays: 3,
    } as const;
    expect(objectionRulesOf({ ...policy, objection })).toEqual(objection);
  });
});

describe('N10: who may investigate', () => {
  const accused = { personId: 'c', schoolId: 's', noticeBy: ['n'] };
  const person = (personId: string, more: Partial<InvestigatorFacts> = {}): InvestigatorFacts => ({
    personId,
    schoolIds: ['other'],
    mentorPairs: [],
    ...more,
  });

  test('two without a conflict may; one may not, nor one named twice', () => {
    expect(() => checkInvestigators([person('a'), person('b')], accused)).not.toThrow();
    for (const named of [[], [person('a')], [person('a'), person('a')]])
      expect(() => checkInvestigators(named, accused)).toThrow(
        expect.objectContaining({ code: 'INVESTIGATORS_TOO_FEW' }),
      );
  });

  test.each([
    [person('c'), 'CONFLICT_IS_CANDIDATE'],
    [person('b', { schoolIds: ['other', 's'] }), 'CONFLICT_SAME_SCHOOL'],
    [person('b', { mentorPairs: ['c'] }), 'CONFLICT_MENTOR_PAIR'],
    [person('n'), 'CONFLICT_NOTICE_AUTHOR'],
  ])('%j: %s', (conflicted, code) => {
    expect(() => checkInvestigators([person('a'), conflicted], accused)).toThrow(
      expect.objectContaining({
        code: 'INVESTIGATOR_IN_CONFLICT',
        faults: [{ at: conflicted.personId, code }],
      }),
    );
  });
});

describe('N12: who goes back when a step was wrong', () => {
  const candidate = (id: string, more: object = {}) => ({
    id,
    entry: 'application',
    rank: 'accomplished',
    subject: 'mathematics',
    teachingStage: 'primary',
    schoolId: 's1',
    stage: 'district_notice',
    standing: 'running',
    ...more,
  });
  const accused = candidate('a');
  const ids = (stage: Parameters<typeof groupToRepeat>[1], all = [accused]) =>
    groupToRepeat(policy, stage, accused, all).map(({ id }) => id);

  test('whoever of the unit has come to the stage and is not out', () => {
    const all = [
      accused,
      candidate('reserve', { standing: 'reserve', stage: 'differential_vote' }),
      candidate('out', { standing: 'out' }),
      candidate('before', { stage: 'eligibility_check' }),
      candidate('other school', { schoolId: 's2' }),
      candidate('other subject', { subject: 'physics' }),
    ];
    expect(ids('leading_group_review', all)).toEqual(['a', 'reserve', 'other school', 'other subject']);
    expect(ids('expert_opinion', all)).toEqual(['a', 'reserve', 'other school']);
    expect(ids('eligibility_check', all)).toEqual(['a', 'reserve', 'before', 'other subject']);
  });

  test.each(['approval', 'differential_vote', undefined] as const)('%s cannot be done again', (stage) => {
    expect(() => ids(stage)).toThrow(expect.objectContaining({ code: 'STAGE_NOT_REPEATABLE' }));
  });

  test('nothing is done again once one of them is a formal candidate', () => {
    const chosen = candidate('b', { standing: 'chosen', stage: 'formal_candidate' });
    expect(() => ids('leading_group_review', [accused, chosen])).toThrow(
      expect.objectContaining({
        code: 'STAGE_REPEAT_TOO_LATE',
        values: expect.objectContaining({ ids: ['b'] }),
      }),
    );
  });
});

describe('N8: files', () => {
  const text = (value: string) => [...new TextEncoder().encode(value)];
  const segment = (marker: number, content: number[]) => [
    0xff,
    marker,
    (content.length + 2) >> 8,
    (content.length + 2) & 255,
    ...content,
  ];
  const chunk = (name: string, content: number[]) => {
    const { length } = content;
    return [
      length >>> 24,
      (length >> 16) & 255,
      (length >> 8) & 255,
      length & 255,
      ...text(name),
      ...content,
      1,
      2,
      3,
      4,
    ];
  };
  const png = (...chunks: number[][]) =>
    new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...chunks.flat()]);
  const jpeg = (...segments: number[][]) => new Uint8Array([0xff, 0xd8, ...segments.flat(), 0xff, 0xd9]);
  const table = segment(0xdb, [1, 2, 3]);
  const scan = [...segment(0xda, [0]), 5, 0xff, 0, 6, 0xff, 0xd0, 7];

  test('a JPEG loses its metadata, its thumbnail and what follows it; its picture stays', () => {
    const jfif = [...text('JFIF\0'), 1, 1, 0, 0, 1, 0, 1];
    const whole = jpeg(
      segment(0xe0, [...jfif, 1, 1, 9, 9, 9]),
      segment(0xe1, text('Exif\0\0GPS')),
      segment(0xfe, text('张三')),
      table,
      segment(0xee, text('Adobe')),
      scan,
    );
    const plain = plainFile(new Uint8Array([...whole, ...text('尾巴')]));
    const left = jpeg(segment(0xe0, [...jfif, 0, 0]), table, segment(0xee, text('Adobe')), scan);
    expect(plain).toEqual({ type: 'image/jpeg', content: left });
  });

  test('a PNG loses every chunk that does not draw', () => {
    const head = chunk('IHDR', [1]);
    const data = chunk('IDAT', [2, 2]);
    const end = chunk('IEND', []);
    const whole = png(
      head,
      chunk('tEXt', text('Author')),
      data,
      chunk('eXIf', [1]),
      chunk('tIME', [1]),
      end,
      [7],
    );
    expect(plainFile(whole)).toEqual({ type: 'image/png', content: png(head, data, end) });
  });

  test('a plain PDF passes; one that tells of its making, also behind another spelling, does not', () => {
    const pdf = (body: string) => new TextEncoder().encode(`%PDF-1.4\n${body}`);
    expect(plainFile(pdf('1 0 obj << /Type /Catalog >>')).type).toBe('application/pdf');
    for (const body of ['/Info 3 0 R', '/Auth#6fr (x)', '/Type /ObjStm', 'Exif\0\0', '/Metadata 4 0 R'])
      expect(() => plainFile(pdf(body))).toThrow(
        expect.objectContaining({ code: 'FILE_TELLS_OF_ITS_MAKING' }),
      );
  });

  test.each([
    ['text', text('就是这样')],
    ['nothing', []],
    ['a JPEG that is cut off', [0xff, 0xd8, 0xff, 0xdb, 0, 9, 1]],
    ['a PNG that is cut off', [...png(chunk('IHDR', [1]))]],
  ])('%s is refused', (_, content) => {
    expect(() => plainFile(new Uint8Array(content))).toThrow(
      expect.objectContaining({ code: 'FILE_KIND_REFUSED' }),
    );
  });

  test('whatever is put into metadata is gone, and a plain file stays as it is', () => {
    const secret = fc.uint8Array({ minLength: 6, maxLength: 40 });
    fc.assert(
      fc.property(secret, fc.constantFrom(0xe1, 0xe2, 0xed, 0xef, 0xfe), (bytes, marker) => {
        const { content } = plainFile(jpeg(table, segment(marker, [...bytes]), scan));
        expect(content).toEqual(jpeg(table, scan));
        expect(plainFile(content).content).toEqual(content);
      }),
    );
  });
});

describe('D6: what may not become public', () => {
  test.each([
    ['电话13800138000。', [['mobile_number', 2]]],
    ['138 0013 8000', [['mobile_number', 0]]],
    ['１３８００１３８０００', [['mobile_number', 0]]],
    ['510300198803010021', [['id_number', 0]]],
    ['51030019880301002x', [['id_number', 0]]],
    ['510300 19880301 0021', [['id_number', 0]]],
    ['0813-1234567', []],
    ['12800138000', []],
    ['1380013800', []],
    ['证书 2026-10-12，第12345号', []],
  ])('%s', (text, found) => {
    expect(findPersonalData(text).map(({ kind, at }) => [kind, at])).toEqual(found);
  });
});

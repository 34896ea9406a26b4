import { randomBytes, randomUUID } from 'node:crypto';
import type { EventCodec } from '@vienuviet/event-store';
import type { SealedField } from '@vienuviet/schemas';
import { describe, expect, test } from 'vitest';
import { isEnvelope, open } from './envelope/envelope.ts';
import { Personal } from './personal.ts';
import { sealingCodec } from './sealing-codec.ts';
import { testSubjectKey } from './testing.ts';

const written: object[] = [];
const plain: EventCodec = {
  encode: (_type, data) => {
    written.push(data);
    return { schemaId: 1, payload: Buffer.alloc(0) };
  },
  decode: () => ({ type: 'people.Registered', schemaId: 1, data: {} }),
};
const fields: SealedField[] = [
  { path: ['name'], subject: ['subjectId'] },
  { path: ['representative', 'phone'], subject: ['representative', 'personId'] },
];
const codec = sealingCodec(plain, (type) => (type === 'people.Registered' ? fields : []));
const encode = (data: object, eventId = randomBytes(16)): never => {
  codec.encode('people.Registered', data, eventId);
  return written.at(-1) as never;
};
const codeOf = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    expect(String(error)).not.toContain('Anna');
    return (error as { code?: unknown }).code;
  }
  return 'written';
};

const [subject, agent] = [testSubjectKey(), testSubjectKey()];

describe('the codec that seals', () => {
  test('seals each personal field for its event, field and person, and changes nothing else', () => {
    const eventId = randomBytes(16);
    const data = {
      subjectId: subject.subjectId,
      name: new Personal(subject, 'Anna'),
      representative: { personId: agent.subjectId, phone: new Personal(agent, '+37120000000'), kind: 'parent' },
      channel: 'phone',
    };
    const { name, representative, ...rest }: typeof data & Record<'name', Buffer> = encode(data, eventId);
    expect(open(subject, { within: eventId, field: 'name' }, name)).toBe('Anna');
    const { phone, ...others } = representative as unknown as { phone: Buffer; personId: string; kind: string };
    expect(open(agent, { within: eventId, field: 'representative.phone' }, phone)).toBe('+37120000000');
    expect([rest, others]).toEqual([
      { subjectId: subject.subjectId, channel: 'phone' },
      { personId: agent.subjectId, kind: 'parent' },
    ]);
    expect(data.name).toBeInstanceOf(Personal);
  });

  test('takes what is absent, and what is sealed already', () => {
    const sealed = new Personal(subject, 'Anna').sealedFor({ within: randomBytes(16), field: 'name' });
    expect(encode({ subjectId: subject.subjectId, name: sealed, representative: null })).toMatchObject({
      name: sealed,
    });
    const absent: { name: null } = encode({ subjectId: subject.subjectId, name: null, representative: null });
    expect(absent.name).toBeNull();
  });

  test.each([
    ['a text', 'Anna'],
    ['bytes of a text', Buffer.from('Anna, and as long as a sealed value would be, which is quite long')],
    ['a number', 7],
    ['an object that only looks like one', { sealedFor: 'Anna' }],
  ])('refuses %s in a personal field', (_what, name) => {
    expect(isEnvelope(name)).toBe(false);
    expect(codeOf(() => encode({ subjectId: subject.subjectId, name, representative: null }))).toBe('envelope');
  });

  test('refuses the value of a person for the event of another', () => {
    const data = { subjectId: randomUUID(), name: new Personal(subject, 'Anna'), representative: null };
    expect(codeOf(() => encode(data))).toBe('other_subject');
  });

  test('leaves events without personal fields as they are', () => {
    const data = { n: 1 };
    codec.encode('people.Counted', data, randomBytes(16));
    expect(written.at(-1)).toBe(data);
  });
});

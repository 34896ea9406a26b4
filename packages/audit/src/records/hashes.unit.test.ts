import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { contentHash, linkHash } from './hashes.ts';
import type { RecordContent } from './record.ts';

const record: RecordContent = {
  recordId: '00000000-0000-4000-8000-000000000001',
  at: new Date(1_700_000_000_000),
  kind: 'read',
  code: 'read',
  actorId: 'clerk.cesis.1',
  role: 'clerk',
  purpose: null,
  method: 'GET',
  route: '/v1/cases/:caseId',
  requestId: '00000000-0000-4000-8000-000000000002',
  about: 'case-1',
  personRef: Buffer.from('ab', 'hex'),
  personSealed: null,
};

test('the content is the JSON that the file says', () => {
  const json =
    '[1,"00000000-0000-4000-8000-000000000001",1700000000000,"read","read","clerk.cesis.1","clerk",null,"GET",' +
    '"/v1/cases/:caseId","00000000-0000-4000-8000-000000000002","case-1","ab",null]';
  expect(contentHash(record)).toEqual(createHash('sha256').update(json).digest());
});

test('the link is the bytes that the file says', () => {
  const previous = Buffer.alloc(32, 9);
  const content = Buffer.alloc(32, 5);
  const link = { chainId: '00000000-0000-4000-8000-00000000000f', sequence: 258, recordedAt: new Date(1), previous };
  const bytes = `${'09'.repeat(32)}0000000000004000800000000000000f00000000000001020000000000000001${'05'.repeat(32)}`;
  expect(linkHash(link, content)).toEqual(createHash('sha256').update(Buffer.from(bytes, 'hex')).digest());
});

test('no two contents read the same', () => {
  const variants = [
    record,
    { ...record, role: null, purpose: 'clerk' as const },
    { ...record, code: 'read","clerk.cesis.1' },
    { ...record, personRef: null, personSealed: Buffer.from('ab', 'hex') },
    { ...record, about: null },
    { ...record, about: '' },
  ];
  expect(new Set(variants.map((variant) => contentHash(variant).toString('hex'))).size).toBe(variants.length);
});

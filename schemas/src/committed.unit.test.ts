import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contractProblems } from './compatibility/check-contracts.ts';
import { lockText } from './contracts/lock.ts';
import { typesOf } from './generation/typescript.ts';
import { codec, contracts, type EventMap, eventTypes, SchemaError, schemasFolder, topicOf, topics } from './index.ts';

describe('the committed contracts', () => {
  test('keep to every rule', () => {
    expect(contractProblems(contracts, topics)).toEqual([]);
  });

  test('have the types and the lock that they make', () => {
    expect(readFileSync(join(schemasFolder, 'src/generated/events.ts'), 'utf8')).toBe(typesOf(contracts));
    expect(readFileSync(join(schemasFolder, 'lock.json'), 'utf8')).toBe(lockText(contracts.lock));
    expect(eventTypes).toEqual([...contracts.byType.keys()]);
  });

  test('are typed as the codec takes them', () => {
    const data: EventMap['intake.CaseLinked'] = {
      caseId: '0b8f7c1e-3d7a-4c55-9a52-5f3f4f0b6a11',
      linkKind: 'mandate',
      linkedId: '0b8f7c1e-3d7a-4c55-9a52-5f3f4f0b6a12',
      occurredAt: 0,
      actorId: 'clerk-1',
    };
    // @ts-expect-error a symbol that the enum lacks
    const wrong: EventMap['intake.CaseLinked'] = { ...data, linkKind: 'friend' };
    expect(() => codec.encode('intake.CaseLinked', data)).not.toThrow();
    expect(() => codec.encode('intake.CaseLinked', wrong)).toThrow(SchemaError);
  });
});

describe('topics', () => {
  test('carry every event of intake but those of clients, which nobody else could open; the status feed’s own stay local', () => {
    expect(topicOf('intake.CaseRegistered')).toBe('intake.case');
    expect(topicOf('intake.ServiceListed')).toBe('intake.service');
    expect(topicOf('intake.CentreClosed')).toBe('intake.centre');
    expect(topicOf('statusfeed.ItemStatusChanged')).toBeUndefined();
    const local = eventTypes.filter((type) => type.startsWith('intake.') && topicOf(type) === undefined);
    expect(local).toEqual([
      'intake.ClientChanged',
      'intake.ClientMergeUndone',
      'intake.ClientMerged',
      'intake.ClientRegistered',
      'intake.RepresentativeEnded',
      'intake.RepresentativeNamed',
    ]);
  });

  test('for checkpoints of the audit are one a service, so that nobody writes another’s', () => {
    expect(topicOf('audit.CheckpointSigned', 'status-feed')).toBe('statusfeed.audit');
    expect(topicOf('audit.CheckpointSigned', 'visits')).toBeUndefined();
    const owners = new Set(topics.map(({ owner }) => owner));
    expect([...owners].filter((owner) => topicOf('audit.CheckpointSigned', owner) === undefined)).toEqual([]);
  });

  test('of an event that does not exist are not guessed, or it would never leave its store', () => {
    expect(() => topicOf('intake.CaseForgotten')).toThrow(SchemaError);
  });

  test('keep everything for ever, in partitions that never change', () => {
    expect(
      topics.map(({ name, partitions, cleanupPolicy, retentionMs }) => [name, partitions, cleanupPolicy, retentionMs]),
    ).toEqual([
      ['intake.case', 12, 'delete', -1],
      ['intake.service', 3, 'delete', -1],
      ['intake.centre', 3, 'delete', -1],
      ['identity.account', 3, 'delete', -1],
      ['intake.audit', 1, 'delete', -1],
      ['identity.audit', 1, 'delete', -1],
      ['statusfeed.audit', 1, 'delete', -1],
      ['reporting.audit', 1, 'delete', -1],
      ['partnergateway.audit', 1, 'delete', -1],
      ['privacy.subject', 3, 'delete', -1],
      ['intake.privacy', 1, 'delete', -1],
      ['statusfeed.privacy', 1, 'delete', -1],
      ['reporting.privacy', 1, 'delete', -1],
      ['partnergateway.privacy', 1, 'delete', -1],
    ]);
  });
});

import { createEventStore, type EventStore, eventStoreMigrations } from '@vienuviet/event-store';
import { codec } from '@vienuviet/schemas';
import { type TestDatabase, testDatabase } from '@vienuviet/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { confirm, propose, withdraw } from './approvals.ts';

let database: TestDatabase;
let store: EventStore;
beforeAll(async () => {
  database = await testDatabase({ service: 'approvals_test', sets: [eventStoreMigrations] });
  store = await createEventStore({ pool: database.pool('writer'), codec });
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

const wanted = { action: 'discard_all', target: 'status-feed/items', parameters: { all: true } };
const now = Date.now();
const one = { actorId: 'engineer.1', now };
const other = { actorId: 'engineer.2', now: now + 1_000 };

test('is done once, however many confirm it at the same moment', async () => {
  const { approvalId } = await propose(store, wanted, one);
  expect(await confirm(store, approvalId, wanted, one)).toMatchObject({ refusal: { code: 'approval_same_person' } });
  const confirmations = await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      confirm(store, approvalId, wanted, { ...other, actorId: `engineer.${n + 2}` }),
    ),
  );
  const outcomes = await Promise.all(
    confirmations.map(async (confirmation) => {
      if (!confirmation.accepted) throw new Error(confirmation.refusal.code);
      expect(confirmation.proposedBy).toBe('engineer.1');
      return (await store.append({ streams: [confirmation.append] })).outcome;
    }),
  );
  expect(outcomes.toSorted()).toEqual(['appended', ...Array(9).fill('conflict')]);
  expect(await confirm(store, approvalId, wanted, other)).toMatchObject({ refusal: { code: 'approval_done' } });
  const types = (await store.readStream(`approval-${approvalId}`)).map(({ type }) => type);
  expect(types).toEqual(['approvals.Proposed', 'approvals.Confirmed']);
});

test('is not done after it was withdrawn', async () => {
  const { approvalId } = await propose(store, wanted, one);
  expect(await withdraw(store, approvalId, other)).toBeUndefined();
  expect(await withdraw(store, approvalId, other)).toMatchObject({ code: 'approval_withdrawn' });
  expect(await confirm(store, approvalId, wanted, other)).toMatchObject({ refusal: { code: 'approval_withdrawn' } });
});

test('keeps nothing of the parameters but their digest', async () => {
  const { approvalId } = await propose(store, { ...wanted, parameters: { reason: 'secret words' } }, one);
  const [event] = await store.readStream(`approval-${approvalId}`);
  expect(JSON.stringify(event)).not.toContain('secret');
});

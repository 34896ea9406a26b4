import { given } from '@vienuviet/testing';
import { describe, expect, test } from 'vitest';
import { type ApprovalCommand, type ApprovalEvent, approvalDecider } from './approval.ts';
import { digestOf } from './digest.ts';

const approvalId = '0b8f7c1e-3d7a-4c55-9a52-5f3f4f0b6a11';
const morning = Date.UTC(2026, 10, 23, 8);
const hour = 3_600_000;
const proposal = { action: 'discard_all', target: 'status-feed/items', digest: digestOf({ all: true }) };
const proposed: ApprovalEvent = {
  type: 'approvals.Proposed',
  data: { approvalId, ...proposal, expiresAt: morning + 24 * hour, occurredAt: morning, actorId: 'engineer.1' },
};
const confirmed: ApprovalEvent = {
  type: 'approvals.Confirmed',
  data: { approvalId, occurredAt: morning + hour, actorId: 'engineer.2' },
};
const withdrawn: ApprovalEvent = { ...confirmed, type: 'approvals.Withdrawn' };
const confirm = (change: Partial<Extract<ApprovalCommand, { type: 'confirm' }>> = {}): ApprovalCommand => ({
  ...{ type: 'confirm', approvalId, actorId: 'engineer.2', now: morning + hour, ...proposal },
  ...change,
});

describe('what needs a second person', () => {
  test('is proposed by one and confirmed by another', () => {
    given(approvalDecider, [])
      .when({ type: 'propose', approvalId, actorId: 'engineer.1', now: morning, validMs: 24 * hour, ...proposal })
      .then([proposed]);
    given(approvalDecider, [proposed]).when(confirm()).then([confirmed]);
  });

  test.each<[string, readonly ApprovalEvent[], ApprovalCommand, string]>([
    ['by who proposed it', [proposed], confirm({ actorId: 'engineer.1' }), 'approval_same_person'],
    ['too late', [proposed], confirm({ now: morning + 24 * hour + 1 }), 'approval_expired'],
    ['twice', [proposed, confirmed], confirm({ actorId: 'engineer.3' }), 'approval_done'],
    ['after it was withdrawn', [proposed, withdrawn], confirm(), 'approval_withdrawn'],
    ['when nothing was proposed', [], confirm(), 'approval_not_found'],
    ['for another action', [proposed], confirm({ action: 'erase' }), 'approval_of_something_else'],
    ['for another target', [proposed], confirm({ target: 'intake/cases' }), 'approval_of_something_else'],
    ['for other parameters', [proposed], confirm({ digest: digestOf({ all: false }) }), 'approval_of_something_else'],
  ])('is not confirmed %s', (_, history, command, code) => {
    given(approvalDecider, history).when(command).then({ code });
  });

  test('may be confirmed to its last moment', () => {
    expect(given(approvalDecider, [proposed]).when(confirm({ now: morning + 24 * hour })).decision.accepted).toBe(true);
  });

  test('is withdrawn while it waits, and never after', () => {
    const withdraw = { type: 'withdraw', approvalId, actorId: 'engineer.2', now: morning + hour } as const;
    given(approvalDecider, [proposed]).when(withdraw).then([withdrawn]);
    given(approvalDecider, [proposed, confirmed]).when(withdraw).then({ code: 'approval_done' });
    given(approvalDecider, [proposed])
      .when({ type: 'propose', validMs: 1, ...proposal, approvalId, actorId: 'x', now: 1 })
      .then({ code: 'approval_exists' });
  });
});

test('a digest tells values apart and not the order of their fields', () => {
  expect(digestOf({ a: 1, b: [{ c: null, d: 'x' }] })).toBe(digestOf({ b: [{ d: 'x', c: null }], a: 1, e: undefined }));
  expect(digestOf({ a: 1 })).not.toBe(digestOf({ a: '1' }));
  expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]));
  expect(digestOf({ a: {} })).not.toBe(digestOf({ a: [] }));
});

// As JSON all dates would be alike, all maps, and what is no number: one of them approved would be any of them done.
test.each([[new Date(0)], [new Map([['a', 1]])], [new Set([1])], [Number.NaN], [() => 1], [10n]])(
  'a digest is not made of what is no JSON: %s',
  (value) => {
    expect(() => digestOf({ from: value })).toThrow(TypeError);
  },
);

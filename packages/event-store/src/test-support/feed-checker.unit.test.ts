import { expect, test } from 'vitest';
import { faultsOf } from './feed-checker.ts';

const event = (position: number, streamId = `case-${position}`, version = 1) => ({ position, streamId, version });
const stored = [1, 2, 3, 4].map((position) => ({ position }));
const none = { missed: 0, doubled: 0, disordered: 0, inverted: 0 };

test('a complete reading has no faults', () => {
  expect(faultsOf({ events: [1, 2, 3, 4].map((at) => event(at)) }, stored)).toEqual(none);
});

test('a planted loss, double, swap and inversion are found', () => {
  expect(faultsOf({ events: [1, 2, 4].map((at) => event(at)) }, stored)).toEqual({ ...none, missed: 1 });
  expect(faultsOf({ events: [1, 2, 2, 3, 4].map((at) => event(at)) }, stored)).toMatchObject({ missed: 0, doubled: 1 });
  expect(faultsOf({ events: [1, 3, 2, 4].map((at) => event(at)) }, stored)).toEqual({ ...none, disordered: 1 });
  const inverted = [event(1), event(2, 'case-x', 2), event(3, 'case-x', 1), event(4)];
  expect(faultsOf({ events: inverted }, stored)).toEqual({ ...none, inverted: 1 });
});

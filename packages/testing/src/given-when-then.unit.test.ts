import { describe, expect, test } from 'vitest';
import { given } from './given-when-then.ts';

type Command = { type: 'open' } | { type: 'spoil' } | { type: 'fetch' };
interface Opened {
  readonly type: 'opened';
}

const opened: Opened = { type: 'opened' };
const door = {
  initialState: { open: false },
  decide(command: Command, state: { open: boolean }) {
    if (command.type === 'spoil') state.open = true;
    if (state.open) {
      const refusal = { code: 'open_already', message: 'The door is open: walk in.', details: { open: true } };
      return { accepted: false as const, refusal };
    }
    return { accepted: true as const, events: command.type === 'open' ? [opened] : [] };
  },
  evolve: (_: { open: boolean }, __: Opened) => ({ open: true }),
};

describe('given, when, then', () => {
  test('accepts exactly the events that were expected', () => {
    given(door).when({ type: 'open' }).then([opened]);
    given(door).when({ type: 'fetch' }).then([]);
  });

  test('fails on other events, on too many and on too few', () => {
    expect(() => given(door).when({ type: 'open' }).then([])).toThrow();
    expect(() => given(door).when({ type: 'fetch' }).then([opened])).toThrow();
    expect(() => given(door).when({ type: 'open' }).then([opened, opened])).toThrow();
  });

  test('accepts a refusal by its code and the details that the test names', () => {
    const opening = given(door, [opened]).when({ type: 'open' });
    opening.then({ code: 'open_already' });
    opening.then({ code: 'open_already', details: { open: true } });
    expect(() => opening.then({ code: 'locked' })).toThrow();
    expect(() => opening.then({ code: 'open_already', details: { open: false } })).toThrow();
    expect(() => opening.then([])).toThrow();
  });

  test('shows the state before and after the decision', () => {
    expect(given(door).state).toEqual({ open: false });
    expect(given(door).when({ type: 'open' }).state).toEqual({ open: true });
    expect(given(door, [opened]).when({ type: 'open' }).state).toEqual({ open: true });
  });

  test('fails a decider that changes the state it was given', () => {
    expect(() => given(door).when({ type: 'spoil' })).toThrow(TypeError);
  });

  test('refuses to be awaited', async () => {
    const when: unknown = given(door).when({ type: 'open' });
    await expect(Promise.resolve(when)).rejects.toThrow('not a promise');
  });
});

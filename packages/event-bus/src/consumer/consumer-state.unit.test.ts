import { describe, expect, test } from 'vitest';
import { BusError } from '../errors.ts';
import { busMetrics } from '../metrics.ts';
import { recordingLog } from '../testing/recording-log.ts';
import type { InboundBatch } from '../types.ts';
import { stateKeeper } from './consumer-state.ts';

const batch = (partition: number): InboundBatch => ({ topic: 'case', partition, messages: [], highWatermark: 10n });
const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const capped = new BusError('too_many_parked_keys', 'too many');

function keeper() {
  const log = recordingLog();
  const state = stateKeeper({ consumer: 'facts', log, metrics: busMetrics() });
  state.assigned([
    { topic: 'case', partition: 0 },
    { topic: 'case', partition: 1 },
  ]);
  state.started('case', 0);
  state.started('case', 1);
  return { state, said: () => log.lines.map(({ message }) => message) };
}

describe('the state of a consumer', () => {
  test('does not go back to running because another partition goes on', () => {
    const { state, said } = keeper();
    for (let i = 0; i < 3; i++) {
      state.troubled('case/0', capped);
      state.progressed(batch(1), 5n, 1);
    }
    expect(state.read()).toMatchObject({ status: 'standing', trouble: { code: 'too_many_parked_keys' } });
    expect(said()).toEqual(['the consumer stands still']);
    state.progressed(batch(0), 5n, 1);
    expect(state.read()).toMatchObject({ status: 'running', lag: 10 });
    expect(said()).toEqual(['the consumer stands still', 'the consumer goes on']);
  });

  test('says the same trouble once for all partitions, and that it is over when the last one goes on', () => {
    const { state, said } = keeper();
    state.troubled('case/0', away);
    state.troubled('case/1', away);
    state.progressed(batch(0), 5n, 1);
    expect(state.read().status).toBe('backing_off');
    state.progressed(batch(1), 5n, 1);
    expect(said()).toEqual(['the consumer backs off', 'the consumer goes on']);
  });

  test('shows what needs somebody before what passes by itself', () => {
    const { state } = keeper();
    state.troubledOutside(away);
    state.troubled('case/1', capped);
    expect(state.read()).toMatchObject({ status: 'standing', trouble: { code: 'too_many_parked_keys' } });
  });

  test('forgets the trouble of a partition that another process has now', () => {
    const { state } = keeper();
    state.troubled('case/1', capped);
    state.assigned([{ topic: 'case', partition: 0 }]);
    expect(state.read().status).toBe('running');
  });

  test('takes a lost swap for no trouble', () => {
    const { state } = keeper();
    state.troubled('case/0', new BusError('offset_moved', 'somebody else'));
    expect(state.read().status).toBe('running');
  });
});

import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { admit, defaultAppendLimits } from './admission.ts';
import { jsonCodec } from './test-support/json-codec.ts';
import { append, command, happened, newStreamId } from './test-support/store.ts';
import type { Append, EventMeta } from './types.ts';

const refusal = (bad: Append, limits = {}): unknown => {
  try {
    admit(bad, jsonCodec, { ...defaultAppendLimits, ...limits });
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return 'admitted';
};

const id = newStreamId();
const stream = append(id, 'any').streams[0]!;
const withId = (eventId: string) => ({ ...happened(), eventId });
const meta = (value: string) => ({ ...append(id, 'any'), meta: { traceparent: value } });

describe('before anything is sent, an append is refused', () => {
  const bad: [string, Append][] = [
    ['that names neither a stream nor a command', { streams: [] }],
    ['that names a stream twice', { streams: [stream, stream] }],
    ['whose stream id is empty', append('', 'any')],
    ['whose stream id has no UUID', append('case-010190-12345', 'any')],
    ['whose stream id has something behind the UUID', append(`${id} `, 'any')],
    ['whose stream id is of another type', append(`centre-${randomUUID()}`, 'any')],
    ['whose stream id holds NUL', append(`${id}\0`, 'any')],
    ['whose stream type has capitals', { streams: [{ ...stream, streamType: 'Case' }] }],
    ['that expects a negative version', append(id, -1)],
    ['that expects half a version', append(id, 1.5)],
    ['that expects a version beyond 2^53', append(id, 2 ** 53)],
    ['that expects NaN', append(id, Number.NaN)],
    ['whose event id is no UUID', append(id, 'any', [withId('7')])],
    ['that gives an event id twice', append(id, 'any', [withId(id.slice(5)), withId(id.slice(5).toUpperCase())])],
    ['that gives ids to some events only', append(id, 'any', [withId(randomUUID()), happened()])],
    ['whose idempotency key is no UUID', append(id, 'any', [happened()], command({ key: 'again' }))],
    ['whose command has no scope', append(id, 'any', [happened()], command({ scope: '' }))],
    ['whose scope holds NUL', append(id, 'any', [happened()], command({ scope: 'a\0b' }))],
    ['whose request hash is empty', append(id, 'any', [happened()], command({ requestHash: Buffer.alloc(0) }))],
    ['whose answer holds half a surrogate pair', append(id, 'any', [happened()], command({ answer: '\ud800' }))],
    ['whose meta holds NUL', meta('a\0b')],
    ['whose meta holds half a surrogate pair', meta('\udc00')],
  ];
  test.each(bad)('%s', (_, value) => {
    expect(refusal(value)).toBe('append_invalid');
  });

  test('that is too large, by event, by append or by number of events', () => {
    expect(refusal(append(id, 'any', [happened({ text: 'x'.repeat(100) })]), { eventBytes: 100 })).toBe(
      'event_too_large',
    );
    expect(refusal(append(id, 'any', [happened(), happened()]), { events: 1 })).toBe('append_too_large');
    expect(refusal(append(id, 'any', [happened()], command({ answer: 'x'.repeat(900) })), { appendBytes: 900 })).toBe(
      'append_too_large',
    );
  });

  test('whose data do not fit their schema, with the error of the codec', () => {
    const fails = {
      ...jsonCodec,
      encode: () => {
        throw new TypeError('no such field');
      },
    };
    expect(() => admit(append(id, 'any'), fails, defaultAppendLimits)).toThrow('no such field');
  });
});

test('what the rules allow is admitted', () => {
  expect(refusal(append(id, 'any', []))).toBe('admitted');
  expect(refusal({ streams: [], command: command() })).toBe('admitted');
  expect(refusal({ ...append(id, 'any'), meta: { traceparent: 'ā "quoted" \\ 🙂' } as EventMeta })).toBe('admitted');
  expect(refusal(append(id.toUpperCase().replace('CASE', 'case'), 'any'))).toBe('admitted');
});

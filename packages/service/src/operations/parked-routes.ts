import type { ParkedKeys, ParkedMessage } from '@vienuviet/event-bus';
import type { EventCodec } from '@vienuviet/event-store';
import { type App, callerOf, notFound, problem } from '@vienuviet/http';
import Type from 'typebox';
import type { RunningBus } from '../bus.ts';
import { operatorPolicy } from './operator-policy.ts';

const ParkedKey = Type.Object({
  consumer: Type.String(),
  key: Type.String(),
  code: Type.String(),
  reason: Type.String(),
  parkedAt: Type.String({ format: 'date-time' }),
  waiting: Type.Integer({ description: 'Messages that wait, the one at fault first.' }),
});

const Message = Type.Object({
  id: Type.Integer(),
  topic: Type.String(),
  partition: Type.Integer(),
  offset: Type.String(),
  parkedAt: Type.String({ format: 'date-time' }),
  headers: Type.Record(Type.String(), Type.String()),
  type: Type.Union([Type.String(), Type.Null()], { description: 'Event type, when the bytes can be decoded.' }),
  data: Type.Unknown({ description: 'The event, when the bytes can be decoded.' }),
  bytes: Type.Union([Type.String(), Type.Null()], { description: 'The message in hexadecimal, when they cannot.' }),
});

const Place = Type.Object({
  consumer: Type.String({ pattern: '^[a-z][a-z0-9_-]{0,50}$' }),
  // Whatever somebody put on a topic as a key; NUL is no character of a database.
  key: Type.String({ minLength: 1, maxLength: 128, pattern: '^[^\\x00]+$' }),
});

const Discard = Type.Object({
  reason: Type.Union(
    ['poison', 'duplicate', 'superseded', 'test_data', 'other'].map((code) => Type.Literal(code)),
    { description: 'Why it is thrown away.' },
  ),
  all: Type.Optional(Type.Boolean({ description: 'Everything that waits for the key; default only the first.' })),
  firstId: Type.Optional(Type.Integer({ description: 'Refused when another message is the first by now.' })),
});

/** Keys of one consumer in an answer. */
const MOST_LISTED = 100;

const tags = ['operations'];
const config = { policy: operatorPolicy };

/** Keys that wait for somebody: list, look, do again, throw away. */
export function addParkedRoutes(app: App, bus: RunningBus, codec: EventCodec): void {
  const consumers = () => [...bus.projections.values(), ...bus.reactions.values()];
  const parkedOf = (name: string): ParkedKeys => {
    const consumer = bus.projections.get(name) ?? bus.reactions.get(name);
    if (consumer === undefined) throw notFound();
    return consumer.parked;
  };

  app.get(
    '/v1/operations/parked',
    {
      config,
      schema: {
        tags,
        summary: 'Parked keys of all consumers',
        description: `The ${MOST_LISTED} keys of each consumer that were parked first; the header Parked-Keys says how many there are.`,
        response: { 200: Type.Array(ParkedKey) },
      },
    },
    async (_request, reply) => {
      const parked = consumers().map((consumer) => consumer.parked);
      const [lists, counts] = await Promise.all([
        Promise.all(parked.map((keys) => keys.list(MOST_LISTED))),
        Promise.all(parked.map((keys) => keys.count())),
      ]);
      reply.header(
        'parked-keys',
        counts.reduce((sum, count) => sum + count, 0),
      );
      return lists.flat().map((key) => ({ ...key, parkedAt: key.parkedAt.toISOString() }));
    },
  );

  app.get(
    '/v1/operations/parked/:consumer/:key',
    {
      config,
      schema: { tags, summary: 'What waits for a key', params: Place, response: { 200: Type.Array(Message) } },
    },
    async (request) => {
      const messages = await parkedOf(request.params.consumer).show(request.params.key);
      if (messages.length === 0) throw notFound();
      return messages.map((message) => shown(message, codec));
    },
  );

  app.post(
    '/v1/operations/parked/:consumer/:key/redrive',
    {
      config,
      schema: {
        tags,
        summary: 'Does what waits for a key, in order; stops at the first that still cannot be applied',
        params: Place,
        response: {
          200: Type.Object({
            applied: Type.Integer(),
            waiting: Type.Integer(),
            code: Type.Optional(Type.String()),
            reason: Type.Optional(Type.String()),
          }),
        },
      },
    },
    async (request) => asProblem(parkedOf(request.params.consumer).redrive(request.params.key)),
  );

  app.post(
    '/v1/operations/parked/:consumer/:key/discard',
    {
      config,
      schema: {
        tags,
        summary: 'Throws away what waits for a key, and remembers who did it and why',
        params: Place,
        body: Discard,
        response: { 200: Type.Object({ discarded: Type.Integer(), waiting: Type.Integer() }) },
      },
    },
    async (request) => {
      const { consumer, key } = request.params;
      return asProblem(parkedOf(consumer).discard(key, { ...request.body, by: callerOf(request).id }));
    },
  );
}

/** A key that is not parked (any more), or whose first message is another one, as an answer. */
async function asProblem<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === 'not_parked') throw notFound();
    if (code === 'parked_elsewhere') throw problem('concurrent_change', 'Look again: another message is the first.');
    throw error;
  }
}

function shown(message: ParkedMessage, codec: EventCodec) {
  const { id, topic, partition, offset, headers, value } = message;
  const known = decoded(value, codec);
  return {
    id,
    topic,
    partition,
    offset,
    parkedAt: message.parkedAt.toISOString(),
    headers: { ...headers },
    type: known?.type ?? null,
    data: known?.data ?? null,
    bytes: known === undefined && value !== null ? value.toString('hex') : null,
  };
}

function decoded(value: Buffer | null, codec: EventCodec): { type: string; data: unknown } | undefined {
  if (value === null) return undefined;
  try {
    return codec.decode(value);
  } catch {
    return undefined;
  }
}

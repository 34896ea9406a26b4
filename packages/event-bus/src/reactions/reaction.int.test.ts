import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { message, newStream } from '../testing/parcel-messages.ts';
import { appendParcel } from '../testing/parcels.ts';
import { type TestBus, testBus } from '../testing/test-bus.ts';
import { until } from '../testing/until.ts';
import type { ConsumedEvent, Reaction } from '../types.ts';
import { reactionEventId } from './reaction-effects.ts';
import { type ReactionOptions, type RunningReaction, startReaction } from './start-reaction.ts';

let bus: TestBus;
const started: RunningReaction[] = [];
beforeAll(async () => {
  bus = await testBus();
});
afterEach(async () => {
  for (const reaction of started.splice(0)) await reaction.stop();
});
afterAll(() => bus.close());

/** A note in one's own store for every delivery, and two for the first move. */
const notes = (name: string, onDelivered?: (event: ConsumedEvent) => void): Reaction => ({
  name,
  from: ['parcel'],
  on: {
    'parcels.Delivered': (event) => {
      onDelivered?.(event);
      return [{ streamId: noteStream(event.streamId), streamType: 'note', events: [note(`${name} delivered`)] }];
    },
    'parcels.Moved': (event) =>
      event.version === 2
        ? [
            { streamId: noteStream(event.streamId), streamType: 'note', events: [note(`${name} moved`)] },
            { streamId: noteStream(event.streamId), streamType: 'note', events: [note(`${name} moved on`)] },
          ]
        : [],
  },
});
const noteStream = (streamId: string): string => streamId.replace('parcel-', 'note-');
const note = (about: string) => ({ type: 'parcels.Noted', data: { about } });

function start(reaction: Reaction, options: Partial<ReactionOptions> = {}): RunningReaction {
  const running = startReaction({
    reaction,
    pool: bus.pool,
    store: bus.store,
    subscriber: bus.subscriber,
    group: `${reaction.name}-${randomUUID()}`,
    ...options,
  });
  started.push(running);
  return running;
}

const notesOf = async (streamId: string, name: string): Promise<string[]> =>
  (await bus.store.readStream(noteStream(streamId)))
    .map(({ data }) => (data as { about: string }).about)
    .filter((about) => about.startsWith(name));

test('an event is answered once, in order, and the answer says what caused it', async () => {
  const reaction = start(notes('once'));
  const streamId = await appendParcel(bus.store);
  await bus.relayAll();
  await until(async () => (await notesOf(streamId, 'once')).length === 3);
  expect(await notesOf(streamId, 'once')).toEqual(['once moved', 'once moved on', 'once delivered']);
  const source = await bus.store.readStream(streamId);
  const answers = await bus.store.readStream(noteStream(streamId));
  expect(answers.map(({ eventId }) => eventId)).toEqual([
    reactionEventId('once', source[1]!.eventId, 0),
    reactionEventId('once', source[1]!.eventId, 1),
    reactionEventId('once', source[2]!.eventId, 0),
  ]);
  expect(answers[2]!.meta).toEqual({ causationId: source[2]!.eventId });
  expect(reaction.state().status).toBe('running');
});

test('a replay of the whole topic and messages that come twice append nothing new', async () => {
  const first = start(notes('replayed'));
  const streams: string[] = [];
  for (let i = 0; i < 30; i++) streams.push(await appendParcel(bus.store));
  await bus.relayAll();
  await until(async () => (await notesOf(streams.at(-1)!, 'replayed')).length === 3);
  await bus.drained('replayed', ['parcel']);
  await first.stop();
  const end = await bus.store.lastPosition();
  await bus.pool.query('update event_bus.relay set position = 0');
  await bus.pool.query(`delete from event_bus.consumer_offsets where consumer = 'replayed'`);
  start(notes('replayed'));
  await bus.relayAll();
  await bus.drained('replayed', ['parcel']);
  expect(await bus.store.lastPosition()).toBe(end);
});

test('an append wakes those who follow the store', async () => {
  start(notes('waking'));
  let woken = 0;
  const end = bus.store.onAppended(() => {
    woken++;
  });
  const streamId = await appendParcel(bus.store);
  const own = woken;
  await bus.relayAll();
  await until(async () => (await notesOf(streamId, 'waking')).length === 3);
  await until(() => woken > own);
  end();
});

test('an event whose answer throws, or is refused by the contracts, waits with its stream; others are answered', async () => {
  const reaction: Reaction = {
    name: 'fragile',
    from: ['parcel'],
    on: {
      'parcels.Posted': (event) => {
        const { weight } = event.data as { weight: number };
        if (weight === 13) throw new Error('no thirteen');
        const data = weight === 14 ? { about: 14 } : { about: `fragile ${weight}` };
        return [
          { streamId: noteStream(event.streamId), streamType: 'note', events: [{ type: 'parcels.Noted', data }] },
        ];
      },
      'parcels.Delivered': (event) => [
        { streamId: noteStream(event.streamId), streamType: 'note', events: [note('fragile delivered')] },
      ],
    },
  };
  const running = start(reaction);
  const thrown = await appendParcel(bus.store, { weight: 13 });
  const refused = await appendParcel(bus.store, { weight: 14 });
  const healthy = await appendParcel(bus.store, { weight: 15 });
  await bus.relayAll();
  await until(async () => (await notesOf(healthy, 'fragile')).length === 2);
  await bus.drained('fragile', ['parcel']);
  const parked = Object.fromEntries((await running.parked.list()).map((key) => [key.key, [key.code, key.waiting]]));
  expect(parked).toEqual({ [thrown]: ['reaction_failed', 3], [refused]: ['append_refused', 3] });
  expect(await notesOf(thrown, 'fragile')).toEqual([]);
  await running.parked.discard(thrown, { reason: 'no thirteen', by: 'tester' });
  expect(await running.parked.redrive(thrown)).toEqual({ applied: 1, waiting: 0 });
  expect(await notesOf(thrown, 'fragile')).toEqual(['fragile delivered']);
});

test('a crash at any point of a batch leaves all of it or nothing', async () => {
  const name = 'crashing';
  const running = start(notes(name));
  const streams = [];
  for (let i = 0; i < 100; i++) streams.push(await appendParcel(bus.store));
  const relaying = bus.relayAll();
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    await bus.pool
      .query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and usename = current_user and pid <> pg_backend_pid()`,
      )
      .catch(() => undefined);
  }
  await relaying.catch(() => undefined);
  await bus.relayAll();
  await bus.drained(name, ['parcel']);
  for (const streamId of streams) {
    expect(await notesOf(streamId, name)).toEqual([`${name} moved`, `${name} moved on`, `${name} delivered`]);
  }
  expect((await running.parked.list()).length).toBe(0);
}, 90_000);

// Last: what they park on the topic, every reaction that reads it from the beginning parks too.
/** Messages of a stream as its relay would write them. */
const ofStream = (streamId: string) => {
  const headers = { ce_storeepoch: bus.store.epoch };
  return {
    posted: () => message(streamId, { headers }),
    delivered: (version: number) =>
      message(streamId, { type: 'parcels.Delivered', data: { parcelId: streamId.slice(7) }, version, headers }),
  };
};

test('a message that comes again under another event id, or out of order, is not answered', async () => {
  const reaction = start(notes('guarded'));
  const streamId = newStream();
  const { posted, delivered } = ofStream(streamId);
  await bus.produce('parcel', [posted(), delivered(2), delivered(2), delivered(1)]);
  await bus.drained('guarded', ['parcel']);
  expect(await notesOf(streamId, 'guarded')).toEqual(['guarded delivered']);
  await bus.produce('parcel', [delivered(4)]);
  await until(async () => (await reaction.parked.list()).length > 0);
  expect(await reaction.parked.list()).toMatchObject([{ key: streamId, code: 'sequence_hole' }]);
  expect(await notesOf(streamId, 'guarded')).toEqual(['guarded delivered']);
});

test('a reaction that is younger than a stream joins it where it is', async () => {
  const streamId = newStream();
  await bus.produce('parcel', [ofStream(streamId).delivered(7)]);
  start(notes('young'));
  await until(async () => (await notesOf(streamId, 'young')).length === 1);
});

describe('a reaction with a memory', () => {
  type Moves = Map<string, { moves: number; version: number }>;

  /** Counts the moves of each parcel, and appends what it counted at the version that it knows. */
  const counting = (name: string, beforeAppend: (noteStream: string) => Promise<void> = async () => {}): Reaction => ({
    name,
    from: ['parcel'],
    memory: {
      async recall(tx, events): Promise<Moves> {
        const known: Moves = new Map();
        for (const streamId of new Set(events.map((event) => event.streamId))) {
          const { rows } = await tx.query('select moves from memory.moved where stream_id = $1', [streamId]);
          const notes = await bus.store.readStream(noteStream(streamId), 1, tx);
          known.set(streamId, { moves: rows[0]?.moves ?? 0, version: notes.length });
          await beforeAppend(noteStream(streamId));
        }
        return known;
      },
      async keep(tx, memory: Moves): Promise<void> {
        for (const [streamId, { moves }] of memory) {
          await tx.query(
            `insert into memory.moved values ($1, $2) on conflict (stream_id) do update set moves = excluded.moves`,
            [streamId, moves],
          );
        }
      },
    },
    on: {
      'parcels.Moved': (event: ConsumedEvent<string, { depot: string }>, memory: Moves) => {
        const known = memory.get(event.streamId)!;
        known.moves += 1;
        const events = [note(`${name} ${known.moves}`)];
        const expectedVersion = known.version++;
        return [{ streamId: noteStream(event.streamId), streamType: 'note', expectedVersion, events }];
      },
    },
  });

  beforeAll(async () => {
    await bus.ownerPool.query(`
      create schema memory;
      create table memory.moved (stream_id text primary key, moves int not null check (moves < 10));
      grant usage on schema memory to "${bus.roles.writer}";
      grant select, insert, update on memory.moved to "${bus.roles.writer}"`);
  });

  test('knows what it kept, over batches and starts', async () => {
    const first = start(counting('counting'));
    const parcelId = randomUUID();
    const streamId = await appendParcel(bus.store, { parcelId, depots: ['a', 'b'], delivered: false });
    await bus.relayAll();
    await until(async () => (await notesOf(streamId, 'counting')).length === 2);
    await first.stop();
    const data = { parcelId, depot: 'c', occurredAt: 1 };
    const events = [{ type: 'parcels.Moved', data }];
    await bus.store.append({ streams: [{ streamId, streamType: 'parcel', expectedVersion: 'any', events }] });
    start(counting('counting'));
    await bus.relayAll();
    await until(async () => (await notesOf(streamId, 'counting')).length === 3);
    expect(await notesOf(streamId, 'counting')).toEqual(['counting 1', 'counting 2', 'counting 3']);
  });

  test('does a batch again when somebody else appended at the version that it knew', async () => {
    const streamId = await appendParcel(bus.store, { depots: ['a', 'b'], delivered: false });
    let disturbed = false;
    const disturb = async (stream: string): Promise<void> => {
      if (disturbed || stream !== noteStream(streamId)) return;
      disturbed = true;
      const streams = [
        {
          streamId: stream,
          streamType: 'note',
          expectedVersion: 'any',
          events: [note('disturbed by another')],
        } as const,
      ];
      await bus.store.append({ streams });
    };
    start(counting('disturbed', disturb));
    await bus.relayAll();
    await until(async () => (await notesOf(streamId, 'disturbed')).length === 3);
    expect(await notesOf(streamId, 'disturbed')).toEqual(['disturbed by another', 'disturbed 1', 'disturbed 2']);
  });
});

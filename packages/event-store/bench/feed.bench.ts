/** Reading the feed in portions of 500 beside a bare indexed SELECT, in turns: `./scripts/bench event-store/bench/feed`. */
import { testInfrastructure } from '@vienuviet/testing';
import { createEventStore } from '../src/event-store.ts';
import { type Contender, inTurns, ratio } from './contender.ts';
import { PAYLOAD, readyMade, TYPE } from './contenders.ts';
import { benchDatabase, durability } from './database.ts';

const ROUNDS = Number(process.argv[2] ?? 9);
const SECONDS = Number(process.argv[3] ?? 1.5);
const EVENTS = 200_000;
const PORTION = 500;

const { postgresUrl } = testInfrastructure();
const settings = await durability(postgresUrl);
const database = await benchDatabase(postgresUrl);
const admin = database.admin(1);
await admin.query(
  `insert into event_store.events (position, stream_id, version, type, schema_id, payload, meta, event_id, recorded_at)
   select n, 'case-' || gen_random_uuid(), 1, $1, 1, $2, '{}', gen_random_uuid(), now() + n * interval '1 ms'
     from generate_series(1, ${EVENTS}) as n`,
  [TYPE, PAYLOAD],
);
await admin.query('vacuum analyze event_store.events');
const pool = database.writer(2);
const store = await createEventStore({ pool, codec: readyMade });

/** Walks through the feed and starts again at its end. */
function reading(name: string, read: (after: number) => Promise<{ length: number }>): Contender {
  let after = 0;
  return {
    name,
    async append() {
      const { length } = await read(after);
      if (length !== PORTION) throw new Error(`${name}: ${length} events instead of ${PORTION}`);
      after = (after + PORTION) % EVENTS;
    },
    reset: async () => undefined,
    close: async () => undefined,
  };
}

const SELECT = `
  select position, stream_id, version, type, schema_id, payload, meta, event_id, recorded_at
    from event_store.events where position > $1 order by position limit $2`;
const contenders = [
  reading('bare indexed `SELECT`', async (after) => {
    const { rows } = await pool.query({ name: 'bare', text: SELECT, values: [after, PORTION] });
    return rows;
  }),
  reading('feed', (after) => store.readFeed(after, PORTION)),
];
const [plain, feed] = await inTurns(contenders, { writers: 1, seconds: SECONDS, rounds: ROUNDS });
const line = ({ name, median }: NonNullable<typeof plain>, compared: string) =>
  `| ${name} | ${Math.round(median.perSecond * PORTION)
    .toLocaleString('en')
    .replaceAll(
      ',',
      ' ',
    )} | ${median.p50.toFixed(2)} | ${median.p99.toFixed(2)} | ${(median.cpu / PORTION).toFixed(1)} | ${compared} |\n`;

process.stdout.write(`## Feed

Portions of ${PORTION} events with 300-byte payload from a store of ${EVENTS.toLocaleString('en').replaceAll(',', ' ')}, one reader; rows to objects with Buffer and
Date in both. Medians of ${ROUNDS} rounds of ${SECONDS} s in turns. ${settings}. \`./scripts/bench event-store/bench/feed\`

| | events a second | p50 ms a portion | p99 ms | CPU µs an event | ratio |
| --- | --- | --- | --- | --- | --- |
${line(plain!, '')}${line(feed!, `${ratio(feed!, plain!).text}, goal ≥ 0.9`)}`);

await store.close();
await database.drop();

/**
 * Folding events into a fact table, beside the floor: the very statements that it sent, from a plain loop that does
 * nothing else: `./scripts/bench projection`.
 */

import { eventStoreMigrations } from '@vienuviet/event-store';
import { codec } from '@vienuviet/schemas';
import { testDatabase } from '@vienuviet/testing';
import type pg from 'pg';
import { createConsumer } from '../src/consumer/consumer.ts';
import { silentLog } from '../src/log.ts';
import { busMetrics } from '../src/metrics.ts';
import { eventBusMigrations } from '../src/migrations.ts';
import { prepareProjections } from '../src/projections/prepare.ts';
import { projectionEffects } from '../src/projections/projection-effects.ts';
import { caseFacts, caseMessages, chunks } from './case-life.ts';
import { cpuOf, grouped, median, perSecond, type Run, timed } from './measure.ts';

const EVENTS = Number(process.argv[2] ?? 60_000);
const ROUNDS = 3;

interface Statement {
  readonly config: pg.QueryConfig;
}

const database = await testDatabase({ service: 'bench', sets: [eventStoreMigrations, eventBusMigrations] });
const pool = database.pool('writer', 4);
const owner = database.pool('owner', 2);
await prepareProjections(owner, [caseFacts], { writer: 'bench_writer', reader: 'bench_reader' });
const messages = caseMessages(EVENTS);

async function empty(): Promise<void> {
  await owner.query('truncate bench_facts.case_fact, bench_facts.stream_versions, event_bus.consumer_offsets');
  await owner.query('vacuum analyze bench_facts.case_fact');
}

/** A pool whose statements are kept. */
function recording(kept: Statement[]): pg.Pool {
  const record = (client: pg.PoolClient): pg.PoolClient =>
    new Proxy(client, {
      get(target, name) {
        if (name === 'query') {
          return (config: string | pg.QueryConfig, values?: unknown[]) => {
            const text = typeof config === 'string' ? { text: config, ...(values ? { values } : {}) } : config;
            kept.push({ config: text });
            return values === undefined
              ? target.query(config as pg.QueryConfig)
              : target.query(config as string, values);
          };
        }
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  return new Proxy(pool, {
    get(target, name) {
      if (name === 'connect') return async () => record(await target.connect());
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

async function project(batchSize: number, over: pg.Pool): Promise<void> {
  const consumer = createConsumer({
    consumer: 'bench_facts',
    pool: over,
    codec,
    effects: projectionEffects({ projection: caseFacts, schema: 'bench_facts', live: true, batchSize }),
    log: silentLog,
    metrics: busMetrics(),
    maxParkedKeys: 0,
    clusterId: async () => 'bench',
  });
  await consumer.startAt('intake.case', 0);
  for (const part of chunks(messages, 20_000)) {
    const batch = { topic: 'intake.case', partition: 0, messages: part, highWatermark: BigInt(messages.length) };
    await consumer.onBatch(batch, async () => undefined);
  }
}

async function floor(statements: readonly Statement[]): Promise<void> {
  const client = await pool.connect();
  for (const { config } of statements) await client.query(config);
  client.release();
}

const lines: string[] = [];
for (const batchSize of [50, 500, 3_000]) {
  const statements: Statement[] = [];
  await empty();
  await project(batchSize, recording(statements));
  const ours: Run[] = [];
  const floors: Run[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await empty();
    ours.push(await timed(messages.length, () => project(batchSize, pool)));
    await empty();
    floors.push(await timed(messages.length, () => floor(statements)));
  }
  const ratios = ours.map(({ seconds }, i) => floors[i]!.seconds / seconds);
  lines.push(
    `| ${grouped(batchSize)} | ${grouped(perSecond(messages.length, ours))} | ${cpuOf(ours)} | ${grouped(perSecond(messages.length, floors))} | ${cpuOf(floors)} | **${median(ratios).toFixed(2)}** |`,
  );
}

process.stdout.write(`## Projection

${grouped(messages.length)} case events folded into a fact table of 30 columns and three indexes, six events a case, 500 cases at a time;
decoding, guard of the stream versions, offsets and commits included; medians of ${ROUNDS} rounds in turns. The floor is the
same statements from a plain loop. \`./scripts/bench projection\`

| events a batch | events a second | CPU µs an event | floor, events a second | floor, CPU µs | ours / floor |
| --- | --- | --- | --- | --- | --- |
${lines.join('\n')}
`);
await database.drop();

/** What it costs that an answer waits for its record, and what chains for each writer bring: `./scripts/bench audit`. */
import { createSecretKey, randomUUID } from 'node:crypto';
import { asCaller, createPool, systemScope } from '@vienuviet/database';
import { createEventStore, eventStoreMigrations } from '@vienuviet/event-store';
import { createApp, recordReading } from '@vienuviet/http';
import { createTestIssuer } from '@vienuviet/http/testing';
import { testSubjectKey } from '@vienuviet/privacy/testing';
import { codec } from '@vienuviet/schemas';
import { createLog, createMetrics } from '@vienuviet/telemetry';
import { testDatabase, testInfrastructure } from '@vienuviet/testing';
import type pg from 'pg';
import { type Contender, inTurns, ratio, type Standing } from '../../event-store/bench/contender.ts';
import { durability } from '../../event-store/bench/database.ts';
import { auditMigrations } from '../src/migrations.ts';
import { personsOnRecord, retentionKeyId } from '../src/records/persons.ts';
import { createRecorder } from '../src/records/recorder.ts';

const ROUNDS = Number(process.argv[2] ?? 7);
const SECONDS = Number(process.argv[3] ?? 2);
const READERS = 16;
const WRITERS = 4;
const EVENTS = 6;

const settings = await durability(testInfrastructure().postgresUrl);
const database = await testDatabase({ service: 'bench-audit', sets: [eventStoreMigrations, auditMigrations] });
const pool = database.pool('writer', 20);
const store = await createEventStore({ pool, codec });
const log = createLog({ service: 'bench', level: 'silent' });
const pools: pg.Pool[] = [];
const ownPool = (): pg.Pool => {
  const own = createPool({ url: database.writerUrl, name: 'bench audit', max: 3 });
  pools.push(own);
  return own;
};
const monthKey = testSubjectKey(retentionKeyId(new Date()));
const keys = {
  ensure: async (ids: readonly string[]) => new Map(ids.map((id) => [id, monthKey])),
  find: async () => new Map(),
};
const persons = personsOnRecord(createSecretKey(Buffer.alloc(32, 1)), keys);
const recorder = createRecorder({ pool: ownPool(), persons, log });

const streamId = `case-${randomUUID()}`;
const subjectId = randomUUID();
const claimed = {
  ...{ caseId: streamId.slice(5), centreId: randomUUID(), claimedUntil: 0, occurredAt: 0, actorId: 'clerk.one' },
};
await store.append({
  streams: [
    {
      ...{ streamId, streamType: 'case', expectedVersion: 'no_stream' },
      events: Array.from({ length: EVENTS }, () => ({ type: 'intake.CaseClaimed', data: claimed })),
    },
  ],
});
const scope = systemScope('bench');
const readStream = () => asCaller(pool, scope, (tx) => store.readStream(streamId, 1, tx));

const issuer = await createTestIssuer();
const app = await createApp({
  ...{
    name: 'bench',
    title: 'Bench',
    version: '1',
    description: 'Bench',
    auth: issuer.auth,
    limits: { rate: false },
    log,
  },
  ...{ metrics: createMetrics({ service: 'bench', ofProcess: false }), accessRecorder: recorder },
});
const policy = { roles: ['clerk'], scope: 'own_centre', purpose: true } as const;
app.get('/plain', { config: { policy } }, readStream);
app.get('/recorded', { config: { policy } }, async (request) => {
  const events = await readStream();
  await recordReading(request, { about: streamId, subjectId });
  return events;
});
await app.ready();
const headers = {
  ...(await issuer.as('clerk.one', [{ role: 'clerk', centreId: randomUUID() }])),
  purpose: 'service_provision',
};
async function ask(url: string): Promise<void> {
  const { statusCode, body } = await app.inject({ url, headers });
  if (statusCode !== 200) throw new Error(body);
}

const reading = () => ({
  ...({ at: new Date(), kind: 'read', code: 'read', actorId: 'clerk.one', role: 'clerk' } as const),
  ...({ purpose: 'service_provision', method: 'GET', route: '/v1/cases/:caseId', about: streamId, subjectId } as const),
  requestId: randomUUID(),
});

const contender = (name: string, append: () => Promise<unknown>): Contender => ({
  name,
  append,
  reset: async () => undefined,
  close: async () => undefined,
});

const load = { seconds: SECONDS, rounds: ROUNDS };
const read = await inTurns(
  [
    contender('the read alone', readStream),
    contender('the read, recorded', async () => {
      await readStream();
      await recorder.recorded(reading());
    }),
    contender('as a route', () => ask('/plain')),
    contender('as a route, recorded', () => ask('/recorded')),
  ],
  { ...load, writers: READERS },
);

/** A writer whose chain is given, instead of one of its own. */
function onChain(chainId: string): pg.Pool {
  const own = ownPool();
  const query = (...args: [never]) => {
    const taking = JSON.stringify(args).includes('take_chain');
    return taking ? { rows: [{ id: chainId, sequence: 0 }] } : own.query(...args);
  };
  return { query } as unknown as pg.Pool;
}
const shared = (await pool.query<{ id: string }>('select audit.take_chain() as id')).rows[0]!.id;
const writersOf = (pools: () => pg.Pool) =>
  Array.from({ length: WRITERS }, () => createRecorder({ pool: pools(), persons, log }));
const [oneChain, chainEach] = [writersOf(() => onChain(shared)), writersOf(ownPool)];
let turn = 0;
const written = await inTurns(
  [
    contender('one chain for all', () => oneChain[turn++ % WRITERS]!.recorded(reading())),
    contender('a chain each', () => chainEach[turn++ % WRITERS]!.recorded(reading())),
  ],
  { ...load, writers: READERS * WRITERS },
);

await app.close();
for (const one of [recorder, ...oneChain, ...chainEach]) await one.close();
await store.close();
for (const own of pools) await own.end();
await database.drop();

const [alone, recorded, route, recordedRoute] = read as [Standing, Standing, Standing, Standing];
const [all, each] = written as [Standing, Standing];
process.stdout.write(`## Recorded reads

A stream of ${EVENTS} events is read in the caller's scope by ${READERS} readers at once, and answered when the record of the
reading, with the person sealed, is durable; beside the same read without a record; both also as a route of the app with
token and purpose, without a socket. Then ${WRITERS} writers with ${READERS} readings under way each, all on one chain, and
each on its own. Medians of ${ROUNDS} rounds of ${SECONDS} s in turns. ${settings}. \`./scripts/bench audit\`

| | a second | p50 ms | p99 ms | CPU µs | compared |
| --- | --- | --- | --- | --- | --- |
${row(alone, '')}${row(recorded, ratio(recorded, alone).text)}${row(route, '')}${row(recordedRoute, `${ratio(recordedRoute, route).text}, goal ≥ 0.5`)}${row(all, '')}${row(each, ratio(each, all).text)}`);

function row({ name, median }: Standing, compared: string): string {
  const perSecond = Math.round(median.perSecond).toLocaleString('en').replaceAll(',', ' ');
  const latency = `${median.p50.toFixed(2)} | ${median.p99.toFixed(2)}`;
  return `| ${name} | ${perSecond} | ${latency} | ${median.cpu.toFixed(0)} | ${compared} |\n`;
}

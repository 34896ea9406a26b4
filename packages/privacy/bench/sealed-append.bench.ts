/** The append of an event with two sealed fields beside the same without: `./scripts/bench sealed-append`. */
import { randomUUID } from 'node:crypto';
import { createEventStore, eventStoreMigrations } from '@vienuviet/event-store';
import { codec, type EventMap, sealedFields } from '@vienuviet/schemas';
import { testDatabase, testInfrastructure } from '@vienuviet/testing';
import { type Contender, inTurns, ratio, type Standing } from '../../event-store/bench/contender.ts';
import { durability } from '../../event-store/bench/database.ts';
import { Personal } from '../src/personal.ts';
import { sealingCodec } from '../src/sealing-codec.ts';
import { testSubjectKey } from '../src/testing.ts';

const ROUNDS = Number(process.argv[2] ?? 7);
const SECONDS = Number(process.argv[3] ?? 2);

const { postgresUrl } = testInfrastructure();
const settings = await durability(postgresUrl);
const database = await testDatabase({ service: 'bench-privacy', sets: [eventStoreMigrations] });
const owner = database.pool('owner', 1);
const store = await createEventStore({
  pool: database.pool('writer', 4),
  codec: sealingCodec(codec, sealedFields),
});

const subject = testSubjectKey();
const sealed = (text: string): Personal => new Personal(subject, text);
const ready = sealed('Anna Bērziņa').sealedFor({ within: Buffer.alloc(16), field: 'clientName' });
const registered = (more: Partial<EventMap['intake.ClientRegistered']>): EventMap['intake.ClientRegistered'] => ({
  ...{ subjectId: subject.subjectId, centreId: subject.subjectId, kind: 'natural', language: 'lv' },
  ...{ registrationNumber: null, personalCode: null, codeConfirmed: false, clientName: ready },
  ...{ phone: null, email: null, eAddress: null, postalAddress: null, occurredAt: 0, actorId: 'clerk.one' },
  ...more,
});

/** `data` makes an event of the same length, whether it seals anything or not. */
const contender = (name: string, data: () => object): Contender => ({
  name,
  append: () =>
    store.append({
      streams: [
        {
          streamId: `client-${randomUUID()}`,
          ...{ streamType: 'client', expectedVersion: 'no_stream' },
          events: [{ type: 'intake.ClientRegistered', data: data() }],
        },
      ],
      command: { key: randomUUID(), scope: 'clerk.one POST /v1/clients', requestHash: Buffer.alloc(32), answer: '{}' },
    }),
  async reset() {
    await owner.query('truncate event_store.events, event_store.streams, event_store.commands');
  },
  close: async () => undefined,
});

const contenders = [
  contender('nothing to seal', () => registered({ personalCode: ready })),
  contender('two fields sealed', () =>
    registered({ personalCode: sealed('16117519997'), clientName: sealed('Anna Bērziņa') }),
  ),
];

let rows = '';
for (const writers of [1, 16]) {
  const [plain, ours] = await inTurns(contenders, { writers, seconds: SECONDS, rounds: ROUNDS });
  rows += row(writers, plain!, '') + row(writers, ours!, `${ratio(ours!, plain!).text}, goal ≥ 0.6`);
}
await store.close();
await database.drop();

process.stdout.write(`## Sealed append

One event of a new client, appended as a route does it, with name and personal code sealed for the event, beside the same
event with values that were sealed before. The key of the person is at hand. Medians of ${ROUNDS} rounds of ${SECONDS} s
in turns, tables emptied between. ${settings}. \`./scripts/bench sealed-append\`

| writers | | appends a second | p50 ms | p99 ms | CPU µs | sealed / not |
| --- | --- | --- | --- | --- | --- | --- |
${rows}`);

function row(writers: number, { name, median }: Standing, compared: string): string {
  const latency = `${median.p50.toFixed(2)} | ${median.p99.toFixed(2)}`;
  return `| ${writers} | ${name} | ${Math.round(median.perSecond)} | ${latency} | ${median.cpu.toFixed(0)} | ${compared} |\n`;
}

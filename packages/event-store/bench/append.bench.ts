/**
 * The append as a route does it beside a bare INSERT and emmett, in turns: `./scripts/bench event-store/bench/append`.
 * Arguments: rounds and seconds of each measurement.
 */
import { testInfrastructure } from '@vienuviet/testing';
import { type Contender, inTurns, ratio, type Standing } from './contender.ts';
import { bare, emmett, eventStore } from './contenders.ts';
import { benchDatabase, durability } from './database.ts';

const ROUNDS = Number(process.argv[2] ?? 7);
const SECONDS = Number(process.argv[3] ?? 2);

interface Line {
  readonly writers: number;
  readonly events: number;
  /** Of the bare INSERT, and of emmett; undefined: none was set. */
  readonly goals: readonly [number | undefined, number | undefined];
}

const lines: Line[] = [
  { writers: 1, events: 1, goals: [0.8, 1.5] },
  { writers: 16, events: 1, goals: [1.5, 3] },
  { writers: 64, events: 1, goals: [2, undefined] },
  { writers: 16, events: 10, goals: [undefined, undefined] },
];

const { postgresUrl } = testInfrastructure();
const settings = await durability(postgresUrl);
let rows = '';
for (const line of lines) rows += await measured(line);

process.stdout.write(`## Append

One append is what a route does: expected version, idempotency row, stored answer, all indexes; 300-byte payload, a new
stream each. Bare is one prepared \`INSERT\` into the same events table in its own transaction, with a connection for
each writer; emmett checks the version and stores no idempotency row. All work from one process; medians of ${ROUNDS}
rounds of ${SECONDS} s in turns, tables emptied between. ${settings}. \`./scripts/bench event-store/bench/append\`

| writers | events | | appends a second | p50 ms | p99 ms | CPU µs | event store / it |
| --- | --- | --- | --- | --- | --- | --- | --- |
${rows}`);

async function measured({ writers, events, goals }: Line): Promise<string> {
  const database = await benchDatabase(postgresUrl);
  const contenders: Contender[] = [];
  try {
    contenders.push(await bare(database, writers, events));
    contenders.push(await emmett(database, writers, events));
    contenders.push(await eventStore(database, events));
    const [plain, peer, ours] = await inTurns(contenders, { writers, seconds: SECONDS, rounds: ROUNDS });
    const goal = (value: number | undefined) => (value === undefined ? '' : `, goal ≥ ${value}`);
    return [
      row(writers, events, ours!, ''),
      row(writers, events, plain!, ratio(ours!, plain!).text + goal(goals[0])),
      row(writers, events, peer!, ratio(ours!, peer!).text + goal(goals[1])),
    ].join('');
  } finally {
    for (const contender of contenders) await contender.close();
    await database.drop();
  }
}

function row(writers: number, events: number, { name, median }: Standing, compared: string): string {
  const perSecond = Math.round(median.perSecond).toLocaleString('en').replaceAll(',', ' ');
  const latency = `${median.p50.toFixed(2)} | ${median.p99.toFixed(2)}`;
  return `| ${writers} | ${events} | ${name} | ${perSecond} | ${latency} | ${median.cpu.toFixed(0)} | ${compared} |\n`;
}

/** Runs the page `docs/tasks/read-as-a-partner.md` on the platform, as the engineer and the agency would. */
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kafkaSsl } from '@vienuviet/event-bus';
import { codec, type PartnerCaseEvent } from '@vienuviet/schemas';
import { connectPlatform, type Platform } from '@vienuviet/simulation/platform';
import { eventually } from '@vienuviet/testing';
import { type TestPlatform, testPlatform } from '@vienuviet/testing/platform';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const number = '90001669496';
const holder = 'vsaa';
const [clerk, specialist] = ['clerk.cesis.1', `specialist.${holder}`];

let running: TestPlatform;
let platform: Platform;
let folder: string | undefined;
let program: string;
let partner: ReturnType<typeof startPartner>;

beforeAll(async () => {
  running = await testPlatform();
  platform = connectPlatform({ endpoints: running.endpoints, deadlineMs: 60_000 });
  const page = await readFile(join(root, 'docs/tasks/read-as-a-partner.md'), 'utf8');
  [, program = ''] = /^```js read-as-a-partner\.mjs\n(.*?)^```/ms.exec(page) ?? [];
  const [, commands = ''] = /^```sh\n(.*?)^```/ms.exec(page) ?? [];
  await run(commands);
  // Inside the package, so that both clients are found.
  folder = await mkdtemp(join(import.meta.dirname, '../.readme-'));
  await writeFile(join(folder, 'read-as-a-partner.mjs'), program);
  partner = startPartner();
});

afterAll(async () => {
  partner?.process.kill('SIGKILL');
  await running?.vienuviet('partner', 'end', number);
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  await platform?.close();
  await running?.release();
});

/** Runs commands in a shell; rejects when one of them ends with anything but 0. */
const run = (commands: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, VIENUVIET_DATA: running.dataFolder };
    execFile('bash', ['-ec', commands], { cwd: root, env }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${stdout}\n${stderr}`, { cause: error })),
    );
  });

/** The agency's program; all that it prints, over all its starts. */
const lines: string[] = [];
function startPartner() {
  const { kafkaPartner = '', schemaRegistry } = running.endpoints;
  const started = spawn(process.execPath, ['read-as-a-partner.mjs'], {
    cwd: folder,
    env: {
      ...{ PATH: process.env['PATH'], REGISTRATION_NUMBER: number, KAFKA: kafkaPartner },
      ...{ SCHEMA_REGISTRY: schemaRegistry, CERTIFICATES: join(running.dataFolder, 'certificates') },
    },
  });
  let rest = '';
  for (const stream of [started.stdout, started.stderr]) {
    stream.on('data', (bytes) => {
      const parts = `${rest}${bytes}`.split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
    });
  }
  return { process: started, ended: new Promise<number | null>((resolve) => started.once('close', resolve)) };
}

const events = (): PartnerCaseEvent[] =>
  lines.filter((line) => line.startsWith('event: ')).map((line) => JSON.parse(line.slice('event: '.length)));
const complaints = (): string[] => lines.filter((line) => !/^(event|double): /.test(line));

const post = (account: string, path: string, body: object): Promise<{ caseId: string }> =>
  platform.fetch('intake', account, {
    ...{ method: 'POST', path, headers: { 'idempotency-key': randomUUID() }, body },
  });

/** A case from the desk to the decision, and what the partner must be told of it. */
async function playCase(): Promise<string> {
  const { items } = await platform.fetch<{ items: { serviceId: string }[] }>('intake', clerk, {
    ...{ method: 'GET', path: `/v1/services?limit=1&holderId=${holder}` },
  });
  const { caseId } = await post(clerk, '/v1/cases', {
    ...{ serviceId: items[0]!.serviceId, channel: 'in_person', purpose: 'application' },
    ...{ customerKind: 'citizen', crossBorder: false, clerkMinutes: 5 },
  });
  await post(clerk, `/v1/cases/${caseId}/request`, { channel: 'in_person', clerkMinutes: 5 });
  await post(specialist, `/v1/cases/${caseId}/accept`, {});
  await post(specialist, `/v1/cases/${caseId}/decide`, { outcome: 'granted', reason: 'requirements_met' });
  return caseId;
}
const wanted = ['registered', 'requested', 'accepted', 'decided'];

const toldOf = async (caseId: string): Promise<string[]> =>
  eventually(
    `the case ${caseId}`,
    () => {
      const told = events().filter((event) => event.caseId === caseId);
      return told.length >= wanted.length ? told.map(({ happened }) => happened) : undefined;
    },
    60_000,
  );

function expectUnbroken(): void {
  expect(complaints()).toEqual([]);
  const numbers = events().map(({ sequence }) => sequence);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
}

/** Puts the last message of the partner's topic there once more, as the gateway would. */
async function publishAgain(sequence: number): Promise<void> {
  const { kafka, kafkaOperator } = running.endpoints;
  const brokers = kafka.split(',');
  const client = new kafkajs.Kafka({
    ...{ brokers, ssl: kafkaSsl(kafkaOperator!), logLevel: kafkajs.logLevel.NOTHING },
  });
  const topic = `partner.${number}.case-events`;
  const messages: kafkajs.KafkaMessage[] = [];
  const consumer = client.consumer({ groupId: `double-${randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ autoCommit: false, eachMessage: async ({ message }) => void messages.push(message) });
  const again = await eventually('the message', () =>
    messages.find(({ value }) => (codec.decode(value!).data as PartnerCaseEvent).sequence === sequence),
  );
  await consumer.disconnect();
  const producer = client.producer();
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: [{ key: again.key, value: again.value, headers: again.headers! }] });
  await producer.disconnect();
}

test('the program is short enough to be read', () => {
  expect(program.split('\n').length).toBeLessThan(80);
});

describe('the program of the page', () => {
  test('gets a case of the own services, decoded, and nobody is named', async () => {
    const caseId = await playCase();
    expect(await toldOf(caseId)).toEqual(wanted);
    const [first] = events().filter((event) => event.caseId === caseId);
    expect(Object.keys(first!).toSorted()).toEqual([
      ...['caseId', 'channel', 'closing', 'happened', 'history', 'occurredAt', 'sequence', 'serviceId', 'stage'],
    ]);
    expectUnbroken();
  }, 90_000);

  test('goes on where it was when it is started again', async () => {
    partner.process.kill('SIGTERM');
    expect(await partner.ended).toBe(0);
    const caseId = await playCase();
    partner = startPartner();
    expect(await toldOf(caseId)).toEqual(wanted);
    expectUnbroken();
  }, 90_000);

  test('misses nothing and does nothing twice when gateway and broker are killed in the middle', async () => {
    const played = [await playCase()];
    const playing = (async () => {
      for (let count = 0; count < 12; count++) played.push(await playCase());
    })();
    await running.kill('partner-gateway');
    await running.kill('kafka');
    await running.start('kafka');
    await running.start('partner-gateway');
    await running.kill('partner-gateway');
    await running.start('partner-gateway');
    await playing;
    for (const caseId of played) expect(await toldOf(caseId)).toEqual(wanted);
    expectUnbroken();
  }, 240_000);

  test('drops an event that Kafka got twice, as after a kill of the relay, and says so', async () => {
    const last = events().at(-1)!;
    await publishAgain(last.sequence);
    await eventually('the double', () => lines.find((line) => line === `double: ${last.sequence} came again`), 30_000);
    const caseId = await playCase();
    expect(await toldOf(caseId)).toEqual(wanted);
    expectUnbroken();
  }, 90_000);

  test('stands on a topic that `vienuviet topics` lists', async () => {
    const { stdout } = await running.vienuviet('topics', '--json');
    const listed = JSON.parse(stdout) as { topic: string; partitions: number; messages: number }[];
    const own = listed.find(({ topic }) => topic === `partner.${number}.case-events`);
    expect(own).toMatchObject({ partitions: 1 });
    expect(own!.messages).toBeGreaterThan(events().length);
  });

  test('is refused within 60 s of the end of the subscription', async () => {
    const since = performance.now();
    await run(`./scripts/vienuviet partner end ${number}`);
    expect(await partner.ended).toBe(1);
    expect(performance.now() - since).toBeLessThan(60_000);
    expect(complaints().join()).toMatch(/^ended: .*not authorized/i);
  }, 90_000);

  test('says so in one line when it is started without a subscription', async () => {
    const before = lines.length;
    partner = startPartner();
    expect(await partner.ended).toBe(1);
    expect(lines.slice(before)).toEqual([expect.stringMatching(/^ended: .*not authorized/i)]);
  }, 90_000);
});

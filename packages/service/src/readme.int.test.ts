/** The README's service, taken from its text and run on the real parts. */
import { randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { partitionOf } from '@vienuviet/event-bus';
import { codec, createCodec, schemasFolder, topicOf, topics } from '@vienuviet/schemas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestService, type TestService } from './testing.ts';

const centreId = randomUUID();
const occurredAt = Date.parse('2026-03-02T08:00:00Z');
let folder: string;
let host: TestService;
let clerk: { authorization: string };

beforeAll(async () => {
  // Inside the package, so that its imports are found.
  folder = await mkdtemp(join(import.meta.dirname, '.readme-'));
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
  const [, code = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  await writeFile(join(folder, 'service.ts'), code);
  const { service } = await import(join(folder, 'service.ts'));
  host = await startTestService(service, {
    contracts: { codec: await codecWithVisits(), topicOf, topics },
  });
  clerk = await host.issuer.as('clerk.one', [{ role: 'clerk', centreId }]);
});

afterAll(async () => {
  await host?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The committed contracts and the two of the page that adds this service. */
async function codecWithVisits() {
  const schemas = join(folder, 'schemas');
  for (const part of ['intake', 'lock.json']) {
    await cp(join(schemasFolder, part), join(schemas, part), { recursive: true });
  }
  const page = await readFile(join(schemasFolder, '../docs/tasks/add-a-service.md'), 'utf8');
  const lock = JSON.parse(await readFile(join(schemas, 'lock.json'), 'utf8'));
  for (const [, name = '', text = ''] of page.matchAll(/^```json schemas\/visits\/(\w+)\/v1\.avsc\n(.*?)^```/gms)) {
    const path = join(schemas, 'visits', name);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'v1.avsc'), text);
    lock.push({ id: 9_000 + lock.length, subject: `lv.vienuviet.visits.${name}`, version: 1, hash: '' });
  }
  await writeFile(join(schemas, 'lock.json'), JSON.stringify(lock));
  return createCodec(schemas);
}

const book = (visitId: string, key: string = randomUUID()) =>
  host.service.app.inject({
    method: 'POST',
    url: '/v1/visits',
    headers: { ...clerk, 'idempotency-key': key },
    payload: { visitId, centreId },
  });

test('a visit is booked once and shows in the table as soon as the reader asks for it', async () => {
  const [visitId, key] = [randomUUID(), randomUUID()];
  const booked = await book(visitId, key);
  expect(booked.json()).toEqual({ stream: `calendar-${centreId}`, version: 1 });
  const again = await book(visitId, key);
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect(again.json()).toEqual(booked.json());
  const twice = await book(visitId);
  expect([twice.statusCode, twice.json().code]).toEqual([409, 'booked_before']);

  const { stream, version } = booked.json();
  const visits = await host.service.app.inject({ url: `/v1/visits?after=${stream}@${version}`, headers: clerk });
  expect(visits.json()).toEqual([{ visit_id: visitId, centre_id: centreId }]);
});

test('a centre that closed takes no more visits', async () => {
  const { payload } = codec.encode('intake.CentreClosed', { centreId, occurredAt, actorId: 'engineer' });
  const key = `centre-${centreId}`;
  const count = await host.publisher.partitions('intake.centre');
  const headers = {
    ce_specversion: '1.0',
    ce_id: randomUUID(),
    ce_source: '/services/intake',
    ce_type: 'lv.vienuviet.intake.CentreClosed.v1',
    ce_time: new Date(occurredAt).toISOString(),
    ce_subject: key,
    ce_sequence: '1',
    ce_storeepoch: randomUUID(),
    ce_storeposition: '1',
  };
  const message = { topic: 'intake.centre', partition: partitionOf(key, count), key, value: payload, headers };
  // Published twice, as a relay does that was stopped between sending and noting it.
  await host.publisher.publish([message, message]);
  await expect.poll(async () => (await book(randomUUID())).json().code, { timeout: 20_000 }).toBe('centre_closed');
  const calendar = await host.service.context.store.readStream(key.replace('centre-', 'calendar-'));
  expect(calendar.filter(({ type }) => type === 'visits.CalendarClosed')).toHaveLength(1);
});

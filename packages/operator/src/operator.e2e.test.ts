import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKafkaPublisher, type EventPublisher, kafkaSsl, partitionOf } from '@vienuviet/event-bus';
import { eventually } from '@vienuviet/testing';
import { type TestPlatform, testPlatform } from '@vienuviet/testing/platform';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let platform: TestPlatform;
let publisher: EventPublisher;

beforeAll(async () => {
  platform = await testPlatform();
  const { kafka, kafkaOperator } = platform.endpoints;
  const ssl = kafkaSsl(kafkaOperator!);
  publisher = createKafkaPublisher({ brokers: kafka.split(','), clientId: 'operator-test', ssl });
});

afterAll(async () => {
  await publisher.close();
  await platform.release();
});

const tokenOf = async (name: string): Promise<string> => (await platform.vienuviet('token', name)).stdout.trim();

describe('the operators’ command on a running platform', () => {
  test('says that every service is ready', async () => {
    const { exitCode, stdout } = await platform.vienuviet('status', '--json');
    const states = JSON.parse(stdout).map(({ service, state }: Record<string, string>) => `${service} ${state}`);
    expect(states).toEqual(
      ['identity', 'schema-registry', 'intake', 'status-feed', 'reporting', 'partner-gateway'].map(
        (name) => `${name} ready`,
      ),
    );
    expect(exitCode).toBe(0);
  });

  test('has imported the whole catalogue: 7,656 entries, each event of it on its topic', async () => {
    const { stdout } = await platform.vienuviet(
      'events',
      'show',
      '--type',
      'ServiceListed',
      '--limit',
      '10000',
      '--json',
    );
    const listed = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).data);
    expect(listed).toHaveLength(7_656);
    expect(new Set(listed.map(({ description }) => description.titleLv.toLocaleLowerCase('lv'))).size).toBe(3_369);
  });

  test('changes the keys that wrap those of persons, for an operator alone', async () => {
    const file = platform.endpoints.wrappingKeys!['intake']!;
    const before = JSON.parse(readFileSync(file, 'utf8'));
    expect(await platform.vienuviet('keys', 'rotate', '--as', 'auditor')).toMatchObject({ exitCode: 4 });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(before);

    const { exitCode, stdout } = await platform.vienuviet('keys', 'rotate', '--json');
    expect(exitCode).toBe(0);
    const after = JSON.parse(readFileSync(file, 'utf8'));
    expect(Object.keys(after.keys)).toEqual([after.current]);
    expect(JSON.parse(stdout)).toMatchObject([
      { service: 'intake', current: after.current, dropped: [before.current] },
    ]);
    const listed = await platform.vienuviet('keys', 'list', '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject([{ service: 'intake', current: after.current }]);
  });

  test('erases a client: two people, every service, and a proof', async () => {
    const [clerk, intake] = [await tokenOf('clerk.cesis.1'), platform.endpoints.intake];
    const send = async (path: string, body: object) => {
      const headers = {
        authorization: `Bearer ${clerk}`,
        'idempotency-key': randomUUID(),
        purpose: 'service_provision',
      };
      const init = {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      };
      return (await fetch(`${intake}${path}`, init)).json() as Promise<{ subjectId: string }>;
    };
    const client = { kind: 'natural', name: 'Anna Dzēšama', language: 'lv', email: 'dzesama@example.lv' };
    const { subjectId } = await send('/v1/clients', client);
    expect(await send('/v1/clients/search', { email: client.email })).toMatchObject({ items: [{ subjectId }] });

    const proposed = await platform.vienuviet('erase', 'propose', subjectId, '--json');
    const { erasureId } = JSON.parse(proposed.stdout);
    const alone = await platform.vienuviet('erase', 'confirm', subjectId, erasureId, '--as', 'supervisor.cesis');
    expect(alone).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('approval_same_person') });
    const confirmed = await platform.vienuviet('erase', 'confirm', subjectId, erasureId, '--json');
    expect(JSON.parse(confirmed.stdout)).toMatchObject([{ subjectId, waitingFor: [], provenAt: expect.any(String) }]);
    expect(await send('/v1/clients/search', { email: client.email })).toEqual({ items: [] });
    expect((await platform.vienuviet('erase', 'list')).stdout).toContain(erasureId);
  });

  test('opens no centre twice', async () => {
    const centres = join(import.meta.dirname, '../../simulation/data/invented/centres.csv');
    const { exitCode, stdout } = await platform.vienuviet('centres', 'open', centres, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ opened: 0, known: 587, rejected: [] });
  });

  test('imports a table again without a change', async () => {
    const table = join(import.meta.dirname, '../../simulation/data/source/t08_top15_in_person.csv');
    const { exitCode, stdout } = await platform.vienuviet('catalogue', 'import', table, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([{ entries: 11, listed: 0, changed: 0, unchanged: 11, retired: 0 }]);
  });

  test('rebuilds a projection, and refuses to rebuild a reaction', async () => {
    const { exitCode, stdout } = await platform.vienuviet('projection', 'rebuild', 'items', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ service: 'status-feed', name: 'items', rebuild: { phase: 'done' } });
    const refused = await platform.vienuviet('projection', 'rebuild', 'feed');
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is a reaction') });
  });

  test('ends with 4 where a service refuses: somebody who may not, or nobody', async () => {
    for (const account of ['clerk.cesis.1', 'nobody']) {
      const refused = await platform.vienuviet('projection', 'list', '--as', account);
      expect(refused.exitCode, refused.stderr).toBe(4);
    }
    expect(await platform.vienuviet('token', 'nobody')).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('no person is called nobody'),
    });
  });

  test('shows what is parked, why and since when, and throws it away when it is told to', async () => {
    const key = `case-${randomUUID()}`;
    const partitions = await publisher.partitions('intake.case');
    await publisher.publish([
      {
        topic: 'intake.case',
        partition: partitionOf(key, partitions),
        key,
        value: Buffer.from('no event at all'),
        headers: {
          ce_id: randomUUID(),
          // Not of intake: its consumers would take another epoch of intake for a store that was restored, and stop.
          ce_source: '/services/poison',
          ce_type: 'lv.vienuviet.intake.CaseRegistered.v1',
          ce_time: new Date().toISOString(),
          ce_subject: key,
          ce_sequence: '1',
          ce_storeepoch: randomUUID(),
          ce_storeposition: '1',
        },
      },
    ]);
    const parked = await eventually('four consumers park the key', async () => {
      const { stdout } = await platform.vienuviet('parked', 'list', '--json');
      const keys = JSON.parse(stdout).filter((each: { key: string }) => each.key === key);
      return keys.length === 4 ? keys : undefined;
    });
    expect(parked.every(({ waiting }: { waiting: number }) => waiting === 1)).toBe(true);

    for (const { service, consumer } of parked) {
      const name = `${service}/${consumer}`;
      const show = async () => JSON.parse((await platform.vienuviet('parked', 'show', name, key, '--json')).stdout);
      const discard = (id: number) =>
        platform.vienuviet('parked', 'discard', name, key, '--reason', 'poison', '--first', String(id));
      const [seen] = await show();
      expect(seen).toMatchObject({ topic: 'intake.case', bytes: Buffer.from('no event at all').toString('hex') });
      const redriven = await platform.vienuviet('parked', 'redrive', name, key);
      expect(redriven).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('still waiting 1') });
      // A redrive parks it again, as another message than the one that was looked at.
      expect(await discard(seen.id)).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('Look again') });
      const [now] = await show();
      expect(await discard(now.id)).toMatchObject({ exitCode: 0, stdout: 'discarded 1, still waiting 0\n' });
      for (const again of [['show'], ['redrive'], ['discard', '--reason', 'poison']]) {
        expect(await platform.vienuviet('parked', ...again, name, key)).toMatchObject({
          exitCode: 4,
          stderr: expect.stringContaining('nothing is parked under this key'),
        });
      }
    }
  }, 180_000);

  test('finds nothing parked, and no lag that stays', async () => {
    expect((await platform.vienuviet('parked', 'list')).stdout).toBe('nothing is parked\n');
    await eventually('no lag', async () => {
      const consumers = JSON.parse((await platform.vienuviet('topics', '--json')).stdout).flatMap(
        ({ consumers }: { consumers: { lag: number }[] }) => consumers,
      );
      return consumers.length > 3 && consumers.every(({ lag }: { lag: number }) => lag === 0) ? true : undefined;
    });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKafkaPublisher, createMissingTopics, partitionOf } from '@vienuviet/event-bus';
import { codec, topics } from '@vienuviet/schemas';
import { eventually, testInfrastructure, topicPrefix } from '@vienuviet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runLine } from '../testing/run-line.ts';
import { withAdmin } from './kafka-access.ts';

const brokers = testInfrastructure().kafkaBrokers;
const prefix = topicPrefix();
const place = { brokers, prefix };
const folder = mkdtempSync(join(tmpdir(), 'operator-kafka-'));
const publisher = createKafkaPublisher({ brokers, clientId: 'test', topicPrefix: prefix });

const caseIdOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const started = Date.parse('2026-11-20T08:00:00Z');

const messageOf = (number: number, type: 'intake.CaseReleased' | 'intake.CaseClosed', version: number) => {
  const caseId = caseIdOf(number);
  const occurredAt = started + number * 60_000 + version;
  const common = { caseId, occurredAt, actorId: 'clerk.cesis.1' };
  const data = type === 'intake.CaseClosed' ? { ...common, reason: 'completed' } : common;
  const key = `case-${caseId}`;
  return {
    topic: 'intake.case',
    partition: partitionOf(key, 12),
    key,
    value: codec.encode(type, data).payload,
    headers: {
      ce_type: `lv.vienuviet.${type}.v1`,
      ce_subject: key,
      ce_sequence: String(version),
      ce_time: new Date(occurredAt).toISOString(),
    },
  };
};

/** Runs a command against the topics of this test; `stop` ends it as Ctrl-C would. */
const run = (line: string, stop = new AbortController()) => runLine(line, folder, Date.now, stop.signal);

const eventsIn = (out: string): Record<string, unknown>[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

beforeAll(async () => {
  writeFileSync(
    join(folder, 'endpoints.json'),
    JSON.stringify({ kafka: brokers.join(','), topicPrefix: prefix, postgres: {}, redis: '', issuer: '' }),
  );
  // Waits until their leaders answer, which the publisher, trying once, would not.
  await createMissingTopics({ brokers, clientId: 'test', topicPrefix: prefix }, topics);
  await publisher.publish(
    Array.from({ length: 60 }, (_, number) => [
      messageOf(number, 'intake.CaseReleased', 1),
      messageOf(number, 'intake.CaseClosed', 2),
    ]).flat(),
  );
});

afterAll(async () => {
  await publisher.close();
  await withAdmin(place, (admin) => admin.deleteTopics({ topics: topics.map(({ name }) => prefix + name) }));
  rmSync(folder, { recursive: true });
});

describe('events show', () => {
  test('prints the newest events of all partitions in the order of time', async () => {
    const { exitCode, out } = await run('events show --limit 5 --json');
    expect(exitCode).toBe(0);
    const shown = eventsIn(out);
    expect(shown.map(({ key, version }) => `${key} ${version}`)).toEqual(
      [
        [57, 2],
        [58, 1],
        [58, 2],
        [59, 1],
        [59, 2],
      ].map(([number, version]) => `case-${caseIdOf(number!)} ${version}`),
    );
    expect(shown.at(-1)).toMatchObject({ type: 'intake.CaseClosed', data: { reason: 'completed' } });
  });

  test.each([`case-${caseIdOf(7)}`, caseIdOf(7)])('prints one stream, asked for as %s', async (key) => {
    const { out } = await run(`events show --key ${key} --json`);
    expect(eventsIn(out).map(({ type }) => type)).toEqual(['intake.CaseReleased', 'intake.CaseClosed']);
  });

  test('prints what fits type and time', async () => {
    const { out } = await run(
      'events show --type CaseClosed --since 2026-11-20T08:10 --until 2026-11-20T08:12:30 --json',
    );
    expect(eventsIn(out).map(({ key }) => key)).toEqual([10, 11, 12].map((number) => `case-${caseIdOf(number)}`));
  });

  test('prints a line an event for people', async () => {
    const { out } = await run(`events show --key case-${caseIdOf(3)} --type CaseReleased`);
    expect(out).toMatch(
      /^2026-11-20T08:03:00\.001Z {2}intake\.case\/\d+@\d+ {2}intake\.CaseReleased {2}case-\S+ v1 {2}\{/,
    );
  });

  test('says so when nothing fits, also of a topic that is empty', async () => {
    for (const line of ['events show --type CaseLinked', 'events show --topic intake.centre']) {
      expect(await run(line)).toEqual({ exitCode: 0, out: '', err: 'no event fits\n' });
    }
  });

  test('shows bytes that nobody can decode beside the others', async () => {
    const key = `case-${caseIdOf(999)}`;
    await publisher.publish([
      { topic: 'intake.case', partition: partitionOf(key, 12), key, value: Buffer.from('nonsense'), headers: {} },
    ]);
    const { out } = await run(`events show --key ${key} --json`);
    expect(eventsIn(out)).toMatchObject([{ key, type: null, fault: expect.any(String) }]);
  });
});

describe('events follow', () => {
  test('prints what arrives after it began, and ends after as many as were asked for', async () => {
    const following = run('events follow --type CaseClosed --limit 2 --json');
    let ended = false;
    void following.then(() => {
      ended = true;
    });
    let number = 100;
    await eventually('the end', async () => {
      await publisher.publish([messageOf(number++, 'intake.CaseClosed', 2)]);
      return ended || undefined;
    });
    const { exitCode, out } = await following;
    expect(exitCode).toBe(0);
    const shown = eventsIn(out);
    expect(shown).toHaveLength(2);
    expect(shown.every(({ key }) => String(key) >= `case-${caseIdOf(100)}`)).toBe(true);
  });

  test('begins earlier when it is told to, and ends with Ctrl-C', async () => {
    const stop = new AbortController();
    const following = run(`events follow --since 2026-11-20 --key case-${caseIdOf(5)} --json`, stop);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    stop.abort();
    const { exitCode, out } = await following;
    expect(exitCode).toBe(0);
    expect(eventsIn(out).map(({ version }) => version)).toEqual([1, 2]);
  });
});

describe('topics', () => {
  test('prints partitions and messages also when no service can tell how far its readers are', async () => {
    const { exitCode, out, err } = await run('topics --json');
    expect(exitCode).toBe(0);
    expect(err).toContain('lag of readers is not known');
    const [cases] = JSON.parse(out);
    expect(cases).toMatchObject({ topic: 'intake.case', partitions: 12 });
    expect(cases.messages).toBeGreaterThanOrEqual(120);
  });
});

test('reading leaves no consumer group behind', async () => {
  await run('events show --limit 1');
  const { groups } = await withAdmin(place, (admin) => admin.listGroups());
  expect(groups.filter(({ groupId }) => groupId.startsWith(`${prefix}operator-`))).toEqual([]);
});

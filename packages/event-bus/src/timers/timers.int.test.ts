import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type TestBus, testBus } from '../testing/test-bus.ts';
import { until } from '../testing/until.ts';
import { cancelTimer, type RunningTimers, scheduleTimer, startTimers, type Timer, timerEventId } from './timers.ts';

let bus: TestBus;
let now = new Date('2024-05-01T08:00:00.000Z');
const started: RunningTimers[] = [];
beforeAll(async () => {
  bus = await testBus();
});
afterEach(async () => {
  for (const timers of started.splice(0)) await timers.stop();
});
afterAll(() => bus.close());

const later = (minutes: number): Date => new Date(now.getTime() + minutes * 60_000);

const timer = (change: Partial<Timer> = {}): Timer => ({
  kind: 'reminder',
  key: `note-${randomUUID()}`,
  dueAt: later(10),
  causeId: randomUUID(),
  data: { about: 'time' },
  ...change,
});

function run(fired: Timer[] = []): RunningTimers {
  const timers = startTimers({
    pool: bus.pool,
    store: bus.store,
    clock: () => now,
    sessionTimeoutMs: 2_000,
    handlers: {
      reminder: (due) => {
        fired.push(due);
        return [{ streamId: due.key, streamType: 'note', events: [{ type: 'parcels.Noted', data: due.data }] }];
      },
      broken: () => {
        throw new Error('not today');
      },
      pointless: () => [],
    },
  });
  started.push(timers);
  return timers;
}

/** Lets the time pass and the timers look. */
async function pass(minutes: number, timers: RunningTimers): Promise<void> {
  now = later(minutes);
  timers.nudge();
}

const notes = async (key: string) => bus.store.readStream(key);
const rows = async (key: string) => (await bus.pool.query('select * from event_bus.timers where key = $1', [key])).rows;

test('a timer fires when it is due, not before, and once', async () => {
  const fired: Timer[] = [];
  const timers = run(fired);
  const due = timer();
  await scheduleTimer(bus.pool, due);
  await pass(9, timers);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(fired).toEqual([]);
  await pass(1, timers);
  await until(async () => (await notes(due.key)).length === 1);
  await pass(60, timers);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(fired).toEqual([due]);
  const [event] = await notes(due.key);
  expect(event).toMatchObject({
    eventId: timerEventId(due, 0),
    data: { about: 'time' },
    meta: { causationId: due.causeId },
  });
  expect(await rows(due.key)).toEqual([]);
});

test('one that is set anew fires at the new time only, one that is cancelled never', async () => {
  const timers = run();
  const moved = timer();
  const cancelled = timer();
  await scheduleTimer(bus.pool, moved);
  await scheduleTimer(bus.pool, cancelled);
  await scheduleTimer(bus.pool, { ...moved, dueAt: later(30), causeId: randomUUID() });
  expect(await cancelTimer(bus.pool, cancelled.kind, cancelled.key)).toBe(true);
  expect(await cancelTimer(bus.pool, cancelled.kind, cancelled.key)).toBe(false);
  await pass(20, timers);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await notes(moved.key)).toEqual([]);
  await pass(10, timers);
  await until(async () => (await notes(moved.key)).length === 1);
  expect(await notes(cancelled.key)).toEqual([]);
});

test('the same timer for the same cause, set again after it fired, appends nothing new', async () => {
  const timers = run();
  const due = timer({ dueAt: now });
  await scheduleTimer(bus.pool, due);
  await until(async () => (await notes(due.key)).length === 1);
  await scheduleTimer(bus.pool, due);
  timers.nudge();
  await until(async () => (await rows(due.key)).length === 0);
  expect(await notes(due.key)).toHaveLength(1);
  await scheduleTimer(bus.pool, { ...due, causeId: randomUUID() });
  timers.nudge();
  await until(async () => (await notes(due.key)).length === 2);
});

test('a timer is set in the transaction of what causes it, or not at all', async () => {
  const due = timer({ dueAt: now });
  const tx = await bus.pool.connect();
  await tx.query('begin');
  await scheduleTimer(tx, due);
  await tx.query('rollback');
  tx.release();
  expect(await rows(due.key)).toEqual([]);
});

test('one that cannot fire is tried again later and holds nobody up', async () => {
  const timers = run();
  const broken = timer({ kind: 'broken', dueAt: now });
  const healthy = timer({ dueAt: now });
  const pointless = timer({ kind: 'pointless', dueAt: now });
  for (const one of [broken, healthy, pointless]) await scheduleTimer(bus.pool, one);
  timers.nudge();
  await until(async () => (await notes(healthy.key)).length === 1 && (await rows(pointless.key)).length === 0);
  await until(async () => (await rows(broken.key))[0]?.failures === 1);
  expect((await rows(broken.key))[0]).toMatchObject({ last_error: 'not today', retry_at: later(1) });
  await pass(1, timers);
  await until(async () => (await rows(broken.key))[0]?.failures === 2);
  expect((await rows(broken.key))[0].retry_at).toEqual(later(2));
});

test('of two processes one fires, and the other takes over', async () => {
  const [one, two] = [[], []] as [Timer[], Timer[]];
  const first = run(one);
  await until(() => first.leads());
  const second = run(two);
  const due = Array.from({ length: 20 }, () => timer({ dueAt: now }));
  for (const each of due) await scheduleTimer(bus.pool, each);
  second.nudge();
  first.nudge();
  await until(async () => (await Promise.all(due.map(({ key }) => notes(key)))).every((events) => events.length === 1));
  expect(two).toEqual([]);
  await first.stop();
  const next = timer({ dueAt: now });
  await scheduleTimer(bus.pool, next);
  await until(async () => (await notes(next.key)).length === 1);
  expect(two).toHaveLength(1);
});

test('a crash while firing leaves the timer or its event, never neither and never two', async () => {
  const timers = run();
  const due = Array.from({ length: 60 }, () => timer({ dueAt: now }));
  for (const each of due) await scheduleTimer(bus.pool, each);
  timers.nudge();
  for (let i = 0; i < 4; i++) {
    await new Promise((resolve) => setTimeout(resolve, 15));
    await bus.pool
      .query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and usename = current_user and pid <> pg_backend_pid()`,
      )
      .catch(() => undefined);
  }
  now = later(120);
  await until(
    async () => (await Promise.all(due.map(({ key }) => notes(key)))).every((events) => events.length === 1),
    40_000,
  );
  for (const { key } of due) expect(await rows(key)).toEqual([]);
}, 60_000);

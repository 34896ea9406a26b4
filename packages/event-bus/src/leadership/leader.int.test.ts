import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../log.ts';
import { type TestBus, testBus } from '../testing/test-bus.ts';
import { until } from '../testing/until.ts';
import { type Leadership, startLeadership } from './leader.ts';

let bus: TestBus;
const children: ChildProcess[] = [];
const leaderships: Leadership[] = [];
beforeAll(async () => {
  bus = await testBus();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const leadership of leaderships.splice(0)) await leadership.stop();
});
afterAll(() => bus.close());

/** A leader in a process of its own, so that it can be stopped and killed. */
function leadingProcess(name: string) {
  const program = join(import.meta.dirname, '..', 'testing', 'leading-process.ts');
  const child = spawn(process.execPath, [program, bus.database.writerUrl, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let said = '';
  child.stdout.on('data', (data) => {
    said += data;
  });
  return { child, said: () => said.trim().split('\n').filter(Boolean) };
}

function standby(name: string): Leadership {
  const leadership = startLeadership({
    pool: bus.pool,
    name,
    log: silentLog,
    sessionTimeoutMs: 2_000,
    lead: (_session, signal) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
  });
  leaderships.push(leadership);
  return leadership;
}

test('a leader that is stopped (SIGSTOP) is replaced within its session’s time-out, and gives up when it wakes', async () => {
  const { child, said } = leadingProcess('stopped');
  await until(() => said().includes('leads'), 30_000);
  const other = standby('stopped');
  await new Promise((resolve) => setTimeout(resolve, 3_500));
  // Longer than the time-out, and it still leads: it speaks more often than that.
  expect(other.leads()).toBe(false);
  child.kill('SIGSTOP');
  const since = performance.now();
  await until(() => other.leads(), 15_000);
  expect(performance.now() - since).toBeLessThan(10_000);
  child.kill('SIGCONT');
  await until(() => said().includes('lost'), 15_000);
  expect(other.leads()).toBe(true);
}, 60_000);

test('a leader that is killed is replaced at once', async () => {
  const { child, said } = leadingProcess('killed');
  await until(() => said().includes('leads'), 30_000);
  const other = standby('killed');
  child.kill('SIGKILL');
  await until(() => other.leads(), 10_000);
}, 60_000);

test('of many exactly one leads, and each name has a leader of its own', async () => {
  const many = Array.from({ length: 5 }, () => standby('many'));
  const another = standby('another');
  await until(() => many.some((one) => one.leads()) && another.leads());
  for (let round = 0; round < 4; round++) {
    const leading = many.filter((one) => one.leads());
    expect(leading).toHaveLength(1);
    await leading[0]!.stop();
    many.splice(many.indexOf(leading[0]!), 1);
    await until(() => many.some((one) => one.leads()));
  }
}, 60_000);

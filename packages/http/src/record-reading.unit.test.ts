import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import type { AccessEntry, AccessRecorder } from './access-recorder.ts';
import type { Policy } from './policy.ts';
import { recordReading } from './record-reading.ts';
import { recorderInto, type TestApp, testApp } from './test-support/app.ts';

let it: TestApp;
afterEach(() => it.app.close());
const centreId = randomUUID();
const subjectId = randomUUID();
const policy: Policy = { roles: ['supervisor', 'auditor'], scope: 'own_centre', purpose: true };

async function readWith(accessRecorder: AccessRecorder) {
  it = await testApp({ accessRecorder });
  it.app.get('/cases/:id', { config: { policy } }, async (request) => {
    await recordReading(request, { about: 'case-1', subjectId });
    return { name: 'Anna' };
  });
  const grants = [
    { role: 'clerk', centreId },
    { role: 'supervisor', centreId },
  ] as const;
  const headers = { ...(await it.issuer.as('supervisor.cesis', grants)), purpose: 'supervision' };
  return it.app.inject({ url: '/cases/1', headers });
}

test('a reading is on record with who, in which role, why, of what and of whom, before its answer leaves', async () => {
  const entries: AccessEntry[] = [];
  let durable = false;
  const answering = readWith({
    ...recorderInto([]),
    recorded: async (entry) => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      durable = true;
      entries.push(entry);
    },
  });
  const answer = await answering;
  expect([answer.statusCode, durable]).toEqual([200, true]);
  expect(entries).toMatchObject([
    {
      ...{ kind: 'read', code: 'read', actorId: 'supervisor.cesis', role: 'supervisor', purpose: 'supervision' },
      ...{ about: 'case-1', subjectId, method: 'GET', route: '/cases/:id' },
    },
  ]);
});

test('what cannot be recorded is not read', async () => {
  const answer = await readWith({
    ...recorderInto([]),
    recorded: () => Promise.reject(new Error('the disk is full')),
  });
  expect([answer.statusCode, answer.json().code]).toEqual([503, 'record_unavailable']);
  expect(answer.headers['retry-after']).toBe('5');
  expect(answer.body).not.toContain('Anna');
});

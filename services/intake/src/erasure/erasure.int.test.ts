import { randomUUID } from 'node:crypto';
import { auditKeptUntil } from '@vienuviet/audit';
import { partitionOf } from '@vienuviet/event-bus';
import { type Grant, oneFactor, twoFactors } from '@vienuviet/http';
import { inventedPersonalCode } from '@vienuviet/identifiers/invented';
import { codec, topicOf } from '@vienuviet/schemas';
import { erasureStream } from '@vienuviet/service/testing';
import { createBusWriter, eventually } from '@vienuviet/testing';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { centres, type IntakeTest, startIntake } from '../test-support/intake-test.ts';

let it: IntakeTest;
let keys: pg.Pool;
beforeAll(async () => {
  it = await startIntake();
  keys = it.host.keyDatabase!.pool('writer', 1);
});
afterAll(() => it.close());

const supervisor: Grant = { role: 'supervisor', centreId: centres.cesis };
const auditor: Grant = { role: 'auditor' };
const now = () => Math.floor(Date.now() / 1_000);

/** Somebody who has just signed in with two factors, unless told otherwise. */
async function signedIn(name: string, grant: Grant, claims: object = {}) {
  const token = await it.host.issuer.token(name, [grant], { acr: twoFactors, auth_time: now(), ...claims });
  return { headers: { authorization: `Bearer ${token}`, purpose: 'service_provision' } };
}
let nth = 0;
const freshCode = (): string => inventedPersonalCode('erasure', ++nth).reveal();
const register = async (personalCode = freshCode()): Promise<string> => {
  const body = { kind: 'natural', name: 'Anna Ozola', language: 'lv', personalCode };
  return (await it.post('clerk.cesis.1', '/v1/clients', body)).body.subjectId;
};
const search = (personalCode: string) =>
  it.post('clerk.cesis.2', '/v1/clients/search', { personalCode }, { headers: { purpose: 'service_provision' } });
const read = (subjectId: string) =>
  it.get('clerk.cesis.1', `/v1/clients/${subjectId}`, { headers: { purpose: 'service_provision' } });

const propose = async (subjectId: string, name = 'supervisor.cesis') =>
  it.post('supervisor.cesis', `/v1/clients/${subjectId}/erasures`, undefined, await signedIn(name, supervisor));
const confirm = async (subjectId: string, erasureId: string, name = 'auditor', grant: Grant = auditor) =>
  it.post('auditor', `/v1/clients/${subjectId}/erasures/${erasureId}/confirm`, undefined, await signedIn(name, grant));
const erasure = async (erasureId: string) => (await it.get('auditor', `/v1/erasures?erasureId=${erasureId}`)).body;

async function erase(subjectId: string): Promise<string> {
  const proposed = await propose(subjectId);
  if (proposed.status !== 201) throw new Error(JSON.stringify(proposed.body));
  const { erasureId } = proposed.body;
  const confirmed = await confirm(subjectId, erasureId);
  if (confirmed.status !== 202) throw new Error(JSON.stringify(confirmed.body));
  return erasureId;
}

/** What another service says on its own topic. */
async function confirmedBy(service: string, subjectId: string, erasureId: string): Promise<void> {
  const writer = createBusWriter(service, {
    ...{ encode: codec.encode, partitionOf, publisher: it.host.publisher },
    topicOf: (type: string) => topicOf(type, service),
  });
  const data = { subjectId, erasureId, service, occurredAt: Date.now(), actorId: `system:${service}` };
  await writer.append(erasureStream(service, subjectId), { type: 'privacy.ErasureConfirmed', data });
}

const gone = (subjectId: string) =>
  eventually('the key is gone', async () => {
    const sql = 'select wrapped_key, erased_at from privacy.subject_key where subject_id = $1';
    const { rows } = await keys.query(sql, [subjectId]);
    expect(rows).toMatchObject([{ wrapped_key: null, erased_at: expect.any(Date) }]);
    return true;
  });

describe('an erasure', () => {
  test('takes two people who have just signed in with two factors', async () => {
    const subjectId = await register();
    const path = `/v1/clients/${subjectId}/erasures`;
    for (const claims of [{ acr: oneFactor }, { auth_time: now() - 1_000 }, { auth_time: undefined }]) {
      const asked = await signedIn('supervisor.cesis', supervisor, claims);
      const refused = await it.post('supervisor.cesis', path, undefined, asked);
      expect(refused).toMatchObject({ status: 401, body: { code: 'sign_in_insufficient' } });
    }
    const { erasureId } = (await propose(subjectId)).body;
    const alone = await confirm(subjectId, erasureId, 'supervisor.cesis', supervisor);
    expect(alone.body.code).toBe('approval_same_person');
    expect((await confirm(await register(), erasureId)).body.code).toMatch(/^approval_/);
    expect((await confirm(subjectId, randomUUID())).body.code).toMatch(/^approval_/);
    expect((await read(subjectId)).status).toBe(200);
  });

  test('drops the key and everything by which the person is found, and is proven when all have confirmed', async () => {
    const code = freshCode();
    const subjectId = await register(code);
    const { caseId } = await it.register({ subjectId });
    const erasureId = await erase(subjectId);
    await gone(subjectId);
    expect((await read(subjectId)).status).toBe(404);
    expect((await search(code)).body.items).toEqual([]);
    const purpose = { headers: { purpose: 'consultation' } };
    expect((await it.get('clerk.cesis.1', `/v1/cases/${caseId}`, purpose)).body).toMatchObject({ clientIs: 'erased' });
    await eventually('intake confirms', async () => {
      expect(await erasure(erasureId)).toMatchObject([
        { subjectId, waitingFor: ['status-feed', 'reporting', 'partner-gateway'], provenAt: null },
      ]);
      return true;
    });
    for (const service of ['status-feed', 'reporting', 'partner-gateway']) {
      await confirmedBy(service, subjectId, erasureId);
    }
    await eventually('the erasure is proven', async () => {
      expect(await erasure(erasureId)).toMatchObject([{ waitingFor: [], provenAt: expect.any(String) }]);
      return true;
    });
    const events = await it.host.service.context.store.readStream(`subject-${subjectId}`);
    expect(events.map(({ type }) => type)).toEqual(['privacy.ErasureRequested', 'privacy.ErasureProven']);
    const proof = events[1]!.data as { occurredAt: number; backupsGoneBy: number; auditKeptUntil: number };
    expect(proof.backupsGoneBy - proof.occurredAt).toBe(31 * 86_400_000);
    expect(proof.auditKeptUntil).toBe(auditKeptUntil(new Date(proof.occurredAt)).getTime());
    const onRecord = `/v1/audit/records?kind=erased&subjectId=${subjectId}`;
    expect((await it.get('auditor', onRecord, { headers: { purpose: 'audit' } })).body.items).toMatchObject([
      { code: 'erasure_confirmed', subjectId },
    ]);
    // Who comes again is somebody new.
    const again = await register(code);
    expect(again).not.toBe(subjectId);
    expect((await search(code)).body.items).toMatchObject([{ subjectId: again }]);
  });

  test('takes all records of the person, and none is merged into them afterwards', async () => {
    const [one, other, third] = [await register(), await register(), await register()];
    const merging = { intoSubjectId: other, reason: 'client_said' };
    await it.post('clerk.cesis.1', `/v1/clients/${one}/merge`, merging);
    const erasureId = await erase(one);
    await gone(one);
    await gone(other);
    expect((await erasure(erasureId)).map((each: { subjectId: string }) => each.subjectId).toSorted()).toEqual(
      [one, other].toSorted(),
    );
    const late = await it.post('clerk.cesis.1', `/v1/clients/${third}/merge`, merging);
    expect(late.body.code).toBe('client_erased');
  });

  test('leaves no record behind that is merged into the person at the same moment', async () => {
    const outcomes = new Set<string>();
    for (let round = 0; round < 12; round++) {
      const [stays, joins] = [await register(), await register()];
      const { erasureId } = (await propose(stays)).body;
      const merging = { intoSubjectId: stays, reason: 'client_said' };
      const [merged, confirmed] = await Promise.all([
        it.post('clerk.cesis.1', `/v1/clients/${joins}/merge`, merging),
        new Promise((resolve) => setTimeout(resolve, round)).then(() => confirm(stays, erasureId)),
      ]);
      outcomes.add(`${merged.status} ${confirmed.status}`);
      if (confirmed.status === 409) expect((await confirm(stays, erasureId)).status).toBe(202);
      await gone(stays);
      if (merged.status === 200) await gone(joins);
      else expect(merged.body.code).toMatch(/^(client_erased|concurrent_change|not_found)$/);
    }
    expect([...outcomes].toSorted()).toContain('200 202');
  }, 60_000);

  test('happens once, also when two are confirmed at the same moment', async () => {
    const subjectId = await register();
    const ids = [(await propose(subjectId)).body.erasureId, (await propose(subjectId)).body.erasureId];
    const answers = await Promise.all(ids.map((id) => confirm(subjectId, id)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 409]);
    expect((await propose(subjectId)).body.code).toMatch(/client_erased|not_found/);
  });

  test('is refused while the law wants the data kept, with the reason and the date', async () => {
    const subjectId = await register();
    const path = `/v1/clients/${subjectId}/holds`;
    const until = new Date(Date.now() + 86_400_000).toISOString();
    const held = await it.post('auditor', path, { reason: 'court_proceedings', until });
    expect(held.status).toBe(201);
    expect((await it.post('auditor', path, { reason: 'claim', until: '2020-01-01T00:00:00Z' })).body.code).toBe(
      'hold_over',
    );
    expect((await propose(subjectId)).body).toMatchObject({ code: 'erasure_held', reason: 'court_proceedings', until });
    expect((await it.post('auditor', `${path}/${randomUUID()}/lift`)).body.code).toBe('hold_unknown');
    expect((await it.post('auditor', `${path}/${held.body.holdId}/lift`)).status).toBe(200);
    expect((await propose(subjectId)).status).toBe(201);
  });
});

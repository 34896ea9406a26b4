/** What a command's route refuses, and how it says so. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { centres, type IntakeTest, registration, startIntake } from '../test-support/intake-test.ts';

let intake: IntakeTest;
beforeAll(async () => {
  intake = await startIntake();
});
afterAll(async () => intake?.close());

describe('refusals', () => {
  test('a transition that is not allowed names the stage and what is', async () => {
    const { caseId } = await intake.register();
    const answer = await intake.post('specialist.vsaa', `/v1/cases/${caseId}/decide`, {
      outcome: 'granted',
      reason: 'requirements_met',
    });
    expect(answer).toMatchObject({
      status: 409,
      headers: { 'content-type': expect.stringContaining('application/problem+json') },
      body: {
        code: 'transition_not_allowed',
        stage: 'registered',
        allowed: ['claim', 'release', 'recordConsultation', 'request', 'withdraw', 'close', 'handOver', 'link'],
      },
    });
  });

  test('a foreign case answers like one that does not exist', async () => {
    const { caseId } = await intake.register();
    const without = ({ instance: _, ...problem }: Record<string, unknown>) => problem;
    const foreign = await intake.post('clerk.valka.1', `/v1/cases/${caseId}/claim`, {});
    const missing = await intake.post('clerk.valka.1', `/v1/cases/${randomUUID()}/claim`, {});
    expect(foreign.status).toBe(404);
    expect(without(foreign.body)).toEqual(without(missing.body));
    const purpose = { headers: { purpose: 'consultation' } };
    const read = await intake.get('clerk.valka.1', `/v1/cases/${caseId}`, purpose);
    const readMissing = await intake.get('clerk.valka.1', `/v1/cases/${randomUUID()}`, purpose);
    expect(read.status).toBe(404);
    expect(without(read.body)).toEqual(without(readMissing.body));
    expect((await intake.get('specialist.vid', `/v1/cases/${caseId}`, purpose)).status).toBe(404);
  });

  test.each([
    ['a field that is not one', { name: 'Jānis' }, 400, 'invalid_request'],
    ['free text in the place of a code', { purpose: 'Jānis Bērziņš grib pabalstu' }, 400, 'invalid_request'],
    ['a code that only readers know', { channel: 'unknown' }, 400, 'invalid_request'],
    ['a number as text', { clerkMinutes: '5' }, 400, 'invalid_request'],
    ['too many minutes', { clerkMinutes: 601 }, 400, 'invalid_request'],
    ['half a minute', { clerkMinutes: 0.5 }, 400, 'invalid_request'],
    ['a service that is no id', { serviceId: 'slimības pabalsts' }, 400, 'invalid_request'],
    ['an id in capitals', { serviceId: randomUUID().toUpperCase() }, 400, 'invalid_request'],
    ['an instant without a zone', { occurredAt: '2026-03-02T08:00:00' }, 400, 'invalid_request'],
    ['a day that does not exist', { occurredAt: '2026-02-30T08:00:00Z' }, 400, 'invalid_request'],
    ['no service at all', { serviceId: undefined }, 400, 'invalid_request'],
    ['a service that the catalogue does not have', { serviceId: randomUUID() }, 422, 'service_unknown'],
    ['a centre that is not the clerk’s', { centreId: centres.valka }, 404, 'not_found'],
    ['a centre that does not exist', { centreId: randomUUID() }, 404, 'not_found'],
    ['what lies ahead', { occurredAt: '2100-01-01T00:00:00Z' }, 422, 'occurred_in_future'],
    ['what lies long past', { occurredAt: '1926-03-02T08:00:00Z' }, 422, 'occurred_too_early'],
    ['the year 0', { occurredAt: '0000-01-01T00:00:00Z' }, 400, 'invalid_request'],
    ['an anonymous subject', { anonymous: true, subjectId: randomUUID() }, 422, 'anonymous_with_subject'],
  ])('%s', async (_, change, status, code) => {
    const body = { ...registration(intake.services.sick), ...change };
    expect(await intake.post('clerk.cesis.1', '/v1/cases', body)).toMatchObject({ status, body: { code } });
  });

  test('bodies that are no JSON, no object, or too large', async () => {
    const send = (body: string | Buffer) => intake.post('clerk.cesis.1', '/v1/cases', body);
    expect(await send('{"serviceId":')).toMatchObject({ status: 400, body: { code: 'malformed_json' } });
    expect(await send('[]')).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(await send('null')).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(await send(Buffer.from([0x22, 0xff, 0x22]))).toMatchObject({
      status: 400,
      body: { code: 'malformed_json' },
    });
    expect(await send(`{"serviceId":"${'x'.repeat(1024 * 1024)}"}`)).toMatchObject({
      status: 413,
      body: { code: 'body_too_large' },
    });
  });

  test('an id in the path that is none', async () => {
    expect((await intake.post('clerk.cesis.1', '/v1/cases/one/claim', {})).status).toBe(400);
  });

  test('who works at several centres says at which', async () => {
    const body = registration(intake.services.sick);
    expect(await intake.post('clerk.both', '/v1/cases', body)).toMatchObject({ status: 400 });
    const atValka = await intake.post('clerk.both', '/v1/cases', { ...body, centreId: centres.valka });
    expect(atValka.status).toBe(201);
  });

  test('a role that may not', async () => {
    expect(await intake.post('auditor', '/v1/cases', registration(intake.services.sick))).toMatchObject({
      status: 403,
      body: { code: 'role_missing' },
    });
  });
});

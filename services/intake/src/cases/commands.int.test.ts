/** The whole path of a command: HTTP, decider, store, table, Kafka. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { centres, type IntakeTest, registration, startIntake } from '../test-support/intake-test.ts';

let intake: IntakeTest;
/** Moved by tests of claims; otherwise the time of day. */
let ahead = 0;

beforeAll(async () => {
  intake = await startIntake({ clock: () => new Date(Date.now() + ahead) });
});
afterAll(async () => intake?.close());

const minutes = (count: number): number => count * 60_000;
const contact = { channel: 'in_person', clerkMinutes: 10 };

describe('the path of a case', () => {
  test('from the desk to the evaluation, each command answered with stream, version and stage', async () => {
    const { caseId, stream, version, subjectId } = await intake.register();
    expect({ stream, version }).toEqual({ stream: `case-${caseId}`, version: 1 });
    expect(subjectId).toMatch(/^[0-9a-f-]{36}$/);
    const said: [Parameters<IntakeTest['command']>[0], string, object, string, number][] = [
      ['clerk.cesis.1', 'consultations', contact, 'consulted', 3],
      ['clerk.cesis.1', 'links', { linkKind: 'contact', linkedId: randomUUID() }, 'consulted', 4],
      ['clerk.cesis.1', 'request', contact, 'requested', 5],
      ['specialist.vsaa', 'accept', {}, 'in_execution', 6],
      ['specialist.vsaa', 'ask-information', { reason: 'missing_document' }, 'awaiting_information', 7],
      ['clerk.cesis.2', 'claim', {}, 'awaiting_information', 8],
      ['clerk.cesis.2', 'provide-information', contact, 'in_execution', 9],
      ['system.vsaa', 'decide', { outcome: 'granted', reason: 'requirements_met' }, 'decided', 10],
      ['supervisor.cesis', 'claim', {}, 'decided', 11],
      ['supervisor.cesis', 'deliver', { ...contact, resultForm: 'at_centre' }, 'delivered', 12],
      ['clerk.cesis.1', 'evaluate', { score: 5, channel: 'in_person' }, 'delivered', 13],
      ['clerk.cesis.1', 'claim', {}, 'delivered', 14],
      ['clerk.cesis.1', 'close', { reason: 'completed' }, 'closed', 15],
      ['clerk.cesis.1', 'reopen', { reason: 'result_faulty' }, 'in_execution', 16],
    ];
    for (const [who, command, body, stage, version] of said) {
      const answer = await intake.command(who, caseId, command, body as Record<string, unknown>);
      expect(answer, command).toMatchObject({ status: 200, body: { caseId, stream, version, stage } });
    }
  });

  test('is told with its history, to who has to do with it and says why', async () => {
    const { caseId, subjectId } = await intake.register({ occurredAt: '2026-03-02T08:00:00+02:00' });
    await intake.command('clerk.cesis.1', caseId, 'consultations', contact);
    const purpose = { headers: { purpose: 'service_provision' } };
    const { body } = await intake.get('clerk.cesis.2', `/v1/cases/${caseId}?after=case-${caseId}@3`, purpose);
    expect(body).toMatchObject({
      caseId,
      subjectId,
      stage: 'consulted',
      version: 3,
      clerkMinutes: 15,
      registeredAt: '2026-03-02T06:00:00.000Z',
      claim: { heldBy: 'clerk.cesis.1', centreId: centres.cesis },
      history: [
        { version: 1, type: 'CaseRegistered', occurredAt: '2026-03-02T06:00:00.000Z', actorId: 'clerk.cesis.1' },
        { version: 2, type: 'ConsultationRecorded', data: { channel: 'in_person', clerkMinutes: 10 } },
        { version: 3, type: 'ServiceCounted', data: { clerkMinutes: 15 } },
      ],
    });
    expect(body.allowed).toContain('request');
    expect((await intake.get('specialist.vsaa', `/v1/cases/${caseId}`, purpose)).status).toBe(200);
    expect((await intake.get('auditor', `/v1/cases/${caseId}`, { headers: { purpose: 'audit' } })).status).toBe(200);
    expect(await intake.get('clerk.cesis.2', `/v1/cases/${caseId}`)).toMatchObject({
      status: 422,
      body: { code: 'purpose_missing' },
    });
  });

  test('a returned case goes to another holder, and the first one no longer sees it', async () => {
    const { caseId } = await intake.register();
    await intake.command('clerk.cesis.1', caseId, 'request', contact);
    await intake.command('specialist.vsaa', caseId, 'reject', { proposedHolderId: 'vid' });
    await intake.command('clerk.cesis.1', caseId, 'claim');
    const request = { ...contact, serviceId: intake.services.tax };
    await intake.command('clerk.cesis.1', caseId, 'request', request);
    const foreign = await intake.post('specialist.vsaa', `/v1/cases/${caseId}/accept`, {});
    expect(foreign).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await intake.command('specialist.vid', caseId, 'accept')).body.stage).toBe('in_execution');
  });

  test('a returned case may go to a holder that the catalogue knows, and to no other', async () => {
    const { caseId } = await intake.register();
    await intake.command('clerk.cesis.1', caseId, 'request', contact);
    await intake.command('specialist.vsaa', caseId, 'reject', {});
    await intake.command('clerk.cesis.1', caseId, 'claim');
    const path = `/v1/cases/${caseId}/request`;
    expect(await intake.post('clerk.cesis.1', path, { ...contact, holderId: 'nobody' })).toMatchObject({
      status: 422,
      body: { code: 'holder_unknown' },
    });
    expect(await intake.post('clerk.cesis.1', path, { ...contact, holderId: 'vid' })).toMatchObject({ status: 200 });
    await intake.command('specialist.vid', caseId, 'accept');
  });

  test('handed over, it is the other centre’s and no longer the first one’s', async () => {
    const { caseId } = await intake.register();
    await intake.command('clerk.cesis.1', caseId, 'hand-over', { toCentreId: centres.valka, reason: 'capacity' });
    expect((await intake.post('clerk.cesis.1', `/v1/cases/${caseId}/claim`, {})).status).toBe(404);
    await intake.command('clerk.valka.1', caseId, 'claim');
    const counted = await intake.command('clerk.valka.1', caseId, 'consultations', contact);
    expect(counted.body.version).toBe(5);
  });
});

describe('commands are executed once', () => {
  test('a repeat has the same answer and no effect, whatever happened since, and says so', async () => {
    const key = randomUUID();
    const body = registration(intake.services.sick);
    const first = await intake.post('clerk.cesis.1', '/v1/cases', body, { key });
    const { caseId } = first.body;
    await intake.command('clerk.cesis.1', caseId, 'consultations', contact);
    const again = await intake.post('clerk.cesis.1', '/v1/cases', { ...body }, { key });
    expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotency-replayed': 'true' } });
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(await intake.host.service.context.store.readStream(`case-${caseId}`)).toHaveLength(3);
  });

  test('twins at the same moment, also at two instances, execute one', async () => {
    const second = await intake.host.another();
    const body = registration(intake.services.sick);
    for (let round = 0; round < 5; round++) {
      const key = randomUUID();
      const answers = await Promise.all(
        [0, 1, 2, 3].map((index) =>
          intake.post('clerk.cesis.1', '/v1/cases', body, index % 2 === 0 ? { key } : { key, via: second }),
        ),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
      expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    }
  });

  test('the same key with another body is refused', async () => {
    const key = randomUUID();
    const body = registration(intake.services.sick);
    await intake.post('clerk.cesis.1', '/v1/cases', body, { key });
    const other = await intake.post('clerk.cesis.1', '/v1/cases', { ...body, clerkMinutes: 6 }, { key });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  test('another clerk’s command with the same key is another command', async () => {
    const key = randomUUID();
    const body = registration(intake.services.sick);
    const [one, two] = await Promise.all([
      intake.post('clerk.cesis.1', '/v1/cases', body, { key }),
      intake.post('clerk.cesis.2', '/v1/cases', body, { key }),
    ]);
    expect(one.body.caseId).not.toBe(two.body.caseId);
  });

  test('a refused command leaves no trace: its key may be sent again when the time has come', async () => {
    const { caseId } = await intake.register();
    const key = randomUUID();
    const path = `/v1/cases/${caseId}/accept`;
    expect((await intake.post('specialist.vsaa', path, {}, { key })).status).toBe(409);
    await intake.command('clerk.cesis.1', caseId, 'request', contact);
    expect((await intake.post('specialist.vsaa', path, {}, { key })).status).toBe(200);
  });

  test('a command without a body is one without fields', async () => {
    const { caseId } = await intake.register();
    expect((await intake.post('clerk.cesis.1', `/v1/cases/${caseId}/release`)).status).toBe(200);
  });

  test('without a key, or with one that is no UUID, a command is refused', async () => {
    const body = registration(intake.services.sick);
    const send = (key: string) =>
      intake.post('clerk.cesis.1', '/v1/cases', body, { headers: { 'idempotency-key': key } });
    expect(await send('')).toMatchObject({ status: 422, body: { code: 'idempotency_key_missing' } });
    expect(await send('one')).toMatchObject({ status: 422, body: { code: 'idempotency_key_malformed' } });
  });
});

describe('claims', () => {
  test('of many clerks at once one wins; the others are told who holds it and until when', async () => {
    for (let round = 0; round < 5; round++) {
      const { caseId } = await intake.register();
      await intake.command('clerk.cesis.1', caseId, 'release');
      const clerks = ['clerk.cesis.1', 'clerk.cesis.2', 'supervisor.cesis'] as const;
      const answers = await Promise.all(clerks.map((who) => intake.post(who, `/v1/cases/${caseId}/claim`, {})));
      const winner = clerks[answers.findIndex(({ status }) => status === 200)];
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
        expect({ status, code: body.code, heldBy: body.heldBy }).toEqual({
          status: 409,
          code: 'claimed_by_other',
          heldBy: winner,
        });
        expect(Date.parse(body.until)).toBeGreaterThan(Date.now());
      }
    }
  });

  test('end by themselves after a quarter of an hour', async () => {
    const { caseId } = await intake.register();
    const path = `/v1/cases/${caseId}`;
    try {
      ahead = minutes(14);
      expect((await intake.post('clerk.cesis.2', `${path}/claim`, {})).body.code).toBe('claimed_by_other');
      ahead = minutes(15) + 5_000;
      expect((await intake.post('clerk.cesis.1', `${path}/consultations`, contact)).body.code).toBe('not_claimed');
      expect((await intake.post('clerk.cesis.2', `${path}/claim`, {})).status).toBe(200);
      expect((await intake.post('clerk.cesis.1', `${path}/claim`, {})).body.code).toBe('claimed_by_other');
    } finally {
      ahead = 0;
    }
  });
});

test('events reach Kafka, and the service starts again where it was', async () => {
  const { caseId } = await intake.register();
  const again = await intake.host.another();
  const answer = await intake.post('clerk.cesis.1', `/v1/cases/${caseId}/consultations`, contact, { via: again });
  expect(answer.body).toMatchObject({ stage: 'consulted', version: 3 });
  const { store, writer } = intake.host.service.context;
  const position = await store.lastPosition();
  for (let attempt = 0; ; attempt++) {
    const { rows } = await writer.query<{ position: number }>('select position from event_bus.relay');
    if (Number(rows[0]?.position) >= position) break;
    if (attempt > 100) throw new Error('the relay did not come to the end of the store');
    await pause(50);
  }
});

/** The network of centres over HTTP, and the race between closing a centre and registering there. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { centres, type IntakeTest, openingHours, registration, startIntake } from '../test-support/intake-test.ts';

let intake: IntakeTest;
beforeAll(async () => {
  intake = await startIntake();
});
afterAll(async () => intake?.close());

const record = {
  name: 'VPVKAC Ainaži',
  kind: 'parish',
  municipalityId: 'limbazu-novads',
  municipalityName: 'Limbažu novads',
  address: 'Parauga iela 3, Ainaži',
  openingHours,
  origin: 'operator',
};

const open = async (changes: object = {}): Promise<string> => {
  const { status, body } = await intake.post('engineer', '/v1/centres', { ...record, ...changes });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.centreId;
};
const close = (centreId: string, key = randomUUID()) =>
  intake.post('engineer', `/v1/centres/${centreId}/close`, undefined, { key });
const show = async (centreId: string, version: number) =>
  (await intake.get('clerk.cesis.1', `/v1/centres/${centreId}?after=centre-${centreId}@${version}`)).body;

describe('a centre', () => {
  test('is opened, changed and closed', async () => {
    const centreId = await open();
    expect(await show(centreId, 1)).toMatchObject({ ...record, centreId, status: 'open', version: 1 });
    const path = `/v1/centres/${centreId}/change`;
    const changed = await intake.post('engineer', path, { address: 'Parauga iela 4, Ainaži', kind: 'library' });
    expect(changed).toMatchObject({ status: 200, body: { centreId, version: 2 } });
    expect(await show(centreId, 2)).toMatchObject({
      address: 'Parauga iela 4, Ainaži',
      kind: 'library',
      name: record.name,
    });
    const key = randomUUID();
    const closed = await close(centreId, key);
    expect(closed).toMatchObject({ status: 200, body: { centreId, stream: `centre-${centreId}`, version: 3 } });
    expect(await show(centreId, 3)).toMatchObject({ status: 'closed', openNow: false, closedAt: expect.any(String) });
    expect(await close(centreId, key)).toMatchObject({
      body: closed.body,
      headers: { 'idempotency-replayed': 'true' },
    });
    expect(await close(centreId)).toMatchObject({ status: 409, body: { code: 'centre_closed' } });
    expect((await intake.post('engineer', path, { name: 'X' })).body.code).toBe('centre_closed');
  });

  test('may bring its id, once', async () => {
    const centreId = randomUUID();
    expect(await open({ centreId })).toBe(centreId);
    const again = await intake.post('engineer', '/v1/centres', { ...record, centreId });
    expect(again).toMatchObject({ status: 409, body: { code: 'centre_exists' } });
  });

  test('that is not there is neither changed, closed nor shown', async () => {
    expect((await close(randomUUID())).status).toBe(404);
    expect((await intake.post('engineer', `/v1/centres/${randomUUID()}/change`, { name: 'X' })).status).toBe(404);
    expect((await intake.get('clerk.cesis.1', `/v1/centres/${randomUUID()}`)).status).toBe(404);
  });

  const day = (...periods: [string, string][]) => [
    { weekday: 1, periods: periods.map(([opens, closes]) => ({ opens, closes })) },
  ];

  test.each([
    ['hours that overlap', { openingHours: day(['08:00', '12:00'], ['11:00', '17:00']) }, 422, 'invalid_opening_hours'],
    ['a day twice', { openingHours: [...openingHours, ...openingHours] }, 422, 'invalid_opening_hours'],
    ['a time that is none', { openingHours: day(['8', '12:00']) }, 400, 'invalid_request'],
    ['an eighth day', { openingHours: [{ weekday: 8, periods: [] }] }, 400, 'invalid_request'],
    ['a kind that only readers know', { kind: 'unknown' }, 400, 'invalid_request'],
    ['a name of blanks', { name: '   ' }, 400, 'invalid_request'],
    ['a name with a line break', { name: 'A\nB' }, 400, 'invalid_request'],
    ['a municipality that is no slug', { municipalityId: 'Limbažu novads' }, 400, 'invalid_request'],
    ['an unknown field', { telephone: '60000000' }, 400, 'invalid_request'],
  ])('with %s is refused', async (_, change, status, code) => {
    expect(await intake.post('engineer', '/v1/centres', { ...record, ...change })).toMatchObject({
      status,
      body: { code },
    });
  });

  test('is kept by integration engineers only', async () => {
    expect((await intake.post('supervisor.cesis', '/v1/centres', record)).status).toBe(403);
  });
});

describe('the list', () => {
  test('shows who is open at an instant, by the clock of Riga in winter and in summer', async () => {
    const municipality = { municipalityId: 'rigas-valstspilseta', municipalityName: 'Rīga' };
    const early = await open({ name: 'A agrais', ...municipality, openingHours: hours('08:00', '12:00') });
    const late = await open({ name: 'B vēlais', ...municipality, openingHours: hours('12:00', '19:00') });
    const closed = await open({ name: 'C slēgtais', ...municipality, openingHours: hours('00:00', '24:00') });
    const { body } = await close(closed);
    const at = async (query: string): Promise<string[]> => {
      const path = `/v1/centres?municipalityId=rigas-valstspilseta&after=centre-${closed}@${body.version}&${query}`;
      const answer = await intake.get('clerk.cesis.1', path);
      return answer.body.items.map(({ centreId }: { centreId: string }) => centreId);
    };
    expect(await at('')).toEqual([early, late, closed]);
    // Mondays: 5 January is in winter time (+2), 6 July in summer time (+3).
    expect(await at('openAt=2026-01-05T09:59:00Z')).toEqual([early]);
    expect(await at('openAt=2026-01-05T10:00:00Z')).toEqual([late]);
    expect(await at('openAt=2026-07-06T09:00:00Z')).toEqual([late]);
    expect(await at('openAt=2026-07-06T10:00:00%2B03:00')).toEqual([early]);
    expect(await at('openAt=2026-01-06T10:00:00Z')).toEqual([]);
    expect(await at('openNow=false')).toHaveLength(3);
  });

  const hours = (opens: string, closes: string) => [{ weekday: 1, periods: [{ opens, closes }] }];

  test('comes in pages by name', async () => {
    const whole = (await intake.get('clerk.cesis.1', '/v1/centres?limit=200')).body.items;
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await intake.get('auditor', `/v1/centres?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      ids.push(...body.items.map(({ centreId }: { centreId: string }) => centreId));
      cursor = body.nextCursor;
    }
    expect(ids).toEqual(whole.map(({ centreId }: { centreId: string }) => centreId));
  });
});

describe('closing a centre with cases', () => {
  test('is refused while one is open, and possible when all have ended or are handed over', async () => {
    const centreId = await open();
    const grants = [{ role: 'clerk' as const, centreId }];
    const headers = await intake.host.issuer.as('clerk.ainazi', grants);
    const post = async (path: string, body: object) => {
      const answer = await intake.post('clerk.cesis.1', path, body, { headers });
      if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
      return answer.body;
    };
    const one = await post('/v1/cases', registration(intake.services.sick));
    const two = await post('/v1/cases', registration(intake.services.sick));
    expect(await close(centreId)).toMatchObject({ status: 409, body: { code: 'centre_has_open_cases', openCases: 2 } });
    await post(`/v1/cases/${one.caseId}/close`, { reason: 'other' });
    expect((await close(centreId)).body).toMatchObject({ openCases: 1 });
    await post(`/v1/cases/${two.caseId}/hand-over`, { toCentreId: centres.cesis, reason: 'centre_closing' });
    expect((await close(centreId)).status).toBe(200);
    const late = await intake.post('clerk.cesis.1', '/v1/cases', registration(intake.services.sick), { headers });
    expect(late).toMatchObject({ status: 409, body: { code: 'centre_closed' } });
    const back = await intake.register();
    const toClosed = { toCentreId: centreId, reason: 'capacity' };
    expect(await intake.post('clerk.cesis.1', `/v1/cases/${back.caseId}/hand-over`, toClosed)).toMatchObject({
      status: 409,
      body: { code: 'centre_closed' },
    });
  });

  test('a registration that read an open centre just before it closed finds that out in its append', async () => {
    const centreId = await open();
    const headers = await intake.host.issuer.as('clerk.late', [{ role: 'clerk' as const, centreId }]);
    const { store, writer } = intake.host.service.context;
    const closing = await writer.connect();
    await closing.query('begin');
    const data = { centreId, occurredAt: Date.now(), actorId: 'engineer' };
    const events = [{ type: 'intake.CentreClosed', data }];
    // Appended and not committed: others still read the centre as open, and their appends wait for the order lock.
    await store.appendIn(closing, {
      streams: [{ streamId: `centre-${centreId}`, streamType: 'centre', expectedVersion: 1, events }],
    });
    const registering = intake.post('clerk.cesis.1', '/v1/cases', registration(intake.services.sick), { headers });
    await pause(300);
    await closing.query('commit');
    closing.release();
    expect(await registering).toMatchObject({ status: 409, body: { code: 'centre_closed' } });
  });

  test('a closed centre has no open case, however close registrations and the closing come', async () => {
    for (let round = 0; round < 12; round++) {
      const centreId = await open();
      const headers = await intake.host.issuer.as('clerk.race', [{ role: 'clerk' as const, centreId }]);
      const registering = Array.from({ length: 6 }, async (_, index) => {
        await pause(index * 2);
        return intake.post('clerk.cesis.1', '/v1/cases', registration(intake.services.sick), { headers });
      });
      const [closing, ...registered] = await Promise.all([pause(round).then(() => close(centreId)), ...registering]);
      const accepted = registered.filter(({ status }) => status === 201);
      const refused = registered.filter(({ status }) => status !== 201);
      expect(new Set(refused.map(({ body }) => body.code)).size).toBeLessThanOrEqual(1);
      if (closing?.status === 200) expect(accepted).toEqual([]);
      else expect(closing?.body.code).toMatch(/centre_has_open_cases|concurrent_change/);
    }
  });
});

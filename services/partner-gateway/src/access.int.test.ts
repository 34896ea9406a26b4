/** Every route of the partner gateway × every role × every kind of bad token; and what the service says of itself. */
import { randomUUID } from 'node:crypto';
import { Validator } from '@seriousme/openapi-schema-validator';
import { tryAccess } from '@vienuviet/http/testing';
import { policies } from '@vienuviet/policies';
import { operatorAccess, startTestService, type TestService } from '@vienuviet/service/testing';
import { countStatements, eventually } from '@vienuviet/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { partnerGateway } from './service.ts';
import { intakeOf, listService } from './tests/intake.ts';

const [number, other] = ['90001669496', '90001634668'] as const;
const subscriptions = '/v1/partner-subscriptions';
let bed: TestService;

/** Registration numbers of holders as far as the service has read the catalogue. */
async function numbersIn({ database }: TestService): Promise<string[]> {
  const { rows } = await database.pool('owner').query('select registration_number from holders.service');
  return rows.map((row) => row.registration_number);
}

beforeAll(async () => {
  bed = await startTestService(partnerGateway);
});
afterAll(() => bed?.close());

test('every route lets in exactly whom the table names', async () => {
  const { partnerSubscriptions } = policies;
  const { deviations, tried } = await tryAccess({
    ...{ app: bed.service.app, issuer: bed.issuer, counting: countStatements },
    own: { centreId: randomUUID(), holderId: 'vsaa' },
    expected: {
      'POST /v1/partner-subscriptions': partnerSubscriptions,
      'POST /v1/partner-subscriptions/:registrationNumber/end': partnerSubscriptions,
      'GET /v1/partner-subscriptions': partnerSubscriptions,
      ...operatorAccess.expected,
    },
    examples: {
      'POST /v1/partner-subscriptions': {
        of: 'anything',
        ask: { url: subscriptions, payload: { registrationNumber: '90001733697', holderId: 'lad' } },
      },
      'POST /v1/partner-subscriptions/:registrationNumber/end': {
        of: 'anything',
        ask: { url: `${subscriptions}/90001733697/end` },
      },
      'GET /v1/partner-subscriptions': { of: 'anything', ask: { url: subscriptions } },
      ...operatorAccess.examples,
    },
  });
  expect(deviations).toEqual([]);
  expect(tried).toBeGreaterThan(200);
}, 60_000);

test('the service describes itself in OpenAPI 3.1', async () => {
  const document = (await bed.service.app.inject({ url: '/openapi.json' })).json();
  expect(await new Validator().validate(document)).toEqual({ valid: true });
  expect(document.paths[subscriptions].post.description).toContain('Roles: integration_engineer.');
});

describe('subscriptions', () => {
  const as = () => bed.issuer.as('engineer', [{ role: 'integration_engineer' }]);
  const post = async (path: string, payload?: object, key: string = randomUUID()) =>
    bed.service.app.inject({
      ...{ method: 'POST', url: `${subscriptions}${path}`, headers: { ...(await as()), 'idempotency-key': key } },
      ...(payload === undefined ? {} : { payload }),
    });
  const list = async (after: { stream: string; version: number }) =>
    bed.service.app.inject({ url: `${subscriptions}?after=${after.stream}@${after.version}`, headers: await as() });

  test('are opened once for a key, listed, and ended', async () => {
    const key = randomUUID();
    const opened = await post('', { registrationNumber: number, holderId: 'vsaa' }, key);
    expect(opened.statusCode).toBe(201);
    expect(opened.json()).toMatchObject({ topic: `partner.${number}.case-events` });
    expect((await post('', { registrationNumber: number, holderId: 'vsaa' }, key)).json()).toEqual(opened.json());
    expect((await list(opened.json())).json().items).toContainEqual({
      ...{ registrationNumber: number, holderId: 'vsaa', certificateName: `partner.${number}` },
      ...{ topic: `partner.${number}.case-events`, openedAt: expect.any(String), openedBy: 'engineer' },
      ...{ endedAt: null, endedBy: null },
    });
    const ended = await post(`/${number}/end`);
    expect(ended.statusCode).toBe(200);
    expect((await list(ended.json())).json().items).toContainEqual(
      expect.objectContaining({ registrationNumber: number, endedAt: expect.any(String), endedBy: 'engineer' }),
    );
  });

  test.each([
    [
      'a number whose digits do not fit',
      { registrationNumber: '90001669497', holderId: 'x' },
      422,
      'registration_number_wrong',
    ],
    [
      'the certificate of another',
      { registrationNumber: other, holderId: 'x', certificateName: `partner.${number}` },
      ...([422, 'certificate_of_another'] as const),
    ],
    ['a text that is no number', { registrationNumber: 'partner', holderId: 'x' }, 400, 'invalid_request'],
  ])('are refused for %s', async (_, payload, status, code) => {
    const answer = await post('', payload);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
  });

  test('are refused for a number that is not the holder’s in the catalogue', async () => {
    const intake = intakeOf(bed);
    await listService(intake, { holderId: 'nva', holderRegistrationNumber: other });
    await listService(intake, { holderId: 'silent', holderRegistrationNumber: null });
    await eventually('the catalogue', async () => ((await numbersIn(bed)).includes(other) ? true : undefined));
    const refused = await post('', { registrationNumber: '40003584818', holderId: 'nva' });
    expect([refused.statusCode, refused.json().code]).toEqual([422, 'holder_of_another']);
    const opened = await post('', { registrationNumber: other, holderId: 'nva' });
    expect(opened.statusCode).toBe(201);
    // A holder of whom the catalogue says no number may have any.
    expect((await post('', { registrationNumber: '40003521600', holderId: 'silent' })).statusCode).toBe(201);
    for (const each of [other, '40003521600']) await post(`/${each}/end`);
  });

  test('that are not open are not there to be ended', async () => {
    const answer = await post('/40003584818/end');
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'not_subscribed']);
  });
});

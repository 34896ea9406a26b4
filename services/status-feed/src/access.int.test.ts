/** Every route of the status feed × every role × the own subject and a foreign one × every kind of bad token. */
import { randomUUID } from 'node:crypto';
import { tryAccess } from '@vienuviet/http/testing';
import { policies } from '@vienuviet/policies';
import { operatorAccess, startTestService, type TestService } from '@vienuviet/service/testing';
import { countStatements, eventually } from '@vienuviet/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { statusFeed } from './service.ts';
import { intakeOf } from './tests/intake.ts';
import { type Portal, portalOf, registerCase } from './tests/portal.ts';

let bed: TestService;
let portal: Portal;
const caseId = randomUUID();
const subjectId = randomUUID();

beforeAll(async () => {
  bed = await startTestService(statusFeed);
  portal = await portalOf(bed);
  await registerCase(intakeOf(bed), { caseId, subjectId });
  await eventually('the item', async () => ((await portal.readAll(bed.service.address)).length > 0 ? true : undefined));
});
afterAll(() => bed?.close());

test('every route lets in exactly whom the table names, and tells nobody what is foreign', async () => {
  const { deviations, tried } = await tryAccess({
    ...{ app: bed.service.app, issuer: bed.issuer, counting: countStatements },
    own: { centreId: randomUUID(), holderId: 'vsaa' },
    residentToken: (whose) => portal.tokenFor(bed.service.address, whose === 'own' ? subjectId : randomUUID()),
    expected: {
      'POST /v1/subject-tokens': policies.subjectTokens,
      'GET /v1/items': policies.itemsRead,
      'GET /v1/items/:caseId': policies.itemsRead,
      'GET /v1/feed': policies.feedRead,
      ...operatorAccess.expected,
    },
    examples: {
      'POST /v1/subject-tokens': { of: 'anything', ask: { url: '/v1/subject-tokens', payload: { subjectId } } },
      'GET /v1/items': { of: 'list', id: caseId, ask: { url: '/v1/items' } },
      'GET /v1/items/:caseId': { of: 'thing', id: caseId, ask: (id) => ({ url: `/v1/items/${id}` }) },
      'GET /v1/feed': { of: 'list', id: caseId, ask: { url: '/v1/feed' } },
      ...operatorAccess.examples,
    },
  });
  expect(deviations).toEqual([]);
  expect(tried).toBeGreaterThan(200);
}, 60_000);

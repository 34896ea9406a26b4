import type { Policy } from '@vienuviet/http';
import type { Example } from '@vienuviet/http/testing';
import { policies } from '@vienuviet/policies';

const anything = (url: string, payload?: object): Example => ({
  of: 'anything',
  ask: { url, ...(payload === undefined ? {} : { payload }) },
});

const withExpectation = (examples: Readonly<Record<string, Example>>, policy: Policy = policies.operate) => ({
  examples,
  expected: Object.fromEntries(Object.keys(examples).map((route) => [route, policy])),
});

const audit = withExpectation({ 'GET /v1/audit/records': anything('/v1/audit/records?limit=1') }, policies.auditRead);

const operators = withExpectation({
  'GET /v1/operations/projections': anything('/v1/operations/projections'),
  'GET /v1/operations/projections/:name': anything('/v1/operations/projections/nothing'),
  'POST /v1/operations/projections/:name/rebuild': anything('/v1/operations/projections/nothing/rebuild'),
  'POST /v1/operations/projections/:name/accept-epoch': anything('/v1/operations/projections/nothing/accept-epoch', {
    source: '/services/intake',
    epoch: 'e1',
  }),
  'GET /v1/operations/parked': anything('/v1/operations/parked'),
  'GET /v1/operations/parked/:consumer/:key': anything('/v1/operations/parked/nothing/case-1'),
  'POST /v1/operations/parked/:consumer/:key/redrive': anything('/v1/operations/parked/nothing/case-1/redrive'),
  'POST /v1/operations/parked/:consumer/:key/discard': anything('/v1/operations/parked/nothing/case-1/discard', {
    reason: 'nothing',
  }),
});

/**
 * The routes that every service with a store has for operators and auditors, for its test of who may do what. What they
 * name is not there, so that trying them changes nothing: an operator is told so by 404, which is no refusal here.
 */
export const operatorAccess = {
  examples: { ...operators.examples, ...audit.examples },
  expected: { ...operators.expected, ...audit.expected },
};

/** What operators have beside that in a service that keeps personal data. */
export const keyAccess = withExpectation({
  'GET /v1/operations/keys': anything('/v1/operations/keys'),
  'POST /v1/operations/keys/wrap': anything('/v1/operations/keys/wrap', { most: 0 }),
});

import { randomUUID } from 'node:crypto';
import type { Example } from '@vienuviet/http/testing';
import { policies } from '@vienuviet/policies';

const { directoryPeople, directoriesWatch } = policies;

/** Policies and examples of the directories' routes, for a test that tries all routes as all roles. */
export function directoryAccess(own: { readonly userId: string; readonly groupId: string }) {
  const expected: Record<string, typeof directoryPeople | typeof directoriesWatch> = {};
  const examples: Record<string, Example> = {};
  const add = (route: string, policy: typeof directoryPeople | typeof directoriesWatch, example: Example): void => {
    expected[route] = policy;
    examples[route] = example;
  };
  for (const kind of ['ServiceProviderConfig', 'ResourceTypes', 'Schemas']) {
    add(`GET /scim/v2/${kind}`, directoryPeople, { of: 'anything', ask: { url: `/scim/v2/${kind}` } });
    if (kind === 'ServiceProviderConfig') continue;
    add(`GET /scim/v2/${kind}/:id`, directoryPeople, { of: 'anything', ask: { url: `/scim/v2/${kind}/User` } });
  }
  const patch = { Operations: [{ op: 'replace', path: 'externalId', value: 'x' }] };
  for (const [kind, id, payload] of [
    ['Users', own.userId, { userName: 'own' }],
    ['Groups', own.groupId, { displayName: 'own' }],
  ] as const) {
    const url = `/scim/v2/${kind}`;
    add(`POST ${url}`, directoryPeople, { of: 'anything', ask: { url, payload } });
    add(`GET ${url}`, directoryPeople, { of: 'list', id, ask: { url } });
    add(`GET ${url}/:id`, directoryPeople, { of: 'thing', id, ask: (one) => ({ url: `${url}/${one}` }) });
    add(`PUT ${url}/:id`, directoryPeople, { of: 'thing', id, ask: (one) => ({ url: `${url}/${one}`, payload }) });
    add(`PATCH ${url}/:id`, directoryPeople, {
      ...{ of: 'thing', id, ask: (one) => ({ url: `${url}/${one}`, payload: patch }) },
    });
    // A version that never was: it is refused as such only to whom the thing is there.
    const headers = { 'if-match': '"0"' };
    add(`DELETE ${url}/:id`, directoryPeople, { of: 'thing', id, ask: (one) => ({ url: `${url}/${one}`, headers }) });
  }
  add('GET /v1/directories', directoriesWatch, { of: 'anything', ask: { url: '/v1/directories' } });
  add('GET /v1/directory-holds', directoriesWatch, { of: 'anything', ask: { url: '/v1/directory-holds' } });
  for (const word of ['approve', 'refuse']) {
    const url = `/v1/directory-holds/${randomUUID()}/${word}`;
    add(`POST /v1/directory-holds/:holdId/${word}`, directoriesWatch, {
      ...{ of: 'anything', ask: { url, payload: { people: 1 } } },
    });
  }
  return { expected, examples };
}

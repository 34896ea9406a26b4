import { expect, test } from 'vitest';
import type { HttpRequest } from '../platform/http-client.ts';
import type { Platform } from '../platform/platform.ts';
import { clientsAt } from './clients.ts';
import { intakeOver } from './intake-http.ts';

test('who comes for the first time is registered at the centre of the desk, and then only named', async () => {
  const asked: HttpRequest[] = [];
  const platform = {
    ask: async (_service: string, _account: string, request: HttpRequest) => {
      asked.push(request);
      return { status: 201, headers: {}, body: { subjectId: 'known' } };
    },
  } as unknown as Platform;
  const intake = intakeOver(platform, clientsAt(platform));
  const common = { account: 'clerk.cesis.1', command: 'register', caseId: undefined } as const;
  for (const key of ['k1', 'k2'])
    await intake.send({ ...common, key, body: { centreId: 'cesis', subjectId: 'planned' } });
  expect(asked.map(({ path, body }) => [path, body])).toMatchObject([
    ['/v1/clients', { centreId: 'cesis', kind: 'natural' }],
    ['/v1/cases', { centreId: 'cesis', subjectId: 'known' }],
    ['/v1/cases', { centreId: 'cesis', subjectId: 'known' }],
  ]);
});

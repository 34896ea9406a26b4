/** Runs every command of `docs/tasks/call-the-api.md`, in order and in one shell, as a reader would. */
import { type RunPage, runPage, type TestPlatform, testPlatform } from '@vienuviet/testing/platform';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let platform: TestPlatform;
let page: RunPage;
beforeAll(async () => {
  platform = await testPlatform();
  page = await runPage('docs/tasks/call-the-api.md', { dataFolder: platform.dataFolder });
});
afterAll(() => platform?.release());

const told = (text: string): string => page.told(text);

describe('the page on calling the API', () => {
  test('finds the services and the people', () => {
    expect(told('health/ready')).toContain('"status":"ready"');
    expect(told('/v1/people')).toContain('supervisor.cesis');
  });

  test('says where to sign in with a browser, and with which password', () => {
    expect(told('sample-password')).toMatch(/^http:.*\/docs\n([a-z2-9]{4}-){3}[a-z2-9]{4}\n/);
  });

  test('searches the catalogue', () => {
    expect(told('q=pensija')).toMatch(/"titleLv":"[^"]*pensij/i);
  });

  test('registers a case once, however often it is sent, and reads it', () => {
    expect(told('register()')).toMatch(/"stream":"case-[0-9a-f-]{36}".*idempotency-replayed: true/is);
    const { caseId } = JSON.parse(told('register()').split('\n')[0] ?? '') as { caseId: string };
    expect(told('work-queue?view=mine')).toContain(caseId);
    expect(told('purpose: service_provision')).toContain(caseId);
  });

  test('registers a client, finds them, and sees them in their case', () => {
    expect(told('Paraudziņa')).toMatch(/"stream":"client-[0-9a-f-]{36}"/);
    expect(told('client /search')).toMatch(/"name":"Anna Paraudziņa".*"version":2/s);
    expect(told('client.name')).toContain('Anna Paraudziņa');
  });

  test('gets the problems that it says it gets', () => {
    const commands = page.commandsOf('problem()');
    const said = [...commands.matchAll(/^(?:AS=.*)?problem .*# (\w+)$/gm)].map(([, code]) => code);
    expect(said.length).toBeGreaterThan(5);
    expect(told('problem()').trim().split('\n')).toEqual(said);
  });

  test('is told what is allowed when a command is refused', () => {
    expect(told('/reopen')).toContain('close');
  });
});

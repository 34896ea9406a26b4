import { eventually } from '@vienuviet/testing';
import { type TestPlatform, testPlatform } from '@vienuviet/testing/platform';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await testPlatform();
});
afterAll(() => platform.release());

interface Consumer {
  readonly service: string;
  readonly name: string;
  readonly status: string;
  readonly trouble: string | null;
}

/** How the projection of the reports is. */
async function facts(): Promise<Consumer> {
  const { stdout } = await platform.vienuviet('projection', 'list', '--json');
  return (JSON.parse(stdout) as Consumer[]).find(({ service, name }) => service === 'reporting' && name === 'facts')!;
}

describe('vienuviet certificate', () => {
  test('shows under which certificate each account comes in', async () => {
    const { stdout, exitCode } = await platform.vienuviet('certificate', 'list', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toContainEqual({
      ...{ account: 'reporting', certificate: 'reporting', validTo: expect.stringMatching(/^20\d\d-/), revoked: [] },
    });
  });

  test('refuses to revoke what it cannot, and says what to do instead', async () => {
    for (const name of ['operator', 'partner.90001669496', 'nobody']) {
      expect((await platform.vienuviet('certificate', 'revoke', name)).exitCode, name).not.toBe(0);
    }
  });

  test('revokes one: its service reads no more within a minute, and goes on under the next one', async () => {
    expect((await facts()).status).toBe('running');
    const since = performance.now();
    const { stdout, stderr } = await platform.vienuviet('certificate', 'revoke', 'reporting', '--json');
    expect(JSON.parse(stdout), stderr).toEqual({ revoked: 'reporting', successor: 'reporting.2' });
    const { trouble } = await eventually(
      'the refusal',
      async () => {
        const now = await facts();
        return now.status === 'backing_off' ? now : undefined;
      },
      60_000,
    );
    expect(trouble).toMatch(/not authorized|coordinator/i);
    expect(performance.now() - since).toBeLessThan(60_000);
    await platform.stop('reporting');
    await platform.start('reporting');
    await eventually('reading', async () => ((await facts()).status === 'running' ? true : undefined), 60_000);
    const { stdout: list } = await platform.vienuviet('certificate', 'list', '--json');
    expect(JSON.parse(list)).toContainEqual(
      expect.objectContaining({ account: 'reporting', certificate: 'reporting.2', revoked: ['reporting'] }),
    );
  }, 180_000);
});

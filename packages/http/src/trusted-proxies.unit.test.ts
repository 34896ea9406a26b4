import { afterEach, describe, expect, test } from 'vitest';
import { open, type TestApp, testApp } from './test-support/app.ts';

let it: TestApp | undefined;
afterEach(() => it?.app.close());

/** The address that the app takes a request to come from. */
async function addressSeen(
  trustedProxies: readonly string[] | undefined,
  remoteAddress: string,
  forwardedFor?: string,
): Promise<string> {
  it = await testApp({ trustedProxies });
  it.app.get('/me', { config: open }, async ({ ip }) => ({ ip }));
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
  return (await it.app.inject({ url: '/me', remoteAddress, headers })).json<{ ip: string }>().ip;
}

describe('who calls', () => {
  test('is the other side of the connection where no proxy is trusted, whatever a header says', async () => {
    expect(await addressSeen(undefined, '198.51.100.7', '203.0.113.1')).toBe('198.51.100.7');
    expect(await addressSeen(undefined, '127.0.0.1', '203.0.113.1')).toBe('127.0.0.1');
  });

  test('is whom a trusted proxy names', async () => {
    expect(await addressSeen(['10.1.0.0/16'], '10.1.2.3', '203.0.113.1')).toBe('203.0.113.1');
    expect(await addressSeen(['10.1.2.3'], '10.1.2.3', '203.0.113.1')).toBe('203.0.113.1');
    expect(await addressSeen(['2001:db8::/32'], '2001:db8::1', '203.0.113.1')).toBe('203.0.113.1');
    expect(await addressSeen(['10.1.0.0/16'], '10.1.2.3')).toBe('10.1.2.3');
  });

  test('is not whom a caller names before the proxy adds its own word', async () => {
    expect(await addressSeen(['10.1.0.0/16'], '10.1.2.3', '192.0.2.66, 203.0.113.1')).toBe('203.0.113.1');
  });

  test('is not whom somebody names who is no proxy of ours', async () => {
    expect(await addressSeen(['10.1.0.0/16'], '10.2.0.1', '203.0.113.1')).toBe('10.2.0.1');
  });

  test('guesses at tokens are counted for, behind a proxy too', async () => {
    it = await testApp({ trustedProxies: ['10.1.2.3'], limits: { rate: { requests: 2, windowSeconds: 60 } } });
    it.app.get('/mine', { config: { policy: { roles: ['auditor'], scope: 'all' } } }, async () => 'x');
    const guess = async (from: string) => {
      const headers = { authorization: 'Bearer guess', 'x-forwarded-for': from };
      return (await it!.app.inject({ url: '/mine', remoteAddress: '10.1.2.3', headers })).statusCode;
    };
    expect([await guess('192.0.2.1'), await guess('192.0.2.1'), await guess('192.0.2.1')]).toEqual([401, 401, 429]);
    expect(await guess('192.0.2.2')).toBe(401);
  });
});

test.each(['0.0.0.0/0', '::/0', 'proxy.example.lv', '10.0.0.0/33', '10.0.0.1/', '10.0.0', 'loopback', ''])(
  '%j is refused as a trusted proxy at the start',
  async (entry) => {
    await expect(testApp({ trustedProxies: ['10.0.0.1', entry] })).rejects.toMatchObject({ code: 'settings' });
  },
);

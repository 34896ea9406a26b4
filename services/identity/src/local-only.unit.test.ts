import { expect, test } from 'vitest';
import { refuseBeyondThisMachine } from './local-only.ts';

test.each(['127.0.0.1', '127.0.1.1', '::1', 'localhost'])('the issuer listens on %s', (host) => {
  expect(() => refuseBeyondThisMachine({ host, environment: 'development' })).not.toThrow();
});

test.each(['0.0.0.0', '::', '', '10.0.0.7', '192.168.1.1', '127.0.0.1.example.com', 'localhost.example.com'])(
  'the issuer refuses to listen on %j, where another machine could ask it for tokens',
  (host) => {
    expect(() => refuseBeyondThisMachine({ host, environment: 'development' })).toThrow(/loopback only/);
  },
);

test('the issuer refuses to run in production', () => {
  expect(() => refuseBeyondThisMachine({ host: '127.0.0.1', environment: 'production' })).toThrow(/production/);
});

import { expect, test } from 'vitest';
import { refuseBeyondThisMachine } from './local-only.ts';

test.each(['localhost', '127.0.0.1', '127.8.9.10', '::1'])('%s is this machine', (host) => {
  expect(() => refuseBeyondThisMachine(host)).not.toThrow();
});

test.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.lv', 'localhost.example.lv', ''])(
  '%j can be reached by another machine',
  (host) => {
    expect(() => refuseBeyondThisMachine(host)).toThrow(expect.objectContaining({ code: 'not_loopback' }));
  },
);

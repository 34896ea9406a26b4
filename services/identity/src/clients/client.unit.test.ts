import { describe, expect, test } from 'vitest';
import { makeKeyPair } from '../keys/signing-key.ts';
import { readClients } from './client.ts';

const read = (...clients: unknown[]) => readClients('clients.json', JSON.stringify(clients));
const machine = { name: 'system.x', title: 'System', grants: [{ role: 'holder_system', holderId: 'x' }] };
const application = { name: 'desk', title: 'Desk', redirectUris: ['https://desk.example/callback'] };

describe('a file of clients', () => {
  test('is read with machines, which have grants, and applications, which have addresses', async () => {
    const { publicJwk } = await makeKeyPair();
    expect(read({ ...machine, keys: [publicJwk] }, application)).toMatchObject([
      { name: 'system.x', grants: machine.grants, redirectUris: [], keys: [publicJwk] },
      { name: 'desk', grants: [], redirectUris: application.redirectUris, keys: undefined },
    ]);
  });

  test.each([
    ['of a machine with the role of people', { ...machine, grants: [{ role: 'auditor' }] }, 'not a role of machines'],
    ['of a machine of no holder', { ...machine, grants: [{ role: 'holder_system' }] }, 'not a role at its place'],
    ['of a machine that people come back to', { ...machine, redirectUris: application.redirectUris }, 'either'],
    ['of neither kind', { name: 'x', title: 'X' }, 'either'],
    ['with an address with a wildcard', { ...application, redirectUris: ['https://*.example/'] }, 'whole addresses'],
    ['with an address that is none', { ...application, redirectUris: ['/callback'] }, 'whole addresses'],
    ['with a field that is misspelt', { ...machine, key: [] }, 'unknown fields: key'],
    ['with an empty list of keys', { ...machine, keys: [] }, 'public keys'],
    ['with a name in capitals', { ...machine, name: 'System' }, 'lower case'],
    ['that is nothing', null, 'lower case'],
  ])('with an entry %s is refused', (_name, entry, words) => {
    expect(() => read(entry)).toThrow(
      expect.objectContaining({ code: 'clients_file', message: expect.stringContaining(words) }),
    );
  });

  test('with a private key is refused', async () => {
    const { privateJwk } = await makeKeyPair();
    expect(() => read({ ...machine, keys: [privateJwk] })).toThrow(/public keys/);
  });

  test('with a name twice is refused', () => {
    expect(() => read(machine, machine)).toThrow(/twice/);
  });
});

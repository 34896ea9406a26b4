/** A partner that opens a thousand connections: what it gets, and what others notice. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { connect as connectTls, createSecureContext, type TLSSocket } from 'node:tls';
import type kafkajs from 'kafkajs';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { issueCertificate } from './certificates.ts';
import { type OwnBroker, startOwnBroker } from './own-broker.ts';
import { connectionLimits } from './server-properties.ts';

let broker: OwnBroker;
let service: kafkajs.Producer;

beforeAll(async () => {
  broker = await startOwnBroker();
  const operator = await broker.as('operator');
  const admin = operator.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 1 }] });
  await admin.disconnect();
  service = operator.producer();
  await service.connect();
}, 120_000);

const held = new Set<TLSSocket>();
afterEach(() => {
  for (const socket of held) socket.destroy();
  held.clear();
});
afterAll(async () => {
  await service?.disconnect();
  await broker?.remove();
});

/** Opens connections from one address, with the certificate of a partner, and holds those that the broker leaves open. */
async function hold(count: number, localAddress: string): Promise<{ opened: number; turnedAway: number }> {
  const files = await issueCertificate(broker.folder, 'partner.90001669496');
  const [ca, cert, key] = [files.authority, files.certificate, files.key].map((file) => readFileSync(file, 'utf8'));
  const secureContext = createSecureContext({ ca: ca!, cert: cert!, key: key! });
  const port = broker.ports.server('kafkaPartner');
  const tries = Array.from({ length: count }, () => {
    const socket = connectTls({
      socket: connect({ host: '127.0.0.1', port, localAddress }),
      ...{ servername: 'localhost', secureContext },
    });
    held.add(socket);
    return new Promise<boolean>((resolve) => {
      socket.once('secureConnect', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('close', () => {
        held.delete(socket);
        resolve(false);
      });
    });
  });
  await Promise.all(tries);
  // One that was taken and is over its number is closed a moment later.
  await new Promise((resolve) => setTimeout(resolve, 500));
  return { opened: held.size, turnedAway: count - held.size };
}

/** How long a service takes to publish, and another partner to come in and ask, ms. */
async function others(): Promise<{ published: number; asked: number }> {
  const before = performance.now();
  await service.send({ topic: 'orders', acks: -1, messages: [{ value: 'x' }] });
  const published = performance.now() - before;
  const admin = (await broker.as('partner.90001634668', { brokers: [broker.partner] })).admin();
  await admin.connect();
  await admin.listTopics();
  await admin.disconnect();
  return { published, asked: performance.now() - before - published };
}

describe('a partner that opens 1,000 connections', () => {
  test('gets as many as one address may have, and nobody else waits for it', async () => {
    await others();
    const { opened, turnedAway } = await hold(1_000, '127.0.0.2');
    expect(opened).toBeLessThanOrEqual(connectionLimits.anAddress);
    expect(opened).toBeGreaterThan(connectionLimits.anAddress / 2);
    expect(turnedAway).toBe(1_000 - opened);
    const meanwhile = await others();
    expect(meanwhile.published).toBeLessThan(1_000);
    expect(meanwhile.asked).toBeLessThan(5_000);
  }, 120_000);

  test('and goes on trying does not keep others away', async () => {
    let trying = true;
    const storm = (async () => {
      while (trying) await hold(200, '127.0.0.3');
    })();
    try {
      for (let round = 0; round < 3; round++) {
        const { published, asked } = await others();
        expect(published).toBeLessThan(2_000);
        expect(asked).toBeLessThan(10_000);
      }
    } finally {
      trying = false;
      await storm;
    }
  }, 120_000);

  test('has its places again once it lets go', async () => {
    await hold(200, '127.0.0.4');
    for (const socket of held) socket.destroy();
    held.clear();
    await vi.waitFor(async () => expect((await hold(1, '127.0.0.4')).opened).toBe(1), { timeout: 20_000 });
  }, 60_000);
});

/** Whom the broker turns away by the certificate, on each of its listeners; and what a revoked one may still do. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { topics } from '@vienuviet/schemas';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { runCommand } from '../run-command.ts';
import { ensureAccess, operatorConnection } from './access.ts';
import { certificateNameOf } from './accounts.ts';
import { tryToWrite, typeOf } from './answers.ts';
import { ensureBrokerCertificate, issueCertificate } from './certificates.ts';
import { type OwnBroker, startOwnBroker, withAdmin } from './own-broker.ts';
import { revokeCertificate } from './revoke.ts';
import { ensureTopics } from './topics.ts';

let broker: OwnBroker;
/** Where this file makes certificates that are wrong in one way each. */
let made: string;

beforeAll(async () => {
  broker = await startOwnBroker();
  made = mkdtempSync(join(tmpdir(), 'made-'));
  const operator = await operatorConnection(broker.brokers, broker.folder, '');
  await ensureTopics(operator, topics);
  await ensureAccess(operator, topics, broker.folder);
}, 120_000);

afterAll(async () => {
  rmSync(made, { recursive: true, force: true });
  await broker?.remove();
});

interface Shown {
  readonly cert: string;
  readonly key: string;
}

const read = ({ key, certificate }: { key: string; certificate: string }): Shown => ({
  ...{ cert: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') },
});

/** A certificate, under the operator's name, the super user's, whose end lies before or after its beginning. */
async function madeWith(days: number, signer: 'authority' | 'itself', subject = '/CN=operator'): Promise<Shown> {
  const name = `${signer}${days}`;
  const files = { key: join(made, `${name}.key`), certificate: join(made, `${name}.pem`) };
  const request = join(made, `${name}.csr`);
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await runCommand('openssl', ['req', '-new', ...curve, '-subj', subject, '-keyout', files.key, '-out', request]);
  const extensions = join(made, 'extensions');
  writeFileSync(extensions, 'basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth\n');
  const by =
    signer === 'itself'
      ? ['-signkey', files.key]
      : [
          '-CA',
          join(broker.folder, 'authority.pem'),
          '-CAkey',
          join(broker.folder, 'authority.key.pem'),
          '-set_serial',
          '7',
        ];
  const how = ['-sha256', '-days', String(days), '-extfile', extensions, '-out', files.certificate];
  await runCommand('openssl', ['x509', '-req', '-in', request, ...by, ...how]);
  return read(files);
}

/** From another authority, under the operator's name. */
async function foreign(): Promise<Shown> {
  const folder = join(made, 'elsewhere');
  await ensureBrokerCertificate(folder);
  return read(await issueCertificate(folder, 'operator'));
}

/** What the broker says to somebody who shows this: `in`, or the alert of TLS (RFC 8446, 6.2) that ends it. */
function answerTo(port: number, shown: Partial<Shown>): Promise<string> {
  const ca = [readFileSync(join(broker.folder, 'authority.pem'), 'utf8')];
  return new Promise((resolve) => {
    const socket: TLSSocket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca, ...shown });
    const say = (word: string) => {
      resolve(word);
      socket.destroy();
    };
    // A client learns in TLS 1.3 after its own part: the broker speaks first once it is asked.
    socket.once('secureConnect', () => socket.write(apiVersionsRequest));
    socket.once('data', () => say('in'));
    socket.once('error', (error: NodeJS.ErrnoException) => say(error.code ?? error.message));
    socket.once('close', () => say('closed'));
  });
}

/** ApiVersions, version 0, correlation id 1, no client id: what every client asks first. */
const apiVersionsRequest = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]);

describe.each(['kafka', 'kafkaPartner', 'kafkaController'] as const)('at the listener %s a certificate', (listener) => {
  const port = () => broker.ports.server(listener);

  test('of our authority opens', async () => {
    expect(await answerTo(port(), await madeWith(1, 'authority'))).toBe('in');
  });

  test.each([
    ['that is over', () => madeWith(-1, 'authority'), /CERTIFICATE_EXPIRED|CERTIFICATE_UNKNOWN/],
    ['that signs itself', () => madeWith(1, 'itself'), /UNKNOWN_CA|CERTIFICATE_UNKNOWN|BAD_CERTIFICATE/],
    ['from another authority', foreign, /UNKNOWN_CA|CERTIFICATE_UNKNOWN|BAD_CERTIFICATE/],
    ['that is not there', async () => ({}), /CERTIFICATE_REQUIRED|BAD_CERTIFICATE/],
  ])('%s does not', async (_name, show, alert) => {
    expect(await answerTo(port(), await show())).toMatch(alert);
  });
});

describe('who somebody is', () => {
  /** Whether a certificate sees what is the operator's alone to see. */
  const seesTopics = async (subject: string): Promise<boolean> => {
    const { cert, key } = await madeWith(1, 'authority', subject);
    const ca = [readFileSync(join(broker.folder, 'authority.pem'), 'utf8')];
    const kafka = await broker.as('nobody-in-particular', { ssl: { ca, cert, key } });
    return withAdmin(kafka, async (admin) => (await admin.listTopics()).length > 0);
  };

  test('is said by the common name of the certificate', async () => {
    expect(await seesTopics('/O=Vienuviet/CN=operator')).toBe(true);
    expect(await seesTopics('/O=Vienuviet/CN=partner.90001669496')).toBe(false);
  });

  // What an agency calls itself is for the agency to say.
  test.each([
    '/O=CN=operator/CN=partner.90001669496',
    '/O=x,CN=operator/CN=partner.90001669496',
    '/CN=operator/O=Agency/CN=partner.90001669496',
    '/CN=operator/CN=partner.90001669496',
    '/O=Agency/CN=partner.90001669496+CN=operator',
  ])('is said by no other part of it: %s', async (subject) => {
    expect(await seesTopics(subject)).toBe(false);
  });
});

describe('a certificate that is revoked', () => {
  const message = { topic: 'intake.centre', acks: -1, messages: [{ key: 'x', value: 'x' }] };
  const revoke = (name: string) =>
    revokeCertificate({ brokers: broker.brokers, folder: broker.folder, topicPrefix: '', name });
  const producerOf = async (name: string) => {
    const producer = (await broker.as(name)).producer({ allowAutoTopicCreation: false, retry: { retries: 0 } });
    await producer.connect();
    return producer;
  };
  const write = async (name: string) => tryToWrite(await broker.as(name), message.topic);
  const refused = /AUTHORIZATION_FAILED|not authorized/i;

  test('has no rights any more within 60 s, on open connections too; its successor has them', async () => {
    const open = await producerOf('intake');
    await open.send(message);
    const since = performance.now();
    expect(await revoke('intake')).toEqual({ revoked: 'intake', successor: 'intake.2' });
    await vi.waitFor(() => expect(open.send(message)).rejects.toMatchObject({ type: 'TOPIC_AUTHORIZATION_FAILED' }), {
      timeout: 60_000,
    });
    expect(performance.now() - since).toBeLessThan(60_000);
    await open.disconnect();
    expect(await write('intake')).toMatch(refused);
    expect(await write('intake.2')).toBe('written');
    expect(certificateNameOf(broker.folder, 'intake')).toBe('intake.2');
  });

  test('gets nothing back by the next start, nor by being revoked again', async () => {
    await ensureAccess(await operatorConnection(broker.brokers, broker.folder, ''), topics, broker.folder);
    expect(await revoke('intake')).toEqual({ revoked: 'intake', successor: 'intake.2' });
    expect(await write('intake')).toMatch(refused);
    expect(await write('intake.2')).toBe('written');
  });

  test('reads no more either', async () => {
    // A broker that has just started looks for its groups first: that is tried again.
    const restartOnFailure = async (error: Error) => !refused.test(typeOf(error));
    const retry = { retries: 8, restartOnFailure };
    const consumer = (await broker.as('reporting')).consumer({ groupId: 'reporting.facts', retry });
    const crashed = Promise.withResolvers<string>();
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
      if (!restart) crashed.resolve(typeOf(error));
    });
    const got = vi.fn();
    await consumer.connect();
    await consumer.subscribe({ topic: 'intake.centre', fromBeginning: true });
    await consumer.run({ eachMessage: async () => void got() });
    await vi.waitFor(() => expect(got).toHaveBeenCalled(), { timeout: 60_000 });
    await revoke('reporting');
    expect(await crashed.promise).toMatch(refused);
    await consumer.disconnect();
  }, 120_000);

  test.each([
    ['operator', 'super user'],
    ['broker', 'super user'],
    ['partner.90001669496', 'subscription'],
    ['nobody', 'no account is called nobody'],
    ['status-feed.7', 'was never issued'],
  ])('is not %s, which is told how', async (name, words) => {
    await expect(revoke(name)).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining(words) });
  });

  test('leaves the others as they are', async () => {
    const admin = (await broker.as('status-feed')).admin();
    await admin.connect();
    expect((await admin.listTopics()).toSorted()).toEqual(
      topics
        .filter(({ owner, readers }) => owner === 'status-feed' || readers.includes('status-feed'))
        .map(({ name }) => name)
        .toSorted(),
    );
    await admin.disconnect();
  });
});

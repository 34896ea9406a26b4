import type { SignedCheckpoint, VerificationResult } from '@vienuviet/audit/verify';
import { codec, type EventMap, topicOf } from '@vienuviet/schemas';
import type { Endpoints } from '@vienuviet/simulation/platform';
import type { Command } from 'commander';
import { commandOf, withJson } from '../command.ts';
import { OperatorError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { kafkaPlaceOf } from '../kafka/kafka-access.ts';
import { readTopics } from '../kafka/read-topics.ts';
import { liveLine } from '../output/console.ts';
import { endpointsOf, printRows, type Surroundings } from '../surroundings.ts';

export const auditCommand = (surroundings: Surroundings): Command =>
  commandOf('audit', 'The record of who came in, who looked at whose data, and what operators did.', [
    'audit verify',
    'audit verify intake',
  ]).addCommand(verifyCommand(surroundings));

interface Line extends Omit<VerificationResult, 'fault'> {
  readonly service: string;
  /** What was found, in a sentence; null where everything is as it was signed. */
  readonly fault: string | null;
}

interface VerifyOptions {
  readonly json?: boolean;
  readonly withoutCopies?: boolean;
}

const verifyCommand = (surroundings: Surroundings): Command =>
  withJson(
    commandOf(
      'verify',
      'Checks that no record and no signed checkpoint was removed, altered, inserted or put elsewhere; ends with 1 and names the first where one was.',
      ['audit verify', 'audit verify intake identity', 'audit verify --without-copies --json'],
    ),
  )
    .argument('[services...]', 'only these')
    .option('--without-copies', 'do not compare with the copies on Kafka: the newest records may be cut off unseen')
    .action(async (services: string[], options: VerifyOptions) => {
      const endpoints = endpointsOf(surroundings);
      const lines: Line[] = [];
      for (const service of servicesOf(endpoints, services)) {
        lines.push(await verify(surroundings, endpoints, service, !options.withoutCopies));
      }
      printRows(surroundings, options, lines, [
        { title: 'SERVICE', value: ({ service }) => service },
        { title: 'RECORDS', value: ({ records }) => records },
        { title: 'CHAINS', value: ({ chains }) => chains },
        { title: 'CHECKPOINTS', value: ({ checkpoints }) => checkpoints },
        { title: 'COPIES', value: ({ copies }) => copies },
        { title: 'SIGNED UNTIL', value: ({ signedUntil }) => signedUntil?.toISOString() },
        { title: 'NOT SIGNED YET', value: ({ unsigned }) => unsigned },
        { title: 'RESULT', value: ({ fault }) => fault ?? 'whole', flexible: true },
      ]);
      if (lines.some(({ fault }) => fault !== null)) surroundings.end(exitCodes.failed);
    });

function servicesOf({ auditKeys = {} }: Endpoints, wanted: readonly string[]): string[] {
  const known = Object.keys(auditKeys);
  if (known.length === 0)
    throw new OperatorError('failed', 'this copy was started before audits were signed: start it anew');
  const unknown = wanted.find((service) => !known.includes(service));
  if (unknown === undefined) return wanted.length === 0 ? known : [...wanted];
  throw new OperatorError('usage', `${unknown} has no audit; these have: ${known.join(', ')}`);
}

/**
 * Reads the database itself, as its owner and without a right to write in the session: whoever writes the records must
 * not be asked whether they are whole, and the role for BI tools sees nothing of them. Persons stay sealed.
 */
async function verify(
  surroundings: Surroundings,
  endpoints: Endpoints,
  service: string,
  withCopies: boolean,
): Promise<Line> {
  const { createPool } = await import('@vienuviet/database');
  const { faultText, readPublicKey, verifyAudit } = await import('@vienuviet/audit/verify');
  const line = liveLine(surroundings.console, surroundings.clock);
  const pool = createPool({ url: endpoints.postgres[service]!.main, name: 'vienuviet audit verify', max: 2 });
  pool.on('connect', (client) => void client.query('set default_transaction_read_only = on'));
  try {
    // Before the database is read: what is copied stands there first.
    const copies = withCopies ? await copiesOf(surroundings, endpoints, service, line.say) : undefined;
    const { fault, ...result } = await verifyAudit(pool, {
      service,
      publicKeys: [readPublicKey(endpoints.auditKeys![service]!)],
      checkpointsElsewhere: copies,
      signal: surroundings.signal,
      onProgress: ({ records, total }) => line.say(`${service}: ${records} of about ${total} records checked`),
    });
    return { service, ...result, fault: fault === undefined ? null : faultText(fault) };
  } catch (error) {
    if (surroundings.signal.aborted) throw new OperatorError('interrupted', 'not everything was checked');
    throw error;
  } finally {
    line.end();
    await pool.end();
  }
}

/** The checkpoints of a service's topic, decoded one by one when they are wanted: there may be some hundred thousand. */
async function copiesOf(
  surroundings: Surroundings,
  endpoints: Endpoints,
  service: string,
  say: (text: string) => void,
): Promise<Iterable<SignedCheckpoint>> {
  const { checkpointOf } = await import('@vienuviet/audit/verify');
  const topic = topicOf('audit.CheckpointSigned', service);
  if (topic === undefined)
    throw new OperatorError('failed', `${service} has no topic for the checkpoints of its audit`);
  const messages: Buffer[] = [];
  await readTopics({
    ...{ place: kafkaPlaceOf(endpoints), topics: [topic], from: 'beginning', follow: false },
    signal: surroundings.signal,
    onMessage: ({ value }) => {
      if (value !== null) messages.push(value);
    },
    onProgress: (read, total) => say(`${service}: ${read} of ${total} copies read`),
  });
  return (function* () {
    for (const message of messages) {
      yield checkpointOf(codec.decode(message).data as EventMap['audit.CheckpointSigned']);
    }
  })();
}

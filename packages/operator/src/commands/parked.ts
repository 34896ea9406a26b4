import { type Platform, PlatformError, type ServiceName } from '@vienuviet/simulation/platform';
import { type Command, Option } from 'commander';
import { commandOf, type Options, withAccount, withJson } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { askServices, consumerCalled, consumersOf } from '../services.ts';
import { printJson, printRows, type Surroundings, withPlatform } from '../surroundings.ts';

interface ParkedKey {
  readonly consumer: string;
  readonly key: string;
  readonly code: string;
  readonly reason: string;
  readonly parkedAt: string;
  readonly waiting: number;
}

interface ParkedMessage {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly type: string | null;
  readonly data: unknown;
  readonly bytes: string | null;
}

/** Why something is thrown away; the services' own list. */
const reasons = ['poison', 'duplicate', 'superseded', 'test_data', 'other'] as const;

export const parkedCommand = (surroundings: Surroundings): Command =>
  commandOf(
    'parked',
    'Keys whose events could not be applied: they wait in order, other keys flow. Look, do again, or throw away.',
    [
      'parked list',
      'parked show items case-…',
      'parked redrive items case-…',
      'parked discard items case-… --reason poison',
    ],
  )
    .addCommand(listCommand(surroundings))
    .addCommand(showCommand(surroundings))
    .addCommand(redriveCommand(surroundings))
    .addCommand(discardCommand(surroundings));

const listCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(commandOf('list', 'Parked keys of all consumers of all services.', ['parked list', 'parked list --json'])),
  ).action(async (options: Options) => {
    const { found, away } = await withPlatform(surroundings, (platform, endpoints) =>
      askServices<ParkedKey[]>(platform, endpoints, options.as, '/v1/operations/parked'),
    );
    const keys = found.flatMap(({ service, answer }) => answer.map((key) => ({ service, ...key })));
    printRows(
      surroundings,
      options,
      keys,
      [
        { title: 'SERVICE', value: ({ service }) => service },
        { title: 'CONSUMER', value: ({ consumer }) => consumer },
        { title: 'KEY', value: ({ key }) => key },
        { title: 'WAITING', value: ({ waiting }) => waiting },
        { title: 'SINCE', value: ({ parkedAt }) => parkedAt },
        { title: 'CODE', value: ({ code }) => code },
        { title: 'REASON', value: ({ reason }) => reason, flexible: true },
      ],
      'nothing is parked',
    );
    for (const { service, answer, headers } of found) {
      const more = Number(headers['parked-keys'] ?? 0) - answer.length;
      if (more > 0) surroundings.console.err(`${service} has ${more} more: it lists those parked first\n`);
    }
    for (const { reason } of away) surroundings.console.err(`${reason}\n`);
    if (away.length > 0) surroundings.end(exitCodes.unreachable);
  });

/** Arguments that say which key of which consumer. */
const withKey = (command: Command): Command =>
  command
    .argument('<consumer>', 'projection or reaction, or <service>/<name>')
    .argument('<key>', 'stream id, as parked list shows it');

/** Finds the service of a consumer, and works on one key there. */
const onKey = <Result>(
  surroundings: Surroundings,
  { as }: Options,
  consumer: string,
  key: string,
  work: (platform: Platform, service: ServiceName, path: string) => Promise<Result>,
): Promise<Result> =>
  withPlatform(surroundings, async (platform, endpoints) => {
    const { service, name } = consumerCalled((await consumersOf(platform, endpoints, as)).consumers, consumer);
    try {
      return await work(platform, service, `/v1/operations/parked/${name}/${encodeURIComponent(key)}`);
    } catch (error) {
      if (!(error instanceof PlatformError) || error.problem?.code !== 'not_found') throw error;
      const words = `nothing is parked under this key at ${service}/${name}: ${key} (parked list shows what is)`;
      throw new PlatformError('refused', words, { cause: error, problem: error.problem });
    }
  });

const showCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(
      withKey(
        commandOf('show', 'What waits for a key, the message at fault first, decoded where that is possible.', [
          'parked show items case-5b0d3bb5-7a0c-4d5f-8b3f-0d3bb57a0c4d',
        ]),
      ),
    ),
  ).action(async (consumer: string, key: string, options: Options) => {
    const messages = await onKey(surroundings, options, consumer, key, (platform, service, path) =>
      platform.fetch<ParkedMessage[]>(service, options.as, { method: 'GET', path }),
    );
    printRows(surroundings, options, messages, [
      { title: 'ID', value: ({ id }) => String(id) },
      { title: 'FROM', value: ({ topic, partition, offset }) => `${topic}/${partition}@${offset}` },
      { title: 'TYPE', value: ({ type }) => type },
      {
        title: 'DATA',
        value: ({ data, bytes }) => (bytes === null ? JSON.stringify(data) : `undecodable: ${bytes}`),
        flexible: true,
      },
    ]);
  });

interface Redriven {
  readonly applied: number;
  readonly waiting: number;
  readonly reason?: string;
}

const redriveCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(
      withKey(
        commandOf(
          'redrive',
          'Applies what waits for a key, in order; stops at the first that still cannot be applied.',
          ['parked redrive items case-5b0d3bb5-7a0c-4d5f-8b3f-0d3bb57a0c4d'],
        ),
      ),
    ),
  ).action(async (consumer: string, key: string, options: Options) => {
    const done = await onKey(surroundings, options, consumer, key, (platform, service, path) =>
      platform.fetch<Redriven>(service, options.as, { method: 'POST', path: `${path}/redrive` }),
    );
    if (options.json) printJson(surroundings, done);
    else surroundings.console.out(`applied ${done.applied}, still waiting ${done.waiting}${words(done.reason)}\n`);
    if (done.waiting > 0) surroundings.end(exitCodes.failed);
  });

const words = (reason: string | undefined): string => (reason === undefined ? '' : `: ${reason}`);

type DiscardOptions = Options<{ reason: string; all?: boolean; first?: string }>;

const discardCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(
      withKey(
        commandOf('discard', 'Throws away the first message of a key, or all that wait; who and why is kept.', [
          'parked discard items case-5b0d3bb5-7a0c-4d5f-8b3f-0d3bb57a0c4d --reason poison --first 17',
        ]),
      ),
    ),
  )
    .addOption(new Option('--reason <code>', 'why').choices(reasons).makeOptionMandatory())
    .option('--all', 'everything that waits for the key, not only the first message')
    .option('--first <id>', 'id of the first message, as parked show shows it: refused when it is another by now')
    .action(async (consumer: string, key: string, options: DiscardOptions) => {
      const { reason, all, first } = options;
      const body = { reason, ...(all ? { all } : {}), ...(first === undefined ? {} : { firstId: Number(first) }) };
      const done = await onKey(surroundings, options, consumer, key, (platform, service, path) =>
        platform.fetch<{ discarded: number; waiting: number }>(service, options.as, {
          method: 'POST',
          path: `${path}/discard`,
          body,
        }),
      );
      if (options.json) printJson(surroundings, done);
      else surroundings.console.out(`discarded ${done.discarded}, still waiting ${done.waiting}\n`);
    });

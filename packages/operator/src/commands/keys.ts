import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { keyNameAt, withNewKey, withoutOldKeys, wrappingKeysOf } from '@vienuviet/privacy/wrapping-keys';
import {
  acceptedBody,
  addressesOf,
  connectPlatform,
  type Endpoints,
  type ServiceName,
} from '@vienuviet/simulation/platform';
import type { Command } from 'commander';
import { commandOf, type Options, withAccount, withJson } from '../command.ts';
import { OperatorError } from '../errors.ts';
import { liveLine } from '../output/console.ts';
import { endpointsOf, printJson, printRows, type Surroundings } from '../surroundings.ts';

export const keysCommand = (surroundings: Surroundings): Command =>
  commandOf('keys', 'Keys of persons, and the wrapping keys of the configuration that protect them.', [
    'keys list',
    'keys rotate',
  ])
    .addCommand(listCommand(surroundings))
    .addCommand(rotateCommand(surroundings));

interface Wrapping {
  /** Name of the wrapping key that wraps now. */
  readonly current: string;
  /** Keys of persons by wrapping key. */
  readonly keys: Readonly<Record<string, number>>;
}

interface Line extends Wrapping {
  readonly service: ServiceName;
}

const listCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(commandOf('list', 'How many keys of persons each service has, and what wraps them.', ['keys list'])),
  ).action(async (options: Options) => {
    const endpoints = endpointsOf(surroundings);
    const lines: Line[] = [];
    for (const service of keepersOf(endpoints)) {
      const wrapping = await onInstance(endpoints, service, options.as, 0, (ask) => ask('GET', ''));
      if (wrapping !== undefined) lines.push({ service, ...wrapping });
    }
    printRows(surroundings, options, lines, [
      { title: 'SERVICE', value: ({ service }) => service },
      { title: 'WRAPPED NOW BY', value: ({ current }) => current },
      {
        title: 'KEYS OF PERSONS',
        value: ({ keys }) =>
          Object.entries(keys)
            .map(([name, count]) => `${count} by ${name}`)
            .join(', '),
        flexible: true,
      },
    ]);
  });

/** Keys wrapped in one request: a fraction of a second. */
const step = 1_000;

interface Rotation extends Line {
  readonly wrapped: number;
  /** Names of the wrapping keys that were dropped from the file. */
  readonly dropped: readonly string[];
}

const rotateCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(
      commandOf(
        'rotate',
        'Changes the wrapping key of every service, wraps all keys of persons anew and drops the old one; goes on where it was interrupted. From then on nothing opens the copies of keys of erased persons in old backups.',
        ['keys rotate', 'keys rotate --json'],
      ),
    ),
  ).action(async (options: Options) => {
    const endpoints = endpointsOf(surroundings);
    const keepers = keepersOf(endpoints);
    if (keepers.length === 0) {
      throw new OperatorError('failed', 'the wrapping keys are not of this copy: whoever keeps the files changes them');
    }
    const rotations: Rotation[] = [];
    for (const service of keepers) {
      const rotation = await rotate(surroundings, endpoints, service, options.as);
      if (rotation !== undefined) rotations.push(rotation);
    }
    if (options.json) printJson(surroundings, rotations);
    else for (const rotation of rotations) surroundings.console.out(`${wordsOf(rotation)}\n`);
  });

async function rotate(
  surroundings: Surroundings,
  endpoints: Endpoints,
  service: ServiceName,
  account: string,
): Promise<Rotation | undefined> {
  const file = endpoints.wrappingKeys![service]!;
  const before = await onInstance(endpoints, service, account, 0, (ask) => ask('GET', ''));
  if (before === undefined) return undefined;
  const older = (): string[] => {
    const { current, names } = wrappingKeysOf(readFileSync(file, 'utf8'));
    return names.filter((name) => name !== current);
  };
  // More than one key in the file: somebody began, and this goes on.
  if (older().length === 0) rewrite(file, (text) => withNewKey(text, keyNameAt(new Date())));
  await everyInstance(endpoints, service, account);
  const total = Object.values(before.keys).reduce((sum, keys) => sum + keys, 0);
  const line = liveLine(surroundings.console, surroundings.clock);
  let wrapped = 0;
  try {
    for (;;) {
      if (surroundings.signal.aborted)
        throw new OperatorError('interrupted', 'not all keys are wrapped anew yet: run it again');
      line.say(`${service}: ${wrapped} of about ${total} keys wrapped anew`);
      const answer = await onInstance(endpoints, service, account, 0, (ask) => ask('POST', '/wrap', { most: step }));
      wrapped += answer?.wrapped ?? 0;
      if (!answer?.wrapped) break;
    }
  } finally {
    line.end();
  }
  const after = await onInstance(endpoints, service, account, 0, (ask) => ask('GET', ''));
  const left = Object.keys(after?.keys ?? {}).filter((name) => name !== after?.current);
  if (after === undefined || left.length > 0) {
    throw new OperatorError(
      'failed',
      `${service} still has keys wrapped by ${left.join(', ')}: the file keeps its old keys`,
    );
  }
  const dropped = older();
  rewrite(file, withoutOldKeys);
  await everyInstance(endpoints, service, account);
  return { service, ...after, wrapped, dropped };
}

/** Services whose file of wrapping keys is of this copy. */
const keepersOf = ({ wrappingKeys = {} }: Endpoints): ServiceName[] => Object.keys(wrappingKeys);

type Ask = (
  method: 'GET' | 'POST',
  path: string,
  body?: object,
) => Promise<(Wrapping & { wrapped?: number }) | undefined>;

/** Asks one instance of a service; undefined when it keeps no personal data. */
async function onInstance<T>(
  endpoints: Endpoints,
  service: ServiceName,
  account: string,
  instance: number,
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  const instances = {
    ...endpoints.instances,
    [service]: addressesOf(endpoints, service).slice(instance, instance + 1),
  };
  const platform = connectPlatform({ endpoints: { ...endpoints, instances }, deadlineMs: 5_000 });
  try {
    return await work(async (method, path, body) => {
      const request = { method, path: `/v1/operations/keys${path}`, ...(body === undefined ? {} : { body }) };
      const answer = await platform.ask(service, account, request);
      return answer.status === 404 ? undefined : acceptedBody<Wrapping & { wrapped?: number }>(answer);
    });
  } finally {
    await platform.close();
  }
}

/** Has every instance read the file: one that did not would go on wrapping by the old key. */
async function everyInstance(endpoints: Endpoints, service: ServiceName, account: string): Promise<void> {
  for (const instance of addressesOf(endpoints, service).keys()) {
    await onInstance(endpoints, service, account, instance, (ask) => ask('POST', '/wrap', { most: 0 }));
  }
}

/** The file is replaced as a whole: who reads it finds the old one or the new one. */
function rewrite(file: string, change: (text: string) => string): void {
  const next = `${file}.next`;
  writeFileSync(next, change(readFileSync(file, 'utf8')), { mode: 0o600 });
  renameSync(next, file);
}

const wordsOf = ({ service, current, wrapped, dropped }: Rotation): string =>
  `${service}: ${wrapped} keys of persons are wrapped by ${current} now; ${dropped.join(', ')} opens nothing any more.`;

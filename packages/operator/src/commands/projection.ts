import { addressesOf, connectPlatform } from '@vienuviet/simulation/platform';
import type { Command } from 'commander';
import { commandOf, type Options, withAccount, withJson } from '../command.ts';
import { OperatorError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { liveLine } from '../output/console.ts';
import { type Consumer, consumerCalled, consumersOf, type FoundConsumer, type Rebuild } from '../services.ts';
import { endpointsOf, printJson, printRows, type Surroundings, withPlatform } from '../surroundings.ts';

export const projectionCommand = (surroundings: Surroundings): Command =>
  commandOf('projection', 'Projections (tables derived from events) and reactions: how far they are, and rebuilds.', [
    'projection list',
    'projection rebuild items',
  ])
    .addCommand(listCommand(surroundings))
    .addCommand(rebuildCommand(surroundings))
    .addCommand(acceptEpochCommand(surroundings));

const lagOf = ({ asOf }: Consumer): number => asOf.reduce((sum, { lag }) => sum + lag, 0);

const newestOf = ({ asOf }: Consumer): string | null =>
  asOf
    .map(({ lastEventAt }) => lastEventAt ?? '')
    .sort()
    .at(-1) || null;

const listCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(
      commandOf('list', 'All projections and reactions of all services, with their lag.', [
        'projection list',
        'projection list --json | jq ".[] | select(.parkedKeys > 0)"',
      ]),
    ),
  ).action(async (options: Options) => {
    const { consumers, away } = await withPlatform(surroundings, (platform, endpoints) =>
      consumersOf(platform, endpoints, options.as),
    );
    printRows<FoundConsumer>(surroundings, options, consumers, [
      { title: 'SERVICE', value: ({ service }) => service },
      { title: 'NAME', value: ({ name }) => name },
      { title: 'KIND', value: ({ kind }) => kind },
      { title: 'STATUS', value: ({ status }) => status },
      { title: 'LAG', value: lagOf },
      { title: 'PARKED', value: ({ parkedKeys }) => parkedKeys },
      { title: 'LAST EVENT', value: newestOf },
      {
        title: 'TROUBLE',
        value: ({ code, trouble }) => (trouble === null ? '' : `${code}: ${trouble}`),
        flexible: true,
      },
    ]);
    for (const { reason } of away) surroundings.console.err(`${reason}\n`);
    if (away.length > 0) surroundings.end(exitCodes.unreachable);
  });

/** Milliseconds between two looks at a rebuild. */
const lookEveryMs = 500;
/** Milliseconds without progress, with a projection that stands, after which a rebuild is not waited for any longer. */
const standstillMs = 60_000;

const rebuildCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(
      commandOf(
        'rebuild',
        'Builds a projection anew from the first event, beside the live tables, and switches; shows how far it is.',
        ['projection rebuild items', 'projection rebuild reporting/facts --no-wait'],
      ),
    ),
  )
    .argument('<name>', 'name of the projection, or <service>/<name>')
    .option('--no-wait', 'only start it; projection list shows how far it is')
    .action(async (name: string, options: Options<{ wait: boolean }>) => {
      const found = await withPlatform(surroundings, async (platform, endpoints) =>
        consumerCalled((await consumersOf(platform, endpoints, options.as)).consumers, name),
      );
      if (found.kind === 'reaction') {
        throw new OperatorError('usage', `${name} is a reaction: reactions have effects and are never rebuilt`);
      }
      await rebuild(surroundings, found, options);
    });

const acceptEpochCommand = (surroundings: Surroundings): Command =>
  withAccount(
    commandOf(
      'accept-epoch',
      'Lets a consumer that stands with store_epoch_changed take the events of the new epoch, once somebody has looked into it.',
      ['projection accept-epoch status-feed/feed /services/intake 7c9f4a52-6f0e-4f6c-9a57-2f1a6f3f6f0e'],
    ),
  )
    .argument('<name>', 'name of the projection or reaction, or <service>/<name>')
    .argument('<source>', 'the source, as its trouble names it')
    .argument('<epoch>', 'the epoch, as its trouble names it')
    .action(async (name: string, source: string, epoch: string, options: Options) => {
      await withPlatform(surroundings, async (platform, endpoints) => {
        const found = consumerCalled((await consumersOf(platform, endpoints, options.as)).consumers, name);
        const path = `/v1/operations/projections/${found.name}/accept-epoch`;
        await platform.fetch(found.service, options.as, { method: 'POST', path, body: { source, epoch } });
        surroundings.console.out(`${found.service}/${found.name} takes the events of ${source} under ${epoch}\n`);
      });
    });

async function rebuild(
  surroundings: Surroundings,
  { service, name }: FoundConsumer,
  options: Options<{ wait: boolean }>,
) {
  // One instance runs the rebuild and knows how far it is: all requests go to that one.
  const endpoints = endpointsOf(surroundings);
  const instances = { ...endpoints.instances, [service]: addressesOf(endpoints, service).slice(0, 1) };
  const platform = connectPlatform({ endpoints: { ...endpoints, instances }, deadlineMs: 5_000 });
  const line = liveLine(surroundings.console, surroundings.clock);
  const path = `/v1/operations/projections/${name}`;
  try {
    let state = await platform.fetch<Consumer>(service, options.as, { method: 'POST', path: `${path}/rebuild` });
    const endStandstill = watchForStandstill(surroundings.clock);
    while (options.wait && isRunning(state.rebuild)) {
      line.say(`${service}/${name}: ${progressOf(state.rebuild)}`);
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
      if (surroundings.signal.aborted) {
        throw new OperatorError('interrupted', 'not waiting any longer; the rebuild goes on');
      }
      state = await platform.fetch<Consumer>(service, options.as, { method: 'GET', path });
      endStandstill(state);
    }
    line.end();
    report(surroundings, service, state, options);
  } finally {
    line.end();
    await platform.close();
  }
}

/** Gives what throws `failed` once a projection has stood for a minute and its rebuild has come no further. */
function watchForStandstill(clock: () => number): (state: Consumer) => void {
  let last = { at: clock(), progress: '' };
  return ({ status, code, trouble, rebuild }) => {
    const progress = `${rebuild?.phase} ${rebuild?.events}`;
    if (status !== 'standing' || progress !== last.progress) last = { at: clock(), progress };
    if (clock() - last.at < standstillMs) return;
    throw new OperatorError('failed', `the projection stands and its rebuild comes no further: ${code}: ${trouble}`);
  };
}

const isRunning = (rebuild: Rebuild | null): boolean =>
  rebuild !== null && rebuild.phase !== 'done' && rebuild.phase !== 'failed';

/** `building, 12,345 of about 20,000 events, 9,000/s, 1 s left` */
export function progressOf(rebuild: Rebuild | null): string {
  if (rebuild === null) return 'not started';
  const count = (value: number): string => Math.round(value).toLocaleString('en-GB');
  return [
    rebuild.phase,
    `${count(rebuild.events)} of about ${count(rebuild.total)} events`,
    `${count(rebuild.eventsPerSecond)}/s`,
    ...(rebuild.secondsLeft === null ? [] : [`${count(rebuild.secondsLeft)} s left`]),
  ].join(', ');
}

function report(surroundings: Surroundings, service: string, state: Consumer, { json }: Options): void {
  if (json) printJson(surroundings, { service, ...state });
  else surroundings.console.out(`${service}/${state.name}: ${progressOf(state.rebuild)}\n`);
  if (state.rebuild?.phase === 'failed') {
    throw new OperatorError('failed', `the rebuild failed, the live tables are as they were: ${state.rebuild.error}`);
  }
}

import { codec, topics } from '@vienuviet/schemas';
import { type Command, Option } from 'commander';
import { commandOf, wholeNumber, withJson } from '../command.ts';
import { OperatorError } from '../errors.ts';
import { type EventFilter, isTypeCalled, isWanted } from '../kafka/event-filter.ts';
import { kafkaPlaceOf } from '../kafka/kafka-access.ts';
import { newest } from '../kafka/newest.ts';
import { readTopics, type TopicReading } from '../kafka/read-topics.ts';
import { type ShownEvent, shownEvent } from '../kafka/shown-event.ts';
import { timeOf } from '../kafka/time-of.ts';
import { liveLine } from '../output/console.ts';
import { endpointsOf, type Surroundings } from '../surroundings.ts';

interface EventOptions {
  readonly topic?: readonly string[];
  readonly key?: string;
  readonly type?: readonly string[];
  readonly since?: number;
  readonly until?: number;
  readonly limit?: number;
  readonly json?: boolean;
}

const usualLimit = 20;

export const eventsCommand = (surroundings: Surroundings): Command =>
  commandOf('events', 'Events on Kafka, decoded; read directly, without moving any offsets.', [
    'events show --key case-5b0d3bb5-7a0c-4d5f-8b3f-0d3bb57a0c4d',
    'events follow --type CaseRegistered',
  ])
    .addCommand(showCommand(surroundings))
    .addCommand(followCommand(surroundings));

const collect = (value: string, earlier: readonly string[] = []): string[] => [...earlier, value];

const withFilters = (command: Command, { clock }: Surroundings): Command =>
  withJson(command)
    .option(
      '--topic <name>',
      `only this topic, may be given again: ${topics.map(({ name }) => name).join(', ')}`,
      collect,
    )
    .option('--key <id>', 'only this stream: its id, or the UUID in it')
    .option('--type <name>', 'only this type, may be given again: intake.CaseRegistered or CaseRegistered', collect)
    .addOption(timeOption('--since', 'only events of this time and later', clock))
    .description(command.description());

const timeOption = (flag: string, what: string, clock: () => number): Option =>
  new Option(`${flag} <time>`, `${what}: 2026-11-20T08:30 (UTC), or how long ago: 90s, 15m, 2h, 3d`).argParser((text) =>
    timeOf(text, clock()),
  );

const showCommand = (surroundings: Surroundings): Command =>
  withFilters(
    commandOf('show', 'Prints the newest events that fit, in the order of time, and ends. JSON is one event a line.', [
      'events show',
      'events show --key 5b0d3bb5-7a0c-4d5f-8b3f-0d3bb57a0c4d --limit 100',
      'events show --type DecisionMade --since 2h --json | jq .data.outcome',
    ]),
    surroundings,
  )
    .addOption(timeOption('--until', 'only events up to this time', surroundings.clock))
    .option('--limit <n>', 'at most this many', wholeNumber(1, 100_000), usualLimit)
    .action(async (options: EventOptions) => {
      const { limit = usualLimit } = options;
      const found = newest(limit);
      const filter = filterOf(options);
      const line = liveLine(surroundings.console, surroundings.clock);
      const everything = filter.key === undefined && filter.types === undefined && filter.until === undefined;
      await readTopics({
        ...readingOf(surroundings, options),
        from: options.since ?? 'beginning',
        // Without a filter the newest lie at the ends: older ones need not be read.
        lastOfEach: everything ? limit : undefined,
        follow: false,
        onMessage: (message) => {
          const event = shownEvent(message, codec);
          if (isWanted(filter, event)) found.add(event);
        },
        onProgress: (read, total) =>
          line.say(`${read.toLocaleString('en-GB')} of ${total.toLocaleString('en-GB')} messages`),
      });
      line.end();
      if (surroundings.signal.aborted) throw new OperatorError('interrupted', 'ended before all messages were read');
      const events = found.inOrder();
      for (const event of events) print(surroundings, options, event);
      if (events.length === 0) surroundings.console.err('no event fits\n');
    });

const followCommand = (surroundings: Surroundings): Command =>
  withFilters(
    commandOf('follow', 'Prints events that fit as they arrive, until Ctrl-C. JSON is one event a line.', [
      'events follow',
      'events follow --topic intake.case --type DecisionMade --type ResultDelivered',
      'events follow --since 10m --json',
    ]),
    surroundings,
  )
    .option('--limit <n>', 'end after this many', wholeNumber(1, 1_000_000))
    .action(async (options: EventOptions) => {
      const filter = filterOf(options);
      const enough = new AbortController();
      let printed = 0;
      await readTopics({
        ...readingOf(surroundings, options),
        from: options.since ?? 'end',
        follow: true,
        signal: AbortSignal.any([surroundings.signal, enough.signal]),
        onMessage: (message) => {
          const event = shownEvent(message, codec);
          if (!isWanted(filter, event) || printed === options.limit) return;
          print(surroundings, options, event);
          printed += 1;
          if (printed === options.limit) enough.abort();
        },
      });
    });

function filterOf({ key, type, since, until }: EventOptions): EventFilter {
  for (const name of type ?? []) checkType(name);
  return {
    ...(key === undefined ? {} : { key }),
    ...(type === undefined ? {} : { types: type }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

/** Throws `usage` for a type that travels on no topic: it would be waited for in vain. */
function checkType(name: string): void {
  const known = topics.flatMap(({ events }) => events);
  if (known.some((type) => isTypeCalled(type, name))) return;
  throw new OperatorError('usage', `there is no event type ${name}; there are: ${known.join(', ')}`);
}

function readingOf(
  surroundings: Surroundings,
  { topic, key }: EventOptions,
): Pick<TopicReading, 'place' | 'topics' | 'key' | 'signal'> {
  const known = topics.map(({ name }) => name);
  for (const name of topic ?? []) {
    if (!known.includes(name))
      throw new OperatorError('usage', `there is no topic ${name}; there are: ${known.join(', ')}`);
  }
  return {
    place: kafkaPlaceOf(endpointsOf(surroundings)),
    topics: topic ?? known,
    // A bare UUID may be of any kind of stream: it does not tell the partition.
    key: key !== undefined && /^[a-z]+-[0-9a-f]{8}-/.test(key) ? key : undefined,
    signal: surroundings.signal,
  };
}

function print({ console }: Surroundings, { json }: EventOptions, event: ShownEvent): void {
  if (json) {
    console.out(`${JSON.stringify(event)}\n`);
    return;
  }
  const { time, topic, partition, offset, type, key, version, data, fault } = event;
  const place = `${topic}/${partition}@${offset}`;
  const what = fault === undefined ? JSON.stringify(data) : `cannot be decoded: ${fault}; bytes ${String(data)}`;
  console.out(`${time}  ${place}  ${type ?? 'unknown type'}  ${key} v${version ?? '?'}  ${what}\n`);
}

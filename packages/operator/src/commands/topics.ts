import { topics } from '@vienuviet/schemas';
import type { Command } from 'commander';
import { commandOf, type Options, withAccount, withJson } from '../command.ts';
import { kafkaPlaceOf, withAdmin } from '../kafka/kafka-access.ts';
import { overviewOf, partnerTopics, type TopicOverview, topicRanges } from '../kafka/topic-overview.ts';
import { consumersOf, type FoundConsumer } from '../services.ts';
import { endpointsOf, printJson, printRows, type Surroundings, withPlatform } from '../surroundings.ts';

interface TopicLine extends Omit<TopicOverview, 'consumers'> {
  readonly reader?: string;
  readonly lag?: number;
}

export const topicsCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(
      commandOf('topics', 'Topics on Kafka: partitions, messages, and how far behind each reader is.', [
        'topics',
        'topics --json | jq ".[] | {topic, messages}"',
      ]),
    ),
  ).action(async (options: Options) => {
    const overviews = await overviewsOf(surroundings, options);
    if (options.json) {
      printJson(surroundings, overviews);
      return;
    }
    const lines = overviews.flatMap(({ consumers, ...topic }) =>
      consumers.length === 0 ? [topic] : consumers.map(({ name, lag }) => ({ ...topic, reader: name, lag })),
    );
    printRows<TopicLine>(surroundings, {}, lines, [
      { title: 'TOPIC', value: ({ topic }) => topic },
      { title: 'PARTITIONS', value: ({ partitions }) => partitions },
      { title: 'MESSAGES', value: ({ messages }) => messages },
      { title: 'READER', value: ({ reader }) => reader },
      { title: 'LAG', value: ({ lag }) => lag },
    ]);
  });

async function overviewsOf(surroundings: Surroundings, { as }: Options): Promise<TopicOverview[]> {
  const place = kafkaPlaceOf(endpointsOf(surroundings));
  const consumers = await readersOf(surroundings, as);
  return withAdmin(place, async (admin) => {
    const all = [...topics, ...(await partnerTopics(admin, place.prefix))];
    return Promise.all(
      all.map(async (topic) => overviewOf(topic, await topicRanges(admin, place.prefix + topic.name), consumers)),
    );
  });
}

/** What the services say of their readers; the topics are shown without them when no service answers. */
async function readersOf(surroundings: Surroundings, account: string): Promise<FoundConsumer[]> {
  try {
    const { consumers, away } = await withPlatform(surroundings, (platform, endpoints) =>
      consumersOf(platform, endpoints, account),
    );
    for (const { reason } of away) surroundings.console.err(`lag of its readers is not known: ${reason}\n`);
    return consumers;
  } catch (error) {
    surroundings.console.err(`lag of readers is not known: ${(error as Error).message}\n`);
    return [];
  }
}

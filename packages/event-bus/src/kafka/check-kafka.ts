import kafkajs, { type Admin } from 'kafkajs';
import { pause } from '../backoff.ts';
import { BusError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { createKafkaClient, type KafkaConnection } from './kafka-client.ts';
import { apiKeyOf, brokerVersions, implementedVersions, type VersionRange } from './kafka-internals.ts';

/** A topic as `schemas/topics.json` wants it. */
export interface TopicSettings {
  readonly name: string;
  readonly partitions: number;
  /** Milliseconds; -1 keeps for ever. */
  readonly retentionMs: number;
  readonly cleanupPolicy: 'delete' | 'compact';
}

/** Requests that the bus makes. */
const NEEDED = [
  'Produce',
  'Fetch',
  'ListOffsets',
  'Metadata',
  'OffsetCommit',
  'OffsetFetch',
  'GroupCoordinator',
  'JoinGroup',
  'SyncGroup',
  'Heartbeat',
  'LeaveGroup',
  'ApiVersions',
  'DescribeConfigs',
] as const;

/**
 * Refuses a broker that no longer, or not yet, speaks a version of a request that kafkajs speaks: kafkajs looks only
 * at the broker's newest version, and a cut would show as a dropped connection. Throws `broker_too_new_or_old`.
 */
export async function checkBroker(connection: KafkaConnection): Promise<void> {
  const offered = await brokerVersions(connection);
  const faults = versionFaults((request) => {
    const range = offered[apiKeyOf(request)];
    return range === undefined ? undefined : { min: range.minVersion, max: range.maxVersion };
  });
  if (faults.length === 0) return;
  throw new BusError(
    'broker_too_new_or_old',
    `Kafka and the client have no version in common of: ${faults.join('; ')}`,
  );
}

/** Requests without a common version, in words. */
export function versionFaults(offered: (request: string) => VersionRange | undefined): string[] {
  return NEEDED.flatMap((request) => {
    const ours = implementedVersions(request);
    const theirs = offered(request);
    if (theirs === undefined) return [`${request} (not offered)`];
    // kafkajs takes the smaller of its newest and the broker's newest version.
    const used = Math.min(ours.max, theirs.max);
    const fits = used >= theirs.min && used >= ours.min;
    return fits ? [] : [`${request} (client ${ours.min}–${ours.max}, broker ${theirs.min}–${theirs.max})`];
  });
}

/** Compares the broker's topics with what they should be; throws `topics_differ` with everything that differs. */
export async function checkTopics(connection: KafkaConnection, topics: readonly TopicSettings[]): Promise<void> {
  const prefix = connection.topicPrefix ?? '';
  const faults = await asAdmin(connection, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter(({ name }) => !existing.has(prefix + name));
    const present = topics.filter(({ name }) => existing.has(prefix + name));
    const differing = present.length === 0 ? [] : await differences(admin, prefix, present);
    return [...missing.map(({ name }) => `${prefix}${name} is missing`), ...differing];
  });
  if (faults.length === 0) return;
  throw new BusError('topics_differ', `Kafka's topics are not those of topics.json: ${faults.join('; ')}`, {
    details: { faults },
  });
}

/** Makes the topics that are missing; those that are there stay as they are. Returns the names made. */
export async function createMissingTopics(
  connection: KafkaConnection,
  topics: readonly TopicSettings[],
  replicationFactor = 1,
): Promise<string[]> {
  const prefix = connection.topicPrefix ?? '';
  return asAdmin(connection, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter(({ name }) => !existing.has(prefix + name));
    if (missing.length === 0) return [];
    await admin.createTopics({
      waitForLeaders: false,
      topics: missing.map((topic) => ({
        topic: prefix + topic.name,
        numPartitions: topic.partitions,
        replicationFactor,
        configEntries: Object.entries(configOf(topic)).map(([name, value]) => ({ name, value })),
      })),
    });
    const names = missing.map(({ name }) => name);
    await untilLed(
      admin,
      names.map((name) => prefix + name),
    );
    return names;
  });
}

const LED_WITHIN_MS = 30_000;

/**
 * Waits until each partition of new topics has a leader. kafkajs' own waiting gives up when a broker under load does
 * not know a topic yet ("does not host this topic-partition").
 */
async function untilLed(admin: Admin, topics: string[]): Promise<void> {
  const deadline = Date.now() + LED_WITHIN_MS;
  for (;;) {
    try {
      const metadata = await admin.fetchTopicMetadata({ topics });
      if (metadata.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) {
        // A broker that is named as leader may not know it yet; it answers for offsets once it does.
        for (const topic of topics) await admin.fetchTopicOffsets(topic);
        return;
      }
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    if (Date.now() > deadline)
      throw new BusError('unknown_topic', `no leader yet for a partition of ${topics.join(', ')}`);
    await pause(100);
  }
}

/** What is set on a topic. Nothing is ever dropped by size, and no replica that lags becomes leader. */
const configOf = (topic: TopicSettings): Record<string, string> => ({
  'cleanup.policy': topic.cleanupPolicy,
  'retention.ms': String(topic.retentionMs),
  'retention.bytes': '-1',
  'unclean.leader.election.enable': 'false',
});

async function differences(admin: Admin, prefix: string, topics: readonly TopicSettings[]): Promise<string[]> {
  const metadata = await admin.fetchTopicMetadata({ topics: topics.map(({ name }) => prefix + name) });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((topic) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name: prefix + topic.name,
      configNames: Object.keys(configOf(topic)),
    })),
  });
  return topics.flatMap((topic) => {
    const name = prefix + topic.name;
    const partitions = metadata.topics.find((candidate) => candidate.name === name)?.partitions.length;
    const settings = resources.find((resource) => resource.resourceName === name)?.configEntries ?? [];
    const faults =
      partitions === topic.partitions ? [] : [`${name} has ${partitions} partitions, not ${topic.partitions}`];
    for (const [setting, wanted] of Object.entries(configOf(topic))) {
      const value = settings.find(({ configName }) => configName === setting)?.configValue;
      if (value !== wanted) faults.push(`${name} has ${setting} ${value}, not ${wanted}`);
    }
    return faults;
  });
}

async function asAdmin<T>(connection: KafkaConnection, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = createKafkaClient(connection, silentLog).admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

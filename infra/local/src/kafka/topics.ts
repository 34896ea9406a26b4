import kafkajs from 'kafkajs';
import { LocalError } from '../errors.ts';

export interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  /** Settings of the topic, as Kafka names them. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Makes the topics that are missing and refuses those that are there with other partitions or settings. */
export async function ensureTopics(options: {
  brokers: readonly string[];
  topics: readonly TopicPlan[];
  replicationFactor?: number;
}): Promise<string[]> {
  const { brokers, topics } = options;
  const kafka = new kafkajs.Kafka({
    clientId: 'local-topics',
    brokers: [...brokers],
    logLevel: kafkajs.logLevel.NOTHING,
    connectionTimeout: 5_000,
    retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 2_000 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const known = new Set(await admin.listTopics());
    const missing = topics.filter((topic) => !known.has(topic.name));
    await admin.createTopics({
      waitForLeaders: true,
      timeout: 15_000,
      topics: missing.map((topic) => ({
        topic: topic.name,
        numPartitions: topic.partitions,
        replicationFactor: options.replicationFactor ?? 1,
        configEntries: Object.entries(topic.settings).map(([name, value]) => ({ name, value })),
      })),
    });
    const differences = await differencesOf(admin, topics);
    if (differences.length > 0) {
      throw new LocalError('topic_mismatch', `topics differ from schemas/topics.json:\n  ${differences.join('\n  ')}`);
    }
    return missing.map((topic) => topic.name);
  } finally {
    await admin.disconnect();
  }
}

async function differencesOf(admin: kafkajs.Admin, topics: readonly TopicPlan[]): Promise<string[]> {
  if (topics.length === 0) return [];
  const { topics: found } = await admin.fetchTopicMetadata({ topics: topics.map((topic) => topic.name) });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((topic) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name: topic.name,
      configNames: Object.keys(topic.settings),
    })),
  });
  return topics.flatMap((topic) => {
    const partitions = found.find((candidate) => candidate.name === topic.name)?.partitions.length ?? 0;
    const settings = resources.find((resource) => resource.resourceName === topic.name)?.configEntries ?? [];
    return [
      ...(partitions === topic.partitions
        ? []
        : [`${topic.name}: ${partitions} partitions, and should have ${topic.partitions}`]),
      ...Object.entries(topic.settings).flatMap(([name, wanted]) => {
        const value = settings.find((entry) => entry.configName === name)?.configValue;
        return value === wanted ? [] : [`${topic.name}: ${name} is ${value ?? 'not set'}, and should be ${wanted}`];
      }),
    ];
  });
}

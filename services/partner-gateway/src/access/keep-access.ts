import { applyAccess, createMissingTopics, type KafkaConnection, readerAccess } from '@vienuviet/event-bus';
import type { Log } from '@vienuviet/telemetry';
import { partnerPrefix, partnerTopic } from '../case-events/partner-stream.ts';
import type { OpenSubscription } from '../subscriptions/open-subscriptions.ts';

export interface AccessKeeping {
  /** Compares now. */
  nudge(): void;
  stop(): Promise<void>;
}

export interface AccessKeepingOptions {
  readonly connection: KafkaConnection;
  /** The subscriptions that are open now. */
  readonly open: () => Promise<readonly OpenSubscription[]>;
  readonly log: Log;
  /** Pause between two comparisons, ms. Access has to end within 60 s of the subscription. */
  readonly everyMs?: number;
  /** Milliseconds after which a comparison that does not end is left alone and another begins; default 15 000. */
  readonly patienceMs?: number;
}

/** The topic of a partner. It keeps everything: a partner that was away has no other place to read what it missed. */
const topicSettings = (registrationNumber: string) =>
  ({ name: partnerTopic(registrationNumber), partitions: 1, retentionMs: -1, cleanupPolicy: 'delete' }) as const;

/** Makes the topic of a partner where it is missing. */
export async function makeTopic(connection: KafkaConnection, registrationNumber: string): Promise<void> {
  await createMissingTopics(connection, [topicSettings(registrationNumber)]);
}

/** Makes Kafka's access lists for partners say what the open subscriptions say, and nothing else. */
export async function applySubscriptions(connection: KafkaConnection, open: readonly OpenSubscription[]) {
  const prefix = connection.topicPrefix ?? '';
  const wanted = open.flatMap(({ registrationNumber, certificateName }) =>
    readerAccess(certificateName, partnerTopic(registrationNumber), partnerPrefix(registrationNumber), prefix),
  );
  // Copies that share a broker leave each other's alone.
  return applyAccess(
    connection,
    wanted,
    (principal, resource) => principal.startsWith('partner.') && resource.startsWith(`${prefix}partner.`),
  );
}

/**
 * Compares Kafka with the open subscriptions, again and again: right after one was opened or ended, and every few
 * seconds besides. So rights are taken also when Kafka was away, or this process, at the moment of the end; and rights
 * that somebody gave by hand do not stay. Every instance does it: twice the same changes nothing.
 */
export function startAccessKeeping(options: AccessKeepingOptions): AccessKeeping {
  const { connection, open, log, everyMs = 5_000, patienceMs = 15_000 } = options;
  let stopped = false;
  let nudged = true;
  let wake = (): void => undefined;
  let trouble = false;

  const compare = async (): Promise<void> => {
    const subscriptions = await open();
    // Access first: nothing that keeps a topic from being made may keep rights from being taken.
    const { given, taken } = await applySubscriptions(connection, subscriptions);
    if (given + taken > 0) log.info({ given, taken }, 'access lists of partners changed');
    await createMissingTopics(
      connection,
      subscriptions.map(({ registrationNumber }) => topicSettings(registrationNumber)),
    );
  };
  const round = async (): Promise<void> => {
    try {
      await within(patienceMs, compare());
      if (trouble) log.info('access lists of partners are compared again');
      trouble = false;
    } catch (error) {
      if (!trouble) log.warn({ err: error }, 'access lists of partners could not be compared; trying again');
      trouble = true;
    }
  };
  const sleep = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, nudged || stopped ? 0 : everyMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const running = (async () => {
    while (!stopped) {
      nudged = false;
      await round();
      await sleep();
    }
  })();
  return {
    nudge() {
      nudged = true;
      wake();
    },
    async stop() {
      stopped = true;
      wake();
      await running;
    },
  };
}

/**
 * A broker that died without a word keeps a request waiting for longer than rights may outlive a subscription. What is
 * left alone may come to its end later and give what was true before: the next comparison takes it again.
 */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

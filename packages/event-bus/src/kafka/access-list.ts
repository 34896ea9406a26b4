import kafkajs, { type AclEntry, type Admin } from 'kafkajs';
import { silentLog } from '../log.ts';
import { createKafkaClient, type KafkaConnection } from './kafka-client.ts';

/** Who writes and who reads a topic; `schemas/topics.json`. */
export interface TopicAccess {
  readonly name: string;
  readonly owner: string;
  readonly readers: readonly string[];
}

/** One thing that a principal (the common name of a certificate) may do. Whatever is not listed is refused. */
export interface Access {
  readonly principal: string;
  readonly on: 'topic' | 'group' | 'cluster';
  readonly name: string;
  /** Every name that begins so. */
  readonly prefixed?: boolean;
  readonly may: 'read' | 'write' | 'create' | 'alter' | 'describe' | 'describe_configs';
}

/**
 * What the services may do: the owner writes its topics and nobody else does, readers read, and each uses consumer
 * groups under its own name. Both look at the settings of their topics when they start.
 */
export function accessOf(topics: readonly TopicAccess[], prefix = ''): Access[] {
  const onTopics = topics.flatMap(({ name: topic, owner, readers }) => {
    const name = prefix + topic;
    const may = (principal: string, ...operations: Access['may'][]): Access[] =>
      operations.map((operation) => ({ principal, on: 'topic', name, may: operation }));
    return [
      ...may(owner, 'write', 'describe', 'describe_configs'),
      ...readers.flatMap((reader) => may(reader, 'read', 'describe', 'describe_configs')),
    ];
  });
  const services = new Set(topics.flatMap(({ owner, readers }) => [owner, ...readers]));
  return [...onTopics, ...[...services].map((principal): Access => groupsOf(principal, `${prefix}${principal}.`))];
}

/** What somebody may do who replays the topics and writes nothing: all of them, in groups under the own name. */
export function replayAccess(principal: string, topics: readonly TopicAccess[], prefix = ''): Access[] {
  const reading = topics.flatMap(({ name }): Access[] =>
    (['read', 'describe', 'describe_configs'] as const).map((may) => ({
      principal,
      on: 'topic',
      name: prefix + name,
      may,
    })),
  );
  return [...reading, groupsOf(principal, `${prefix}${principal}.`)];
}

/** Name of Kafka's cluster in an access list. */
const CLUSTER = 'kafka-cluster';

/**
 * What a service may do that gives each of others a topic of its own: makes and writes topics whose names begin so, and
 * changes access lists. Kafka knows no smaller right to those than ALTER on the cluster, which is all of them.
 */
export function grantorAccess(principal: string, topics: string, prefix = ''): Access[] {
  return [
    ...(['create', 'write', 'describe', 'describe_configs'] as const).map(
      (may): Access => ({ principal, on: 'topic', name: prefix + topics, prefixed: true, may }),
    ),
    ...(['alter', 'describe'] as const).map((may): Access => ({ principal, on: 'cluster', name: CLUSTER, may })),
  ];
}

/** What somebody may do who reads one topic and nothing else, in groups whose names begin as given. */
export const readerAccess = (principal: string, topic: string, groups: string, prefix = ''): Access[] => [
  ...(['read', 'describe'] as const).map((may): Access => ({ principal, on: 'topic', name: prefix + topic, may })),
  groupsOf(principal, prefix + groups),
];

const groupsOf = (principal: string, name: string): Access => ({
  principal,
  on: 'group',
  name,
  prefixed: true,
  may: 'read',
});

const RESOURCES = {
  topic: kafkajs.AclResourceTypes.TOPIC,
  group: kafkajs.AclResourceTypes.GROUP,
  cluster: kafkajs.AclResourceTypes.CLUSTER,
};
const OPERATIONS = {
  read: kafkajs.AclOperationTypes.READ,
  write: kafkajs.AclOperationTypes.WRITE,
  create: kafkajs.AclOperationTypes.CREATE,
  alter: kafkajs.AclOperationTypes.ALTER,
  describe: kafkajs.AclOperationTypes.DESCRIBE,
  describe_configs: kafkajs.AclOperationTypes.DESCRIBE_CONFIGS,
};

/**
 * Makes Kafka's access lists say `wanted` for every principal that is `ours`, and leaves those of others alone. What
 * is taken counts at once, also on connections that are open. Needs the right to change access lists. `ours` is told the
 * principal and what the entry is on.
 */
export async function applyAccess(
  connection: KafkaConnection,
  wanted: readonly Access[],
  ours: (principal: string, resource: string) => boolean,
): Promise<{ readonly given: number; readonly taken: number }> {
  const admin = createKafkaClient(connection, silentLog).admin();
  await admin.connect();
  try {
    const there = (await entriesOf(admin)).filter(({ principal, resourceName }) =>
      ours(principal.slice(USER.length), resourceName),
    );
    const entries = wanted.map(entryOf);
    const known = new Set(there.map(keyOf));
    const kept = new Set(entries.map(keyOf));
    const given = entries.filter((entry) => !known.has(keyOf(entry)));
    const taken = there.filter((entry) => !kept.has(keyOf(entry)));
    // Taken first: who lost something never has more than before.
    if (taken.length > 0) await admin.deleteAcls({ filters: taken });
    if (given.length > 0) await admin.createAcls({ acl: given });
    return { given: given.length, taken: taken.length };
  } finally {
    await admin.disconnect();
  }
}

const USER = 'User:';

const entryOf = ({ principal, on, name, prefixed, may }: Access): AclEntry => ({
  principal: USER + principal,
  resourceType: RESOURCES[on],
  resourceName: name,
  resourcePatternType: prefixed ? kafkajs.ResourcePatternTypes.PREFIXED : kafkajs.ResourcePatternTypes.LITERAL,
  host: '*',
  operation: OPERATIONS[may],
  permissionType: kafkajs.AclPermissionTypes.ALLOW,
});

const keyOf = (entry: AclEntry): string =>
  [
    ...[entry.principal, entry.resourceType, entry.resourceName, entry.resourcePatternType],
    ...[entry.host, entry.operation, entry.permissionType],
  ].join('\0');

async function entriesOf(admin: Admin): Promise<AclEntry[]> {
  const { resources } = await admin.describeAcls({
    resourceType: kafkajs.AclResourceTypes.ANY,
    resourcePatternType: kafkajs.ResourcePatternTypes.ANY,
    operation: kafkajs.AclOperationTypes.ANY,
    permissionType: kafkajs.AclPermissionTypes.ANY,
  });
  return resources.flatMap(({ acls, resourceType, resourceName, resourcePatternType }) =>
    acls.map((acl) => ({ resourceType, resourceName, resourcePatternType, ...acl })),
  );
}

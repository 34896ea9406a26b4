import { accessOf, applyAccess, grantorAccess, kafkaSsl, replayAccess } from '@vienuviet/event-bus';
import type { Topic } from '@vienuviet/schemas';
import { certificateNameOf } from './accounts.ts';
import { issueCertificate } from './certificates.ts';
import { OPERATOR } from './server-properties.ts';

/** Replays the topics and writes nothing: for programs of others on this machine. */
export const REPLAYER = 'replay';

/** Partners' certificates begin so; their access comes and goes with their subscriptions. */
export const PARTNER_PREFIX = 'partner.';

/** The service that makes partners' topics, and gives and takes their access. */
const GATEWAY = 'partner-gateway';

/** As Kafka's super user: makes topics and access lists. */
export async function operatorConnection(brokers: readonly string[], folder: string, topicPrefix: string) {
  const ssl = kafkaSsl(await issueCertificate(folder, OPERATOR));
  return { brokers, clientId: 'local-operator', topicPrefix, ssl };
}

/**
 * Lets the services do what `topics.json` says, each under its present certificate of `folder`, and takes what it says
 * no more, and what a revoked certificate had.
 */
export async function ensureAccess(
  connection: Awaited<ReturnType<typeof operatorConnection>>,
  topics: readonly Topic[],
  folder: string,
): Promise<void> {
  const { topicPrefix } = connection;
  const wanted = [
    ...accessOf(topics, topicPrefix),
    ...replayAccess(REPLAYER, topics, topicPrefix),
    ...grantorAccess(GATEWAY, PARTNER_PREFIX, topicPrefix),
  ].map((access) => ({ ...access, principal: certificateNameOf(folder, access.principal) }));
  await applyAccess(connection, wanted, (principal) => !principal.startsWith(PARTNER_PREFIX));
}

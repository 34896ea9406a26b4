export interface BrokerPlan {
  readonly ports: { readonly internal: number; readonly partner: number; readonly controller: number };
  readonly logFolder: string;
  /** PEM files. */
  readonly authority: string;
  readonly brokerKeyAndCertificate: string;
  /**
   * `plaintext`: the internal listener takes anybody on this machine and lets them do everything. For servers of
   * tests; a platform has certificates.
   */
  readonly internal: 'certificates' | 'plaintext';
}

/** Common names that are super users: the operator's, and the broker's own, without which it could not work. */
export const OPERATOR = 'operator';
export const BROKER = 'broker';

/**
 * Connections at once. One partner must not take the places of others: what comes from one address beyond its number is
 * closed unanswered. A client of kafkajs keeps about three. The number for all partners together keeps the broker's
 * memory bounded; beyond it new ones wait. Services all come from this machine's address; on a cluster each has its own.
 */
export const connectionLimits = { anAddress: 100, thisMachine: 5_000, partners: 2_000 } as const;

/**
 * One broker that is its own controller. Whoever comes in has a certificate, whose common name is the principal, and
 * may do what an access list says and nothing else. INTERNAL is for the services, PARTNER for agencies.
 */
export function serverProperties(plan: BrokerPlan): string {
  const { internal, partner, controller } = plan.ports;
  const plaintext = plan.internal === 'plaintext';
  const superUsers = [OPERATOR, BROKER, ...(plaintext ? ['ANONYMOUS'] : [])];
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `INTERNAL://127.0.0.1:${internal},PARTNER://127.0.0.1:${partner},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `INTERNAL://127.0.0.1:${internal},PARTNER://localhost:${partner}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INTERNAL',
    'listener.security.protocol.map': `CONTROLLER:SSL,INTERNAL:${plaintext ? 'PLAINTEXT' : 'SSL'},PARTNER:SSL`,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': plan.brokerKeyAndCertificate,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': plan.authority,
    'ssl.client.auth': 'required',
    'ssl.enabled.protocols': 'TLSv1.3,TLSv1.2',
    // The one common name, and it alone: who has several, or says more beside it, is nobody that a list knows.
    'ssl.principal.mapping.rules': 'RULE:^CN=([A-Za-z0-9._-]+)(,(?!.*CN=).*)?$/$1/,DEFAULT',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': superUsers.map((name) => `User:${name}`).join(';'),
    'allow.everyone.if.no.acl.found': false,
    'max.connections.per.ip': connectionLimits.anAddress,
    'max.connections.per.ip.overrides': `127.0.0.1:${connectionLimits.thisMachine}`,
    'listener.name.partner.max.connections': connectionLimits.partners,
    'log.dirs': plan.logFolder,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    // 50 partitions each by default; one broker on one machine needs no more files than this.
    'offsets.topic.num.partitions': 8,
    'transaction.state.log.num.partitions': 4,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

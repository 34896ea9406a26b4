export interface BrokerPlan {
  readonly ports: { readonly internal: number; readonly partner: number; readonly controller: number };
  readonly logFolder: string;
  /** PEM files. */
  readonly authority: string;
  readonly brokerKeyAndCertificate: string;
}

/**
 * One broker that is its own controller. INTERNAL is plain text on the loopback interface and its anonymous user is
 * super user; everybody on PARTNER has a certificate, whose common name is the principal, and may do what an access
 * list says and nothing else.
 */
export function serverProperties(plan: BrokerPlan): string {
  const { internal, partner, controller } = plan.ports;
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `INTERNAL://127.0.0.1:${internal},PARTNER://127.0.0.1:${partner},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `INTERNAL://127.0.0.1:${internal},PARTNER://localhost:${partner}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INTERNAL',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,PARTNER:SSL',
    'listener.name.partner.ssl.keystore.type': 'PEM',
    'listener.name.partner.ssl.keystore.location': plan.brokerKeyAndCertificate,
    'listener.name.partner.ssl.truststore.type': 'PEM',
    'listener.name.partner.ssl.truststore.location': plan.authority,
    'listener.name.partner.ssl.client.auth': 'required',
    'listener.name.partner.ssl.principal.mapping.rules': 'RULE:^.*CN=([^,]+).*$/$1/,DEFAULT',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS',
    'allow.everyone.if.no.acl.found': false,
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

import { createServer, type Server as Listener } from 'node:net';
import { LocalError } from '../errors.ts';

/** Ports of the servers, counted from the base. */
const SERVERS = ['kafka', 'kafkaPartner', 'kafkaController', 'postgres', 'redis'] as const;
export type Server = (typeof SERVERS)[number];

/** Ports kept for servers before those of the services begin. */
const SERVICES_AT = 10;
/** Ports of one instance of every service, so that two copies 100 ports apart hold four instances each. */
const SERVICES_IN_ROW = 20;

/** Services in the order of their ports; a new one goes to the end, so that nobody's port moves. */
export const SERVICE_PORTS = [
  'identity',
  'schema-registry',
  'intake',
  'status-feed',
  'reporting',
  'partner-gateway',
] as const;
export type ServiceName = (typeof SERVICE_PORTS)[number];

export interface PortPlan {
  readonly base: number;
  server(name: Server): number;
  /** Instances are counted from 1. */
  service(name: ServiceName, instance: number): number;
}

/** Where everything of one copy listens. */
export function portPlan(base: number, instances = 1): PortPlan {
  const last = base + SERVICES_AT + instances * SERVICES_IN_ROW - 1;
  if (!Number.isInteger(base) || base < 1_024 || last > 65_535) {
    throw new LocalError('argument', `ports ${base} to ${last} do not fit: choose VIENUVIET_PORT_BASE from 1024 up`);
  }
  return {
    base,
    server: (name) => base + SERVERS.indexOf(name),
    service: (name, instance) => base + SERVICES_AT + (instance - 1) * SERVICES_IN_ROW + SERVICE_PORTS.indexOf(name),
  };
}

/** Refuses with a clear word when somebody else listens on one of the ports. */
export async function refuseTakenPorts(ports: Readonly<Record<string, number>>): Promise<void> {
  for (const [name, port] of Object.entries(ports)) {
    if (await isTaken(port)) {
      throw new LocalError(
        'port_taken',
        `port ${port}, meant for ${name}, is taken: stop what listens there, or set VIENUVIET_PORT_BASE to a free range`,
      );
    }
  }
}

/** Tried by listening, as the server will: a connection would not see a port that is bound and not yet served. */
async function isTaken(port: number): Promise<boolean> {
  const probe = await listenOn(port);
  await new Promise((resolve) => (probe ? probe.close(resolve) : resolve(undefined)));
  return probe === undefined;
}

/** Listens on a port of this machine; undefined when somebody else does. */
function listenOn(port: number): Promise<Listener | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}

/** Ports that are given away together; the last one says that they are. */
const BLOCK = 100;

/**
 * A base where `count` ports are free, for tests that run beside a platform and beside each other. They are nobody
 * else's until this process ends: whoever asks meanwhile, of any checkout, finds the last port of the block taken.
 */
export async function freePortBase(count: number, from = 20_000, to = 32_000): Promise<number> {
  if (count >= BLOCK) throw new LocalError('argument', `at most ${BLOCK - 1} ports are given away together`);
  for (let attempt = 0; attempt < 200; attempt++) {
    const base = from + BLOCK * Math.floor((Math.random() * (to - from)) / BLOCK);
    const claim = await listenOn(base + BLOCK - 1);
    if (claim === undefined) continue;
    const taken = await Promise.all(Array.from({ length: count }, (_, index) => isTaken(base + index)));
    if (!taken.includes(true)) {
      claim.unref();
      return base;
    }
    await new Promise((resolve) => claim.close(resolve));
  }
  throw new LocalError('port_taken', `no ${count} free ports in a row between ${from} and ${to}`);
}

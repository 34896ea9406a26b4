import { createServer } from 'node:net';
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
function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(true) : reject(error),
    );
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(false)));
  });
}

/** A base where `count` ports are free just now, for tests that run beside a platform. */
export async function freePortBase(count: number, from = 20_000, to = 32_000): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const base = from + Math.floor(Math.random() * (to - from - count));
    const taken = await Promise.all(Array.from({ length: count }, (_, index) => isTaken(base + index)));
    if (!taken.includes(true)) return base;
  }
  throw new LocalError('port_taken', `no ${count} free ports in a row between ${from} and ${to}`);
}

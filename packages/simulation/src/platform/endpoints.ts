import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlatformError } from './errors.ts';

/** Where the parts of a running platform are, as `./scripts/run` writes it into its data folder. */
export interface Endpoints {
  readonly identity?: string;
  readonly intake?: string;
  readonly 'status-feed'?: string;
  readonly reporting?: string;
  readonly 'schema-registry'?: string;
  readonly kafka: string;
  readonly kafkaPartner?: string;
  /** Kafka's super user, as PEM files; absent where Kafka takes anybody. */
  readonly kafkaOperator?: { readonly authority: string; readonly certificate: string; readonly key: string };
  readonly schemaRegistry: string;
  readonly postgres: Readonly<Record<string, { readonly main: string; readonly keys: string }>>;
  readonly redis: string;
  readonly issuer: string;
  /** Every instance of every service, the first one first. */
  readonly instances?: Readonly<Record<string, readonly string[]>>;
  /** Put before the names of topics and groups; empty unless a broker is shared. */
  readonly topicPrefix?: string;
}

export const serviceNames = ['identity', 'intake', 'status-feed', 'reporting', 'schema-registry'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Reads `endpoints.json` of a data folder. Throws `not_started` when it is not there. */
export function readEndpoints(dataFolder: string): Endpoints {
  const file = join(dataFolder, 'endpoints.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Endpoints;
  } catch (cause) {
    throw new PlatformError('not_started', `${file} cannot be read: start the platform with ./scripts/run`, { cause });
  }
}

/** Addresses of a service, one an instance; empty when it does not run. */
export function addressesOf(endpoints: Endpoints, service: ServiceName): readonly string[] {
  const address = endpoints[service];
  return endpoints.instances?.[service] ?? (address === undefined ? [] : [address]);
}

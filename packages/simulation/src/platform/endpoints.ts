import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlatformError } from './errors.ts';

/** Where the parts of a running platform are, as `./scripts/run` writes it into its data folder. */
export interface Endpoints {
  readonly identity?: string;
  readonly intake?: string;
  readonly 'status-feed'?: string;
  readonly reporting?: string;
  readonly 'partner-gateway'?: string;
  readonly 'schema-registry'?: string;
  readonly kafka: string;
  readonly kafkaPartner?: string;
  /** Kafka's super user, as PEM files; absent where Kafka takes anybody. */
  readonly kafkaOperator?: { readonly authority: string; readonly certificate: string; readonly key: string };
  readonly schemaRegistry: string;
  /** URLs with passwords of the services that have a database: the owner's, that of its keys, and a BI tool's. */
  readonly postgres: Readonly<
    Record<string, { readonly main: string; readonly keys: string; readonly reader?: string }>
  >;
  /** File of the keys that wrap the keys of persons, by service. */
  readonly wrappingKeys?: Readonly<Record<string, string>>;
  /** By service: the public key of its audit's checkpoints. */
  readonly auditKeys?: Readonly<Record<string, string>>;
  readonly redis: string;
  readonly issuer: string;
  /** Every instance of every service, the first one first. */
  readonly instances?: Readonly<Record<string, readonly string[]>>;
  /** Put before the names of topics and groups; empty unless a broker is shared. */
  readonly topicPrefix?: string;
}

/** A service as `endpoints.json` names it: whoever adds one finds it there without a change here. */
export type ServiceName = string;

/** Services that have an address under their own name, beside `instances`. */
const namedServices = ['identity', 'intake', 'status-feed', 'reporting', 'partner-gateway', 'schema-registry'] as const;

/** Reads `endpoints.json` of a data folder. Throws `not_started` when it is not there, or not as a start writes it. */
export function readEndpoints(dataFolder: string): Endpoints {
  const file = join(dataFolder, 'endpoints.json');
  let endpoints: unknown;
  try {
    endpoints = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new PlatformError('not_started', `${file} cannot be read: start the platform with ./scripts/run`, { cause });
  }
  const fault = faultOf(endpoints);
  if (fault === undefined) return endpoints as Endpoints;
  throw new PlatformError('not_started', `${file} is damaged: ${fault}; ./scripts/run writes it anew`);
}

/** What keeps a command from using what was read; only what commands use is looked at. */
function faultOf(endpoints: unknown): string | undefined {
  if (!isObject(endpoints)) return 'it holds no object';
  const { kafka, topicPrefix = '', instances = {} } = endpoints;
  if (typeof kafka !== 'string') return 'kafka is no address';
  if (typeof topicPrefix !== 'string') return 'topicPrefix is no text';
  if (!isObject(instances)) return 'instances is no object';
  for (const service of namedServices) {
    const { [service]: address } = endpoints;
    if (address !== undefined && !isAddress(address)) return `${service} is no address`;
  }
  for (const [service, addresses] of Object.entries(instances)) {
    if (!Array.isArray(addresses) || !addresses.every(isAddress)) return `the instances of ${service} are no addresses`;
  }
  return isObject(endpoints['postgres']) ? undefined : 'postgres is no object';
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isAddress = (value: unknown): boolean =>
  typeof value === 'string' && /^https?:/.test(value) && URL.canParse(value);

/** Every service that was started, in the order of `endpoints.json`. */
export function servicesOf(endpoints: Endpoints): ServiceName[] {
  const named = namedServices.filter((service) => endpoints[service] !== undefined);
  return [...new Set([...Object.keys(endpoints.instances ?? {}), ...named])];
}

/** Those of them that have a database, and with it the operators' routes. */
export const servicesWithStore = (endpoints: Endpoints): ServiceName[] =>
  servicesOf(endpoints).filter((service) => Object.hasOwn(endpoints.postgres, service));

/** Addresses of a service, one an instance; empty when it does not run. */
export function addressesOf(endpoints: Endpoints, service: ServiceName): readonly string[] {
  const { instances = {} } = endpoints;
  if (Object.hasOwn(instances, service)) return instances[service] ?? [];
  const name = namedServices.find((each) => each === service);
  const address = name && endpoints[name];
  return address === undefined ? [] : [address];
}

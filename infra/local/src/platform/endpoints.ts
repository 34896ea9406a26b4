import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KafkaCertificate } from '@vienuviet/event-bus';
import { LocalError } from '../errors.ts';
import type { ServiceName } from './port-plan.ts';

/**
 * Where everything of a running copy is: an entry a service under its own name, and the servers. The file holds
 * passwords of the local databases and is readable by its owner alone.
 */
export type Endpoints = Readonly<Partial<Record<ServiceName, string>>> & {
  readonly kafka: string;
  /** Listener for partners; this and the certificates are absent where Kafka is not ours. */
  readonly kafkaPartner?: string;
  /** Reads every topic and writes none, in groups that begin with `replay.`: for programs of others. PEM files. */
  readonly kafkaClient?: KafkaCertificate;
  /** Kafka's super user: the operators' command reads topics with it. */
  readonly kafkaOperator?: KafkaCertificate;
  readonly schemaRegistry: string;
  /** An entry a service that has a store: URLs with passwords. */
  readonly postgres: Readonly<Record<string, DatabaseUrls>>;
  /** File of the keys that wrap the keys of persons, by service; absent where they are somebody else's. */
  readonly wrappingKeys?: Readonly<Record<string, string>>;
  /** By service: the public key that signatures of its audit's checkpoints are checked with. */
  readonly auditKeys?: Readonly<Record<string, string>>;
  readonly redis: string;
  readonly issuer: string;
  /** Every instance of every service, the first one first. */
  readonly instances: Readonly<Record<string, readonly string[]>>;
  /** Put before the names of topics and groups; empty unless a broker is shared. */
  readonly topicPrefix: string;
};

export interface DatabaseUrls {
  /** Of the owner. */
  readonly main: string;
  readonly keys: string;
  /** Of the role for BI tools, which reads and does nothing else. */
  readonly reader: string;
}

export const endpointsFile = (dataFolder: string): string => join(dataFolder, 'endpoints.json');

export function writeEndpoints(dataFolder: string, endpoints: Endpoints): void {
  const file = endpointsFile(dataFolder);
  writeFileSync(`${file}.next`, `${JSON.stringify(endpoints, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.next`, file);
}

/** Throws `not_ready` where nothing was started, and `refused` where the file is not as `writeEndpoints` writes it. */
export function readEndpoints(dataFolder: string): Endpoints {
  const file = endpointsFile(dataFolder);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new LocalError('not_ready', `nothing was started on ${dataFolder} yet: ./scripts/run starts it`, { cause });
  }
  const endpoints = parsed(text);
  const fault = faultOf(endpoints);
  if (fault === undefined) return endpoints as Endpoints;
  throw new LocalError('refused', `${file} is damaged: ${fault}; ./scripts/run starts everything anew and writes it`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isUrl = (value: unknown): boolean => typeof value === 'string' && URL.canParse(value);
const isBrokers = (value: unknown): boolean =>
  typeof value === 'string' &&
  value.split(',').every((broker) => URL.canParse(`kafka://${broker}`) && /:\d+$/.test(broker));
const everyValue = (value: unknown, holds: (part: unknown) => boolean): boolean =>
  isObject(value) && Object.values(value).every(holds);

const isDatabaseUrls = (value: unknown): boolean =>
  isObject(value) && [value['main'], value['keys'], value['reader']].every(isUrl);

/** What each part of the file has to be. */
const PARTS: readonly (readonly [name: keyof Endpoints, holds: (value: unknown) => boolean])[] = [
  ['kafka', isBrokers],
  ['schemaRegistry', isUrl],
  ['postgres', (value) => everyValue(value, isDatabaseUrls)],
  ['redis', isUrl],
  ['issuer', isUrl],
  ['instances', (value) => everyValue(value, (addresses) => Array.isArray(addresses) && addresses.every(isUrl))],
  ['topicPrefix', isText],
];

function faultOf(endpoints: unknown): string | undefined {
  if (!isObject(endpoints)) return 'it holds no object';
  const part = PARTS.find(([name, holds]) => !holds(endpoints[name]));
  return part && `${part[0]} is missing or not what it should be`;
}

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
  readonly postgres: Readonly<Record<string, { readonly main: string; readonly keys: string }>>;
  readonly redis: string;
  readonly issuer: string;
  /** Every instance of every service, the first one first. */
  readonly instances: Readonly<Record<string, readonly string[]>>;
  /** Put before the names of topics and groups; empty unless a broker is shared. */
  readonly topicPrefix: string;
};

export const endpointsFile = (dataFolder: string): string => join(dataFolder, 'endpoints.json');

export function writeEndpoints(dataFolder: string, endpoints: Endpoints): void {
  const file = endpointsFile(dataFolder);
  writeFileSync(`${file}.next`, `${JSON.stringify(endpoints, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.next`, file);
}

export function readEndpoints(dataFolder: string): Endpoints {
  try {
    return JSON.parse(readFileSync(endpointsFile(dataFolder), 'utf8')) as Endpoints;
  } catch (cause) {
    throw new LocalError('not_ready', `nothing was started on ${dataFolder} yet: ./scripts/run starts it`, { cause });
  }
}

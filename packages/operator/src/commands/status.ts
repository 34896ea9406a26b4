import { addressesOf, type Endpoints, servicesOf } from '@vienuviet/simulation/platform';
import type { Command } from 'commander';
import { request } from 'undici';
import { commandOf, withJson } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { endpointsOf, printRows, type Surroundings } from '../surroundings.ts';

interface ServiceHealth {
  readonly service: string;
  readonly address: string;
  readonly state: 'ready' | 'not ready' | 'unreachable';
  readonly detail: string;
}

/** Milliseconds for one answer. */
const patienceMs = 3_000;

export const statusCommand = (surroundings: Surroundings): Command =>
  withJson(
    commandOf('status', 'Whether every instance of every service is ready; 0 only when all are.', [
      'status',
      'status --json',
    ]),
  ).action(async (options: { json?: boolean }) => {
    const health = await healthOfAll(endpointsOf(surroundings));
    printRows(surroundings, options, health, [
      { title: 'SERVICE', value: ({ service }) => service },
      { title: 'STATE', value: ({ state }) => state },
      { title: 'ADDRESS', value: ({ address }) => address },
      { title: 'DETAIL', value: ({ detail }) => detail, flexible: true },
    ]);
    if (health.every(({ state }) => state === 'unreachable')) surroundings.end(exitCodes.unreachable);
    else if (health.some(({ state }) => state !== 'ready')) surroundings.end(exitCodes.failed);
  });

const healthOfAll = (endpoints: Endpoints): Promise<ServiceHealth[]> =>
  Promise.all(
    servicesOf(endpoints).flatMap((service) =>
      addressesOf(endpoints, service).map((address) => healthOf(service, address)),
    ),
  );

async function healthOf(service: string, address: string): Promise<ServiceHealth> {
  try {
    const { statusCode, body } = await request(`${address}/health/ready`, { signal: AbortSignal.timeout(patienceMs) });
    const answer = (await body.json()) as { detail?: string };
    if (statusCode === 200) return { service, address, state: 'ready', detail: '' };
    return { service, address, state: 'not ready', detail: answer.detail ?? `status ${statusCode}` };
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    return { service, address, state: 'unreachable', detail: code ?? message ?? '' };
  }
}

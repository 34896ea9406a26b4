import { existsSync } from 'node:fs';
import { answersAt } from '../kafka/broker.ts';
import { type Endpoints, endpointsFile, readEndpoints } from '../platform/endpoints.ts';
import { healthOf } from '../platform/health.ts';
import { memoryOf } from '../platform/memory.ts';
import type { ServiceName } from '../platform/port-plan.ts';
import { instanceName } from '../platform/services.ts';
import type { Settings } from '../platform/settings.ts';
import { acceptsQueries } from '../postgres/cluster.ts';
import { isRunning } from '../processes/identity.ts';
import { readRecord } from '../processes/record.ts';
import { answersPing } from '../redis/server.ts';
import { table } from './table.ts';

interface Line {
  readonly name: string;
  readonly address: string;
  /** Absent: not started by us. */
  readonly pid?: number;
  readonly ready: boolean;
  readonly detail: string;
}

/** Prints a table of everything and gives 0 only when everything is ready. */
export async function status(
  settings: Settings,
  { json }: { json: boolean },
  out: { write(text: string): unknown },
): Promise<number> {
  const record = readRecord(settings.dataFolder);
  const endpoints = record && existsSync(endpointsFile(settings.dataFolder)) && readEndpoints(settings.dataFolder);
  if (!record || !endpoints) {
    out.write(
      json ? `${JSON.stringify({ ready: false, processes: [] })}\n` : 'Nothing is running: ./scripts/run starts it.\n',
    );
    return 1;
  }
  const pids = new Map(
    record.processes.filter((known) => isRunning(known.identity)).map((known) => [known.name, known.identity.pid]),
  );
  const recorded = new Set(record.processes.map((known) => known.name));
  const lines = await Promise.all(
    checksOf(endpoints).map(async ({ name, address, check }): Promise<Line> => {
      const pid = pids.get(name);
      if (recorded.has(name) && pid === undefined) return { name, address, ready: false, detail: 'ended' };
      return { name, address, ...(pid === undefined ? {} : { pid }), ...(await check()) };
    }),
  );
  const ready = lines.every((line) => line.ready);
  const memory = memoryOf(record.processes);
  if (json) {
    out.write(`${JSON.stringify({ ready, memory, processes: lines })}\n`);
  } else {
    const rows = lines.map((line) => [
      line.name,
      `${line.pid ?? '–'}`,
      line.address,
      line.ready ? 'ready' : 'NOT READY',
      line.detail,
    ]);
    out.write(`${table(['process', 'pid', 'address', 'state', 'detail'], rows)}\n`);
    out.write(
      `${Math.round(memory / 2 ** 20)} MB of memory. ${ready ? 'Everything is ready.' : 'Not everything is ready.'}\n`,
    );
  }
  return ready ? 0 : 1;
}

interface Check {
  readonly name: string;
  readonly address: string;
  check(): Promise<{ ready: boolean; detail: string }>;
}

function checksOf(endpoints: Endpoints): Check[] {
  const broker = endpoints.kafka.split(',')[0] ?? '';
  const redis = new URL(endpoints.redis);
  const postgres = Object.values(endpoints.postgres)[0]?.main;
  const answer = async (work: Promise<boolean>) => ({ ready: await work, detail: '' });
  return [
    { name: 'kafka', address: endpoints.kafka, check: () => answer(answersAt(portOf(broker), hostOf(broker))) },
    ...(postgres
      ? [{ name: 'postgres', address: new URL(postgres).host, check: () => answer(acceptsQueries(postgres)) }]
      : []),
    {
      name: 'redis',
      address: redis.host,
      check: () => answer(answersPing(Number(redis.port || 6_379), redis.hostname)),
    },
    ...Object.entries(endpoints.instances).flatMap(([service, addresses]) =>
      addresses.map((address, index) => ({
        name: instanceName(service as ServiceName, index + 1),
        address,
        check: () => healthOf(address),
      })),
    ),
  ];
}

const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(':'));
const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1));

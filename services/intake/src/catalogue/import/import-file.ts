/**
 * Imports what a file says into the catalogue: states every entry, then drops what the source no longer names. Nothing
 * is dropped while a bad row does not tell which entry it names.
 *
 * Each entry is a command of its own, so an import that is cut off has done a part and does the rest when it is sent
 * again: what is stated twice makes no event. Imports of one source exclude each other by an advisory lock; two
 * sources may be imported at once, as the streams' versions keep them apart.
 */
import { executeCommand } from '@vienuviet/event-store';
import { problem } from '@vienuviet/http';
import type { ServiceContext } from '@vienuviet/service';
import type pg from 'pg';
import { catalogue } from '../projection.ts';
import { type ServiceCommand, type ServiceEvent, type ServiceState, serviceDecider } from '../service.ts';
import type { CatalogueFile } from './catalogue-file.ts';
import { type ImportReport, reportOf, tallied } from './report.ts';

export interface Import {
  readonly source: string;
  readonly actorId: string;
  readonly file: CatalogueFile;
  /** Told after every some entries; entries done and to do. */
  readonly onProgress?: (done: number, of: number) => void;
}

export type ImportResult =
  | { readonly outcome: 'imported'; readonly report: ImportReport }
  | { readonly outcome: 'running' };

const LOCK = `select pg_try_advisory_lock(7160300, hashtext($1)) as taken`;
const UNLOCK = `select pg_advisory_unlock(7160300, hashtext($1))`;

const LAST_SERVICE_EVENT = `
  select stream_id, version from event_store.events
   where stream_id like 'service-%' order by position desc limit 1`;

const NAMED_BY = `select service_id from catalogue.service where sources @> array[$1::text] order by service_id`;

/** Commands under way at once; their appends share commits. */
const atOnce = 32;
const progressEvery = 200;
const patienceMs = 30_000;

/** Imports a file; `running` when another import of the same source is under way. */
export async function importFile(context: ServiceContext, wanted: Import): Promise<ImportResult> {
  const session = await context.writer.connect();
  try {
    const { rows } = await session.query<{ taken: boolean }>(LOCK, [wanted.source]);
    if (rows[0]?.taken !== true) return { outcome: 'running' };
    try {
      return { outcome: 'imported', report: await importAlone(context, wanted) };
    } finally {
      await session.query(UNLOCK, [wanted.source]);
    }
  } finally {
    session.release();
  }
}

async function importAlone(context: ServiceContext, wanted: Import): Promise<ImportReport> {
  const { source, actorId, file } = wanted;
  const { entries, unclear, unnamed } = file;
  const unseen = (await namedBy(context, source)).filter((id) => !entries.has(id) && !unclear.has(id));
  const vanished = unnamed === 0 ? unseen : [];
  const commands = commandsOf(wanted, vanished);
  const of = entries.size + vanished.length;
  const tally = tallied();
  let done = 0;
  const work = async (): Promise<void> => {
    for (const said of commands) {
      const command: ServiceCommand = { ...said, source, actorId, now: context.clock().getTime() };
      tally.add(command.type, await executed(context, command));
      done += 1;
      if (done % progressEvery === 0) wanted.onProgress?.(done, of);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  wanted.onProgress?.(done, of);
  return reportOf(source, file, tally, unseen.length - vanished.length);
}

type Said =
  | Omit<Extract<ServiceCommand, { type: 'state' }>, keyof Sent>
  | Omit<Extract<ServiceCommand, { type: 'drop' }>, keyof Sent>;
type Sent = Pick<ServiceCommand, 'source' | 'actorId' | 'now'>;

/** One generator for all workers: each takes the next command. */
function* commandsOf({ file }: Import, vanished: readonly string[]): Generator<Said & { serviceId: string }> {
  const { origin } = file;
  for (const [serviceId, statement] of file.entries) yield { type: 'state', serviceId, statement, origin };
  for (const serviceId of vanished) yield { type: 'drop', serviceId };
}

async function executed({ store }: ServiceContext, command: ServiceCommand): Promise<readonly ServiceEvent[]> {
  const result = await executeCommand<ServiceCommand, ServiceState, ServiceEvent>(store, {
    decider: serviceDecider,
    streamType: 'service',
    streamId: `service-${command.serviceId}`,
    command,
  });
  if (result.outcome !== 'executed') throw new Error(`an entry of the catalogue was not taken: ${result.outcome}`);
  return result.events;
}

/**
 * Entries that the source names so far. The table is waited for until it shows the last event of the catalogue: what
 * an earlier import of the source did is then in it, also of one that was cut off.
 */
async function namedBy({ writer, seen }: ServiceContext, source: string): Promise<string[]> {
  const last = await lastServiceEvent(writer);
  if (last !== undefined && !(await seen(catalogue.name, last.stream_id, Number(last.version), patienceMs))) {
    throw problem('not_yet_visible', 'The table of the catalogue is behind: import again.');
  }
  const { rows } = await writer.query<{ service_id: string }>(NAMED_BY, [source]);
  return rows.map((row) => row.service_id);
}

async function lastServiceEvent(pool: pg.Pool): Promise<{ stream_id: string; version: number } | undefined> {
  const { rows } = await pool.query<{ stream_id: string; version: number }>(LAST_SERVICE_EVENT);
  return rows[0];
}

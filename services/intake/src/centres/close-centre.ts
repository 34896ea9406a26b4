/**
 * Closing a centre: only while it has no open case, and none can come in between.
 *
 * The close is appended first, in a transaction of its own: from then on the store's order lock is held, nothing else
 * can be appended, and everything that was is visible. Then the table of cases is waited for until it shows the last
 * case event of the store, and the centre's open cases are counted: with one of them the transaction is rolled back
 * and nothing has happened. A registration that comes at the same moment is either counted here, or finds in its own
 * append that the centre has moved on. The lock is held for some milliseconds, rarely; the first look, without it,
 * turns away what has open cases anyway.
 */
import { asCaller, setCaller, systemScope } from '@vienuviet/database';
import type { AppendResult, CommandRecord, Refusal } from '@vienuviet/event-store';
import { problem } from '@vienuviet/http';
import type { ServiceContext } from '@vienuviet/service';
import type pg from 'pg';
import { cases } from '../cases/projection.ts';
import { centreFact } from '../facts.ts';
import { centreDecider } from './centre.ts';

const OPEN_CASES = `
  select count(*)::int as count from cases.service_case
   where centre_id = $1 and stage not in ('closed', 'withdrawn')`;

const LAST_CASE_EVENT = `
  select stream_id, version from event_store.events
   where stream_id like 'case-%' order by position desc limit 1`;

/** How long the table of cases may take to come to the end of the store, ms. */
const patienceMs = { before: 5_000, underLock: 1_000 };

export interface Closing {
  readonly centreId: string;
  readonly actorId: string;
  readonly command: Omit<CommandRecord, 'answer'>;
  readonly answer: (version: number) => string;
}

export type ClosingResult =
  | { readonly outcome: 'closed' | 'known_command'; readonly answer: string }
  | { readonly outcome: 'refused'; readonly refusal: Refusal }
  | { readonly outcome: 'key_reused' };

/** Closes a centre once for its key. Throws 504 `not_yet_visible` when the table of cases does not follow. */
export async function closeCentre(context: ServiceContext, closing: Closing): Promise<ClosingResult> {
  const { store, writer } = context;
  const { key, scope, requestHash } = closing.command;
  const known = await store.findCommand(key, scope, requestHash);
  if (known !== undefined) return known;
  await waitForCases(context, writer, patienceMs.before);
  const open = await asCaller(writer, systemScope('intake'), (tx) => openCasesOf(tx, closing.centreId));
  const first = await decided(context, closing, open);
  if ('refusal' in first) return { outcome: 'refused', refusal: first.refusal };
  return closeUnderLock(context, closing);
}

async function closeUnderLock(context: ServiceContext, closing: Closing): Promise<ClosingResult> {
  const { store, writer } = context;
  const tx = await writer.connect();
  let broken: Error | undefined;
  try {
    await tx.query('begin');
    const closed = await decided(context, closing, 0);
    if ('refusal' in closed) return await rolledBack(tx, { outcome: 'refused', refusal: closed.refusal });
    const { events, version } = closed;
    const answer = closing.answer(version + events.length);
    const result = await store.appendIn(tx, {
      streams: [{ streamId: `centre-${closing.centreId}`, streamType: 'centre', expectedVersion: version, events }],
      command: { ...closing.command, answer },
    });
    if (result.outcome !== 'appended') return await rolledBack(tx, otherwise(result));
    await waitForCases(context, tx, patienceMs.underLock);
    await setCaller(tx, systemScope('intake'));
    const again = await decided(context, closing, await openCasesOf(tx, closing.centreId));
    if ('refusal' in again) return await rolledBack(tx, { outcome: 'refused', refusal: again.refusal });
    await tx.query('commit');
    store.announce();
    return { outcome: 'closed', answer };
  } catch (error) {
    await tx.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    tx.release(broken);
  }
}

async function rolledBack<T>(tx: pg.ClientBase, result: T): Promise<T> {
  await tx.query('rollback');
  return result;
}

function otherwise(result: Exclude<AppendResult, { outcome: 'appended' }>): ClosingResult {
  if (result.outcome === 'known_command' || result.outcome === 'key_reused') return result;
  throw problem(
    'concurrent_change',
    'The centre was changed at the same moment: repeat the command with the same key.',
  );
}

/** What the decider says to closing with so many open cases, on the centre as its stream is committed. */
async function decided({ store, clock }: ServiceContext, { centreId, actorId }: Closing, openCases: number) {
  const { state, read } = await centreFact(store, centreId);
  const command = { type: 'close', centreId, actorId, now: clock().getTime(), openCases } as const;
  const decision = centreDecider.decide(command, state);
  return decision.accepted ? { events: decision.events, version: read.version } : { refusal: decision.refusal };
}

/** Of everybody: the transaction's caller is the service itself. */
async function openCasesOf(tx: pg.ClientBase, centreId: string): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(OPEN_CASES, [centreId]);
  return rows[0]?.count ?? 0;
}

/** Until the table of cases shows the last case event of the store; that event does not come anew under the lock. */
async function waitForCases({ seen }: ServiceContext, db: pg.Pool | pg.ClientBase, patience: number): Promise<void> {
  const { rows } = await (db as pg.ClientBase).query<{ stream_id: string; version: number }>(LAST_CASE_EVENT);
  const [last] = rows;
  if (last === undefined || (await seen(cases.name, last.stream_id, Number(last.version), patience))) return;
  throw problem('not_yet_visible', 'The table of cases is behind: repeat the command with the same key.');
}

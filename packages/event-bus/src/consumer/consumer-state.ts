import { isBusError, messageOf } from '../errors.ts';
import type { InboundBatch, PartitionRange } from '../types.ts';
import type { ConsumerSetup } from './consumer.ts';

/**
 * - starting: no partition yet, e.g. another instance has them all;
 * - running: the last batch was committed;
 * - backing_off: trouble of the moment, the batch comes again;
 * - standing: it comes again, but somebody has to act: too many parked keys, an epoch that changed, events gone;
 * - stopped: ended on purpose.
 */
export type ConsumerStatus = 'starting' | 'running' | 'backing_off' | 'standing' | 'stopped';

export const consumerStatuses: readonly ConsumerStatus[] = [
  'starting',
  'running',
  'backing_off',
  'standing',
  'stopped',
];

export interface ConsumerState {
  readonly status: ConsumerStatus;
  /** Code and message of what keeps it, while backing off or standing. */
  readonly trouble?: { readonly code: string; readonly message: string };
  readonly parkedKeys: number;
  /** Messages not applied yet, over the partitions of this process, when they were last read. */
  readonly lag: number;
}

const needsSomebody = [
  'too_many_parked_keys',
  'store_epoch_changed',
  'offset_out_of_range',
  'projection_superseded',
  'projection_missing',
  'projection_refused',
] as const;

type Trouble = { readonly code: string; readonly message: string; readonly standing: boolean };

/** Follows how a consumer is, tells the metrics, and logs each change once. */
export function stateKeeper(setup: Pick<ConsumerSetup, 'consumer' | 'log' | 'metrics'>) {
  const { consumer, log, metrics } = setup;
  const lags = new Map<string, number>();
  let stopped = false;
  /** By partition: that of one does not end because another goes on. Ends with its next committed batch. */
  const inBatch = new Map<string, Trouble>();
  /** Ends with the next partition that starts. */
  let outside: Trouble | undefined;
  let parkedKeys = 0;

  const troubles = (): Trouble[] => [...inBatch.values(), ...(outside === undefined ? [] : [outside])];
  /** What needs somebody comes before what passes by itself. */
  const worst = (): Trouble | undefined => troubles().find(({ standing }) => standing) ?? troubles()[0];
  const status = (): ConsumerStatus => {
    const trouble = worst();
    if (stopped) return 'stopped';
    if (trouble !== undefined) return trouble.standing ? 'standing' : 'backing_off';
    return lags.size === 0 ? 'starting' : 'running';
  };
  const lag = (): number => [...lags.values()].reduce((sum, value) => sum + value, 0);
  const tell = (): void => metrics.consumerState(consumer, status());
  const known = (code: string): boolean => troubles().some((trouble) => trouble.code === code);
  /** Logged when it begins, not each time it comes again or reaches another partition. */
  const begun = (error: unknown): Trouble => {
    const code = codeOf(error);
    const standing = needsSomebody.some((candidate) => isBusError(error, candidate));
    if (!known(code)) {
      if (standing) log.error({ consumer, err: error, code }, 'the consumer stands still');
      else log.warn({ consumer, err: error, code }, 'the consumer backs off');
    }
    return { code, message: messageOf(error), standing };
  };
  const over = (trouble: Trouble | undefined): void => {
    if (trouble !== undefined && !known(trouble.code))
      log.info({ consumer, code: trouble.code }, 'the consumer goes on');
  };
  const overInBatch = (place: string): void => {
    const trouble = inBatch.get(place);
    inBatch.delete(place);
    over(trouble);
  };
  const overOutside = (): void => {
    const trouble = outside;
    outside = undefined;
    over(trouble);
  };
  tell();

  return {
    read(): ConsumerState {
      const trouble = worst();
      const told = trouble === undefined ? {} : { trouble: { code: trouble.code, message: trouble.message } };
      return { status: status(), parkedKeys, lag: lag(), ...told };
    },

    assigned(partitions: readonly { topic: string; partition: number }[]): void {
      const mine = new Set(partitions.map(({ topic, partition }) => `${topic}/${partition}`));
      for (const place of lags.keys()) if (!mine.has(place)) lags.delete(place);
      for (const place of inBatch.keys()) if (!mine.has(place)) overInBatch(place);
      tell();
    },

    started(topic: string, partition: number): void {
      const place = `${topic}/${partition}`;
      lags.set(place, lags.get(place) ?? 0);
      overOutside();
      tell();
    },

    /** Kafka said where a partition ends; false when this process does not read it. */
    ended(topic: string, { partition, low, high }: PartitionRange, next: bigint | undefined): boolean {
      const place = `${topic}/${partition}`;
      if (next === undefined || !lags.has(place)) return false;
      const behind = Math.max(0, Number(high - (next > low ? next : low)));
      lags.set(place, behind);
      metrics.consumerProgress(consumer, topic, partition, behind, lag(), 0);
      return true;
    },

    progressed(batch: InboundBatch, next: bigint, applied: number): void {
      const behind = Math.max(0, Number(batch.highWatermark - next));
      lags.set(`${batch.topic}/${batch.partition}`, behind);
      metrics.consumerProgress(consumer, batch.topic, batch.partition, behind, lag(), applied);
      if (troubles().length === 0) return;
      overInBatch(`${batch.topic}/${batch.partition}`);
      overOutside();
      tell();
    },

    parked(count: number): void {
      if (count === parkedKeys) return;
      parkedKeys = count;
      metrics.parkedKeys(consumer, count);
    },

    troubled(place: string, error: unknown): void {
      if (stopped || isBusError(error, 'offset_moved')) return;
      inBatch.set(place, begun(error));
      tell();
    },

    troubledOutside(error: unknown): void {
      if (stopped) return;
      outside = begun(error);
      tell();
    },

    stopped(): void {
      stopped = true;
      tell();
      log.info({ consumer }, 'the consumer stopped');
    },
  };
}

/** Our code, Kafka's name of its error, a SQLSTATE or an error code of the system. */
function codeOf(error: unknown): string {
  const { type, code, cause } = error as { type?: unknown; code?: unknown; cause?: unknown };
  if (typeof type === 'string') return type;
  if (typeof code === 'string' || typeof code === 'number') return String(code);
  return cause === undefined || cause === error ? 'unknown' : codeOf(cause);
}

import type pg from 'pg';
import type { Fault } from './envelope.ts';
import type { Step } from './plan-batch.ts';

export type ApplyStep = Extract<Step, { kind: 'apply' }>;

/** What a consumer does with events inside the transaction of a batch: a projection folds, a reaction appends. */
export interface Effects {
  /** Types that are decoded and applied; all others are only counted. */
  readonly types: ReadonlySet<string>;
  /** The projection whose live schema the batch writes; undefined for reactions and rebuilds. */
  readonly live?: { readonly name: string; readonly version: number };
  /** Most events in one transaction. */
  readonly batchSize: number;
  /** Reads what is needed before the first batch, and again after the live schema was switched. */
  prepare(tx: pg.ClientBase): Promise<void>;
  /** Last version seen of each stream; undefined when the effects need no guard. */
  streamVersions?(tx: pg.ClientBase, streams: readonly string[]): Promise<Map<string, number>>;
  /** A stream that was never seen may begin with any version: the consumer may be younger than the stream. */
  readonly joinsAnywhere?: boolean;
  /** Applies steps in order. A step that cannot be applied is handed to `onFault`; errors of the database are thrown. */
  apply(
    tx: pg.ClientBase,
    steps: readonly ApplyStep[],
    isParked: (key: string) => boolean,
    onFault: (step: ApplyStep, fault: Fault) => void,
  ): Promise<void>;
  /** Notes the versions after the batch. */
  noteVersions?(tx: pg.ClientBase, versions: ReadonlyMap<string, number>): Promise<void>;
  /** Whether an error of `apply` is the fault of an event and comes again each time; undefined: trouble of the moment. */
  refusal(error: unknown): Fault | undefined;
  /** After the commit. */
  committed(versions: ReadonlyMap<string, number>): void;
}

/** What a command works with: where the platform is, who calls, and where to write. */
import {
  connectPlatform,
  type Endpoints,
  type Platform,
  type PlatformSettings,
  readEndpoints,
} from '@vienuviet/simulation/platform';
import type { Console } from './output/console.ts';
import { type Column, tableLines } from './output/table.ts';

export interface Surroundings {
  readonly console: Console;
  /** Folder of the running copy, from `VIENUVIET_DATA` or `.vienuviet`. */
  readonly dataFolder: string;
  readonly clock: () => number;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** Sets how the command ends, when it is not by an error. */
  readonly end: (exitCode: number) => void;
}

/** Options that commands share. */
export interface CommonOptions {
  readonly as: string;
  readonly json?: boolean;
}

/** How long a single request of a command is tried again. */
const patienceMs = 5_000;

export const endpointsOf = (surroundings: Surroundings): Endpoints => readEndpoints(surroundings.dataFolder);

/** Works with the platform's services, and closes the connections afterwards. */
export async function withPlatform<Result>(
  surroundings: Surroundings,
  work: (platform: Platform, endpoints: Endpoints) => Promise<Result>,
  options: Partial<Pick<PlatformSettings, 'deadlineMs' | 'connections' | 'onRetry' | 'tokenSource'>> = {},
): Promise<Result> {
  const endpoints = endpointsOf(surroundings);
  const platform = connectPlatform({ endpoints, deadlineMs: patienceMs, signal: surroundings.signal, ...options });
  try {
    return await work(platform, endpoints);
  } finally {
    await platform.close();
  }
}

export const printJson = ({ console }: Surroundings, value: unknown): void =>
  console.out(`${JSON.stringify(value, null, 2)}\n`);

/** Rows as a table, or as JSON when that was asked for. */
export function printRows<Row>(
  surroundings: Surroundings,
  { json }: Pick<CommonOptions, 'json'>,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  whenEmpty = 'nothing',
): void {
  if (json) printJson(surroundings, rows);
  else if (rows.length === 0) surroundings.console.out(`${whenEmpty}\n`);
  else surroundings.console.out(`${tableLines(rows, columns, surroundings.console.width).join('\n')}\n`);
}

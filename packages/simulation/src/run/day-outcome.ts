import type { Difference } from '../compare/differences.ts';

/** What came out of a day: figures for people, and every difference that was found. */
export interface DayOutcome {
  readonly seed: string;
  readonly date: string;
  readonly digest: string;
  readonly centres: number;
  readonly cases: number;
  /** Why there was none. */
  readonly quiet?: string;
  readonly commands: number;
  readonly duplicates: number;
  readonly rivals: number;
  readonly countedServices: number;
  readonly feedEvents: number;
  readonly items: number;
  /** Seconds that playing and comparing took in this run. */
  readonly seconds: number;
  readonly retries: number;
  readonly differences: readonly Difference[];
  readonly topServices: readonly ChannelService[];
  /** Stage → cases. */
  readonly casesByState: Readonly<Record<string, number>>;
}

/** One line of the table of top services, as the report says it. */
export interface ChannelService {
  readonly channel: string;
  readonly rank: number;
  readonly title: string;
  readonly holder: string;
  readonly counted: number;
  readonly opened: number;
}

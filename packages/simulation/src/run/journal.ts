/**
 * What the simulation did, one JSON line a finished command: the memory from which an interrupted day goes on, and the
 * only thing that the comparison believes. A line is written when the answer is there, so a command without one may or
 * may not have been executed; sent again with its key, it gets the same answer.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Entry {
  /** Name of the case's script. */
  readonly case: string;
  /** Index of the step. */
  readonly step: number;
  /** `act`: the step's command; `rival`: the other clerk's claim; `claim_anew`: one that the script does not have. */
  readonly part: 'act' | 'rival' | 'claim_anew' | 'repeat' | 'stopped';
  readonly account: string;
  readonly key: string;
  /** HTTP status; 0 for a case that was stopped. */
  readonly status: number;
  /** Code of the refusal. */
  readonly code?: string;
  /** What an accepted command answered. */
  readonly answer?: Readonly<Record<string, unknown>>;
  /** What is wrong with the answer: a difference that the comparison reports. */
  readonly wrong?: string;
}

export interface Journal {
  /** What earlier runs of the same day did. */
  readonly earlier: readonly Entry[];
  record(entry: Entry): void;
}

/** Opens the journal of a day. A line that a kill cut off is dropped: its command is sent again. */
export function openJournal(file: string): Journal {
  mkdirSync(dirname(file), { recursive: true });
  const earlier = existsSync(file) ? readEntries(file) : [];
  return {
    earlier,
    record: (entry) => appendFileSync(file, `${JSON.stringify(entry)}\n`),
  };
}

function readEntries(file: string): Entry[] {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);
}

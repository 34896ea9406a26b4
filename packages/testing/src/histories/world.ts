import { createHash } from 'node:crypto';

/** An event of a generated history, as a decider makes it. */
export interface HistoryEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>> & { readonly occurredAt: number };
}

/** The events of one stream, versions 1, 2, 3 …, and the topic on which they travel. */
export interface StreamHistory {
  readonly topic: 'intake.service' | 'intake.centre' | 'intake.case';
  readonly streamId: string;
  readonly events: readonly HistoryEvent[];
}

export interface HistoryOptions {
  /** The same seed gives the same histories, byte for byte. */
  readonly seed: number;
  readonly services?: number;
  readonly centres?: number;
  readonly cases?: number;
  /** Instant of the first event, milliseconds; default 2 March 2026, 08:00 in Riga. */
  readonly startsAt?: number;
}

/** What all histories of one seed share. */
export interface World {
  readonly chance: () => number;
  readonly pick: <T>(values: readonly T[]) => T;
  readonly id: (kind: string, index: number) => string;
  readonly startsAt: number;
  readonly services: number;
  readonly centres: number;
}

export const MINUTE = 60_000;
export const channels = ['in_person', 'phone', 'email', 'form', 'chat', 'e_service', 'post'] as const;
export const holders = ['vsaa', 'vid', 'adazu-novada-dome'] as const;

export function createWorld({
  seed,
  services = 8,
  centres = 4,
  startsAt = Date.UTC(2026, 2, 2, 6),
}: HistoryOptions): World {
  const chance = seededChance(seed);
  return {
    chance,
    pick: (values) => values[Math.floor(chance() * values.length)]!,
    id: (kind, index) => uuidOf(`${seed}/${kind}/${index}`),
    startsAt,
    services,
    centres,
  };
}

/** Mulberry32: small, fast, and the same everywhere. */
function seededChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export const municipalityOf = (centre: number): string => `novads-${centre % 2}`;

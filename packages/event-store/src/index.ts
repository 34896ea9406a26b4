export * from './decider.ts';
export * from './errors.ts';
export { createEventStore, type EventStoreOptions } from './event-store.ts';
export * from './execute-command.ts';
export * from './maintenance.ts';
export * from './observation.ts';
export * from './types.ts';

export { type EventSource, testEventSource } from './event-source.ts';
export { eventually } from './eventually.ts';
export { type ServiceBed, serviceBed } from './service-bed.ts';
export { testTopics } from './test-topics.ts';

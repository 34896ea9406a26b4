import { randomBytes } from 'node:crypto';

/** A prefix for the topics and groups of one test file, so that files share a broker without meeting. */
export const topicPrefix = (): string => `t${randomBytes(5).toString('hex')}.`;

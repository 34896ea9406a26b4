import type { ConsumedEvent } from '@vienuviet/event-bus';
import type { EventMap } from '@vienuviet/schemas';

/**
 * What the portal shows of a case has changed. Local to this service's store, stream `item-<case id>`, no topic: the
 * streams of all items by position are the change feed. What the source event does not say is null, and the
 * projection `items` keeps what was known before.
 */
export type ItemStatusChanged = EventMap['statusfeed.ItemStatusChanged'];
export const itemStatusChanged = 'statusfeed.ItemStatusChanged';

export type ItemEvent = ConsumedEvent<typeof itemStatusChanged, ItemStatusChanged>;

export const itemStream = (caseId: string): string => `item-${caseId}`;

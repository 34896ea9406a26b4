import Type, { type Static } from 'typebox';
import type { ItemChange } from '../items/projection.ts';
import { milestones, statuses } from '../items/statuses.ts';
import { milestoneWords, statusWords } from '../items/words.ts';

/** One change of the feed as it is kept. */
export interface FeedChange {
  readonly position: number;
  readonly eventId: string;
  readonly recordedAt: Date;
  readonly caseId: string;
  readonly subjectId: string;
  readonly change: ItemChange;
}

const wordsSchema = Type.Object({ lv: Type.String(), en: Type.String() });

/** A change of the feed as the portal gets it: CloudEvents 1.0 in JSON. No personal data: ids are random, words codes. */
export const feedEventSchema = Type.Object({
  specversion: Type.Literal('1.0'),
  id: Type.String({ format: 'uuid' }),
  source: Type.Literal('/services/status-feed'),
  type: Type.Literal('lv.vienuviet.statusfeed.ItemStatusChanged.v1'),
  subject: Type.String({ description: 'The item: `item-<caseId>`.' }),
  time: Type.String({ format: 'date-time', description: 'When it was recorded in the feed.' }),
  datacontenttype: Type.Literal('application/json'),
  sequence: Type.String({ description: 'Version of the item; 1, 2, 3 … without holes.' }),
  cursor: Type.String({ description: "The reader's place in the feed after this event." }),
  data: Type.Object({
    caseId: Type.String({ format: 'uuid' }),
    subjectId: Type.String({ format: 'uuid', description: 'Random id of the person.' }),
    serviceId: Type.String({ format: 'uuid' }),
    holderId: Type.String({ description: 'Institution or municipality that handles the case.' }),
    status: Type.Enum([...statuses], { description: 'Status after this change.' }),
    statusWords: wordsSchema,
    milestone: Type.Union([Type.Enum([...milestones]), Type.Null()]),
    milestoneWords: Type.Union([wordsSchema, Type.Null()]),
    occurredAt: Type.String({ format: 'date-time', description: 'When it happened.' }),
    caseVersion: Type.Integer({ description: 'Version of the stream `case-<caseId>` that made the change.' }),
  }),
});
export type FeedEvent = Static<typeof feedEventSchema>;

export function toCloudEvent(changed: FeedChange, cursor: string): FeedEvent {
  const { change } = changed;
  return {
    specversion: '1.0',
    id: changed.eventId,
    source: '/services/status-feed',
    type: 'lv.vienuviet.statusfeed.ItemStatusChanged.v1',
    subject: `item-${changed.caseId}`,
    time: changed.recordedAt.toISOString(),
    datacontenttype: 'application/json',
    sequence: String(change.version),
    cursor,
    data: {
      caseId: changed.caseId,
      subjectId: changed.subjectId,
      serviceId: change.serviceId,
      holderId: change.holderId,
      status: change.status,
      statusWords: statusWords[change.status],
      milestone: change.milestone,
      milestoneWords: change.milestone === null ? null : milestoneWords[change.milestone],
      occurredAt: new Date(change.at).toISOString(),
      caseVersion: change.caseVersion,
    },
  };
}

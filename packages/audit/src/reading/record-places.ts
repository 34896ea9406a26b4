/** Cursors of lists of records, the newest first. */
import { cursorFormat, cursorInstant } from '@vienuviet/http';
import { uuid } from '@vienuviet/http/route-schemas';
import Type, { type Static } from 'typebox';
import type { RecordPlace } from './read-records.ts';

const Place = Type.Object({
  recordedAt: cursorInstant,
  chainId: uuid('The chain.'),
  sequence: Type.Integer({ minimum: 1 }),
});
type CursorPlace = Static<typeof Place>;

/** The cursor of one list; `list` tells it from those of others. */
export const recordPlaces = (list: string) => cursorFormat(list, Place);

export const cursorPlace = ({ recordedAt, chainId, sequence }: RecordPlace): CursorPlace => ({
  ...{ recordedAt: recordedAt.toISOString(), chainId, sequence },
});

export const placeIn = (place: CursorPlace): RecordPlace => ({ ...place, recordedAt: new Date(place.recordedAt) });

/**
 * A reader's place in the change feed: `<first 8 digits of the store's epoch>.<position>`, e.g. `3f2a91c0.1042`.
 *
 * The position is the event's position in this service's own store, which no rebuild moves. The epoch names one
 * history of the store: a store restored to an earlier state has another, and a cursor of the earlier history is
 * refused instead of skipping what the restore lost.
 */
export type CursorRead =
  | { readonly outcome: 'read'; readonly position: number }
  | { readonly outcome: 'malformed' }
  | { readonly outcome: 'other_epoch' };

const CURSOR = /^([0-9a-f]{8})\.(0|[1-9][0-9]{0,15})$/;

const prefixOf = (epoch: string): string => epoch.replaceAll('-', '').slice(0, 8).toLowerCase();

export const writeCursor = (epoch: string, position: number): string => `${prefixOf(epoch)}.${position}`;

export function readCursor(epoch: string, text: string): CursorRead {
  const [, prefix, digits] = CURSOR.exec(text) ?? [];
  const position = Number(digits);
  if (prefix === undefined || !Number.isSafeInteger(position)) return { outcome: 'malformed' };
  return prefix === prefixOf(epoch) ? { outcome: 'read', position } : { outcome: 'other_epoch' };
}

import Type, { type Static, type TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { problem } from './problems.ts';

/** An instant in a cursor's position, as `Date` writes it: `2026-11-21T08:00:00.000Z`, of a real day. */
export const cursorInstant = Type.Refine(
  Type.String(),
  (text) => /^[1-9]\d{3}-/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text,
);

/** Query of a list: `limit` and `cursor`. Spread it into the properties of the route's query schema. */
export const pagingQuery = (settings: { readonly most?: number; readonly usual?: number } = {}) => ({
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: settings.most ?? 200,
      description: `Things on a page; ${settings.usual ?? 50} when not given.`,
    }),
  ),
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: 1024, description: 'From `nextCursor` of the page before; opaque.' }),
  ),
});

/** A page of a list, for the schema of its answer. */
export const pageOf = <Item extends TSchema>(item: Item) =>
  Type.Object({ items: Type.Array(item), nextCursor: Type.Union([Type.String(), Type.Null()]) });

export interface CursorFormat<Position extends TSchema> {
  encode(position: Static<Position>): string;
  /** Throws 400 `invalid_cursor` for text that this format of this list did not make. */
  decode(cursor: string): Static<Position>;
}

/**
 * The cursors of one list: where the next page starts, in the list's own terms (say, the sort key and the id of the
 * last row). `name` carries the version (`work-queue.1`): a cursor of another list, or of an older shape, is refused.
 * A cursor says where, not who: what the caller may see is narrowed on every page anew.
 */
export function cursorFormat<Position extends TSchema>(name: string, schema: Position): CursorFormat<Position> {
  return {
    encode: (position) => Buffer.from(JSON.stringify([name, position])).toString('base64url'),
    decode: (cursor) => {
      const read = parse(cursor);
      if (
        !Array.isArray(read) ||
        read.length !== 2 ||
        read[0] !== name ||
        !isSound(read[1]) ||
        !Check(schema, read[1])
      ) {
        throw problem('invalid_cursor', 'Start again without a cursor.');
      }
      return read[1] as Static<Position>;
    },
  };
}

/** A position is a value or flat; text that no database takes was not written by us. */
const isSound = (position: unknown): boolean =>
  (typeof position === 'object' && position !== null ? Object.values(position) : [position]).every(
    (value) => typeof value !== 'string' || (value.isWellFormed() && !value.includes('\0')),
  );

function parse(cursor: string): unknown {
  try {
    return /^[\w-]+$/.test(cursor) ? JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A page out of one row more than was asked for: that row only tells that there is a next page.
 * `rows` were read with `limit + 1`.
 */
export function pageOfRows<Row, Position extends TSchema>(
  rows: readonly Row[],
  limit: number,
  format: CursorFormat<Position>,
  positionOf: (row: Row) => Static<Position>,
): { items: Row[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? format.encode(positionOf(last)) : null };
}

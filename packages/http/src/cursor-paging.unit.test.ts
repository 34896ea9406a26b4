import Type from 'typebox';
import { describe, expect, test } from 'vitest';
import { cursorFormat, cursorInstant, pageOfRows, pagingQuery } from './cursor-paging.ts';
import type { HttpProblem } from './problems.ts';

const Position = Type.Object({ at: Type.Integer(), id: Type.String() });
const format = cursorFormat('things.1', Position);
const codeOf = (decode: () => unknown) => {
  try {
    decode();
    return 'decoded';
  } catch (error) {
    return (error as HttpProblem).code;
  }
};

describe('a cursor', () => {
  test('comes back as the position that it was made of', () => {
    const position = { at: 5, id: 'Ķekava/1' };
    const cursor = format.encode(position);
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(format.decode(cursor)).toEqual(position);
  });

  test.each([
    ['nothing', ''],
    ['words', 'hello'],
    ['what is not base64url', 'a+b/c='],
    ['JSON of another shape', Buffer.from('{"at":5}').toString('base64url')],
    ['half of one', format.encode({ at: 5, id: 'x' }).slice(0, 10)],
    ['another list', cursorFormat('others.1', Position).encode({ at: 5, id: 'x' })],
    ['an older shape', cursorFormat('things.0', Type.Any()).encode({ at: 5, id: 'x' })],
    ['a position of the wrong kind', cursorFormat('things.1', Type.Any()).encode({ at: '5; drop table', id: 'x' })],
    ['text that no database takes', cursorFormat('things.1', Type.Any()).encode({ at: 5, id: 'a\0b' })],
    ['half a character', cursorFormat('things.1', Type.Any()).encode({ at: 5, id: '\ud800' })],
  ])('of %s is refused', (_name, cursor) => {
    expect(codeOf(() => format.decode(cursor))).toBe('invalid_cursor');
  });

  test('may be a value alone', () => {
    const names = cursorFormat('names.1', Type.String());
    expect(names.decode(names.encode('clerk.cesis.1'))).toBe('clerk.cesis.1');
    expect(codeOf(() => names.decode(names.encode('a\0b')))).toBe('invalid_cursor');
  });

  test.each([
    ['2026-11-21T08:00:00.000Z', true],
    ['2026-02-30T10:00:00.000Z', false],
    ['2026-99-99T99:99:99.999Z', false],
    ['0000-01-01T00:00:00.000Z', false],
    ['2026-11-21T08:00:00Z', false],
    ['now', false],
  ])('with the instant %s is taken: %s', (at, taken) => {
    const places = cursorFormat('instants.1', Type.Object({ at: cursorInstant }));
    const cursor = cursorFormat('instants.1', Type.Any()).encode({ at });
    if (taken) expect(places.decode(cursor)).toEqual({ at });
    else expect(codeOf(() => places.decode(cursor))).toBe('invalid_cursor');
  });
});

describe('a page', () => {
  const rows = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ at: index, id: `t${index}`, more: 1 }));
  const page = (count: number, limit: number) => pageOfRows(rows(count), limit, format, ({ at, id }) => ({ at, id }));

  test('that has a next one points behind its last item', () => {
    const { items, nextCursor } = page(4, 3);
    expect(items).toHaveLength(3);
    expect(format.decode(nextCursor ?? '')).toEqual({ at: 2, id: 't2' });
  });

  test('that is the last, full or not, has no cursor', () => {
    expect(page(3, 3)).toMatchObject({ nextCursor: null });
    expect(page(0, 3)).toEqual({ items: [], nextCursor: null });
  });

  test('is asked for with a bounded limit', () => {
    expect(pagingQuery({ most: 500 }).limit).toMatchObject({ minimum: 1, maximum: 500 });
  });
});

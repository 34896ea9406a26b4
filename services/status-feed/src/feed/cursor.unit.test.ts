import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCursor, writeCursor } from './cursor.ts';

const epoch = '3F2A91C0-1111-4222-8333-444455556666';

describe('a cursor of the feed', () => {
  test('shows the epoch and the position', () => {
    expect(writeCursor(epoch, 1042)).toBe('3f2a91c0.1042');
  });

  test('is read back as it was written, for every position that a number holds', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (position) => {
        expect(readCursor(epoch, writeCursor(epoch, position))).toEqual({ outcome: 'read', position });
      }),
    );
  });

  test('of another history of the store is told apart', () => {
    expect(readCursor('00000000-1111-4222-8333-444455556666', '3f2a91c0.7')).toEqual({ outcome: 'other_epoch' });
  });

  test.each([
    '',
    '.',
    '3f2a91c0',
    '3f2a91c0.',
    '3f2a91c0.-1',
    '3f2a91c0.07',
    '3f2a91c0.1.2',
    '3F2A91C0.1',
    ' 3f2a91c0.1',
    '3f2a91c0.1e3',
    '3f2a91c0.9999999999999999',
    `3f2a91c0.${'9'.repeat(400)}`,
    '3f2a91c0.1;drop',
  ])('that reads %j is malformed', (text) => {
    expect(readCursor(epoch, text)).toEqual({ outcome: 'malformed' });
  });
});

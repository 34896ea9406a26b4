import { setTimeout as pause } from 'node:timers/promises';
import type { TestDatabase } from '@vienuviet/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { append, eventStoreDatabase, newStreamId, openStore } from './test-support/store.ts';
import { appendWatch } from './watch.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await eventStoreDatabase();
});
afterAll(() => database.drop());

describe('who listens to a store', () => {
  test('is told of its own appends at once, of those of other processes soon, and of none after it ended', async () => {
    const [store, other] = [await openStore(database), await openStore(database)];
    let told = 0;
    const end = store.onAppended(() => {
      told++;
    });
    await store.append(append(newStreamId(), 'any'));
    expect(told).toBeGreaterThanOrEqual(1);
    // The look that finds nothing new.
    await pause(300);
    const before = told;
    await other.append(append(newStreamId(), 'any'));
    await vi.waitUntil(() => told > before, { timeout: 700, interval: 5 });
    end();
    const after = told;
    await other.append(append(newStreamId(), 'any'));
    await pause(400);
    expect(told).toBe(after);
    await store.close();
    await other.close();
  });
});

describe('the watch', () => {
  const watching = (positions: (() => number)[]) => {
    let looks = 0;
    const watch = appendWatch(
      async () => {
        looks++;
        return (positions.length > 1 ? positions.shift()! : positions[0]!)();
      },
      { busy: 5, idle: 20 },
    );
    return { watch, looks: () => looks };
  };

  test('looks once for all who listen, and not at all when nobody does', async () => {
    const { watch, looks } = watching([() => 0]);
    await pause(50);
    expect(looks()).toBe(0);
    const ends = Array.from({ length: 10 }, () => watch.listen(() => undefined));
    await pause(200);
    expect(looks()).toBeGreaterThan(3);
    expect(looks()).toBeLessThan(25);
    for (const end of ends) end();
    const before = looks();
    await pause(100);
    expect(looks()).toBeLessThanOrEqual(before + 1);
  });

  test('does not take its own appends for those of others', async () => {
    const { watch } = watching([() => 7]);
    let told = 0;
    watch.appended(7);
    const end = watch.listen(() => {
      told++;
    });
    await pause(150);
    expect(told).toBe(0);
    end();
  });

  test('tells when it cannot look, and now and then in any case', async () => {
    const away = watching([
      () => {
        throw new Error('away');
      },
    ]);
    let told = 0;
    let end = away.watch.listen(() => {
      told++;
    });
    await pause(100);
    expect(told).toBeGreaterThan(1);
    end();

    const quiet = watching([() => 0]);
    quiet.watch.appended(1_000);
    told = 0;
    end = quiet.watch.listen(() => {
      told++;
    });
    await pause(1_300);
    expect(told).toBe(1);
    end();
  });
});

import { inventedPersonalCode } from '@vienuviet/identifiers/invented';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IntakeTest, type Person, startIntake } from '../test-support/intake-test.ts';

let it: IntakeTest;
beforeAll(async () => {
  it = await startIntake({ usualLimits: true });
});
afterAll(() => it.close());

test('codes cannot be guessed: after 20 searches in a minute a clerk waits, and others do not', async () => {
  let nth = 0;
  const search = (who: Person) => {
    const personalCode = inventedPersonalCode('guessing', ++nth).reveal();
    return it.post(who, '/v1/clients/search', { personalCode }, { headers: { purpose: 'service_provision' } });
  };
  const statuses: number[] = [];
  for (let n = 0; n < 22; n++) statuses.push((await search('clerk.both')).status);
  expect(statuses).toEqual([...Array(20).fill(200), 429, 429]);
  expect((await search('clerk.cesis.2')).status).toBe(200);
});

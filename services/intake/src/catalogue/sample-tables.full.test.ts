/**
 * The whole sample catalogue through the import, as the first start does it, and again. Takes long: the e2e tests import
 * it once, and `catalogue.int.test.ts` small tables again.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type IntakeTest, startIntake } from '../test-support/intake-test.ts';

let intake: IntakeTest;
beforeAll(async () => {
  intake = await startIntake();
});
afterAll(async () => intake?.close());

test('the tables of the report and the invented catalogue are 7,656 entries, and nothing the second time', async () => {
  const data = new URL('../../../../packages/simulation/data/', import.meta.url);
  const files = [
    'source/t47_53_popular_services',
    'source/t54_55_unused_services',
    'source/t08_top15_in_person',
    'source/t09_top15_authorised_eservices',
    'source/t10_top15_contact_centre',
    'invented/services',
  ];
  const { store, writer } = intake.host.service.context;
  const run = async () => {
    const counts = { listed: 0, sourcesAdded: 0, changed: 0, unchanged: 0, rejected: 0 };
    for (const file of files) {
      const { status, body } = await intake.import(
        file.split('/')[1] ?? '',
        readFileSync(new URL(`${file}.csv`, data), 'utf8'),
      );
      expect(status).toBe(200);
      counts.listed += body.listed;
      counts.sourcesAdded += body.sourcesAdded;
      counts.changed += body.changed;
      counts.unchanged += body.unchanged;
      counts.rejected += body.rejectedCount;
    }
    return counts;
  };
  const first = await run();
  expect(first.rejected).toBe(0);
  const before = await store.lastPosition();
  const second = await run();
  expect(await store.lastPosition()).toBe(before);
  expect(second).toMatchObject({ listed: 0, sourcesAdded: 0, changed: 0 });
  const { rows } = await writer.query<{ count: number }>(
    `select count(*)::int as count from event_store.streams where type = 'service' and stream_id in (
       select 'service-' || service_id from catalogue.service where sources && $1::text[])`,
    [files.map((file) => file.split('/')[1])],
  );
  expect(rows[0]?.count).toBe(7_656);
}, 120_000);

import { tryAccess } from '@vienuviet/http/testing';
import { policies } from '@vienuviet/policies';
import { operatorAccess, startTestService, type TestService } from '@vienuviet/service/testing';
import { caseHistories, countStatements } from '@vienuviet/testing';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reporting } from '../service.ts';
import { eventsOf, percentile, plainCases, rigaHour, standingCounts, tally, text } from '../tests/plain-figures.ts';
import { type Answer, intakeOf, playAll, readerOf } from '../tests/reader.ts';
import { reports } from './definitions.ts';

type Row = Record<string, string | number | null>;

// Across the change to summer time, in the night of 29 March 2026.
const startsAt = Date.UTC(2026, 2, 26, 6);
const histories = caseHistories({ seed: 5, services: 10, centres: 5, cases: 250, startsAt });
const cases = plainCases(histories);
let bed: TestService;
let read: (path: string) => Promise<Answer>;

beforeAll(async () => {
  bed = await startTestService(reporting);
  await playAll(bed, intakeOf(bed), histories);
  read = await readerOf(bed, { role: 'auditor' });
});

afterAll(async () => {
  await bed?.close();
});

const rowsOf = async (path: string): Promise<Row[]> => {
  const { status, body } = await read(`/v1/reports/${path}`);
  expect(status).toBe(200);
  return body.rows;
};
const spread = (rows: readonly Row[], figure: string, ...names: string[]): Record<string, number> =>
  tally(rows.flatMap((row) => Array<string>(Number(row[figure])).fill(names.map((name) => row[name]).join(' '))));

describe('the figures are those of plain counting', () => {
  test('services counted and cases opened, by channel, service and holder', async () => {
    const rows = await rowsOf('top-services?top=10000');
    const counts = standingCounts(cases);
    expect(counts.length).toBeGreaterThan(50);
    expect(spread(rows, 'servicesCounted', 'channel', 'serviceId', 'holderId')).toEqual(
      tally(counts.map((event) => `${text(event, 'channel')} ${text(event, 'serviceId')} ${text(event, 'holderId')}`)),
    );
    expect(spread(rows, 'casesRegistered', 'channel', 'serviceId', 'holderId')).toEqual(
      tally(cases.map((one) => `${text(one.events[0], 'channel')} ${one.serviceId} ${one.holderId}`)),
    );
  });

  test('ranks go down with the services counted, and shares of a channel add up to 100', async () => {
    const rows = (await rowsOf('top-services?top=10000')).filter((row) => row['channel'] === 'in_person');
    expect(rows.map((row) => row['rank'])).toEqual(rows.map((_, index) => index + 1));
    const counted = rows.map((row) => Number(row['servicesCounted']));
    expect(counted).toEqual(counted.toSorted((a, b) => b - a));
    expect(rows.reduce((sum, row) => sum + Number(row['sharePercent']), 0)).toBeCloseTo(100, 0);
    expect(await rowsOf('top-services?top=3')).toEqual(
      (await rowsOf('top-services?top=10000')).filter((row) => Number(row['rank']) <= 3),
    );
  });

  test('cases by stage, centre and holder, each case once', async () => {
    const rows = await rowsOf('cases-by-state');
    expect(spread(rows, 'cases', 'stage', 'centreId', 'holderId')).toEqual(
      tally(cases.map((one) => `${one.stage} ${one.centreId} ${one.holderId}`)),
    );
  });

  test('median and 90th percentile of the times, for all and for each holder', async () => {
    const rows = await rowsOf('times');
    const firstAt = (one: (typeof cases)[number], record: string) => eventsOf(one, record)[0]?.data.occurredAt;
    const minutes = (group: typeof cases, from: string, to: string) =>
      group.flatMap((one) => {
        const [start, end] = [firstAt(one, from), firstAt(one, to)];
        return start === undefined || end === undefined ? [] : [(end - start) / 60_000];
      });
    const groups = [undefined, ...new Set(cases.map((one) => one.holderId))];
    for (const holderId of groups) {
      const group = cases.filter(
        (one) => firstAt(one, 'ServiceRequested') !== undefined && (holderId ?? one.holderId) === one.holderId,
      );
      const row = rows.find((one) =>
        holderId === undefined ? one['level'] === 'all' : one['level'] === 'holder' && one['holderId'] === holderId,
      );
      const rounded = (value: number | null) => (value === null ? null : expect.closeTo(value, 0));
      expect(row).toMatchObject({
        casesRequested: group.length,
        casesDelivered: group.filter((one) => firstAt(one, 'ResultDelivered') !== undefined).length,
        minutesToResultMedian: rounded(percentile(minutes(group, 'ServiceRequested', 'ResultDelivered'), 0.5)),
        minutesToResultP90: rounded(percentile(minutes(group, 'ServiceRequested', 'ResultDelivered'), 0.9)),
        minutesToDecisionMedian: rounded(percentile(minutes(group, 'ServiceRequested', 'DecisionMade'), 0.5)),
        minutesToRequestP90: rounded(percentile(minutes(group, 'CaseRegistered', 'ServiceRequested'), 0.9)),
      });
    }
  });

  test('demand in all 168 hours of the week, by the clock in Riga', async () => {
    const rows = await rowsOf('demand');
    expect(rows).toHaveLength(168);
    const hourOf = (instant: number) => {
      const { weekday, hour } = rigaHour(instant);
      return `${weekday} ${hour}`;
    };
    expect(spread(rows, 'casesRegistered', 'weekday', 'hour')).toEqual(
      tally(cases.map((one) => hourOf(one.events[0]!.data.occurredAt))),
    );
    expect(spread(rows, 'servicesCounted', 'weekday', 'hour')).toEqual(
      tally(standingCounts(cases).map((event) => hourOf(event.data.occurredAt))),
    );
  });

  test('clerk minutes of each stage and channel', async () => {
    const rows = await rowsOf('handling');
    const minutesIn = (stage: string) =>
      rows.filter((row) => row['stage'] === stage).reduce((sum, row) => sum + Number(row['clerkMinutes']), 0);
    for (const [stage, record] of [
      ['information', 'CaseRegistered'],
      ['consultation', 'ConsultationRecorded'],
      ['request', 'ServiceRequested'],
      ['execution', 'InformationProvided'],
      ['result', 'ResultDelivered'],
    ] as const) {
      const events = cases.flatMap((one) => eventsOf(one, record));
      expect(minutesIn(stage), stage).toBe(events.reduce((sum, event) => sum + Number(event.data['clerkMinutes']), 0));
    }
  });

  test('what had to be done again, and how cases were rated', async () => {
    const [all] = await rowsOf('quality');
    const withAny = (record: string) => cases.filter((one) => eventsOf(one, record).length > 0).length;
    const scores = cases
      .flatMap((one) => eventsOf(one, 'CaseEvaluated').slice(-1))
      .map((event) => Number(event.data['score']));
    expect(all).toMatchObject({
      level: 'all',
      casesRegistered: cases.length,
      casesEvaluated: scores.length,
      evaluationAverage: expect.closeTo(scores.reduce((sum, score) => sum + score, 0) / scores.length, 1),
      casesReopened: withAny('CaseReopened'),
      casesSentToWrongAuthority: withAny('RequestRejectedAsWrongAuthority'),
      casesAskedForInformation: withAny('InformationRequested'),
      casesWithdrawn: cases.filter((one) => one.stage === 'withdrawn').length,
    });
  });

  test('a period takes whole days of Riga, from the first to the last', async () => {
    const dayOf = (instant: number) => new Date(instant).toLocaleDateString('en-CA', { timeZone: 'Europe/Riga' });
    const days = cases.map((one) => dayOf(one.events[0]!.data.occurredAt));
    const rows = await rowsOf('cases-by-state?from=2026-03-28&to=2026-03-29');
    const total = rows.reduce((sum, row) => sum + Number(row['cases']), 0);
    expect(total).toBe(days.filter((day) => day === '2026-03-28' || day === '2026-03-29').length);
    expect(total).toBeGreaterThan(0);
  });

  test('one centre and one holder can be asked for', async () => {
    const { centreId, holderId } = cases[0]!;
    const rows = await rowsOf(`cases-by-state?centreId=${centreId}&holderId=${holderId}`);
    const total = rows.reduce((sum, row) => sum + Number(row['cases']), 0);
    expect(total).toBe(cases.filter((one) => one.centreId === centreId && one.holderId === holderId).length);
  });
});

describe('every report', () => {
  test.each(reports.map((report) => report.name))(
    '%s carries its definition, what it is true up to, and its lag',
    async (name) => {
      const { status, body } = await read(`/v1/reports/${name}`);
      expect(status).toBe(200);
      const report = reports.find((one) => one.name === name)!;
      expect(body).toMatchObject({
        name,
        title: report.title,
        definition: report.definition,
        lag: { events: 0, seconds: 0, checkedAt: expect.stringMatching(/^2\d{3}-\S+Z$/) },
      });
      expect(Object.keys(body.rows[0])).toEqual(body.columns.map((column: { name: string }) => column.name));
      const caseOffsets = body.asOf.filter((place: { topic: string }) => place.topic === 'intake.case');
      const events = caseOffsets.reduce((sum: number, place: { offset: number }) => sum + place.offset + 1, 0);
      expect(events).toBe(cases.reduce((sum, one) => sum + one.events.length, 0));
      for (const place of body.asOf) if (place.offset >= 0) expect(Date.parse(place.lastEventAt)).toBeGreaterThan(0);
    },
  );

  test.each(reports.map((report) => report.name))('%s comes as CSV with the same figures', async (name) => {
    const json = await read(`/v1/reports/${name}`);
    for (const path of [`/v1/reports/${name}.csv`, `/v1/reports/${name}?format=csv`]) {
      const csv = await read(path);
      expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
      expect(csv.headers['report-as-of']).toMatch(/intake\.case\/\d+@\d+/);
      expect(csv.headers['report-lag']).toMatch(/^events=0, seconds=0, checkedAt=2\d{3}-\S+Z$/);
      const records: string[][] = parse(csv.text);
      expect(records[0]).toEqual(json.body.columns.map((column: { column: string }) => column.column));
      const values = json.body.rows.map((row: Row) =>
        Object.values(row).map((value) => (value === null ? '' : String(value))),
      );
      expect(records.slice(1)).toEqual(values);
    }
  });

  test('is in the list', async () => {
    const { body } = await read('/v1/reports');
    expect(body.reports.map((report: { name: string }) => report.name)).toEqual(reports.map((report) => report.name));
  });

  test.each(reports.map((report) => report.name))('%s says the same as its view', async (name) => {
    const { body } = await read(`/v1/reports/${name}${name === 'top-services' ? '?top=10000' : ''}`);
    const pool = bed.database.pool('reader', 1);
    const { rows } = await pool.query(`select * from ${body.view}`);
    await pool.end();
    expect(rows.map((row) => Object.values(row).map(String))).toEqual(
      body.rows.map((row: Row) => Object.values(row).map(printed)),
    );
  });

  /** The database prints numerics with their scale, JSON does not. */
  const printed = (value: string | number | null): unknown =>
    typeof value === 'number' && !Number.isInteger(value)
      ? expect.stringContaining(String(value))
      : expect.stringMatching(new RegExp(`^${escaped(String(value))}(\\.0+)?$`));
  const escaped = (words: string): string => words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
});

test('every route lets in exactly whom the table names, and shows nobody what is foreign', async () => {
  const { centreId, holderId } = cases[0]!;
  const { deviations, tried } = await tryAccess({
    ...{ app: bed.service.app, issuer: bed.issuer, counting: countStatements, own: { centreId, holderId } },
    expected: {
      'GET /v1/reports': policies.reportsRead,
      'GET /v1/reports/:name': policies.reportsRead,
      ...operatorAccess.expected,
    },
    examples: {
      'GET /v1/reports': { of: 'anything', ask: { url: '/v1/reports' } },
      'GET /v1/reports/:name': { of: 'list', id: centreId, ask: { url: '/v1/reports/cases-by-state' } },
      ...operatorAccess.examples,
    },
  });
  expect(deviations).toEqual([]);
  expect(tried).toBeGreaterThan(150);
}, 60_000);

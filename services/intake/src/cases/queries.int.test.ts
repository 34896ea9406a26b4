/** Reading cases from their table: queues, search, paging, whose cases they are. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { centres, type IntakeTest, type Person, startIntake } from '../test-support/intake-test.ts';

let intake: IntakeTest;
let ahead = 0;

beforeAll(async () => {
  intake = await startIntake({ clock: () => new Date(Date.now() + ahead) });
});
afterAll(async () => intake?.close());

const contact = { channel: 'in_person', clerkMinutes: 10 };

interface Page {
  readonly items: { caseId: string; stage: string; claim: object | null; centreId: string }[];
  readonly nextCursor: string | null;
}

async function page(who: Person, path: string): Promise<Page> {
  const { status, body } = await intake.get(who, path);
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

const idsOf = ({ items }: Page): string[] => items.map(({ caseId }) => caseId);

/** All pages of a list, `limit` rows each. */
async function allPages(who: Person, path: string, limit: number): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const one: Page = await page(who, `${path}&limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    expect(one.items.length).toBeLessThanOrEqual(limit);
    ids.push(...idsOf(one));
    cursor = one.nextCursor;
  }
  return ids;
}

describe('the work queue', () => {
  let waiting: string;
  let mine: string;
  let others: string;
  let ended: string;
  let last: string;

  beforeAll(async () => {
    const at = (day: number) => ({ occurredAt: `2026-03-0${day}T08:00:00Z` });
    waiting = (await intake.register(at(3))).caseId;
    await intake.command('clerk.cesis.1', waiting, 'release', at(3));
    mine = (await intake.register(at(2))).caseId;
    others = (await intake.register(at(1), 'clerk.cesis.2')).caseId;
    ended = (await intake.register(at(1))).caseId;
    await intake.command('clerk.cesis.1', ended, 'close', { reason: 'other', ...at(1) });
    await intake.register({ ...at(1), centreId: centres.valka }, 'clerk.both');
    const { body } = await intake.command('clerk.cesis.1', waiting, 'links', {
      linkKind: 'contact',
      linkedId: randomUUID(),
      ...at(3),
    });
    last = `${body.stream}@${body.version}`;
  });

  const queue = (view: string, who: Person = 'clerk.cesis.1', more = '') =>
    page(who, `/v1/work-queue?view=${view}&after=${last}${more}`);

  test('of the centre has all its open cases, longest in their stage first', async () => {
    expect(idsOf(await queue('centre'))).toEqual([others, mine, waiting]);
  });

  test('of the centre’s unclaimed cases has those that nobody holds', async () => {
    expect(idsOf(await queue('unclaimed'))).toEqual([waiting]);
  });

  test('of a clerk has what the clerk claims now', async () => {
    expect(idsOf(await queue('mine'))).toEqual([mine]);
    expect(idsOf(await queue('mine', 'clerk.cesis.2'))).toEqual([others]);
    expect(idsOf(await queue('mine', 'supervisor.cesis'))).toEqual([]);
  });

  test('forgets a claim when its time is over, without an event', async () => {
    try {
      ahead = 16 * 60_000;
      expect(idsOf(await queue('mine'))).toEqual([]);
      expect(idsOf(await queue('unclaimed'))).toEqual([others, mine, waiting]);
      expect((await queue('centre')).items.map(({ claim }) => claim)).toEqual([null, null, null]);
    } finally {
      ahead = 0;
    }
  });

  test('shows the words of the catalogue', async () => {
    expect((await queue('unclaimed')).items[0]).toMatchObject({
      serviceTitle: 'Slimības pabalsts',
      holderName: 'Valsts sociālās apdrošināšanas aģentūra',
      stage: 'registered',
      stageSince: '2026-03-03T08:00:00.000Z',
    });
  });

  test('can be narrowed to stages', async () => {
    expect(idsOf(await queue('centre', 'clerk.cesis.1', '&stage=consulted&stage=returned'))).toEqual([]);
    expect(idsOf(await queue('centre', 'clerk.cesis.1', '&stage=registered'))).toHaveLength(3);
  });

  test('is the own centre’s; of two centres it is both', async () => {
    const foreign = await queue('centre', 'clerk.valka.1');
    expect(new Set(foreign.items.map(({ centreId }) => centreId))).toEqual(new Set([centres.valka]));
    expect(idsOf(await queue('centre', 'clerk.both'))).toHaveLength(4);
  });

  test('comes in pages without a gap and without a double', async () => {
    for (const view of ['centre', 'unclaimed']) {
      const whole = idsOf(await queue(view, 'clerk.both'));
      for (const limit of [1, 2, 3]) {
        expect(await allPages('clerk.both', `/v1/work-queue?view=${view}`, limit)).toEqual(whole);
      }
    }
  });

  test('refuses a cursor that is not one of it', async () => {
    const { nextCursor } = await queue('centre', 'clerk.cesis.1', '&limit=1');
    for (const [view, cursor] of [
      ['mine', nextCursor],
      ['centre', 'abc'],
      ['centre', Buffer.from('["work-queue.1",{"view":"centre","at":"now","caseId":"x"}]').toString('base64url')],
    ]) {
      const answer = await intake.get('clerk.cesis.1', `/v1/work-queue?view=${view}&cursor=${cursor}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } });
    }
  });

  test.each([
    '',
    'view=theirs',
    'view=centre&limit=0',
    'view=centre&limit=1000',
    'view=centre&centre=1',
    'view=centre&stage=closed',
  ])('refuses the query "%s"', async (query) => {
    expect(await intake.get('clerk.cesis.1', `/v1/work-queue?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    });
  });
});

describe('the search', () => {
  let first: string;
  let requested: string;
  let returned: string;
  let last: string;

  beforeAll(async () => {
    const at = (hour: number) => ({ occurredAt: `2026-04-01T0${hour}:00:00Z` });
    first = (await intake.register({ ...at(6), serviceId: intake.services.tax })).caseId;
    requested = (await intake.register(at(7))).caseId;
    await intake.command('clerk.cesis.1', requested, 'request', { ...contact, ...at(7) });
    returned = (await intake.register(at(8))).caseId;
    await intake.command('clerk.cesis.1', returned, 'request', { ...contact, ...at(8) });
    const { body } = await intake.command('specialist.vsaa', returned, 'reject', { ...at(9), proposedHolderId: 'vid' });
    last = `${body.stream}@${body.version}`;
  });

  const april = 'from=2026-04-01T00:00:00Z&to=2026-05-01T00:00:00Z';
  const search = (query: string, who: Person = 'clerk.cesis.1') =>
    page(who, `/v1/cases?after=${last}&${april}&${query}`);

  test('finds the newest first', async () => {
    expect(idsOf(await search(''))).toEqual([returned, requested, first]);
  });

  test('finds by service, holder, centre, stage and time', async () => {
    expect(idsOf(await search(`serviceId=${intake.services.tax}`))).toEqual([first]);
    expect(idsOf(await search('holderId=vid'))).toEqual([first]);
    expect(idsOf(await search(`centreId=${centres.cesis}`))).toHaveLength(3);
    expect(idsOf(await search(`centreId=${centres.valka}`))).toEqual([]);
    expect(idsOf(await search('stage=returned'))).toEqual([returned]);
    expect(idsOf(await search('stage=returned&stage=requested'))).toEqual([returned, requested]);
    expect(idsOf(await page('clerk.cesis.1', `/v1/cases?from=2026-04-01T07:00:00Z&to=2026-04-01T08:00:00Z`))).toEqual([
      requested,
    ]);
  });

  test('shows a clerk the own centre’s, a specialist the own holder’s, an auditor all', async () => {
    expect(idsOf(await search('', 'clerk.valka.1'))).toEqual([]);
    expect(idsOf(await search('', 'specialist.vsaa'))).toEqual([returned, requested]);
    expect(idsOf(await search('', 'specialist.vid'))).toEqual([first]);
    expect(idsOf(await search('', 'auditor'))).toEqual([returned, requested, first]);
    expect(idsOf(await search('holderId=vsaa', 'specialist.vid'))).toEqual([]);
  });

  test('tells whom a holder proposed, and not who the person is', async () => {
    const [item] = (await search('stage=returned')).items;
    expect(item).toMatchObject({ proposedHolderId: 'vid', stage: 'returned' });
    expect(item).not.toHaveProperty('subjectId');
  });

  test('comes in pages', async () => {
    expect(await allPages('auditor', `/v1/cases?${april}`, 1)).toEqual([returned, requested, first]);
    expect(await allPages('specialist.vsaa', `/v1/cases?${april}`, 1)).toEqual([returned, requested]);
  });
});

describe('waiting for what was written', () => {
  test('a list shows a command as soon as it is asked for what it wrote', async () => {
    for (let round = 0; round < 10; round++) {
      const { caseId, stream, version } = await intake.register();
      const found = await page('clerk.cesis.1', `/v1/work-queue?view=mine&limit=200&after=${stream}@${version}`);
      expect(idsOf(found)).toContain(caseId);
    }
  });

  test('what does not come in time is answered as such', async () => {
    const answer = await intake.get('clerk.cesis.1', `/v1/work-queue?view=mine&after=case-${randomUUID()}@1`);
    expect(answer).toMatchObject({ status: 504, body: { code: 'not_yet_visible' } });
  });

  test('after names streams of other kinds too', async () => {
    const path = `/v1/cases?after=service-${intake.services.sick}@1`;
    expect((await intake.get('clerk.cesis.1', path)).status).toBe(200);
    expect((await intake.get('clerk.cesis.1', `/v1/cases?after=centre-${centres.cesis}@1`)).status).toBe(200);
  });
});

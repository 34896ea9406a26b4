/** Importing tables and searching the catalogue, on the real store. */

import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csv, expectImport } from '../test-support/catalogue-table.ts';
import { type IntakeTest, startIntake } from '../test-support/intake-test.ts';

let intake: IntakeTest;
beforeAll(async () => {
  intake = await startIntake();
});
afterAll(async () => intake?.close());

const position = () => intake.host.service.context.store.lastPosition();
const imports = (source: string, text: string, numbers: object) => expectImport(intake, source, text, numbers);

/** Titles found by words, once the table shows what the store has. */
async function found(query: string): Promise<string[]> {
  const { store } = intake.host.service.context;
  const feed = await store.readFeed((await store.lastPosition()) - 1, 1);
  const [last] = feed;
  const after = last === undefined ? '' : `&after=${last.streamId}@${last.version}`;
  const { body } = await intake.get('clerk.cesis.1', `/v1/services?${query}${after}`);
  return body.items.map(({ titleLv }: { titleLv: string }) => titleLv);
}

describe('importing a table', () => {
  test('lists its entries; again it makes no event', async () => {
    const table = csv('VSAA,Vecuma pensija,x,54', 'VSAA,Vecāku pabalsts,x,54', 'VID,Cits,x,54');
    await imports('first', table, { entries: 2, listed: 2, collective: 1, origin: 'report' });
    const before = await position();
    await imports('first', table, { listed: 0, unchanged: 2, changed: 0, retired: 0 });
    expect(await position()).toBe(before);
  });

  test('changes what changed with one event that says what', async () => {
    const whole =
      'institution,registration_number,title_lv,title_en,channels,electronic_stages,support_level,authorised_e_service,life_events';
    await imports('whole', `${whole}\nVZD,,Zemes robežu plāns,,post,,,,`, { listed: 1 });
    await imports('whole', `${whole}\nVZD,,Zemes robežu plāns,Land plan,post|email,,2,,`, { changed: 1, unchanged: 0 });
    const [service] = (await intake.get('engineer', `/v1/services?q=zemes%20robezu&after=${await lastWritten()}`)).body
      .items;
    expect(service).toMatchObject({
      titleEn: 'Land plan',
      channels: ['email', 'post'],
      supportLevel: 2,
      holderRegistrationNumber: '90000030432',
      origin: 'invented',
      version: 2,
    });
    const events = await intake.host.service.context.store.readStream(`service-${service.serviceId}`);
    expect(events.map(({ type }) => type)).toEqual(['intake.ServiceListed', 'intake.ServiceChanged']);
    expect(events[1]?.data).toMatchObject({
      source: 'whole',
      changes: [
        { field: 'titleEn', before: null, after: 'Land plan' },
        { field: 'supportLevel', before: null, after: '2' },
        { field: 'channels', before: 'post', after: 'email, post' },
      ],
    });
  });

  test('retires what vanished from it, keeps what another table names, and lists again what comes back', async () => {
    const both = csv('LAD,Platību maksājumi,x,54', 'LAD,Atbalsts biškopjiem,x,54');
    await imports('one', both, { listed: 2 });
    await imports('two', csv('LAD,Platību maksājumi,x,54', 'LAD,Cita lieta,x,54'), { listed: 1, sourcesAdded: 1 });
    expect(await found('q=lad')).toEqual(['Atbalsts biškopjiem', 'Cita lieta', 'Platību maksājumi']);
    await imports('one', csv('LAD,Kas cits,x,54'), { listed: 1, retired: 1, sourcesRemoved: 1 });
    expect(await found('q=lad')).toEqual(['Cita lieta', 'Kas cits', 'Platību maksājumi']);
    expect(await found('q=lad&retired=true')).toContain('Atbalsts biškopjiem');
    await imports('one', both, { relisted: 1, sourcesAdded: 1, retired: 1 });
    expect(await found('q=lad')).toEqual(['Atbalsts biškopjiem', 'Cita lieta', 'Platību maksājumi']);
  });

  test('tells bad rows by line and goes on; an entry that a bad row names does not retire', async () => {
    await imports('t47', `${popular}\nNVA,Konsultācija,phone,3,0,number,51\nNVA,Kursi,phone,3,0,number,51`, {
      listed: 2,
    });
    const report = await imports(
      't47',
      `${popular}\nNVA,Konsultācija,pigeon,3,0,number,51\n,,,,,,\nNVA,Kursi,phone,3,0,number,51`,
      {
        unchanged: 1,
        retired: 0,
        rejectedCount: 2,
      },
    );
    expect(report.rejected).toEqual([
      { line: 2, reason: '"pigeon" is not a channel of this table' },
      { line: 3, reason: 'the institution is missing' },
    ]);
    expect(await found('q=konsult')).toEqual(['Konsultācija']);
  });

  test.each([
    ['with a comma too many', (row: string) => `${row},`, 'columns instead of 4'],
    ['with a quote that is not closed', (row: string) => row.replace('VZD,', 'VZD,"'), 'not well-formed CSV'],
    ['without a title', (row: string) => row.replace(/Karte [^,]+/, ''), 'the title is missing'],
  ])('retires nothing while a row %s could be any entry, and says how many it kept', async (name, spoiled, reason) => {
    const source = name.replaceAll(' ', '-');
    const rows = Array.from({ length: 200 }, (_, index) => `VZD,Karte ${index} ${source},x,54`);
    await imports(source, csv(...rows), { listed: 200, keptForBadRows: 0 });
    const before = await position();
    const fewer = rows.slice(0, 190);
    const bad = fewer.map((row, index) => (index === 6 ? spoiled(row) : row));
    const report = await imports(source, csv(...bad), {
      unchanged: 189,
      retired: 0,
      keptForBadRows: 11,
      rejectedCount: 1,
    });
    expect(report.rejected).toEqual([{ line: 8, reason: expect.stringContaining(reason) }]);
    expect(await position()).toBe(before);
    await imports(source, csv(...fewer), { unchanged: 190, retired: 10, keptForBadRows: 0 });
  });

  const popular = 'institution,service_name,channel,completed_count,is_total,source_cell,table_nr';

  test('of another kind, in another encoding, empty, or with no good row changes nothing', async () => {
    await imports('kept', csv('UR,Reģistrācija,x,54'), { listed: 1 });
    const before = await position();
    expect(await intake.import('kept', 'name,value\n1,2')).toMatchObject({
      status: 422,
      body: { code: 'import_header' },
    });
    expect(await intake.import('kept', '')).toMatchObject({ status: 422, body: { code: 'import_header' } });
    expect(await intake.import('kept', csv())).toMatchObject({ status: 422, body: { code: 'import_empty' } });
    expect(await intake.import('kept', csv('UR,,x,54'))).toMatchObject({
      status: 422,
      body: { code: 'import_empty', rejected: [{ line: 2, reason: 'the title is missing' }] },
    });
    const latin = Buffer.concat([Buffer.from(csv('UR,A,x,54')), Buffer.from([0xe2, 0x28])]);
    expect(await intake.post('engineer', '/v1/catalogue/imports?source=kept', latin, csvHeaders)).toMatchObject({
      status: 422,
      body: { code: 'import_encoding' },
    });
    expect(await position()).toBe(before);
    expect(await found('q=registracija')).toContain('Reģistrācija');
  });

  const csvHeaders = { headers: { 'content-type': 'text/csv; charset=utf-8' } };

  test('of lines that are no CSV is refused within two seconds, and others are served meanwhile', async () => {
    await imports('malformed', csv('UR,Dzēšana,x,54'), { listed: 1 });
    const before = await position();
    const { app } = intake.host.service;
    const started = process.threadCpuUsage();
    let answered = false;
    const importing = intake.import('malformed', csv('UR,Dzēšana,x,54', 'a"b\n'.repeat(100_000))).finally(() => {
      answered = true;
    });
    let beats = 0;
    while (!answered) {
      expect((await app.inject('/health/live')).statusCode).toBe(200);
      beats++;
      await setImmediate();
    }
    const { status, body } = await importing;
    // CPU time, however busy the machine is.
    const { user, system } = process.threadCpuUsage(started);
    expect((user + system) / 1_000).toBeLessThan(2_000);
    expect(beats).toBeGreaterThan(3);
    expect({ ...body, status }).toMatchObject({ status: 422, code: 'import_malformed' });
    expect(body.detail).toContain('More than 1000 lines are no well-formed CSV, the first is line 3');
    expect(body.rejected).toHaveLength(20);
    expect(await position()).toBe(before);
  });

  test('needs the name of its source, and no other fields', async () => {
    const body = csv('UR,A,x,54');
    for (const query of ['', '?source=', '?source=a/b', '?source=a&force=1', '?source=a&origin=guess']) {
      expect((await intake.post('engineer', `/v1/catalogue/imports${query}`, body, csvHeaders)).status, query).toBe(
        400,
      );
    }
  });

  test('larger than sixteen megabytes is refused', async () => {
    const body = Buffer.alloc(17 * 1024 * 1024, 'x');
    const answer = await intake.post('engineer', '/v1/catalogue/imports?source=large', body, csvHeaders);
    expect(answer.status).toBe(413);
  });

  test('is for integration engineers', async () => {
    expect(
      (await intake.post('supervisor.cesis', '/v1/catalogue/imports?source=a', csv('UR,A,x,54'), csvHeaders)).status,
    ).toBe(403);
  });
});

const lastWritten = async (): Promise<string> => {
  const { store } = intake.host.service.context;
  const [last] = await store.readFeed((await store.lastPosition()) - 1, 1);
  return `${last?.streamId}@${last?.version}`;
};

describe('rows in JSON', () => {
  const rows = (source: string, rows: unknown[], query = '') =>
    intake.post('engineer', `/v1/catalogue/imports?source=${source}${query}`, { rows });

  test('are entries like those of a table', async () => {
    const row = {
      institution: 'Valsts policija',
      titleLv: 'Ieroča atļauja',
      titleEn: 'Weapon permit',
      channels: ['in_person'],
      processingTimes: [{ channel: 'in_person', workingDays: 30 }],
      supportLevel: 2,
    };
    const bad = [{ institution: 'Valsts policija' }, { ...row, name: 'x' }, { ...row, channels: ['x'] }, 'row'];
    const { status, body } = await rows('json', [row, ...bad], '&origin=operator');
    expect({ status, ...body }).toMatchObject({ status: 200, listed: 1, rejectedCount: 4, origin: 'operator' });
    expect(body.rejected.map(({ line }: { line: number }) => line)).toEqual([2, 3, 4, 5]);
    expect((await rows('json', [row])).body).toMatchObject({ unchanged: 1 });
    const misnamed = { ...row, supportLevel: 'two' };
    const another = { institution: 'Valsts policija', titleLv: 'Ieroča nodošana' };
    expect((await rows('json', [another, misnamed])).body).toMatchObject({ listed: 1, retired: 0, keptForBadRows: 0 });
    expect((await rows('json', [another, 'row'])).body).toMatchObject({ retired: 0, keptForBadRows: 1 });
    expect(await found('q=weapon')).toEqual(['Ieroča atļauja']);
  });
});

describe('searching', () => {
  beforeAll(async () => {
    await imports(
      'search',
      csv('Dobeles novada pašvaldība,Šķūņa būvatļauja,x,54', 'Dobeles novada pašvaldība,Žoga saskaņošana,x,54'),
      {},
    );
  });

  test.each([
    ['q=skuna', ['Šķūņa būvatļauja']],
    ['q=ŠĶŪŅA', ['Šķūņa būvatļauja']],
    ['q=buv%20sk', ['Šķūņa būvatļauja']],
    ['q=dobeles', ['Šķūņa būvatļauja', 'Žoga saskaņošana']],
    ['q=dobeles%20zoga', ['Žoga saskaņošana']],
    ['q=kuna', []],
    ['q=%27%3B%20drop%20%26%20%7C%20!%20:*%20zoga', ['Žoga saskaņošana'].slice(1)],
    ['q=%20-%20zoga%20%26', ['Žoga saskaņošana']],
    ['holderId=dobeles-novada-pasvaldiba', ['Šķūņa būvatļauja', 'Žoga saskaņošana']],
  ])('%s finds %j', async (query, titles) => {
    expect(await found(query)).toEqual(titles);
  });

  test('comes in pages without a gap and without a double', async () => {
    const whole: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path = `/v1/services?limit=50${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const { body } = await intake.get('clerk.cesis.1', path);
      whole.push(...body.items.map(({ serviceId }: { serviceId: string }) => serviceId));
      cursor = body.nextCursor;
    }
    const { rows } = await intake.host.service.context.writer.query(
      `select service_id from catalogue.service where status = 'listed' order by sort_title, service_id`,
    );
    expect(whole).toEqual(rows.map((row) => row.service_id));
  });

  test('one entry is found by its id, a retired one too; one that is not there is not', async () => {
    const { body } = await intake.get('clerk.cesis.1', `/v1/services/${intake.services.sick}`);
    expect(body).toMatchObject({
      titleLv: 'Slimības pabalsts',
      holderId: 'vsaa',
      status: 'listed',
      sources: ['sample'],
    });
    expect((await intake.get('clerk.cesis.1', `/v1/services/${randomUUID()}`)).status).toBe(404);
  });
});

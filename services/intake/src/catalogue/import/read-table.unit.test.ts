import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { headers, read, refusal } from '../../test-support/read-text.ts';
import { serviceIdOf } from '../service.ts';

const sick = serviceIdOf('vsaa', 'Slimības pabalsts');

describe('tables of the report', () => {
  test('47–53: rows of one service are one entry with the channels in which something was finished', async () => {
    const file = await read(`${headers.popular}
VSAA,Kopējais pabeigto pakalpojumu skaits,phone,243954,1,number,47
VSAA,Slimības pabalsts,eservice_latvija_lv,10,0,number,47
VSAA,Slimības pabalsts,in_person,0,0,number,47
VSAA,Slimības pabalsts,phone,,0,blank,47
VSAA,Slimības pabalsts,post,3,0,number,47`);
    expect(file).toMatchObject({ origin: 'report', collective: 1, rejected: [] });
    expect([...file.entries]).toEqual([
      [sick, expect.objectContaining({ holderId: 'vsaa', channels: ['e_service', 'post'] })],
    ]);
  });

  test('54 and 55: a row says only that the entry exists', async () => {
    const file = await read(`${headers.unused}\nĀDAŽU NOVADA DOME,"Pabalsts, vienreizējs",not_started_or_no_data,54`);
    expect([...file.entries.values()]).toEqual([
      { titleLv: 'Pabalsts, vienreizējs', holderId: 'adazu-novada-dome', holderName: 'ĀDAŽU NOVADA DOME' },
    ]);
  });

  test('8–10: the institution tells authorised e-services, the file the channel; collective rows are no services', async () => {
    const rows = `${headers.frequent}
1,VSAA,Slimības pabalsts,12849,,item,
4,,Cits,5470,,item,
3,Cits,Cits,4546,,item,
13,Pašvald.,neidentificēts pakalpojums,1884,,item,
2,VSAA-E,Apbedīšanas pabalsts,5,,item,
,,Kopā,75451,,total,
,,% no kopējiem,,72.6,share_of_all,`;
    const desk = await read(rows, 't08_top15_in_person.csv');
    expect(desk.collective).toBe(5);
    expect(desk.entries.get(sick)?.channels).toEqual(['in_person']);
    expect(desk.entries.get(serviceIdOf('vsaa', 'Apbedīšanas pabalsts'))).toMatchObject({ authorisedEService: true });
    const remote = await read(rows, 't10_top15_contact_centre.csv');
    expect(remote.entries.get(sick)?.channels).toEqual(['email', 'phone']);
    expect((await read(rows, 'top.csv')).entries.get(sick)).not.toHaveProperty('channels');
  });

  test.each([
    ['t47_53_popular_services.csv', 59],
    ['t54_55_unused_services.csv', 626],
    ['t08_top15_in_person.csv', 11],
    ['t09_top15_authorised_eservices.csv', 15],
    ['t10_top15_contact_centre.csv', 14],
  ])('%s gives %d entries and no bad row', async (name, count) => {
    const table = new URL(`../../../../../packages/simulation/data/source/${name}`, import.meta.url);
    const file = await read(readFileSync(table), name);
    expect(file.entries.size).toBe(count);
    expect(file.rejected).toEqual([]);
  });
});

describe('whole entries', () => {
  test('say everything', async () => {
    const file = await read(
      `${headers.whole}\nVSAA,90001669496,Slimības pabalsts,Sickness benefit,in_person|phone,request,1,1,illness`,
    );
    expect(file.origin).toBe('invented');
    expect(file.entries.get(sick)).toEqual({
      titleLv: 'Slimības pabalsts',
      holderId: 'vsaa',
      holderName: 'Valsts sociālās apdrošināšanas aģentūra',
      holderRegistrationNumber: '90001669496',
      titleEn: 'Sickness benefit',
      channels: ['in_person', 'phone'],
      electronicStages: ['request'],
      supportLevel: 1,
      authorisedEService: true,
      lifeEvents: ['illness'],
    });
  });

  test.each([
    ['VSAA,90001669497,Slimības pabalsts,,,,,,', '"90001669497" is not a registration number'],
    ['VSAA,90001733697,Slimības pabalsts,,,,,,', 'the registration number of the institution is 90001669496'],
    ['VSAA,,Slimības pabalsts,,pigeon,,,,', '"pigeon" is not a channel'],
    ['VSAA,,Slimības pabalsts,,,dance,,,', '"dance" is not a stage'],
    ['VSAA,,Slimības pabalsts,,,,4,,', 'the support level is not 0, 1, 2 or 3'],
    ['VSAA,,Slimības pabalsts,,,,one,,', 'the support level is not 0, 1, 2 or 3'],
    ['VSAA,,Slimības pabalsts,,,,,yes,', 'authorised_e_service is not 0 or 1'],
    ['VSAA,,Slimības pabalsts,,,,,,No Code', '"No Code" is not the code of a life event'],
  ])('%s: the row is bad, but it names the entry', async (row, reason) => {
    const file = await read(`${headers.whole}\n${row}`);
    expect(file.rejected).toEqual([{ line: 2, reason: expect.stringContaining(reason) }]);
    expect(file.unclear).toEqual(new Set([sick]));
    expect(file.entries.size).toBe(0);
  });
});

describe('bad rows', () => {
  test('are told by their line, and the rest goes on', async () => {
    const file = await read(`${headers.unused}
VSAA,Pirmais,x,54
VSAA,,x,54
,Otrais,x,54
VSAA,"Trešais
ar rindu",x,54
VSAA,Par daudz,x,54,5
VSAA,Ceturtais,x,54`);
    expect(file.rejected).toEqual([
      { line: 3, reason: 'the title is missing' },
      { line: 4, reason: 'the institution is missing' },
      { line: 7, reason: '5 columns instead of 4' },
    ]);
    expect([...file.entries.values()].map(({ titleLv }) => titleLv)).toEqual([
      'Pirmais',
      'Trešais ar rindu',
      'Ceturtais',
    ]);
  });

  test.each([
    [`VSAA,${'x'.repeat(601)},x,54`, 'longer than 600'],
    [`${'x'.repeat(301)},Pakalpojums,x,54`, 'longer than 300'],
    ['VSAA,Pakal\u0000pojums,x,54', 'control character'],
    ['???,Pakalpojums,x,54', 'no letters'],
  ])('%#: %s', async (row, reason) => {
    expect((await read(`${headers.unused}\n${row}`)).rejected).toEqual([
      { line: 2, reason: expect.stringContaining(reason) },
    ]);
  });

  test('a quote that is never closed costs its own row', async () => {
    const file = await read(`${headers.unused}\nVSAA,Pirmais,x,54\nVSAA,"Otrais,x,54\nVSAA,Trešais,x,54\n`);
    expect([...file.entries.values()].map(({ titleLv }) => titleLv)).toEqual(['Pirmais', 'Trešais']);
    expect(file.rejected).toEqual([{ line: 3, reason: expect.stringContaining('not well-formed CSV') }]);
  });

  test('a quote that is never closed does not swallow a long file', async () => {
    const rows = Array.from({ length: 3_000 }, (_, index) => `VSAA,Pakalpojums ${index},x,54`);
    const file = await read([headers.unused, 'VSAA,"Bez gala,x,54', ...rows].join('\n'));
    expect(file.entries.size).toBe(3_000);
    expect(file.rejected).toEqual([{ line: 2, reason: expect.stringContaining('is a quote not closed?') }]);
  });

  test('blank lines are none', async () => {
    const file = await read(`${headers.unused}\n\nVSAA,Pirmais,x,54\n\nVSAA,,x,54\n\n`);
    expect(file.entries.size).toBe(1);
    expect(file.rejected).toEqual([{ line: 5, reason: 'the title is missing' }]);
  });

  test('text after a closing quote is not well formed', async () => {
    const file = await read(`${headers.unused}\nVSAA,"Pirmais"x,x,54\nVSAA,Otrais,x,54`);
    expect(file.rejected).toEqual([{ line: 2, reason: expect.stringContaining('not well-formed CSV') }]);
    expect(file.entries.size).toBe(1);
  });
});

describe('bad rows that do not tell which entry they name', () => {
  test.each([
    'VSAA,Pirmais,x,54,',
    'VSAA,Pirmais,x',
    'VSAA,"Pirmais,x,54',
    'VSAA,"Pirmais"x,x,54',
    'VSAA,Pir"mais,x,54',
    'VSAA,,x,54',
    ',Pirmais,x,54',
  ])('are counted: %s', async (row) => {
    const file = await read(`${headers.unused}\nVSAA,Otrais,x,54\n${row}\nVSAA,Trešais,x,54\n`);
    expect(file).toMatchObject({ unnamed: 1, rejectedCount: 1, rejected: [{ line: 3 }], unclear: new Set() });
    expect(file.entries.size).toBe(2);
  });

  test('are not those that name one', async () => {
    expect(await read(`${headers.whole}\nVSAA,,Slimības pabalsts,,pigeon,,,,`)).toMatchObject({ unnamed: 0 });
  });

  test('are also those before the header', async () => {
    const file = await read(`a"b\n${headers.unused}\nVSAA,Otrais,x,54`);
    expect(file).toMatchObject({ unnamed: 1, rejected: [{ line: 1 }] });
  });
});

describe('files', () => {
  test('may have the line ends of old Macs', async () => {
    const file = await read(`${headers.unused}\rVSAA,,x,54\rVSAA,Otrais,x,54\r`);
    expect(file.entries.size).toBe(1);
    expect(file.rejected).toMatchObject([{ line: 2 }]);
  });

  test('may begin with a mark of order and have the line ends of Windows', async () => {
    const file = await read(`\uFEFF${headers.unused}\r\nĀDAŽU NOVADA DOME,Ķīļi,x,54\r\n`);
    expect(file.rejected).toEqual([]);
    expect([...file.entries.values()][0]?.titleLv).toBe('Ķīļi');
  });

  test('with a header that no table has are refused', async () => {
    expect(await refusal('name,value\n1,2')).toMatchObject({ code: 'import_header' });
    expect(await refusal('')).toMatchObject({ code: 'import_header' });
    expect(await refusal(`${headers.unused},more\n`)).toMatchObject({ code: 'import_header' });
  });

  test('in another encoding are refused', async () => {
    const latin = Buffer.concat([
      Buffer.from(`${headers.unused}\nVSAA,P`),
      Buffer.from([0xe2, 0x62]),
      Buffer.from(',x,54'),
    ]);
    expect(await refusal(latin)).toMatchObject({ code: 'import_encoding' });
  });

  test('cut in the middle of a character are refused', async () => {
    expect(await refusal(Buffer.from(`${headers.unused}\nVSAA,ķ`).subarray(0, -1))).toMatchObject({
      code: 'import_encoding',
    });
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { holderIdOf, normalisedTitle } from './catalogue-identity.ts';
import { centreIdOf, makeCentres } from './make-centres.ts';
import { makePeople } from './make-people.ts';
import { makeServices } from './make-services.ts';
import { municipalities } from './municipalities.ts';
import { sampleFiles, sampleSeed } from './sample-files.ts';
import { catalogueTables, dataFolder, readTable, serviceRows } from './source-tables.ts';

const centres = makeCentres(sampleSeed);
const services = makeServices(sampleSeed);
const people = makePeople(centres, services);

describe('the invented sample', () => {
  test('lies in the folder as the generator makes it', () => {
    for (const [name, text] of Object.entries(sampleFiles())) {
      expect(readFileSync(new URL(`invented/${name}`, dataFolder), 'utf8') === text, name).toBe(true);
    }
  });

  test('is another one with another seed, and the same with the same', () => {
    expect(makeCentres('other')).not.toEqual(centres);
    expect(makeCentres(sampleSeed)).toEqual(centres);
  });

  test('has the 587 centres of the plan in 43 municipalities: 129 of the first tier and 458 of the second', () => {
    const assumed = new Map(readTable('t41_assumptions.csv').map((row) => [row['row_key'], Number(row['value'])]));
    const first = centres.filter(({ kind }) => kind === 'administrative_centre');
    expect(centres).toHaveLength(assumed.get('vpvkac_count') ?? 0);
    expect(first).toHaveLength(assumed.get('tier1_vpvkac_count') ?? 0);
    expect(centres.length - first.length).toBe(assumed.get('tier2_vpvkac_count'));
    expect(new Set(centres.map(({ municipalityId }) => municipalityId)).size).toBe(43);
    expect(municipalities.filter(({ isCity }) => isCity)).toHaveLength(7);
  });

  test('has a centre in each regional centre of Table 5', () => {
    const places = new Set(centres.map(({ name }) => name));
    for (const { regional_centre } of readTable('t05_regional_centres.csv')) {
      expect(places).toContain(`VPVKAC ${regional_centre}`);
    }
  });

  test('gives each centre a slug, an id and addresses of its own that nobody takes for real', () => {
    expect(new Set(centres.map(({ slug }) => slug)).size).toBe(centres.length);
    for (const centre of centres) {
      expect(centre.centreId).toBe(centreIdOf(centre.slug));
      expect(centre.slug).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(centre.address).toMatch(/^(Parauga|Piemēra|Izdomas|Pasaku|Skices|Melnraksta) iela .*LV-0000$/);
    }
  });

  test('opens every centre in periods that follow one another', () => {
    for (const { openingHours } of centres) {
      for (const day of openingHours.split('; ')) {
        expect(day).toMatch(/^[1-7]( \d\d:\d\d-\d\d:\d\d)+$/);
        const instants = day.slice(2).split(/[ -]/);
        expect([...instants].sort()).toEqual(instants);
      }
    }
  });

  test('makes with the tables a catalogue of 7,656 entries under 3,369 titles', () => {
    const rows = [
      ...catalogueTables.flatMap(serviceRows),
      ...services.map((service) => ({ institution: service.institution, title: service.title_lv })),
    ];
    const entries = new Set(rows.map((row) => `${holderIdOf(row.institution)}\n${normalisedTitle(row.title)}`));
    expect(entries.size).toBe(7656);
    expect(new Set(rows.map(({ title }) => normalisedTitle(title))).size).toBe(3369);
  });

  test('leaves collective rows and totals of the tables out', () => {
    const titles = catalogueTables.flatMap(serviceRows).map(({ title }) => title);
    expect(titles).not.toContain('Cits');
    expect(titles).not.toContain('neidentificēts pakalpojums');
    expect(titles).not.toContain('Kopējais pabeigto pakalpojumu skaits');
    expect(titles).not.toContain('Kopā');
  });

  test('has two clerks and a supervisor in each centre and a specialist for each holder, each once', () => {
    expect(new Set(people.map(({ name }) => name)).size).toBe(people.length);
    const names = new Set(people.map(({ name }) => name));
    for (const { slug } of centres) {
      for (const name of [`clerk.${slug}.1`, `clerk.${slug}.2`, `supervisor.${slug}`]) expect(names).toContain(name);
    }
    for (const { institution } of services) expect(names).toContain(`specialist.${holderIdOf(institution)}`);
  });

  test('features two clerks and a supervisor of two centres, two holders, an auditor, the portal and an engineer', () => {
    const featured = people.filter((person) => person.featured).map(({ name }) => name);
    expect(featured).toHaveLength(11);
    expect(people.slice(0, 11).every((person) => person.featured)).toBe(true);
    expect(featured).toContain('specialist.vsaa');
    expect(featured).toContain('supervisor.cesis');
  });
});

describe('a holder', () => {
  test('is one under all the names that the tables give it', () => {
    expect(holderIdOf('VSAA-E')).toBe('vsaa');
    expect(holderIdOf('Valsts sociālās apdrošināšanas aģentūra')).toBe('vsaa');
    expect(holderIdOf('ĀDAŽU NOVADA DOME')).toBe('adazu-novada-dome');
    expect(holderIdOf('Ādažu novada dome')).toBe('adazu-novada-dome');
  });

  test('is not another one of nearly the same name', () => {
    expect(holderIdOf('Jelgavas novada pašvaldība')).not.toBe(holderIdOf('JELGAVAS PILSĒTAS DOME'));
  });
});

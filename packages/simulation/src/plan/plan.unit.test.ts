import { describe, expect, test } from 'vitest';
import { rigaDay } from '../calendar/riga-time.ts';
import { afterCommand, type CaseModel } from '../compare/case-model.ts';
import { sampleCentres } from '../demand/centres.ts';
import { readTable } from '../sample-data/source-tables.ts';
import type { Act, CaseScript } from './case-script.ts';
import { commandNames } from './case-script.ts';
import { chosenCentres, makePlan, planDigest } from './make-plan.ts';

const date = '2026-11-20';
const plan = makePlan({ seed: '1', date });
// A year of these cases would be more than the network has; it shows what is rare.
const busy = makePlan({ seed: '1', date, scale: 10 });
const acts = (script: CaseScript): Act[] => script.steps.filter((step) => step.kind === 'act');

/** Plays a script on the comparison's own reading of the rules; throws where a command is not allowed. */
const played = (script: CaseScript): CaseModel | undefined =>
  acts(script).reduce<CaseModel | undefined>(
    (model, { command, body, sender }) =>
      afterCommand(
        model,
        { command, body, byHolder: 'account' in sender && sender.account.startsWith('specialist.') },
        script.centre,
      ),
    undefined,
  );

describe('the plan of a day', () => {
  test('is the same for the same seed, date and centres, on every machine', () => {
    expect(planDigest(makePlan({ seed: '1', date, centres: 5 }))).toBe(
      planDigest(makePlan({ seed: '1', date, centres: 5 })),
    );
    expect(planDigest(makePlan({ seed: '1', date, centres: ['aizkraukle', 'cesis'] }))).toMatchInlineSnapshot(
      `"b177b95f2f39524bd42cace1f1310d5bcfcf1b640202359cf934dbe41dc86f1f"`,
    );
  });

  test('is another one with another seed or date', () => {
    const digests = [
      planDigest(plan),
      planDigest(makePlan({ seed: '2', date })),
      planDigest(makePlan({ seed: '1', date: '2026-11-19' })),
    ];
    expect(new Set(digests).size).toBe(3);
  });

  test('keeps the cases of a centre when others take part too', () => {
    const alone = makePlan({ seed: '1', date, centres: ['aizkraukle'] });
    const ofCentre = plan.cases.filter(({ centre }) => centre === 'aizkraukle');
    expect(alone.cases.map(({ steps }) => steps[0])).toEqual(ofCentre.map(({ steps }) => steps[0]));
  });

  test('is empty on a holiday and on a Sunday', () => {
    for (const closed of ['2026-11-18', '2026-11-22']) expect(makePlan({ seed: '1', date: closed }).cases).toEqual([]);
  });

  test('has about a working day’s part of the year', () => {
    expect(plan.cases.length).toBeGreaterThan(242_000 / 250 / 1.5);
    expect(plan.cases.length).toBeLessThan((242_000 / 250) * 1.5);
  });

  test('tells only stories that the rules of a case allow', () => {
    for (const script of busy.cases) expect(() => played(script), script.name).not.toThrow();
  });

  test('tells of every command, of rivals, twins and repeats', () => {
    const all = busy.cases.flatMap(acts);
    expect(new Set(all.map(({ command }) => command))).toEqual(new Set(commandNames));
    expect(all.some(({ rival }) => rival !== undefined)).toBe(true);
    expect(all.some(({ twin }) => twin === true)).toBe(true);
    expect(busy.cases.some(({ steps }) => steps.some(({ kind }) => kind === 'repeat'))).toBe(true);
  });

  test('ends cases in every stage in which a day may leave them', () => {
    const stages = new Set(busy.cases.map((script) => played(script)?.stage));
    for (const stage of ['consulted', 'requested', 'in_execution', 'awaiting_information', 'decided', 'delivered']) {
      expect(stages).toContain(stage);
    }
    expect(stages).toContain('closed');
    expect(stages).toContain('withdrawn');
  });

  test('gives each command a key of its own and a later time, within the day', () => {
    const keys = busy.cases.flatMap(acts).flatMap(({ key, rival }) => (rival ? [key, rival.key] : [key]));
    expect(new Set(keys).size).toBe(keys.length);
    for (const script of busy.cases) {
      const times = script.steps.map(({ at }) => at);
      expect(times.every((at, index) => index === 0 || at >= times[index - 1]!)).toBe(true);
      expect(new Set(times.map(rigaDay))).toEqual(new Set([date]));
    }
  });

  test('has rivals who are the other clerk of the same centre', () => {
    for (const { sender, rival } of busy.cases.flatMap(acts)) {
      if (rival === undefined || !('account' in sender)) continue;
      expect(rival.account).not.toBe(sender.account);
      expect(rival.account.slice(0, -1)).toBe(sender.account.slice(0, -1));
    }
  });

  test('names only services that the sample catalogue has', () => {
    const services = new Set(readTable('services.csv', 'invented').map((row) => row['title_lv']));
    const reported = ['t08_top15_in_person', 't09_top15_authorised_eservices', 't10_top15_contact_centre']
      .flatMap((table) => readTable(`${table}.csv`))
      .concat(readTable('t47_53_popular_services.csv'))
      .map((row) => row['service_name']);
    for (const { body } of busy.cases.flatMap(acts)) {
      if (body.service !== undefined) expect([...reported, ...services]).toContain(body.service.titleLv);
    }
  });

  test('sends some clients twice, and leaves some without a name', () => {
    const subjects = plan.cases.map(({ steps }) => (steps[0] as Act).body['subjectId']);
    const named = subjects.filter((subject) => subject !== null);
    expect(named.length).toBeLessThan(subjects.length);
    expect(new Set(named).size).toBeLessThan(named.length);
  });
});

describe('the centres of a day', () => {
  const all = sampleCentres();

  test('begin with the featured ones when only some take part', () => {
    expect(chosenCentres(all, 2, '1').map(({ slug }) => slug)).toEqual(['aizkraukle', 'cesis']);
    expect(chosenCentres(all, 20, '1')).toHaveLength(20);
    expect(chosenCentres(all, undefined, '1')).toHaveLength(587);
  });

  test('that nobody knows are refused', () => {
    expect(() => chosenCentres(all, ['nowhere'], '1')).toThrow('no centre of the sample is called nowhere');
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { changeFor, milestones, shownNowhere, shownTypes, statuses } from './statuses.ts';
import { actionWords, languages, longestMilestoneName, milestoneWords, statusWords } from './words.ts';

const topics = JSON.parse(readFileSync(new URL('../../../../schemas/topics.json', import.meta.url), 'utf8')) as {
  topics: { 'intake.case': { events: string[] } };
};
const enumSymbols = (field: string): string[] => {
  const schema = JSON.parse(
    readFileSync(new URL('../../../../schemas/statusfeed/ItemStatusChanged/v1.avsc', import.meta.url), 'utf8'),
  ) as { fields: { name: string; type: { symbols?: string[] }[] }[] };
  return schema.fields.find(({ name }) => name === field)?.type.find((type) => type.symbols)?.symbols ?? [];
};

describe('what the portal shows of a case', () => {
  test.each([
    ['CaseRegistered', 'not_started', 'registered'],
    ['ConsultationRecorded', null, 'consulted'],
    ['ServiceRequested', 'in_progress', 'requested'],
    ['RequestAccepted', 'in_progress', 'accepted'],
    ['RequestRejectedAsWrongAuthority', 'needs_attention', 'wrong_authority'],
    ['InformationRequested', 'waiting_for_you', 'information_requested'],
    ['InformationProvided', 'in_progress', 'information_provided'],
    ['DecisionMade', 'decided', 'decided'],
    ['ResultDelivered', 'result_ready', 'delivered'],
    ['CaseWithdrawn', 'closed', 'withdrawn'],
    ['CaseClosed', 'closed', 'closed'],
  ])('after %s the status is %s and the milestone %s', (record, status, milestone) => {
    expect(changeFor(`intake.${record}`, {})).toEqual({ status, milestone });
  });

  test.each([
    ['registered', 'not_started'],
    ['consulted', 'not_started'],
    ['requested', 'in_progress'],
    ['in_execution', 'in_progress'],
    ['awaiting_information', 'waiting_for_you'],
    ['returned', 'needs_attention'],
    ['decided', 'decided'],
    ['delivered', 'result_ready'],
    ['a stage of a later version', 'in_progress'],
  ])('a case reopened to %s is %s', (toStage, status) => {
    expect(changeFor('intake.CaseReopened', { toStage })).toEqual({ status, milestone: 'reopened' });
  });

  test('every event of a case is either shown or known to be shown nowhere', () => {
    expect([...shownTypes, ...shownNowhere].sort()).toEqual(topics.topics['intake.case'].events.toSorted());
    for (const type of shownNowhere) expect(changeFor(type, {})).toBeUndefined();
  });

  test('statuses and milestones are those of the contract', () => {
    expect(['unknown', ...statuses].sort()).toEqual(enumSymbols('status').sort());
    expect(['unknown', ...milestones].sort()).toEqual(enumSymbols('milestone').sort());
  });
});

describe('the words of the portal', () => {
  const all = [...Object.entries(statusWords), ...Object.entries(milestoneWords), ...Object.entries(actionWords)];

  test('every status and milestone has words in every language, and no others have', () => {
    expect(Object.keys(statusWords)).toEqual([...statuses]);
    expect(Object.keys(milestoneWords)).toEqual([...milestones]);
    for (const [, words] of all) {
      expect(Object.keys(words)).toEqual([...languages]);
      for (const text of Object.values(words)) {
        expect(text).toBe(text.trim().normalize('NFC'));
        expect(text).not.toBe('');
      }
    }
  });

  test('no two statuses, and no two milestones, are called the same', () => {
    for (const language of languages) {
      for (const words of [statusWords, milestoneWords]) {
        const texts = Object.values(words).map((said) => said[language]);
        expect(new Set(texts).size).toBe(texts.length);
      }
    }
  });

  test('names of milestones have at most 15 characters', () => {
    for (const words of Object.values(milestoneWords)) {
      for (const text of Object.values(words)) expect([...text].length).toBeLessThanOrEqual(longestMilestoneName);
    }
  });
});

import { randomUUID } from 'node:crypto';
import type { ConsumedEvent } from '@vienuviet/event-bus';
import { topics } from '@vienuviet/schemas';
import { describe, expect, test } from 'vitest';
import { type CaseData, type FollowedCase, type Telling, tell } from './followed-case.ts';
import { toldToNobody, toldTypes } from './happenings.ts';

const caseId = randomUUID();
const [pension, job] = [randomUUID(), randomUUID()];
/** Registration numbers of the partners of two holders. */
const both: Record<string, string> = { vsaa: '90001669496', nva: '90001634668' };

type Step = readonly [type: string, data?: Partial<CaseData>];
const registered: Step = ['CaseRegistered', { holderId: 'vsaa', serviceId: pension, channel: 'phone' }];
const requested: Step = ['ServiceRequested', { holderId: 'vsaa', serviceId: pension, channel: 'phone' }];
const readdressed: Step = ['ServiceRequested', { holderId: 'nva', serviceId: job, channel: 'in_person' }];
const rejected: Step = ['RequestRejectedAsWrongAuthority', { holderId: 'vsaa' }];

const eventOf = ([type, data]: Step, version: number): ConsumedEvent<string, CaseData> => ({
  ...{ type: `intake.${type}`, eventId: randomUUID(), streamId: `case-${caseId}`, version, source: 'intake.case' },
  ...{ recordedAt: new Date(), data: { caseId, occurredAt: version * 1_000, ...data } },
});

/** Plays a case; `partners` may change before a step. */
function play(steps: readonly (Step | Record<string, string>)[]): { followed: FollowedCase; told: Telling[][] } {
  let partners: Record<string, string> = {};
  let followed: FollowedCase | undefined;
  let version = 0;
  const told: Telling[][] = [];
  for (const step of steps) {
    if (!Array.isArray(step)) {
      partners = step as Record<string, string>;
      continue;
    }
    version += 1;
    const outcome = tell(followed, eventOf(step as unknown as Step, version), (holderId) => partners[holderId])!;
    followed = outcome.after;
    told.push([...outcome.tellings]);
  }
  return { followed: followed!, told };
}

/** What was told in words: `<number> <happened>`, with `h` for history and `c` for closing. */
const inWords = (tellings: readonly Telling[]): string[] =>
  tellings.map(
    ({ to, event }) =>
      `${to === both['vsaa'] ? 'vsaa' : 'nva'} ${event.happened}${event.history ? ' h' : ''}${event.closing ? ' c' : ''}`,
  );

test('every event type of a case is told, or told to nobody', () => {
  const { events } = topics.find(({ name }) => name === 'intake.case')!;
  expect([...toldTypes, ...toldToNobody].toSorted()).toEqual([...events].toSorted());
});

test('the partner of the holder is told of each event, and nobody is named', () => {
  const { told } = play([both, registered, ['ConsultationRecorded', { channel: 'phone' }], requested]);
  expect(told.map(inWords)).toEqual([['vsaa registered'], ['vsaa consulted'], ['vsaa requested']]);
  expect(told[2]![0]!.event).toEqual({
    ...{ caseId, serviceId: pension, happened: 'requested', stage: 'requested', channel: 'phone' },
    ...{ history: false, closing: false, occurredAt: 3_000 },
  });
});

test('without a partner nobody is told, and everything is kept', () => {
  const { told, followed } = play([{}, registered, requested]);
  expect(told).toEqual([[], []]);
  expect(followed).toMatchObject({ toldTo: null, toldCount: 0, stage: 'requested', version: 2 });
  expect(followed.past).toHaveLength(2);
});

describe('a partner that comes later', () => {
  test('is told what went before when the case moves next', () => {
    const { told } = play([{}, registered, requested, both, ['RequestAccepted', { holderId: 'vsaa' }]]);
    expect(inWords(told[2]!)).toEqual(['vsaa registered h', 'vsaa requested h', 'vsaa accepted']);
  });

  test('after a pause of its subscription is told what it missed and nothing twice', () => {
    const { told } = play([both, registered, {}, requested, both, ['RequestAccepted', { holderId: 'vsaa' }]]);
    expect(told.map(inWords)).toEqual([['vsaa registered'], [], ['vsaa requested h', 'vsaa accepted']]);
  });
});

describe('a case that goes to another holder', () => {
  const accepted: Step = ['RequestAccepted', { holderId: 'nva' }];

  test('is closed for the old partner, which learns nothing more, and begins with its history for the new one', () => {
    const { told } = play([both, registered, requested, rejected, readdressed, accepted]);
    expect(inWords(told[3]!)).toEqual([
      ...['vsaa readdressed c', 'nva registered h', 'nva requested h', 'nva rejected_as_wrong_authority h'],
      'nva requested',
    ]);
    expect(inWords(told[4]!)).toEqual(['nva accepted']);
    expect(told[3]![0]!.event).toEqual({
      ...{ caseId, serviceId: pension, happened: 'readdressed', stage: 'returned', channel: null },
      ...{ history: false, closing: true, occurredAt: 4_000 },
    });
    expect(told[3]!.slice(1).every(({ event }) => event.serviceId === job)).toBe(true);
  });

  test('without a partner of the new holder is only closed', () => {
    const { told } = play([{ vsaa: both['vsaa']! }, registered, rejected, readdressed, accepted]);
    expect(told.map(inWords)).toEqual([
      ['vsaa registered'],
      ['vsaa rejected_as_wrong_authority'],
      ['vsaa readdressed c'],
      [],
    ]);
  });

  test('closes nothing for a partner that was never told of it', () => {
    const { told } = play([{ nva: both['nva']! }, registered, { ...both }, readdressed]);
    expect(inWords(told[1]!)).toEqual(['nva registered h', 'nva requested']);
  });

  test('closes nothing for a partner whose subscription has ended, and begins for the new one', () => {
    const { told } = play([both, registered, { nva: both['nva']! }, readdressed]);
    expect(inWords(told[1]!)).toEqual(['nva registered h', 'nva requested']);
  });

  test('and comes back is told from its beginning', () => {
    const back: Step = ['ServiceRequested', { holderId: 'vsaa', serviceId: pension, channel: 'phone' }];
    const { told } = play([both, registered, readdressed, back]);
    expect(inWords(told[2]!)).toEqual([
      ...['nva readdressed c', 'vsaa registered h', 'vsaa requested h'],
      'vsaa requested',
    ]);
  });
});

test('an event that was here before tells nothing', () => {
  const { followed } = play([both, registered, requested]);
  expect(tell(followed, eventOf(requested, 2), () => both['vsaa'])).toBeUndefined();
});

test('a case whose beginning was never here, and an event of another case, are refused', () => {
  expect(() => tell(undefined, eventOf(requested, 2), () => undefined)).toThrow('was never here');
  const foreign = { ...eventOf(registered, 1), streamId: `case-${randomUUID()}` };
  expect(() => tell(undefined, foreign, () => undefined)).toThrow('another case');
});

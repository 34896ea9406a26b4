/** Every command in every stage, against a grid that was written by hand and not made from the table. */
import { given } from '@vienuviet/testing';
import { describe, expect, test } from 'vitest';
import {
  caseId,
  clerk,
  clerkElsewhere,
  command,
  historyOf,
  hours,
  minutes,
  morning,
  otherClerk,
  pathTo,
  specialist,
  specialistElsewhere,
} from '../test-support/sample-histories.ts';
import { createCaseDecider, standardRules as rules } from './case.ts';
import { isEnded, type Stage, stages } from './stages.ts';
import { type CommandName, commandNames, type StageOrNone, transitionOf } from './transitions.ts';

const decider = createCaseDecider();
const now = morning + minutes(8);

/** Rows: commands. Columns: the stages in their order. A dot is a refusal, `=` the same stage. */
const grid = `
                       unregistered  registered  consulted  requested  in_execution  awaiting_information  returned   decided    delivered  closed      withdrawn
register               registered    .           .          .          .             .                     .          .          .          .           .
claim                  ?             =           =          =          =             =                     =          =          =          .           .
release                ?             =           =          =          =             =                     =          =          =          .           .
recordConsultation     ?             consulted   =          =          =             =                     =          =          .          .           .
request                ?             requested   requested  .          .             .                     requested  .          .          .           .
accept                 ?             .           .          in_execution .           .                     .          .          .          .           .
rejectAsWrongAuthority ?             .           .          returned   returned      .                     .          .          .          .           .
askForInformation      ?             .           .          .          awaiting_information .              .          .          .          .           .
provideInformation     ?             .           .          .          .             in_execution          .          .          .          .           .
decide                 ?             .           .          .          decided       .                     .          .          .          .           .
deliverResult          ?             .           .          .          .             .                     .          delivered  .          .           .
evaluate               ?             .           .          .          .             .                     .          .          =          =           .
withdraw               ?             withdrawn   withdrawn  withdrawn  withdrawn     withdrawn             withdrawn  .          .          .           .
reopen                 ?             .           .          .          .             .                     .          .          .          registered  registered
close                  ?             closed      closed     .          .             .                     closed     .          closed     .           .
handOver               ?             =           =          =          =             =                     =          =          =          .           .
link                   ?             =           =          =          =             =                     =          =          =          =           =
`;

interface Cell {
  readonly name: CommandName;
  readonly stage: StageOrNone;
  readonly expected: string;
}

const lines = grid
  .trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/));
const columns = lines[0] as StageOrNone[];
const cells: Cell[] = lines
  .slice(1)
  .flatMap(([name, ...row]) =>
    row.map((expected, at) => ({ name: name as CommandName, stage: columns[at]!, expected })),
  );

/** A history that ends in the stage, with the claim in the hand of the clerk where there can be one. */
function historyIn(stage: StageOrNone) {
  if (stage === 'unregistered') return [];
  const claimed = isEnded(stage) ? [] : [command('claim')];
  return historyOf([...pathTo[stage], ...claimed]);
}

describe('every command in every stage', () => {
  test('the grid names every command and every stage once', () => {
    expect(columns).toEqual(['unregistered', ...stages]);
    expect(lines.slice(1).map(([name]) => name)).toEqual(commandNames);
    expect(cells).toHaveLength(commandNames.length * (stages.length + 1));
  });

  test.each(cells)('$name in $stage: $expected', ({ name, stage, expected }) => {
    const before = given(decider, historyIn(stage));
    expect(before.state.stage).toBe(stage);
    const when = before.when(command(name, { now }));
    if (expected === '?') {
      when.then({ code: 'case_not_found' });
    } else if (expected === '.') {
      const allowed = cells.filter((cell) => cell.stage === stage && cell.expected !== '.').map((cell) => cell.name);
      when.then({ code: 'transition_not_allowed', details: { command: name, stage, allowed } });
    } else {
      expect(when.decision).toMatchObject({ accepted: true });
      expect(when.state.stage).toBe(expected === '=' ? stage : expected);
    }
  });

  test.each(cells.filter(({ expected }) => expected === '.'))('refused, $name leaves $stage as it was', (cell) => {
    const before = given(decider, historyIn(cell.stage));
    expect(before.when(command(cell.name, { now })).state).toBe(before.state);
  });
});

const accepted = cells.filter(({ expected }) => !['.', '?'].includes(expected));
const later = accepted.filter(({ name }) => name !== 'register');
const atCentre = later.filter(({ name }) => transitionOf(name).by !== 'holder');
const claimNeeded = later.filter(({ name }) => transitionOf(name).claim === 'needed');
const stageOf = (cell: Cell): Stage => cell.stage as Stage;

describe('whose case it is', () => {
  test.each(atCentre)('$name in $stage: another centre does not learn that the case exists', ({ name, stage }) => {
    given(decider, historyIn(stage))
      .when(command(name, { now, actor: clerkElsewhere }))
      .then({ code: 'case_foreign' });
  });

  test.each(later.filter(({ name }) => transitionOf(name).by !== 'centre'))(
    '$name in $stage: another holder does not learn that the case exists',
    ({ name, stage }) => {
      given(decider, historyIn(stage))
        .when(command(name, { now, actor: specialistElsewhere }))
        .then({ code: 'case_foreign' });
    },
  );

  test('a refused stage is told to nobody outside', () => {
    const closed = given(decider, historyIn('closed'));
    closed.when(command('request', { actor: clerkElsewhere })).then({ code: 'case_foreign' });
  });

  test.each(['accept', 'decide'] as const)('%s is not for a centre', (name) => {
    given(decider, historyIn(name === 'accept' ? 'requested' : 'in_execution'))
      .when(command(name, { now, actor: clerk }))
      .then({ code: 'case_foreign' });
  });

  test('request is not for a holder', () => {
    given(decider, historyIn('consulted'))
      .when(command('request', { now, actor: specialist }))
      .then({ code: 'case_foreign' });
  });
});

describe('the claim', () => {
  test.each(claimNeeded)('$name in $stage needs one', ({ name, stage }) => {
    const expired = now + hours(1);
    given(decider, historyIn(stage))
      .when(command(name, { now: expired }))
      .then({ code: 'not_claimed' });
  });

  test.each([...claimNeeded, ...later.filter(({ name }) => name === 'claim')])(
    '$name in $stage is refused while another clerk holds it, and told who does and until when',
    ({ name, stage }) => {
      const before = given(decider, historyIn(stage));
      const claim = 'claim' in before.state ? before.state.claim : null;
      before.when(command(name, { now, actor: otherClerk })).then({
        code: 'claimed_by_other',
        details: { heldBy: clerk.id, until: new Date(claim?.until ?? 0).toISOString() },
      });
    },
  );

  test('is given with the registration for fifteen minutes', () => {
    expect(given(decider, historyIn('unregistered')).when(command('register')).state).toMatchObject({
      claim: { actorId: clerk.id, until: morning + minutes(15) },
    });
  });

  test('lasts as long as the rules say', () => {
    const decider = createCaseDecider({ ...rules, claimMs: minutes(3) });
    expect(given(decider).when(command('register')).state).toMatchObject({ claim: { until: morning + minutes(3) } });
  });

  test('ends at its instant, not before', () => {
    const registered = historyOf(pathTo.registered);
    const last = command('claim', { actor: otherClerk, now: morning + minutes(15) - 1 });
    given(decider, registered).when(last).then({ code: 'claimed_by_other' });
    const after = given(decider, registered).when(command('claim', { actor: otherClerk, now: morning + minutes(15) }));
    expect(after.state).toMatchObject({ claim: { actorId: otherClerk.id, until: morning + minutes(30) } });
  });

  test('is prolonged by claiming again', () => {
    const again = given(decider, historyOf(pathTo.registered)).when(command('claim', { now: morning + minutes(10) }));
    expect(again.state).toMatchObject({ claim: { actorId: clerk.id, until: morning + minutes(25) } });
  });

  test.each(later.filter(({ name }) => !['claim'].includes(name)))(
    'after $name in $stage it is there or gone as the hand-over of the work says',
    ({ name, stage }) => {
      const handsOn: CommandName[] = [
        ...(['release', 'request', 'provideInformation', 'deliverResult', 'withdraw', 'close', 'handOver'] as const),
      ];
      const { state } = given(decider, historyIn(stage)).when(command(name, { now }));
      const claim = 'claim' in state ? state.claim : undefined;
      if (handsOn.includes(name) || isEnded(stageOf({ name, stage, expected: '' }))) expect(claim).toBeNull();
      else expect(claim).toMatchObject({ actorId: clerk.id });
    },
  );

  test('is not asked of a holder, and a clerk holding it does not stop one', () => {
    expect(given(decider, historyIn('requested')).when(command('accept', { now })).decision.accepted).toBe(true);
  });
});

describe('when it happened', () => {
  test.each(later)('$name in $stage: not before the registration', ({ name, stage }) => {
    given(decider, historyIn(stage))
      .when(command(name, { now, occurredAt: morning - 1 }))
      .then({ code: 'occurred_before_registration' });
  });

  test.each(accepted)('$name in $stage: not more than five minutes ahead of the clock', ({ name, stage }) => {
    given(decider, historyIn(stage))
      .when(command(name, { now, occurredAt: now + minutes(5) + 1 }))
      .then({ code: 'occurred_in_future' });
    const ahead = given(decider, historyIn(stage)).when(command(name, { now, occurredAt: now + minutes(5) }));
    expect(ahead.decision).toMatchObject({ accepted: true });
  });

  test.each(accepted)('$name in $stage: the events say when and who', ({ name, stage }) => {
    const occurredAt = now + 1;
    const given_ = given(decider, historyIn(stage)).when(command(name, { now, occurredAt }));
    const actorId = command(name).actor.id;
    for (const event of given_.decision.accepted ? given_.decision.events : []) {
      expect(event.data).toMatchObject({ caseId, occurredAt, actorId });
    }
  });

  test('a registration long past is a slip of the pen', () => {
    const earliest = now - 366 * 24 * 60 * minutes(1);
    const entered = (occurredAt: number) => given(decider, []).when(command('register', { now, occurredAt }));
    expect(entered(earliest).decision).toMatchObject({ accepted: true });
    entered(earliest - 1).then({ code: 'occurred_too_early' });
    entered(Date.UTC(0, 0, 1)).then({ code: 'occurred_too_early' });
  });

  test('a registration may be entered later', () => {
    const { state } = given(decider).when(command('register', { occurredAt: morning - hours(48) }));
    expect(state).toMatchObject({ registeredAt: morning - hours(48), claim: { until: morning + minutes(15) } });
  });
});

describe('minutes', () => {
  const timed = accepted.filter(({ name }) => 'clerkMinutes' in command(name));

  test.each(timed)('$name in $stage takes whole minutes from 0 to 600', ({ name, stage }) => {
    for (const clerkMinutes of [-1, 601, 1.5, Number.NaN]) {
      given(decider, historyIn(stage))
        .when({ ...command(name, { now }), clerkMinutes } as ReturnType<typeof command>)
        .then({ code: 'invalid_clerk_minutes' });
    }
    for (const clerkMinutes of [0, 600]) {
      const when = given(decider, historyIn(stage)).when({
        ...command(name, { now }),
        clerkMinutes,
      } as ReturnType<typeof command>);
      expect(when.decision.accepted).toBe(true);
    }
  });
});

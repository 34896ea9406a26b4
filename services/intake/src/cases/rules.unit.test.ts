/** What single commands ask for beyond stage, claim and time. */
import { given } from '@vienuviet/testing';
import { describe, expect, test } from 'vitest';
import {
  centre,
  centreIds,
  clerk,
  command,
  historyOf,
  hours,
  minutes,
  morning,
  pathTo,
  service,
  serviceIds,
  specialist,
  subjectId,
} from '../test-support/sample-histories.ts';
import { createCaseDecider, standardRules } from './case.ts';
import type { CaseCommand } from './commands.ts';
import type { Stage } from './stages.ts';

const decider = createCaseDecider();
const now = morning + minutes(8);
const after = (...commands: readonly CaseCommand[]) => given(decider, historyOf(commands));
const claimedIn = (stage: Stage) => after(...pathTo[stage], command('claim'));

describe('registering', () => {
  const registering = (changes: Parameters<typeof command<'register'>>[1]) =>
    given(decider).when(command('register', changes));

  test('keeps where, what and for whom', () => {
    registering({ crossBorder: true, anonymous: true }).then([
      {
        type: 'intake.CaseRegistered',
        data: {
          caseId: command('register').caseId,
          subjectId,
          anonymous: true,
          serviceId: serviceIds.sick,
          holderId: 'vsaa',
          centreId: centreIds.here,
          municipalityId: 'cesu-novads',
          channel: 'in_person',
          purpose: 'application',
          customerKind: 'citizen',
          crossBorder: true,
          clerkMinutes: 5,
          claimedUntil: morning + minutes(15),
          occurredAt: morning,
          actorId: clerk.id,
        },
      },
    ]);
  });

  test('needs a service of the catalogue that is not retired', () => {
    registering({ service: { status: 'unknown' } }).then({ code: 'service_unknown' });
    registering({ service: service(serviceIds.old, 'vsaa', 'retired') }).then({ code: 'service_retired' });
  });

  test('needs an open centre, one where the clerk works', () => {
    registering({ centre: centre(centreIds.here, 'closed') }).then({ code: 'centre_closed' });
    registering({ centre: centre(centreIds.there) }).then({ code: 'centre_foreign' });
    registering({ centre: { status: 'unknown' } }).then({ code: 'centre_not_found' });
  });
});

describe('addressing a request', () => {
  const tax = service(serviceIds.tax, 'vid');

  test('goes to the holder of the service registered', () => {
    const request = claimedIn('consulted').when(command('request', { now }));
    expect(request.state).toMatchObject({ serviceId: serviceIds.sick, holderId: 'vsaa', stage: 'requested' });
  });

  test.each(['registered', 'consulted'] as const)('%s: no other service and no other holder', (stage) => {
    claimedIn(stage)
      .when(command('request', { now, service: tax }))
      .then({ code: 'service_fixed' });
    claimedIn(stage)
      .when(command('request', { now, holderId: 'vid' }))
      .then({ code: 'service_fixed' });
    const same = command('request', { now, service: service(serviceIds.sick, 'vsaa'), holderId: 'vsaa' });
    expect(claimedIn(stage).when(same).decision.accepted).toBe(true);
  });

  test('returned: another service takes its holder along', () => {
    const { state } = claimedIn('returned').when(command('request', { now, service: tax }));
    expect(state).toMatchObject({ serviceId: serviceIds.tax, holderId: 'vid', stage: 'requested' });
  });

  test('returned: the same service at another holder', () => {
    const { state } = claimedIn('returned').when(command('request', { now, holderId: 'vid' }));
    expect(state).toMatchObject({ serviceId: serviceIds.sick, holderId: 'vid', stage: 'requested' });
  });

  test('returned: a service and a holder that does not hold it do not fit', () => {
    claimedIn('returned')
      .when(command('request', { now, service: tax, holderId: 'nva' }))
      .then({ code: 'holder_of_service' });
  });

  test('returned: the other service exists and is not retired', () => {
    claimedIn('returned')
      .when(command('request', { now, service: { status: 'unknown' } }))
      .then({ code: 'service_unknown' });
    claimedIn('returned')
      .when(command('request', { now, service: service(serviceIds.tax, 'vid', 'retired') }))
      .then({ code: 'service_retired' });
  });

  test('a service that was retired meanwhile is still requested: the case is under way', () => {
    const retired = command('request', { now, service: service(serviceIds.sick, 'vsaa', 'retired') });
    expect(claimedIn('consulted').when(retired).decision.accepted).toBe(true);
  });

  test('the holder who rejected no longer has the case once it is addressed anew', () => {
    const elsewhere = after(...pathTo.returned, command('claim'), command('request', { service: tax }));
    elsewhere.when(command('accept', { now, actor: specialist })).then({ code: 'case_foreign' });
  });

  test('a holder does not propose itself', () => {
    given(decider, historyOf(pathTo.requested))
      .when(command('rejectAsWrongAuthority', { now, proposedHolderId: 'vsaa' }))
      .then({ code: 'same_holder' });
  });
});

describe('delivering', () => {
  test.each(['e_address', 'electronic'] as const)('a holder delivers by %s without a claim', (resultForm) => {
    const delivered = after(...pathTo.decided).when(
      command('deliverResult', { now, actor: specialist, channel: 'e_service', resultForm }),
    );
    expect(delivered.state).toMatchObject({ stage: 'delivered', claim: null });
  });

  test.each(['at_centre', 'post'] as const)('a holder does not deliver by %s', (resultForm) => {
    after(...pathTo.decided)
      .when(command('deliverResult', { now, actor: specialist, resultForm }))
      .then({ code: 'result_form_of_centre' });
  });

  test('who is clerk and specialist delivers for the centre with the claim, electronically without', () => {
    const both = { ...clerk, holderIds: ['vsaa'] };
    const decided = after(...pathTo.decided);
    const electronically = command('deliverResult', { now: now + hours(1), actor: both, resultForm: 'electronic' });
    expect(decided.when(electronically).decision.accepted).toBe(true);
    decided.when(command('deliverResult', { now: now + hours(1), actor: both })).then({ code: 'not_claimed' });
    expect(claimedIn('decided').when(command('deliverResult', { now, actor: both })).decision.accepted).toBe(true);
  });
});

describe('evaluating', () => {
  test('is done once, also after the case was closed', () => {
    const evaluated = [...pathTo.delivered, command('evaluate')];
    after(...evaluated)
      .when(command('evaluate', { now }))
      .then({ code: 'already_evaluated' });
    after(...evaluated, command('claim'), command('close'))
      .when(command('evaluate', { now }))
      .then({ code: 'already_evaluated' });
  });
});

describe('reopening', () => {
  const closing = morning + minutes(1);

  test.each(['registered', 'consulted', 'returned'] as const)('a case closed when %s is there again', (stage) => {
    const closed = after(...pathTo[stage], command('claim'), command('close'));
    expect(closed.when(command('reopen', { now })).state.stage).toBe(stage);
  });

  test.each(['registered', 'consulted', 'requested', 'in_execution', 'awaiting_information', 'returned'] as const)(
    'a case withdrawn when %s is there again',
    (stage) => {
      const withdrawn = after(...pathTo[stage], command('claim'), command('withdraw'));
      expect(withdrawn.when(command('reopen', { now })).state.stage).toBe(stage);
    },
  );

  test('a delivered case is executed again', () => {
    const closed = after(...pathTo.delivered, command('claim'), command('close'));
    expect(closed.when(command('reopen', { now })).state).toMatchObject({ stage: 'in_execution', ended: null });
  });

  test('is possible to the last instant of 72 hours after the end, and then refused', () => {
    const closed = after(...pathTo.closed);
    expect(closed.when(command('reopen', { now: closing + hours(72) })).decision.accepted).toBe(true);
    closed.when(command('reopen', { now: closing + hours(72) + 1 })).then({
      code: 'reopening_time_over',
      details: { until: new Date(closing + hours(72)).toISOString() },
    });
  });

  test('counts from when both happened, not from when they were entered', () => {
    const longAgo = closing + hours(100);
    const late = command('reopen', { now: longAgo, occurredAt: closing + hours(71) });
    expect(after(...pathTo.closed).when(late).decision.accepted).toBe(true);
  });

  test('does not happen before the end', () => {
    after(...pathTo.closed)
      .when(command('reopen', { now, occurredAt: closing - 1 }))
      .then({ code: 'occurred_before_ending' });
  });

  test('takes the time from the rules', () => {
    const strict = createCaseDecider({ ...standardRules, reopenWithinMs: hours(1) });
    given(strict, historyOf(pathTo.closed))
      .when(command('reopen', { now: closing + hours(1) + 1 }))
      .then({ code: 'reopening_time_over' });
  });
});

describe('handing over', () => {
  const handOver = (toCentre: ReturnType<typeof centre>) =>
    claimedIn('consulted').when(command('handOver', { now, toCentre }));

  test('gives the case to the other centre, which can claim it at once', () => {
    const { state } = handOver(centre(centreIds.there));
    expect(state).toMatchObject({
      centreId: centreIds.there,
      municipalityId: 'valkas-novads',
      claim: null,
      stage: 'consulted',
    });
  });

  test('needs another centre that exists and is open', () => {
    handOver({ status: 'unknown' }).then({ code: 'centre_unknown' });
    handOver(centre(centreIds.closed, 'closed')).then({ code: 'centre_closed' });
    handOver(centre(centreIds.here)).then({ code: 'same_centre' });
  });
});

describe('linking', () => {
  test('the same link twice is there once', () => {
    after(...pathTo.registered, command('link'))
      .when(command('link', { now }))
      .then([]);
  });
});

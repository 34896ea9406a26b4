import { readFileSync } from 'node:fs';
import { given } from '@vienuviet/testing';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import {
  caseId,
  centre,
  centreIds,
  clerk,
  clerkElsewhere,
  command,
  historyOf,
  minutes,
  morning,
  pathTo,
  serviceIds,
  specialist,
} from '../test-support/sample-histories.ts';
import { createCaseDecider, standardRules } from './case.ts';
import type { CaseCommand } from './commands.ts';
import { countIdOf, countingRule } from './counting.ts';
import rule from './counting-rule.json' with { type: 'json' };
import type { CaseEvent } from './state.ts';

const decider = createCaseDecider();
const now = morning + minutes(8);

/** The events that a command made after others. */
const made = (command: CaseCommand, ...before: readonly CaseCommand[]): readonly CaseEvent[] => {
  const { decision } = given(decider, historyOf(before)).when(command);
  if (!decision.accepted) throw new Error(decision.refusal.message);
  return decision.events;
};
const types = (events: readonly CaseEvent[]) => events.map(({ type }) => type.replace('intake.', ''));

describe('the counting rule', () => {
  test('names the rows of the table of the report word for word', () => {
    const table = readFileSync(
      new URL('../../../../packages/simulation/data/source/t32_service_case_types.csv', import.meta.url),
      'utf8',
    );
    const rows: Record<string, string>[] = parse(table, { columns: true });
    expect(rule.rows.map(({ serviceTypeLv, oneCaseEn, provider }) => [serviceTypeLv, oneCaseEn, provider])).toEqual(
      rows.map((row) => [row['service_type_lv'], row['one_case_en'], row['provider']]),
    );
  });

  test('lets intake count help at a desk and nothing else', () => {
    expect(countingRule.channels).toEqual(['in_person']);
  });
});

describe('a case opened at a desk is counted', () => {
  test('with its first consultation there', () => {
    expect(made(command('recordConsultation', { now }), ...pathTo.registered)).toEqual([
      expect.objectContaining({ type: 'intake.ConsultationRecorded' }),
      {
        type: 'intake.ServiceCounted',
        data: {
          countId: countIdOf(caseId, 1),
          ruleVersion: countingRule.version,
          caseId,
          serviceId: serviceIds.sick,
          holderId: 'vsaa',
          centreId: centreIds.here,
          municipalityId: 'cesu-novads',
          channel: 'in_person',
          customerKind: 'citizen',
          crossBorder: false,
          clerkMinutes: 15,
          occurredAt: now,
          actorId: clerk.id,
        },
      },
    ]);
  });

  test('with its first request there', () => {
    expect(types(made(command('request', { now }), ...pathTo.registered))).toEqual([
      'ServiceRequested',
      'ServiceCounted',
    ]);
  });

  test('with its first delivery there, when everything before went by other channels', () => {
    const remote = historyOf([
      command('register'),
      command('request', { channel: 'phone' }),
      command('accept'),
      command('decide'),
      command('claim'),
    ]);
    const { decision } = given(decider, remote).when(command('deliverResult', { now }));
    expect(types(decision.accepted ? decision.events : [])).toEqual(['ResultDelivered', 'ServiceCounted']);
  });

  test('once, whatever follows', () => {
    const events = historyOf([...pathTo.delivered]);
    expect(types(events).filter((type) => type === 'ServiceCounted')).toHaveLength(1);
  });

  test('not by registering it', () => {
    expect(types(historyOf(pathTo.registered))).toEqual(['CaseRegistered']);
  });

  test('not by help in another channel', () => {
    const byPhone = command('recordConsultation', { now, channel: 'phone' });
    expect(types(made(byPhone, ...pathTo.registered))).toEqual(['ConsultationRecorded']);
  });

  test('not by what the holder delivers', () => {
    const remote = [
      command('register'),
      command('request', { channel: 'phone' }),
      command('accept'),
      command('decide'),
    ];
    const byHolder = command('deliverResult', { now, actor: specialist, resultForm: 'electronic' });
    expect(types(made(byHolder, ...remote))).toEqual(['ResultDelivered']);
  });

  test('at the centre to which it was handed over', () => {
    const handedOver = [
      command('register'),
      command('handOver', { toCentre: centre(centreIds.there) }),
      command('claim', { actor: clerkElsewhere }),
    ];
    const [, counted] = made(command('recordConsultation', { now, actor: clerkElsewhere }), ...handedOver);
    expect(counted).toMatchObject({ data: { centreId: centreIds.there, municipalityId: 'valkas-novads' } });
  });

  test('with the version of the rule', () => {
    const rules = { ...standardRules, counting: { version: '7', channels: ['in_person'] } };
    const { decision } = given(createCaseDecider(rules), historyOf(pathTo.registered)).when(
      command('recordConsultation', { now }),
    );
    expect(decision).toMatchObject({ events: [{}, { data: { ruleVersion: '7' } }] });
  });
});

test('a case opened by phone is not counted by intake, even when a consultation follows at a desk', () => {
  const byPhone = command('register', { channel: 'phone' });
  expect(types(made(command('recordConsultation', { now }), byPhone))).toEqual(['ConsultationRecorded']);
});

describe('the count is corrected', () => {
  const counted = [command('register'), command('recordConsultation')];

  test('by withdrawing the case', () => {
    expect(made(command('withdraw', { now }), ...counted)[1]).toEqual({
      type: 'intake.ServiceCountCorrected',
      data: { countId: countIdOf(caseId, 1), caseId, reason: 'withdrawn', occurredAt: now, actorId: clerk.id },
    });
  });

  test('by closing it as registered in error', () => {
    expect(made(command('close', { now, reason: 'registered_in_error' }), ...counted)[1]).toMatchObject({
      type: 'intake.ServiceCountCorrected',
      data: { countId: countIdOf(caseId, 1), reason: 'annulled' },
    });
  });

  test.each(['completed', 'informed_only', 'no_answer', 'other'] as const)('not by closing it as %s', (reason) => {
    expect(types(made(command('close', { now, reason }), ...counted))).toEqual(['CaseClosed']);
  });

  test('not when nothing was counted', () => {
    expect(types(made(command('withdraw', { now }), command('register')))).toEqual(['CaseWithdrawn']);
  });

  test('and after reopening the next help at the desk is counted anew, under the next number', () => {
    const reopened = [...counted, command('withdraw'), command('reopen'), command('claim')];
    expect(made(command('recordConsultation', { now }), ...reopened)[1]).toMatchObject({
      type: 'intake.ServiceCounted',
      data: { countId: countIdOf(caseId, 2) },
    });
  });

  test('and a case that was reopened without a correction stays counted once', () => {
    const reopened = [...counted, command('close', { reason: 'completed' }), command('reopen'), command('claim')];
    expect(types(made(command('recordConsultation', { now }), ...reopened))).toEqual(['ConsultationRecorded']);
  });
});

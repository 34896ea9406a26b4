import type { Row } from '@vienuviet/event-bus';
import { describe, expect, test } from 'vitest';
import { FoldError } from '../errors.ts';
import type { ItemEvent, ItemStatusChanged } from './item-status-changed.ts';
import { viewItem } from './item-view.ts';
import { applyChange, type ItemChange } from './projection.ts';
import type { Status } from './statuses.ts';

const caseId = '11111111-1111-4111-8111-111111111111';
const subjectId = '22222222-2222-4222-8222-222222222222';
const serviceId = '33333333-3333-4333-8333-333333333333';
const otherService = '44444444-4444-4444-8444-444444444444';
const start = Date.UTC(2026, 10, 2, 8);

function changed(version: number, change: Partial<ItemStatusChanged>): ItemEvent {
  return {
    type: 'statusfeed.ItemStatusChanged',
    eventId: `00000000-0000-4000-8000-00000000000${version}`,
    streamId: `item-${caseId}`,
    version,
    recordedAt: new Date(start),
    source: 'store',
    data: {
      caseId,
      subjectId: null,
      serviceId: null,
      holderId: null,
      status: null,
      milestone: null,
      sourceEventId: `00000000-0000-4000-8000-00000000010${version}`,
      sourceVersion: version,
      sourceOccurredAt: start + version * 60_000,
      ...change,
    },
  };
}

const opened = changed(1, { subjectId, serviceId, holderId: 'vsaa', status: 'not_started', milestone: 'registered' });
const fold = (...events: ItemEvent[]): Row => events.reduce<Row | undefined>(applyChange, undefined) as Row;
const changesOf = (row: Row) => row['changes'] as ItemChange[];

describe('an item, folded from its changes', () => {
  test('keeps what a change does not say', () => {
    const row = fold(opened, changed(2, { milestone: 'consulted' }));
    expect(row).toMatchObject({
      subject_id: subjectId,
      service_id: serviceId,
      holder_id: 'vsaa',
      status: 'not_started',
    });
    expect(changesOf(row)[1]).toMatchObject({
      version: 2,
      status: 'not_started',
      milestone: 'consulted',
      holderId: 'vsaa',
    });
  });

  test('a consultation while the person is waited for leaves the status', () => {
    const waiting = changed(2, { status: 'waiting_for_you', milestone: 'information_requested' });
    expect(fold(opened, waiting, changed(3, { milestone: 'consulted' }))['status']).toBe('waiting_for_you');
  });

  test('a request to another holder moves the item there; earlier changes stay as they were', () => {
    const row = fold(
      opened,
      changed(2, { serviceId: otherService, holderId: 'vid', status: 'in_progress', milestone: 'requested' }),
    );
    expect(row).toMatchObject({ service_id: otherService, holder_id: 'vid' });
    expect(changesOf(row).map((change) => change.holderId)).toEqual(['vsaa', 'vid']);
  });

  test('codes of a later version are taken as not said', () => {
    const row = fold(opened, changed(2, { status: 'unknown', milestone: 'unknown' }));
    expect(row['status']).toBe('not_started');
    expect(changesOf(row)[1]?.milestone).toBeNull();
  });

  test.each(['subjectId', 'serviceId', 'holderId', 'status'] as const)(
    'a first change without %s is refused',
    (field) => {
      expect(() => fold({ ...opened, data: { ...opened.data, [field]: null } })).toThrow(FoldError);
    },
  );
});

describe('an item in the words of the portal', () => {
  const asked = changed(2, {
    status: 'waiting_for_you',
    milestone: 'information_requested',
    sourceOccurredAt: start + 180_000,
  });
  const record = (row: Row) => ({
    caseId,
    serviceId,
    holderId: 'vsaa',
    status: row['status'] as Status,
    openedAt: row['opened_at'] as Date,
    changedAt: row['changed_at'] as Date,
    caseVersion: 2,
    changes: changesOf(row),
    titleLv: 'Slimības pabalsts',
    titleEn: null,
    holderName: null,
    centre: null,
  });

  test('shows names, starts and lengths of milestones, and what the person is to do', () => {
    const view = viewItem(record(fold(opened, asked)), 'en');
    expect(view.status).toMatchObject({ code: 'waiting_for_you', text: 'Waiting for you' });
    expect(view.milestones).toEqual([
      {
        code: 'registered',
        name: 'Registered',
        names: { lv: 'Reģistrēts', en: 'Registered' },
        startedAt: '2026-11-02T08:01:00.000Z',
        durationSeconds: 120,
        action: null,
      },
      {
        code: 'information_requested',
        name: 'Info needed',
        names: { lv: 'Jāpapildina', en: 'Info needed' },
        startedAt: '2026-11-02T08:03:00.000Z',
        durationSeconds: null,
        action: 'Provide the information asked for',
      },
    ]);
  });

  test('a title that is not translated is shown in Latvian', () => {
    expect(viewItem(record(fold(opened)), 'en').service.title).toBe('Slimības pabalsts');
  });

  test('a step entered with an earlier time has no length', () => {
    const early = changed(2, { milestone: 'consulted', sourceOccurredAt: start });
    expect(viewItem(record(fold(opened, early)), 'lv').milestones[0]?.durationSeconds).toBe(0);
  });

  test('asks for nothing once the next milestone has come', () => {
    const answered = changed(3, { status: 'in_progress', milestone: 'information_provided' });
    const view = viewItem(record(fold(opened, asked, answered)), 'lv');
    expect(view.milestones.map((milestone) => milestone.action)).toEqual([null, null, null]);
  });
});

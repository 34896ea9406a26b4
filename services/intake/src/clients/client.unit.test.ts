import { given } from '@vienuviet/testing';
import { describe, expect, test } from 'vitest';
import { type ClientCommand, type ClientEvent, type ClientRecord, clientDecider } from './client.ts';

const subjectId = '11111111-0000-4000-8000-111111111111';
const other = '22222222-0000-4000-8000-222222222222';
const centreId = '33333333-0000-4000-8000-333333333333';
const now = Date.UTC(2026, 2, 2, 8);
const who = { subjectId, actorId: 'clerk.cesis.1', now };
const act = { occurredAt: now, actorId: 'clerk.cesis.1' };
const nothing = { personalCode: null, phone: null, email: null, eAddress: null, postalAddress: null };
const record: ClientRecord = {
  ...{ kind: 'natural', registrationNumber: null, codeConfirmed: false, language: 'lv' },
  ...nothing,
  clientName: Buffer.from('sealed'),
};
const registered: ClientEvent = { type: 'intake.ClientRegistered', data: { subjectId, centreId, ...record, ...act } };
const merged: ClientEvent = {
  type: 'intake.ClientMerged',
  data: { subjectId, intoSubjectId: other, reason: 'misspelt', ...act },
};
const person = given(clientDecider, [registered]).state;
const firm = given(clientDecider, [
  { ...registered, data: { ...registered.data, kind: 'legal' } } as ClientEvent,
]).state;
const unknown = clientDecider.initialState;

const registering: ClientCommand = { type: 'register', ...who, centreId, record };
const changing: ClientCommand = { type: 'change', ...who, record, changed: ['phone'] };
const merging: ClientCommand = { type: 'merge', ...who, intoSubjectId: other, into: person, reason: 'misspelt' };
const undoing: ClientCommand = { type: 'undoMerge', ...who };
const naming: ClientCommand = {
  ...{ type: 'nameRepresentative', ...who, representativeId: other, representative: person },
  ...{ ground: 'parent', validUntil: null },
};
const ending: ClientCommand = { type: 'endRepresentative', ...who, representativeId: other };
const named: ClientEvent = {
  type: 'intake.RepresentativeNamed',
  data: { subjectId, representativeId: other, ground: 'parent', validUntil: null, ...act },
};

describe('a client', () => {
  test('is registered once', () => {
    given(clientDecider).when(registering).then([registered]);
    given(clientDecider, [registered]).when(registering).then({ code: 'client_exists' });
    given(clientDecider, [registered, merged]).when(registering).then({ code: 'client_exists' });
  });

  test.each([changing, merging, undoing, naming, ending])('has to be there: $type', (command) => {
    given(clientDecider).when(command).then({ code: 'client_not_found' });
  });

  test.each([changing, merging, naming, ending])('goes under another id once merged: $type', (command) => {
    given(clientDecider, [registered, merged])
      .when(command)
      .then({ code: 'client_merged', details: { intoSubjectId: other } });
  });

  test('is changed in something or not at all', () => {
    const data = { subjectId, ...record, changed: ['phone'], ...act };
    given(clientDecider, [registered])
      .when(changing)
      .then([{ type: 'intake.ClientChanged', data }]);
    given(clientDecider, [registered])
      .when({ ...changing, changed: [] })
      .then([]);
  });

  test('is merged into another of its kind that is there itself, and back', () => {
    const history = [registered];
    given(clientDecider, history).when(merging).then([merged]);
    given(clientDecider, history)
      .when({ ...merging, intoSubjectId: subjectId })
      .then({ code: 'client_same' });
    given(clientDecider, history)
      .when({ ...merging, into: unknown })
      .then({ code: 'client_not_found' });
    given(clientDecider, history)
      .when({ ...merging, into: firm })
      .then({ code: 'client_kinds_differ' });
    const gone = given(clientDecider, [registered, merged]).state;
    given(clientDecider, history)
      .when({ ...merging, into: gone })
      .then({ code: 'client_merged' });
    const undone = { type: 'intake.ClientMergeUndone', data: { subjectId, fromSubjectId: other, ...act } } as const;
    const { state } = given(clientDecider, [registered, merged]).when(undoing);
    given(clientDecider, [registered, merged]).when(undoing).then([undone]);
    expect(state).toEqual(person);
    given(clientDecider, history).when(undoing).then({ code: 'client_not_merged' });
  });

  test('is represented by another natural person, on one ground until one time', () => {
    const history = [registered];
    given(clientDecider, history).when(naming).then([named]);
    given(clientDecider, [registered, named]).when(naming).then([]);
    given(clientDecider, history)
      .when({ ...naming, representativeId: subjectId })
      .then({ code: 'client_same' });
    for (const representative of [unknown, firm, given(clientDecider, [registered, merged]).state]) {
      given(clientDecider, history)
        .when({ ...naming, representative })
        .then({ code: 'representative_unknown' });
    }
    given(clientDecider, history)
      .when({ ...naming, validUntil: now })
      .then({ code: 'representation_over' });
    const until = now + 1;
    const again = given(clientDecider, [registered, named]).when({ ...naming, validUntil: until });
    expect(again.state).toMatchObject({ representatives: [{ representativeId: other, validUntil: until }] });
  });

  test('is represented no more', () => {
    const ended = { type: 'intake.RepresentativeEnded', data: { subjectId, representativeId: other, ...act } } as const;
    given(clientDecider, [registered, named]).when(ending).then([ended]);
    given(clientDecider, [registered, named, ended]).when(ending).then({ code: 'representative_unknown' });
  });
});

import { randomUUID } from 'node:crypto';
import type { EventStore, NewEvent } from '@vienuviet/event-store';
import { codec } from '@vienuviet/schemas';
import type { ConsumedEvent, InboundMessage, Projection, Row } from '../src/types.ts';

const start = Date.UTC(2025, 2, 3, 8);
const stages = 6;

/** The events of one case, from the desk to the end. */
export function caseLife(caseId: string, number: number): NewEvent[] {
  const holderId = `holder-${number % 40}`;
  const stamp = (minutes: number) => ({
    occurredAt: start + (number + minutes) * 60_000,
    actorId: `clerk.centre.${number % 9}`,
  });
  const serviceId = `00000000-0000-4000-8000-${String(number % 300).padStart(12, '0')}`;
  const centreId = `00000000-0000-4000-9000-${String(number % 60).padStart(12, '0')}`;
  return [
    {
      type: 'intake.CaseRegistered',
      data: {
        caseId,
        subjectId: caseId,
        anonymous: false,
        serviceId,
        holderId,
        centreId,
        municipalityId: `municipality-${number % 43}`,
        channel: 'in_person',
        purpose: 'application',
        customerKind: 'citizen',
        crossBorder: false,
        clerkMinutes: 10,
        claimedUntil: start,
        ...stamp(0),
      },
    },
    {
      type: 'intake.ServiceRequested',
      data: { caseId, serviceId, holderId, channel: 'in_person', clerkMinutes: 5, ...stamp(10) },
    },
    { type: 'intake.RequestAccepted', data: { caseId, holderId, ...stamp(60) } },
    {
      type: 'intake.DecisionMade',
      data: { caseId, holderId, outcome: 'granted', reason: 'requirements_met', ...stamp(2_000) },
    },
    {
      type: 'intake.ResultDelivered',
      data: { caseId, channel: 'in_person', resultForm: 'at_centre', clerkMinutes: 3, ...stamp(3_000) },
    },
    { type: 'intake.CaseClosed', data: { caseId, reason: 'completed', ...stamp(3_001) } },
  ];
}

/** Fills a store with at least so many events, cases interleaved by stage as on a working day. */
export async function fillStore(store: EventStore, events: number): Promise<void> {
  const atOnce = 500;
  for (let done = 0, number = 0; done < events; ) {
    const cases = Array.from({ length: atOnce }, () => ({ caseId: randomUUID(), number: number++ }));
    for (let stage = 0; stage < stages; stage++) {
      const streams = cases.map(({ caseId, number: n }) => ({
        streamId: `case-${caseId}`,
        streamType: 'case',
        expectedVersion: stage,
        events: [caseLife(caseId, n)[stage]!],
      }));
      await Promise.all(
        chunks(streams, 50).map((part) =>
          store.append({
            streams: part.map((one) => ({
              ...one,
              expectedVersion: one.expectedVersion === 0 ? 'no_stream' : one.expectedVersion,
            })),
          }),
        ),
      );
      done += atOnce;
    }
  }
}

/** Messages of cases as they lie in one partition: `far` apart, so that a batch holds few events of the same case. */
export function caseMessages(events: number): InboundMessage[] {
  const messages: InboundMessage[] = [];
  const atOnce = 500;
  for (let number = 0; messages.length < events; number += atOnce) {
    const cases = Array.from({ length: atOnce }, (_, i) => ({ caseId: randomUUID(), number: number + i }));
    const lives = cases.map(({ caseId, number: n }) => ({ caseId, life: caseLife(caseId, n) }));
    for (let stage = 0; stage < stages; stage++) {
      for (const { caseId, life } of lives) {
        const { type, data } = life[stage]!;
        messages.push({
          topic: 'intake.case',
          partition: 0,
          offset: BigInt(messages.length),
          key: `case-${caseId}`,
          value: codec.encode(type, data).payload,
          headers: {
            ce_specversion: '1.0',
            ce_id: randomUUID(),
            ce_source: '/services/intake',
            ce_type: `lv.vienuviet.${type}.v1`,
            ce_time: new Date(start + messages.length).toISOString(),
            ce_subject: `case-${caseId}`,
            ce_sequence: String(stage + 1),
            ce_storeepoch: 'e',
            ce_storeposition: String(messages.length + 1),
          },
          timestamp: new Date(start),
        });
      }
    }
  }
  return messages;
}

type Data = Record<string, unknown> & { caseId: string; occurredAt: number };
const fold = (change: (data: Data) => Row) => ({
  key: (event: ConsumedEvent<string, Data>) => [event.data.caseId],
  apply: (row: Row | undefined, { data }: ConsumedEvent<string, Data>) => ({
    ...row,
    ...change(data),
    last_at: data.occurredAt,
  }),
});

/** A fact table of thirty columns and three indexes, one row a case. */
export const caseFacts: Projection = {
  name: 'bench_facts',
  version: 1,
  from: ['intake.case'],
  sql: `
    create table case_fact (
      case_id uuid primary key, subject_id uuid, service_id uuid, holder_id text, centre_id uuid, municipality_id text,
      channel text, purpose text, customer_kind text, cross_border boolean, anonymous boolean, registered_at timestamptz,
      requested_at timestamptz, request_channel text, accepted_at timestamptz, decided_at timestamptz, outcome text,
      decision_reason text, delivered_at timestamptz, result_channel text, result_form text, closed_at timestamptz,
      close_reason text, register_minutes integer, request_minutes integer, deliver_minutes integer, stage text,
      evaluation integer, rejected integer not null default 0, last_at timestamptz
    ) with (fillfactor = 80);
    create index case_fact_by_service on case_fact (service_id);
    create index case_fact_by_centre on case_fact (centre_id);
    create index case_fact_by_stage on case_fact (stage);`,
  tables: {
    case_fact: {
      key: ['case_id'],
      on: {
        'intake.CaseRegistered': fold((d) => ({
          subject_id: d['subjectId'],
          service_id: d['serviceId'],
          holder_id: d['holderId'],
          centre_id: d['centreId'],
          municipality_id: d['municipalityId'],
          channel: d['channel'],
          purpose: d['purpose'],
          customer_kind: d['customerKind'],
          cross_border: d['crossBorder'],
          anonymous: d['anonymous'],
          registered_at: d.occurredAt,
          register_minutes: d['clerkMinutes'],
          stage: 'registered',
        })),
        'intake.ServiceRequested': fold((d) => ({
          requested_at: d.occurredAt,
          request_channel: d['channel'],
          request_minutes: d['clerkMinutes'],
          stage: 'requested',
        })),
        'intake.RequestAccepted': fold((d) => ({ accepted_at: d.occurredAt, stage: 'in_execution' })),
        'intake.DecisionMade': fold((d) => ({
          decided_at: d.occurredAt,
          outcome: d['outcome'],
          decision_reason: d['reason'],
          stage: 'decided',
        })),
        'intake.ResultDelivered': fold((d) => ({
          delivered_at: d.occurredAt,
          result_channel: d['channel'],
          result_form: d['resultForm'],
          deliver_minutes: d['clerkMinutes'],
          stage: 'delivered',
        })),
        'intake.CaseClosed': fold((d) => ({ closed_at: d.occurredAt, close_reason: d['reason'], stage: 'closed' })),
      },
    },
  },
};

export const chunks = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));

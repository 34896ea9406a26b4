import type { ConsumedEvent, Reaction, ReactionAppend } from '@vienuviet/event-bus';
import { type CaseData, type Telling, tell } from './followed-case.ts';
import { toldTypes } from './happenings.ts';
import { keep, type Memory, recall } from './memory.ts';
import { partnerEvent, partnerStream, partnerType } from './partner-stream.ts';

/** Tells the partner of a case's holder what happened to it, in the partner's own stream. */
export const caseEvents: Reaction = {
  name: 'case_events',
  from: ['intake.case'],
  memory: { recall, keep },
  on: Object.fromEntries(toldTypes.map((type) => [type, tellPartners])),
};

function tellPartners(event: ConsumedEvent<string, CaseData>, memory: Memory): readonly ReactionAppend[] {
  const { caseId } = event.data;
  const told = tell(memory.cases.get(caseId), event, (holderId) => memory.partners.get(holderId));
  if (told === undefined) return [];
  memory.cases.set(caseId, told.after);
  memory.changed.add(caseId);
  const partners = new Set(told.tellings.map(({ to }) => to));
  return [...partners].map((to) => appendTo(to, told.tellings, memory));
}

/** What one partner is told, numbered on from what it was told last: the number is the version of its stream. */
function appendTo(partner: string, tellings: readonly Telling[], { sequences }: Memory): ReactionAppend {
  const last = sequences.get(partner) ?? 0;
  const events = tellings
    .filter(({ to }) => to === partner)
    .map(({ event }, index) => ({ type: partnerEvent, data: { ...event, sequence: last + 1 + index } }));
  sequences.set(partner, last + events.length);
  return { streamId: partnerStream(partner), streamType: partnerType, expectedVersion: last, events };
}

/** Erasing a person: proposed by one, confirmed by another who has just signed in with two factors; or held by the law. */
import { randomUUID } from 'node:crypto';
import { confirm, propose } from '@vienuviet/approvals';
import { asCaller, inTransaction } from '@vienuviet/database';
import type { StreamAppend } from '@vienuviet/event-store';
import {
  type App,
  callerOf,
  type FastifyReply,
  type FastifyRequest,
  notFound,
  problem,
  recordReading,
  refusalProblem,
  scopeOf,
} from '@vienuviet/http';
import { instant, nullable, oneOf, uuid, written } from '@vienuviet/http/route-schemas';
import { policies } from '@vienuviet/policies';
import type { ServiceContext } from '@vienuviet/service';
import Type from 'typebox';
import { ownClient } from '../clients/own-client.ts';
import { readClient, readCurrentClient } from '../clients/read-client.ts';
import { execute, statusOf } from '../commanding.ts';
import { type Fact, subjectFact } from '../facts.ts';
import { recordsOfPerson } from './records-of-person.ts';
import { erasingServices, heldRefusal, holdReasons, type SubjectState, subjectDecider } from './subject.ts';

const tags = ['erasures'];
const aSubject = uuid('The client.');
const anErasure = uuid('The erasure.');
const params = Type.Object({ subjectId: aSubject });

const Erasure = Type.Object({
  erasureId: anErasure,
  subjectId: aSubject,
  requestedAt: instant('When it was confirmed by the second person.'),
  proposedBy: Type.String(),
  requestedBy: Type.String(),
  services: Type.Array(Type.String(), { description: 'Who has to confirm.' }),
  waitingFor: Type.Array(Type.String(), { description: 'Who has not yet.' }),
  provenAt: nullable(instant('When the last one confirmed.')),
});

export function addErasureRoutes(app: App, context: ServiceContext): void {
  addProposal(app, context);
  addConfirmation(app, context);
  addList(app, context);
  addHolds(app, context);
}

const wantedOf = (subjectId: string) => ({ action: 'erase_client', target: subjectId, parameters: {} });

function addProposal(app: App, context: ServiceContext): void {
  const { store, clock } = context;
  app.post(
    '/v1/clients/:subjectId/erasures',
    {
      config: { policy: policies.erase, operates: true },
      schema: {
        tags,
        summary: 'Propose to erase what is kept of a client',
        description: 'Somebody else confirms it within a day.',
        params,
        response: { 201: Type.Object({ erasureId: anErasure, expiresAt: instant('Until when it can be confirmed.') }) },
      },
    },
    async (request, reply) => {
      const client = await ownClient(context, request, request.params.subjectId);
      const now = clock().getTime();
      refuseUnlessKept(await subjectFact(store, client.subjectId), now);
      const actor = { actorId: callerOf(request).id, now };
      const { approvalId, expiresAt } = await propose(store, wantedOf(client.subjectId), actor);
      return reply.code(201).send({ erasureId: approvalId, expiresAt: new Date(expiresAt).toISOString() });
    },
  );
}

function refuseUnlessKept({ state }: Fact<SubjectState>, now: number): void {
  if (state.status !== 'kept')
    throw refusalProblem({ code: 'client_erased', message: 'It is erased, or about to be.' });
  const held = heldRefusal(state, now);
  if (held !== undefined) throw refusalProblem(held.refusal, statusOf(held.refusal.code));
}

function addConfirmation(app: App, context: ServiceContext): void {
  const { store, writer, clock } = context;
  app.post(
    '/v1/clients/:subjectId/erasures/:erasureId/confirm',
    {
      config: { policy: policies.erase, operates: true },
      schema: {
        tags,
        summary: 'Confirm an erasure that somebody else proposed: it begins',
        params: Type.Object({ subjectId: aSubject, erasureId: anErasure }),
        response: { 202: Type.Object({ erasureId: anErasure, subjectIds: Type.Array(aSubject) }) },
      },
    },
    async (request, reply) => {
      const { erasureId } = request.params;
      const current = await ownClient(context, request, request.params.subjectId);
      const actor = { actorId: callerOf(request).id, now: clock().getTime() };
      const approved = await confirm(store, erasureId, wantedOf(current.subjectId), actor);
      if (!approved.accepted) throw refusalProblem(approved.refusal);
      await recordReading(request, { kind: 'erased', code: 'erasure_confirmed', subjectId: current.subjectId });
      const subjectIds = await inTransaction(writer, async (tx) => {
        const ids = await recordsOfPerson(tx, current.subjectId);
        const streams: StreamAppend[] = [approved.append];
        for (const subjectId of ids) {
          const [fact, client] = await Promise.all([subjectFact(store, subjectId), readClient(store, subjectId)]);
          const command = {
            type: 'requestErasure',
            subjectId,
            erasureId,
            proposedBy: approved.proposedBy,
            ...actor,
          } as const;
          const decision = subjectDecider.decide(command, fact.state);
          if (!decision.accepted) throw refusalProblem(decision.refusal, statusOf(decision.refusal.code));
          const { version: expectedVersion, ...stream } = fact.read;
          streams.push({ ...stream, expectedVersion, events: decision.events });
          // The record is not merged away meanwhile.
          streams.push({
            ...{ streamId: `client-${subjectId}`, streamType: 'client' },
            ...{ expectedVersion: client.version, events: [] },
          });
        }
        await tx.query(insertSql, [erasureId, ids, erasingServices, approved.proposedBy, actor.actorId, clock()]);
        const result = await store.appendIn(tx, { streams, meta: { traceparent: request.trace.traceparent } });
        // From the append on nobody else writes: a record that was merged into these meanwhile shows here.
        const now = await recordsOfPerson(tx, current.subjectId);
        if (result.outcome !== 'appended' || now.join() !== ids.join()) {
          throw problem('concurrent_change', 'Something changed meanwhile: confirm it again.');
        }
        return ids;
      });
      store.announce();
      return reply.code(202).send({ erasureId, subjectIds });
    },
  );
}

const insertSql = `
  insert into intake.erasure (erasure_id, subject_id, services, proposed_by, requested_by, requested_at)
  select $1, s, $3, $4, $5, $6 from unnest($2::uuid[]) as s`;
const listSql = `
  select erasure_id as "erasureId", subject_id as "subjectId", requested_at as "requestedAt", proposed_by as "proposedBy",
         requested_by as "requestedBy", services, proven_at as "provenAt",
         array(select s from unnest(services) as s where not s = any (confirmed)) as "waitingFor"
    from intake.erasure where $1::uuid is null or erasure_id = $1 order by requested_at desc, 1, 2 limit 200`;

interface Row {
  readonly erasureId: string;
  readonly subjectId: string;
  readonly requestedAt: Date;
  readonly proposedBy: string;
  readonly requestedBy: string;
  readonly services: string[];
  readonly waitingFor: string[];
  readonly provenAt: Date | null;
}

function addList(app: App, { writer }: ServiceContext): void {
  app.get(
    '/v1/erasures',
    {
      config: { policy: policies.erasuresWatch },
      schema: {
        tags,
        summary: 'Erasures, the newest first: who has confirmed, who is late',
        querystring: Type.Object({ erasureId: Type.Optional(anErasure) }),
        response: { 200: Type.Array(Erasure) },
      },
    },
    async (request) => {
      const { erasureId = null } = request.query;
      const { rows } = await asCaller(writer, scopeOf(request), (tx) => tx.query<Row>(listSql, [erasureId]));
      return rows.map((row) => ({
        ...row,
        requestedAt: row.requestedAt.toISOString(),
        provenAt: row.provenAt?.toISOString() ?? null,
      }));
    },
  );
}

function addHolds(app: App, context: ServiceContext): void {
  const answer = Type.Object({ subjectId: aSubject, holdId: uuid('The hold.'), ...written });
  app.post(
    '/v1/clients/:subjectId/holds',
    {
      config: { policy: policies.eraseHolds, command: true },
      schema: {
        tags,
        summary: 'Keep what is known of a client, because the law wants it kept',
        params,
        body: Type.Object({
          reason: oneOf(holdReasons, 'Why.'),
          until: Type.Optional(instant('Until when; until it is lifted when not given.')),
        }),
        response: { 201: answer },
      },
    },
    async (request, reply) => {
      const { reason, until } = request.body;
      const { subjectId } = await existing(context, request);
      const holdId = randomUUID();
      const heldUntil = until === undefined ? null : Date.parse(until);
      const kept = await holding(
        context,
        request,
        reply,
        subjectId,
        { type: 'hold', holdId, reason, heldUntil },
        holdId,
      );
      return reply.code(201).send(kept);
    },
  );

  app.post(
    '/v1/clients/:subjectId/holds/:holdId/lift',
    {
      config: { policy: policies.eraseHolds, command: true },
      schema: {
        tags,
        summary: 'The data of a client need not be kept any longer',
        params: Type.Object({ subjectId: aSubject, holdId: uuid('The hold.') }),
        response: { 200: answer },
      },
    },
    async (request, reply) => {
      const { subjectId } = await existing(context, request);
      const { holdId } = request.params;
      return holding(context, request, reply, subjectId, { type: 'liftHold', holdId }, holdId);
    },
  );
}

async function existing({ store }: ServiceContext, request: FastifyRequest<{ Params: { subjectId: string } }>) {
  const client = await readCurrentClient(store, request.params.subjectId);
  if (client.last === undefined) throw notFound();
  return client;
}

type Holding =
  | {
      readonly type: 'hold';
      readonly holdId: string;
      readonly reason: (typeof holdReasons)[number];
      readonly heldUntil: number | null;
    }
  | { readonly type: 'liftHold'; readonly holdId: string };

async function holding(
  context: ServiceContext,
  request: FastifyRequest,
  reply: FastifyReply,
  subjectId: string,
  wanted: Holding,
  holdId: string,
): Promise<never> {
  const actor = { actorId: callerOf(request).id, now: context.clock().getTime() };
  return (await execute(context, request, reply, {
    decider: subjectDecider,
    ...{ streamType: 'subject', streamId: `subject-${subjectId}` },
    command: { ...wanted, subjectId, ...actor },
    answer: () => ({ subjectId, holdId }),
  })) as never;
}

/** Every command of a case is a route of its own: `POST /v1/cases` and `POST /v1/cases/{caseId}/<command>`. */
import { randomUUID } from 'node:crypto';
import type { PreparedCommand } from '@vienuviet/event-store';
import { type App, type HttpProblem, problem, refusalProblem, scopeOf } from '@vienuviet/http';
import { oneOf, uuid, written } from '@vienuviet/http/route-schemas';
import { policies } from '@vienuviet/policies';
import type { ServiceContext } from '@vienuviet/service';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { execute, statusOf } from '../commanding.ts';
import { centreFact, type Fact, serviceFact } from '../facts.ts';
import { refuseWith } from '../refusal.ts';
import type { CaseDecider } from './case.ts';
import { type Bodies, bodies } from './command-bodies.ts';
import { commandPaths } from './command-paths.ts';
import type { Actor, CaseCommand } from './commands.ts';
import { holderIsKnown } from './known-holder.ts';
import { stages } from './stages.ts';
import type { CommandName } from './transitions.ts';
import { transitionOf } from './transitions.ts';

type LaterName = keyof typeof commandPaths;

const summaries: Readonly<Record<CommandName, string>> = {
  register: 'Register a case; who does holds its claim',
  claim: 'Claim a case, or prolong the own claim',
  release: 'Give the claim back',
  recordConsultation: 'Record a consultation',
  request: 'Submit the request to the holder',
  accept: 'The holder takes the request on',
  rejectAsWrongAuthority: 'The holder rejects the request as not its own',
  askForInformation: 'The holder asks the client for information',
  provideInformation: 'Provide what the holder asked for',
  decide: 'The holder decides',
  deliverResult: 'Deliver the result',
  evaluate: 'Record the score that the client gives',
  withdraw: 'The client withdraws',
  reopen: 'Reopen a case within 72 hours of its end',
  close: 'Close the case',
  handOver: 'Hand the case over to another centre',
  link: 'Link the case to a contact, a mandate or a waiting list',
};

/** Policy of a command, by whose it is. */
const policyBy = {
  centre: policies.casesAtDesk,
  holder: policies.casesAtHolder,
  either: policies.casesAtEither,
} as const;

const answer = { caseId: uuid('The case.'), ...written, stage: oneOf(stages) };

/** Adds the routes of all commands. */
export function addCaseCommands(app: App, context: ServiceContext, decider: CaseDecider): void {
  addRegistration(app, context, decider);
  for (const name of Object.keys(commandPaths) as LaterName[]) addCommand(app, context, decider, name);
}

function addRegistration(app: App, context: ServiceContext, decider: CaseDecider): void {
  const { store, clock } = context;
  app.post(
    '/v1/cases',
    {
      config: { policy: policyBy.centre, command: true },
      schema: {
        tags: ['cases'],
        summary: summaries.register,
        body: bodies.register,
        response: { 201: Type.Object({ ...answer, subjectId: uuid('The person, as a random id.') }) },
      },
    },
    async (request, reply) => {
      const body = request.body as Bodies['register'];
      const actor = actorOf(request);
      const caseId = randomUUID();
      const centreId = body.centreId ?? onlyCentreOf(actor);
      const subjectId = subjectOf(body);
      const prepare = async (): Promise<PreparedCommand<CaseCommand>> => {
        const [service, centre] = await Promise.all([serviceFact(store, body.serviceId), centreFact(store, centreId)]);
        const { channel, purpose, customerKind, crossBorder, clerkMinutes } = body;
        const command: CaseCommand = {
          ...commonOf(caseId, actor, clock(), body.occurredAt),
          type: 'register',
          subjectId,
          anonymous: body.anonymous ?? false,
          service: service.state,
          centre: centre.state,
          channel,
          purpose,
          customerKind,
          crossBorder,
          clerkMinutes,
        };
        return { command, reliesOn: [service.read, centre.read] };
      };
      const result = await execute(context, request, reply, {
        decider,
        streamType: 'case',
        streamId: `case-${caseId}`,
        command: prepare,
        answer: ({ stage }) => ({ caseId, stage, subjectId }),
      });
      reply.code(201);
      return result as never;
    },
  );
}

function addCommand(app: App, context: ServiceContext, decider: CaseDecider, name: LaterName): void {
  app.post(
    `/v1/cases/:caseId/${commandPaths[name]}`,
    {
      config: { policy: policyBy[transitionOf(name).by], command: true },
      schema: {
        tags: ['cases'],
        summary: summaries[name],
        params: Type.Object({ caseId: uuid('The case.') }),
        body: bodies[name],
        response: { 200: Type.Object(answer) },
      },
      // A command that has nothing to say may come without a body.
      preValidation: async (request: FastifyRequest) => {
        request.body ??= {};
      },
    },
    async (request, reply) => {
      const { caseId } = request.params as { caseId: string };
      const body = request.body as Bodies[LaterName];
      const common = commonOf(caseId, actorOf(request), context.clock(), body.occurredAt);
      const result = await execute(context, request, reply, {
        decider,
        streamType: 'case',
        streamId: `case-${caseId}`,
        command: () => prepared(context, name, body, common),
        answer: ({ stage }) => ({ caseId, stage }),
      });
      return result as never;
    },
  );
}

type Common = Pick<CaseCommand, 'caseId' | 'actor' | 'now' | 'occurredAt'>;

function commonOf(caseId: string, actor: Actor, now: Date, occurredAt: string | undefined): Common {
  const common = { caseId, actor, now: now.getTime() };
  if (occurredAt === undefined) return common;
  const at = Date.parse(occurredAt);
  if (Number.isNaN(at)) throw problem('invalid_request', 'body /occurredAt is not an instant.');
  return { ...common, occurredAt: at };
}

/** The command with what it must know of other streams: `request` of a service, `handOver` of a centre. */
async function prepared(
  { store, writer }: ServiceContext,
  name: LaterName,
  body: Bodies[LaterName],
  common: Common,
): Promise<PreparedCommand<CaseCommand>> {
  if (name === 'request') {
    const { serviceId, channel, clerkMinutes, holderId } = body as Bodies['request'];
    const requested = {
      ...common,
      type: name,
      channel,
      clerkMinutes,
      ...(holderId === undefined ? {} : { holderId }),
    } as const;
    if (holderId !== undefined && !(await holderIsKnown(writer, holderId))) throw unknownHolder(holderId);
    if (serviceId === undefined) return { command: requested, reliesOn: [] };
    const service = await serviceFact(store, serviceId);
    return relying({ ...requested, service: service.state }, service);
  }
  if (name === 'handOver') {
    const { toCentreId, reason } = body as Bodies['handOver'];
    const centre = await centreFact(store, toCentreId);
    return relying({ ...common, type: name, toCentre: centre.state, reason }, centre);
  }
  return { command: { ...body, ...common, type: name } as CaseCommand, reliesOn: [] };
}

const relying = (command: CaseCommand, { read }: Fact<unknown>): PreparedCommand<CaseCommand> => ({
  command,
  reliesOn: [read],
});

/** The caller with the places for which the route's policy lets them act. */
function actorOf(request: FastifyRequest): Actor {
  const { actorId, centreIds = [], holderIds = [] } = scopeOf(request);
  return { id: actorId, centreIds, holderIds };
}

function onlyCentreOf({ centreIds }: Actor): string {
  const [only, another] = centreIds;
  if (only === undefined || another !== undefined) {
    throw problem('invalid_request', 'body /centreId is missing: you work at several centres.');
  }
  return only;
}

/** Without a known person, and always for an anonymous request, a fresh id that is in no index. */
function subjectOf({ subjectId, anonymous = false }: Bodies['register']): string {
  if (!anonymous) return subjectId ?? randomUUID();
  if (subjectId === undefined) return randomUUID();
  throw refused('anonymous_with_subject', 'An anonymous request names no subject.');
}

const unknownHolder = (holderId: string): HttpProblem =>
  refused('holder_unknown', `The catalogue has no service of a holder ${holderId}.`);

function refused(...[code, message]: Parameters<typeof refuseWith>): HttpProblem {
  return refusalProblem(refuseWith(code, message).refusal, statusOf(code));
}

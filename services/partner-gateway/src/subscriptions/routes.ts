/** Subscriptions of partner agencies: opened and ended by the platform's engineers. */
import { type App, afterQuery, callerOf, refusalProblem } from '@vienuviet/http';
import { nullable, slug, written } from '@vienuviet/http/route-schemas';
import { isRegistrationNumber } from '@vienuviet/identifiers';
import { policies } from '@vienuviet/policies';
import { executeRouted, readRouted, type ServiceContext } from '@vienuviet/service';
import Type from 'typebox';
import { partnerTopic } from '../case-events/partner-stream.ts';
import { refusals, statusOf } from '../errors.ts';
import { numbersOfHolder } from '../holders/projection.ts';
import { subscriptions } from './projection.ts';
import {
  type SubscriptionCommand,
  subscriptionsDecider,
  subscriptionsStream,
  subscriptionsType,
} from './subscriptions.ts';

const registrationNumber = Type.String({ pattern: '^\\d{11}$', examples: ['90001669496'] });
const holderId = slug('Holder of the services, e.g. `vsaa`.');
const certificateName = Type.String({
  pattern: '^partner\\.\\d{11}(\\.[a-z0-9]{1,20})?$',
  description: 'Common name of the certificate that the partner reads with.',
});

const subscriptionView = Type.Object({
  registrationNumber,
  holderId,
  certificateName,
  topic: Type.String({ description: 'Where the partner reads, and nobody else.' }),
  openedAt: Type.String({ format: 'date-time' }),
  openedBy: Type.String(),
  endedAt: nullable(Type.String({ format: 'date-time' })),
  endedBy: nullable(Type.String()),
});

interface Row {
  readonly registration_number: string;
  readonly holder_id: string;
  readonly certificate_name: string;
  readonly opened_at: Date;
  readonly opened_by: string;
  readonly ended_at: Date | null;
  readonly ended_by: string | null;
}

const LIST = 'select * from subscriptions.subscription order by registration_number';

const viewOf = (row: Row) => ({
  registrationNumber: row.registration_number,
  holderId: row.holder_id,
  certificateName: row.certificate_name,
  topic: partnerTopic(row.registration_number),
  openedAt: row.opened_at.toISOString(),
  openedBy: row.opened_by,
  endedAt: row.ended_at?.toISOString() ?? null,
  endedBy: row.ended_by,
});

/** `makeTopic` makes the topic of a partner in Kafka where it is missing. */
export function addSubscriptionRoutes(
  app: App,
  context: ServiceContext,
  makeTopic: (registrationNumber: string) => Promise<void>,
): void {
  const routed = (command: SubscriptionCommand) => ({
    ...{ decider: subscriptionsDecider, streamType: subscriptionsType, streamId: subscriptionsStream },
    ...{ command, statusOf },
  });

  app.post(
    '/v1/partner-subscriptions',
    {
      config: { policy: policies.partnerSubscriptions, command: true, operates: true },
      schema: {
        tags: ['partner subscriptions'],
        summary: 'Tell a partner agency of the cases of its services',
        description:
          'The partner gets the topic `partner.<registration number>.case-events` and may read it at once. A case that went on before is told, from its beginning and marked as history, when it moves next.',
        body: Type.Object({ registrationNumber, holderId, certificateName: Type.Optional(certificateName) }),
        response: { 201: Type.Object({ ...written, topic: Type.String() }) },
      },
    },
    async (request, reply) => {
      const { registrationNumber: number, holderId: holder } = request.body;
      const holderNumbers = await numbersOfHolder(context, holder);
      // Made before anything is promised: the relay would wait for a missing topic, with all partners behind it.
      if (isRegistrationNumber(number)) await makeTopic(number).catch(kafkaUnavailable);
      const act = { actorId: callerOf(request).id, now: context.clock().getTime() };
      const answer = await executeRouted(
        context,
        request,
        reply,
        routed({ type: 'open', ...request.body, holderNumbers, ...act }),
      );
      reply.code(201);
      return { stream: answer.stream, version: answer.version, topic: partnerTopic(number) };
    },
  );

  app.post(
    '/v1/partner-subscriptions/:registrationNumber/end',
    {
      config: { policy: policies.partnerSubscriptions, command: true, operates: true },
      schema: {
        tags: ['partner subscriptions'],
        summary: 'End a subscription: nothing more is told, and reading ends within 60 s',
        params: Type.Object({ registrationNumber }),
        response: { 200: Type.Object(written) },
      },
    },
    async (request, reply) => {
      const act = { actorId: callerOf(request).id, now: context.clock().getTime() };
      const command = { type: 'end', registrationNumber: request.params.registrationNumber, ...act } as const;
      const { stream, version } = await executeRouted(context, request, reply, routed(command));
      return { stream, version };
    },
  );

  app.get(
    '/v1/partner-subscriptions',
    {
      config: { policy: policies.partnerSubscriptions },
      schema: {
        tags: ['partner subscriptions'],
        summary: 'The present or last subscription of each partner',
        querystring: Type.Object({ after: afterQuery }),
        response: { 200: Type.Object({ items: Type.Array(subscriptionView) }) },
      },
    },
    async (request) =>
      readRouted(context, request, subscriptions, async (tx) => ({
        items: (await tx.query<Row>(LIST)).rows.map(viewOf),
      })),
  );
}

function kafkaUnavailable(cause: Error): never {
  const refusal = { code: 'kafka_unavailable', message: 'The topic cannot be made while Kafka is away: try again.' };
  throw Object.assign(refusalProblem(refusal, refusals.kafka_unavailable), { cause });
}

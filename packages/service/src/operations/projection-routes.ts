import type { RebuildProgress, RunningProjection, RunningReaction } from '@vienuviet/event-bus';
import { type App, callerOf, notFound, problem } from '@vienuviet/http';
import { policies } from '@vienuviet/policies';
import Type from 'typebox';
import type { RunningBus } from '../bus.ts';

const AsOf = Type.Object({
  topic: Type.String({ description: "A topic of the bus, or `store` for the service's own store." }),
  partition: Type.Integer(),
  offset: Type.String({ description: 'Last offset applied.' }),
  lastEventAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  lag: Type.Integer({ description: 'Messages that waited behind it when it was last written.' }),
});

const Rebuild = Type.Object({
  phase: Type.String({ description: 'starting, building, switching, done or failed.' }),
  events: Type.Integer(),
  total: Type.Integer(),
  eventsPerSecond: Type.Number(),
  secondsLeft: Type.Union([Type.Number(), Type.Null()]),
  startedBy: Type.String(),
  error: Type.Optional(Type.String()),
});

const Consumer = Type.Object({
  name: Type.String(),
  kind: Type.Union([Type.Literal('projection'), Type.Literal('reaction')]),
  status: Type.String(),
  code: Type.Union([Type.String(), Type.Null()], {
    description: 'Of the trouble; the page on replaying says what each asks for.',
  }),
  trouble: Type.Union([Type.String(), Type.Null()]),
  parkedKeys: Type.Integer(),
  asOf: Type.Array(AsOf),
  rebuild: Type.Union([Rebuild, Type.Null()], { description: 'The last rebuild that this instance ran.' }),
});

const Name = Type.Object({ name: Type.String({ pattern: '^[a-z][a-z0-9_-]{0,50}$' }) });
const tags = ['operations'];
const config = { policy: policies.operate };
/** What changes something goes on the record of access. */
const operating = { ...config, operates: true as const };

interface RebuildState extends Omit<RebuildProgress, 'phase'> {
  readonly phase: RebuildProgress['phase'] | 'starting' | 'failed';
  readonly startedBy: string;
  readonly error?: string;
}

/** State of the service's consumers, and rebuilds of its projections. */
export function addProjectionRoutes(app: App, bus: RunningBus): void {
  const rebuilds = new Map<string, RebuildState>();

  const described = async (consumer: RunningProjection | RunningReaction) => {
    const { status, trouble, parkedKeys } = consumer.state();
    const asOf = await consumer.asOf();
    return {
      name: consumer.name,
      kind: bus.projections.has(consumer.name) ? ('projection' as const) : ('reaction' as const),
      status,
      code: trouble?.code ?? null,
      trouble: trouble?.message ?? null,
      parkedKeys,
      asOf: asOf.map(({ topic, partition, offset, lastEventAt, lag }) => ({
        topic,
        partition,
        offset,
        lastEventAt: lastEventAt?.toISOString() ?? null,
        lag,
      })),
      rebuild: rebuilds.get(consumer.name) ?? null,
    };
  };

  const find = (name: string) => {
    const consumer = bus.projections.get(name) ?? bus.reactions.get(name);
    if (consumer === undefined) throw notFound();
    return consumer;
  };

  app.get(
    '/v1/operations/projections',
    {
      config,
      schema: {
        tags,
        summary: 'Projections and reactions, and how far each is',
        response: { 200: Type.Array(Consumer) },
      },
    },
    async () => Promise.all([...bus.projections.values(), ...bus.reactions.values()].map(described)),
  );

  app.get(
    '/v1/operations/projections/:name',
    { config, schema: { tags, summary: 'One projection or reaction', params: Name, response: { 200: Consumer } } },
    async (request) => described(find(request.params.name)),
  );

  app.post(
    '/v1/operations/projections/:name/rebuild',
    {
      config: operating,
      schema: {
        tags,
        summary: 'Builds a projection anew from the beginning, beside the live one, and switches',
        params: Name,
        response: { 202: Consumer },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const projection = bus.projections.get(name);
      if (projection === undefined) throw notFound();
      const phase = rebuilds.get(name)?.phase;
      if (phase === 'starting' || phase === 'building' || phase === 'switching') {
        throw problem('concurrent_change', 'This projection is being rebuilt already.');
      }
      const startedBy = callerOf(request).id;
      follow(projection, startedBy);
      request.log.info({ projection: name, actorId: startedBy }, 'a rebuild was started');
      reply.code(202);
      return described(projection);
    },
  );

  app.post(
    '/v1/operations/projections/:name/accept-epoch',
    {
      config: operating,
      schema: {
        tags,
        summary: 'Takes the events of one more epoch of a source',
        description:
          'A store that is restored to an earlier state writes under a new epoch; whoever had read what the restore lost stands still with `store_epoch_changed` until somebody has looked and says this.',
        params: Name,
        body: Type.Object({
          source: Type.String({
            pattern: '^[\\x21-\\x7e]{1,200}$',
            description: 'As the trouble names it, e.g. `/services/intake`.',
          }),
          epoch: Type.String({ pattern: '^[\\x21-\\x7e]{1,200}$', description: 'As the trouble names it.' }),
        }),
        response: { 200: Consumer },
      },
    },
    async (request) => {
      const { source, epoch } = request.body;
      const consumer = find(request.params.name);
      await consumer.acceptEpoch(source, epoch);
      request.log.warn(
        { consumer: consumer.name, source, epoch, actorId: callerOf(request).id },
        'an epoch was accepted',
      );
      return described(consumer);
    },
  );

  /** Runs beside the request; how it goes is read by the routes above. */
  function follow(projection: RunningProjection, startedBy: string): void {
    const { name } = projection;
    const set = (state: Omit<RebuildState, 'startedBy'>) => rebuilds.set(name, { ...state, startedBy });
    const begun = { phase: 'starting', events: 0, total: 0, eventsPerSecond: 0, secondsLeft: null } as const;
    set(begun);
    projection.rebuild(set).then(
      ({ events, seconds }) => {
        const eventsPerSecond = seconds > 0 ? events / seconds : events;
        set({ phase: 'done', events, total: events, eventsPerSecond, secondsLeft: 0 });
      },
      (error: unknown) => {
        const last = rebuilds.get(name) ?? begun;
        app.log.error({ err: error, projection: name }, 'a rebuild failed; the live tables are as they were');
        set({ ...last, phase: 'failed', error: error instanceof Error ? error.message : String(error) });
      },
    );
  }
}

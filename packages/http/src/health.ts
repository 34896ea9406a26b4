import type { Log, Metrics } from '@vienuviet/telemetry';
import type { FastifyInstance } from 'fastify';
import Type, { type TSchema } from 'typebox';
import { problem } from './problems.ts';

export interface HealthSettings {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly readiness: Readonly<Record<string, () => Promise<void>>>;
  /** Milliseconds that one check may take. */
  readonly readinessMs: number;
  readonly isClosing: () => boolean;
}

const readyAnswer = Type.Object({ status: Type.Literal('ready'), checks: Type.Record(Type.String(), Type.String()) });
const metricsAnswer = Type.Unsafe<string>({ content: { 'text/plain': { schema: { type: 'string' } } } });

type CheckResult = 'ok' | 'failed' | 'timed_out';

/** `/health/live`, `/health/ready` and `/metrics`; without tokens, for those who watch the process. */
export function registerHealth(app: FastifyInstance, settings: HealthSettings): void {
  const { log, metrics, readiness, readinessMs, isClosing } = settings;
  const config = { policy: { public: true, why: 'whoever watches the process has no account' }, rate: false } as const;
  const schema = (summary: string, answer: TSchema) => ({ tags: ['operations'], summary, response: { 200: answer } });
  let running: Promise<Record<string, CheckResult>> | undefined;

  app.get(
    '/health/live',
    { config, schema: schema('The process runs', Type.Object({ status: Type.Literal('live') })) },
    async () => ({ status: 'live' }),
  );

  app.get(
    '/health/ready',
    { config, schema: schema('Everything that the service needs is there', readyAnswer) },
    async () => {
      if (isClosing()) throw problem('shutting_down');
      // Those who ask at the same time share one run of the checks.
      running ??= runChecks(readiness, readinessMs, log).finally(() => {
        running = undefined;
      });
      const checks = await running;
      const failed = Object.entries(checks).filter(([, result]) => result !== 'ok');
      if (failed.length === 0) return { status: 'ready', checks };
      const detail = failed.map(([name, result]) => `${name}: ${result}`).join(', ');
      throw problem('not_ready', detail, { extensions: { checks }, headers: { 'retry-after': '1' } });
    },
  );

  app.get(
    '/metrics',
    { config, schema: schema('Metrics in the text format of Prometheus', metricsAnswer) },
    async (_request, reply) => {
      reply.type(metrics.registry.contentType);
      return metrics.registry.metrics();
    },
  );
}

async function runChecks(checks: HealthSettings['readiness'], ms: number, log: Log) {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await runCheck(name, check, ms, log)] as const),
  );
  return Object.fromEntries(results);
}

async function runCheck(name: string, check: () => Promise<void>, ms: number, log: Log): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CheckResult>((resolve) => {
    timer = setTimeout(resolve, ms, 'timed_out');
  });
  const done = (async (): Promise<CheckResult> => {
    await check();
    return 'ok';
  })().catch((error: unknown): CheckResult => {
    log.warn({ err: error, check: name }, 'readiness check failed');
    return 'failed';
  });
  const result = await Promise.race([done, late]);
  clearTimeout(timer);
  return result;
}

import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { entryOf } from './access-recorder.ts';
import { admitRequests, stillAdmits } from './admission.ts';
import { createAuthenticator } from './authentication.ts';
import { answerWithProblems, createClientErrorHandler, sendProblem } from './error-handling.ts';
import { AppError } from './errors.ts';
import { registerHealth } from './health.ts';
import { shortestHashKey } from './idempotency.ts';
import { acceptJsonOnly } from './json-body.ts';
import { registerOpenApi } from './openapi.ts';
import { problem } from './problems.ts';
import { createRateLimiter } from './rate-limit.ts';
import { watchRoutes } from './routes.ts';
import { safeHeaders } from './safe-headers.ts';
import { type App, type AppSettings, defaultLimits, type Limits, type OpaqueTokenLookup } from './settings.ts';
import { continueTrace } from './trace-context.ts';
import { readTrustedProxies } from './trusted-proxies.ts';
import { validatorCompiler } from './validation.ts';

/**
 * Makes the HTTP side of a service: everything that every route needs, and no route of the service itself. Add those
 * by `app.register` or `app.get`; each declares `config: { policy }`. `app.ready()` throws `AppError` when one does not.
 */
export async function createApp(settings: AppSettings): Promise<App> {
  const { log, metrics, clock = () => new Date() } = settings;
  const limits: Limits = { ...defaultLimits, ...settings.limits };
  const app = Fastify({
    loggerInstance: log,
    // One line a request, at its end, by the hook below.
    logController: new LogController({ disableRequestLogging: true }),
    // What a service does before it listens, e.g. fetch its keys, may take this long.
    pluginTimeout: 60_000,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    handlerTimeout: limits.handlerMs,
    trustProxy: readTrustedProxies(settings.trustedProxies),
    keepAliveTimeout: limits.keepAliveMs,
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      // Timeouts of headers and requests are looked at this often.
      connectionsCheckingInterval: Math.min(5_000, limits.headersMs),
    },
    // Ids in paths are UUIDs and slugs of names.
    routerOptions: { maxParamLength: 128 },
    // As a factory: a plugin that adds a schema of its own would silently fall back to the default compiler, which
    // bends bodies and drops unknown fields, if ours were set on the app alone.
    schemaController: { compilersFactory: { buildValidator: () => validatorCompiler as never } },
    genReqId: () => randomUUID(),
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: createClientErrorHandler(log),
  }) as unknown as FastifyInstance;
  let closing = false;
  const authenticator = createAuthenticator(settings.auth, {
    ...{ grantsOf: settings.grantsOf, tokensRevokedAt: settings.tokensRevokedAt, clock },
  });

  const routes = watchRoutes(app, settings.auth !== undefined);
  app.decorate('vienuviet', {
    methodsOf: routes.methodsOf,
    commandHashKey: readHashKey(settings.commandHashKey),
    opaqueTokens: [],
    openStreams: new Set<{ close(): void }>(),
    stillAdmits: stillAdmits(authenticator),
    accessRecorder: settings.accessRecorder,
  });
  app.decorateRequest('caller', undefined);
  app.decorateRequest('purpose', undefined);
  app.decorateRequest('trace');
  app.decorateReply('answeredAfter', undefined);
  acceptJsonOnly(app);
  answerWithProblems(app);
  app.addHook('onRequest', startRequest);
  admitRequests(app, {
    authenticator,
    limiter: createRateLimiter({ name: settings.name, redis: settings.redis, log, clock }),
    defaultRate: limits.rate,
    clock,
  });
  app.addHook('preValidation', refuseUndeclared);
  app.addHook('onResponse', async (request, reply) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    const status = String(reply.statusCode);
    const took = reply.answeredAfter ?? reply.elapsedTime;
    metrics.httpRequestDuration.observe({ method: request.method, route, status }, took / 1000);
    const { operates } = request.routeOptions.config;
    if (operates && request.caller !== undefined) {
      settings.accessRecorder?.note(entryOf(request, operates === true ? 'operated' : operates, status));
    }
    const level = reply.statusCode >= 400 ? 'info' : 'debug';
    request.log[level](
      { method: request.method, route, status, ms: reply.elapsedTime, actorId: request.caller?.id },
      'answered',
    );
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    // A connection that is kept after its answer would hold up the close until its time is over.
    if (closing) reply.header('connection', 'close');
    done();
  });
  app.addHook('preClose', async () => {
    closing = true;
    for (const stream of app.vienuviet.openStreams) stream.close();
    // Whoever is still in the middle of a request after this long is cut off, so that the process ends.
    setTimeout(() => app.server.closeAllConnections(), limits.closeMs).unref();
  });
  await registerOpenApi(app, settings);
  registerHealth(app, {
    log,
    metrics,
    readiness: settings.readiness ?? {},
    readinessMs: limits.readinessMs,
    isClosing: () => closing,
  });
  return app as unknown as App;
}

/** Lets the app take bearer tokens that are no JWT, e.g. the subject tokens of the status feed. */
export function acceptOpaqueTokens(app: Pick<FastifyInstance, 'vienuviet'>, lookup: OpaqueTokenLookup): void {
  app.vienuviet.opaqueTokens.push(lookup);
}

function readHashKey(key: string | undefined): Buffer | undefined {
  if (key === undefined) return undefined;
  const bytes = Buffer.from(key, 'utf8');
  if (bytes.length >= shortestHashKey) return bytes;
  throw new AppError('settings', `commandHashKey has ${bytes.length} bytes, and needs at least ${shortestHashKey}`);
}

async function startRequest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  request.trace = continueTrace(request.headers['traceparent']);
  reply.headers(safeHeaders);
  reply.header('request-id', request.id);
  reply.header('traceparent', request.trace.traceparent);
}

/** A route without a schema for a part takes nothing there: unknown fields are refused everywhere. */
async function refuseUndeclared(request: FastifyRequest): Promise<void> {
  const { schema, config } = request.routeOptions;
  if (request.is404 || (schema as { hide?: boolean } | undefined)?.hide) return;
  if (config.policy === undefined) return;
  if (schema?.body === undefined && request.body !== undefined && request.body !== null) {
    throw problem('invalid_request', 'This route takes no body.');
  }
  if (schema?.querystring === undefined && Object.keys(request.query ?? {}).length > 0) {
    throw problem('invalid_request', 'This route takes no query.');
  }
}

/** Addresses that the router cannot read never reach the hooks, nor the error handler. */
function answerFrameworkError(error: { code: string }, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(safeHeaders);
  sendProblem(request, reply, problem(error.code === 'FST_ERR_MAX_PARAM_LENGTH' ? 'url_too_long' : 'malformed_url'));
}

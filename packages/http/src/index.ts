export type { FastifyReply, FastifyRequest } from 'fastify';
export {
  type AccessEntry,
  type AccessKind,
  type AccessRecorder,
  accessKinds,
  noteAccess,
} from './access-recorder.ts';
export { acceptOpaqueTokens, createApp } from './app.ts';
export { defaultAudience, keysAt } from './authentication.ts';
export {
  callerOf,
  denyForeign,
  isWithin,
  type Place,
  requireWithin,
  type ScopeOfCaller,
  scopeOf,
  scopeUnder,
} from './caller-scope.ts';
export { type CursorFormat, cursorFormat, cursorInstant, pageOf, pageOfRows, pagingQuery } from './cursor-paging.ts';
export { answerErrorsBy, answerUnknownBy } from './error-handling.ts';
export { AppError, type AppErrorCode, type ProblemCode, problems } from './errors.ts';
export { grantsOfClaims, readGrant } from './grants.ts';
export { canonicalJson, type Idempotency, idempotencyOf, markReplayed } from './idempotency.ts';
export { acceptJsonAs } from './json-body.ts';
export { networkOf } from './network-of.ts';
export { problemSchema } from './openapi.ts';
export {
  type Caller,
  describePolicy,
  type Grant,
  type GrantsOf,
  type Policy,
  type Purpose,
  placeOfRole,
  purposes,
  type Role,
  type Scope,
} from './policy.ts';
export {
  HttpProblem,
  notFound,
  problem,
  problemDocument,
  problemMediaType,
  type Refused,
  refusalProblem,
} from './problems.ts';
export { createRateLimiter, type RateLimit, type RateLimiter } from './rate-limit.ts';
export {
  afterQuery,
  longestWaitMs,
  parseAfter,
  type Seen,
  type StreamVersion,
  waitUntilSeen,
} from './read-your-writes.ts';
export { type Reading, recordReading } from './record-reading.ts';
export { type ListedRoute, listRoutes } from './routes.ts';
export { safeHeaders } from './safe-headers.ts';
export { type EventStream, openEventStream, type ServerSentEvent, type StreamSettings } from './server-sent-events.ts';
export {
  type App,
  type AppSettings,
  type AuthSettings,
  defaultLimits,
  type Limits,
  type OpaqueTokenLookup,
  type TokensRevokedAt,
} from './settings.ts';
export { openApiClient, openApiPages, openApiRedirect, signInPaths } from './sign-in.ts';
export { type Assurance, assurances, oneFactor, type SignIn, type StepUp, twoFactors } from './step-up.ts';
export { continueTrace, type TraceContext } from './trace-context.ts';

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { Log, Metrics } from '@vienuviet/telemetry';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Redis } from 'ioredis';
import type { JWTVerifyGetKey } from 'jose';
import type { AccessRecorder } from './access-recorder.ts';
import type { Caller, GrantsOf, Policy, Purpose } from './policy.ts';
import type { RateLimit } from './rate-limit.ts';
import type { TraceContext } from './trace-context.ts';

/** A fastify app whose handlers get their types from TypeBox schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export interface AuthSettings {
  /** `iss` that tokens must carry. */
  readonly issuer: string;
  /** `aud` that tokens must carry; default `vienuviet`. */
  readonly audience?: string;
  /** Where the issuer publishes its keys, or the keys themselves. */
  readonly keys: { readonly jwksUrl: string } | JWTVerifyGetKey;
  /** Signature algorithms that are taken; default ES256 only. */
  readonly algorithms?: readonly string[];
  /** How far a caller's or issuer's clock may be off, in seconds; default 120. */
  readonly clockToleranceSeconds?: number;
}

export interface Limits {
  /** Bytes of a body; a route may take more by its own `bodyLimit`. */
  readonly bodyBytes: number;
  /** Bytes of all headers together. */
  readonly headerBytes: number;
  /** Milliseconds for the headers, and for the whole request, to arrive. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** Milliseconds until an answer must have been made; long polls are shorter than this. */
  readonly handlerMs: number;
  /** Milliseconds that an idle connection is kept. */
  readonly keepAliveMs: number;
  /** Milliseconds that requests under way have to end when the app closes. */
  readonly closeMs: number;
  /** Milliseconds that one check of readiness may take. */
  readonly readinessMs: number;
  /** Requests by one caller (or one address, on public routes); a route may have its own `config.rate`. */
  readonly rate: RateLimit | false;
}

export const defaultLimits: Limits = {
  bodyBytes: 64 * 1024,
  headerBytes: 16 * 1024,
  headersMs: 10_000,
  requestMs: 30_000,
  handlerMs: 60_000,
  keepAliveMs: 30_000,
  closeMs: 10_000,
  readinessMs: 2_000,
  // 500 a second, ten times what one centre's clerks make at their busiest: it stops runaway loops, not work.
  rate: { requests: 5_000, windowSeconds: 10 },
};

export interface AppSettings {
  /** Name of the service, e.g. `intake`. */
  readonly name: string;
  /** For the OpenAPI document. */
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Left out only by apps all of whose routes are public. */
  readonly auth?: AuthSettings | undefined;
  /** Looks up what a caller may; default: the claim `grants` of the token. */
  readonly grantsOf?: GrantsOf | undefined;
  /** Tokens that stopped counting before their end; asked on every request, so it answers from memory. */
  readonly tokensRevokedAt?: TokensRevokedAt | undefined;
  /** For limits that several instances share; without it each counts alone. */
  readonly redis?: Redis | undefined;
  /** Checks for `/health/ready`; each throws when its part is not there. */
  readonly readiness?: Readonly<Record<string, () => Promise<void>>> | undefined;
  /** Key of the HMAC of idempotent requests; needed by apps with commands. */
  readonly commandHashKey?: string | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly clock?: (() => Date) | undefined;
  /**
   * Addresses and networks (CIDR) of proxies before this app, whose `X-Forwarded-For` tells who calls; from anybody else
   * the header is ignored. Default: none.
   */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Where refused access and what operators do is recorded. */
  readonly accessRecorder?: AccessRecorder | undefined;
}

/** Until when the access tokens of an account were revoked, ms since 1970; undefined where they never were. */
export type TokensRevokedAt = (accountId: string) => number | undefined;

/** Takes a bearer token that is no JWT: who it stands for, or undefined when it is not known (any more). */
export type OpaqueTokenLookup = (token: string) => Promise<Caller | undefined>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route whose policy names roles. */
    caller: Caller | undefined;
    /** The code of the header `Purpose`, on routes whose policy asks for it. */
    purpose: Purpose | undefined;
    trace: TraceContext;
  }
  interface FastifyReply {
    /** Set where the answer began long before its end: a stream. Milliseconds; what the metrics count. */
    answeredAfter: number | undefined;
  }
  interface FastifyContextConfig {
    policy?: Policy;
    /** Requests of this route alone, counted apart; `false`: not counted. */
    rate?: RateLimit | false;
    /** What an operator does: it goes on the record of access, under the kind given. */
    operates?: true | 'keys_changed';
    /** A command: the header `Idempotency-Key` is asked for before the body is read. */
    command?: true;
  }
  interface FastifyInstance {
    vienuviet: {
      /** The methods that a path takes. */
      methodsOf(path: string): readonly string[];
      readonly commandHashKey: Buffer | undefined;
      readonly opaqueTokens: OpaqueTokenLookup[];
      readonly openStreams: Set<{ close(): void }>;
      /** Whether a request that was let in would be let in now; asked while a long answer goes on. */
      readonly stillAdmits: (request: FastifyRequest) => Promise<boolean>;
      readonly accessRecorder: AccessRecorder | undefined;
    };
  }
}

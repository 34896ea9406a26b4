import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

/** Levels of a log line, from the least to the most urgent; `silent` writes nothing. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogSettings {
  /** Name of the service or tool, in every line as `service`. */
  readonly service: string;
  /** One of `logLevels`; default `info`. */
  readonly level?: string | undefined;
  /** Where lines go; default standard output. */
  readonly destination?: DestinationStream;
}

/**
 * Names of fields that never reach a log line, at the top of the logged object and in up to two objects inside it:
 * secrets, and what could hold a person's data. Redaction is the second net; the first is not to log such things.
 */
export const redactedFields = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'accessToken',
  'access_token',
  'refreshToken',
  'privateKey',
  'commandHashKey',
  'signingKey',
  'indexKey',
  'databaseUrl',
  'connectionString',
  'personalCode',
  'phone',
  'email',
  'answer',
  'body',
  'payload',
] as const;

const paths = redactedFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

/**
 * A logger that writes one JSON object a line: `time` (ISO 8601, UTC), `level` (a word), `service`, `msg` and the
 * fields given; errors under `err` with message, stack, code and cause.
 */
export function createLog({ service, level = 'info', destination }: LogSettings): Log {
  if (!logLevels.some((known) => known === level)) {
    throw new RangeError(`log level '${level}' is not one of ${logLevels.join(', ')}`);
  }
  const options = {
    level,
    base: { service },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths, censor: '[redacted]' },
    // Postgres and HTTP errors carry whole requests and rows on themselves (`detail`, `parameters`): those stay out.
    serializers: { err: errorFields, error: errorFields },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** What is logged of an error: its own words and where it happened, never the values that it carries. */
export function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: withoutSecrets(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: withoutSecrets(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: errorFields(error.cause) }),
    ...(error instanceof AggregateError ? { errors: error.errors.map(errorFields) } : {}),
  };
}

/** Passwords inside addresses (`postgres://user:password@host`) and bearer tokens, which errors like to quote. */
function withoutSecrets(text: string): string {
  return text
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi, '$1:[redacted]@')
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[redacted]');
}

/** Codes of connections that cannot be made or break: Node's, PostgreSQL's, Prisma's; and of keys that cannot be had. */
const codes =
  /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|08\w{3}|57P0[123]|53300|55P03|P1001|P1002|P1008|P1017|P2024|keys_unavailable)$/;

/** What pg says of its connections without a code. */
const words =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout)/;

/** Kinds in which Prisma's driver adapters put the same. */
const kinds = /^(?:DatabaseNotReachable|ConnectionClosed|TooManyConnections|SocketTimeout)$/;

/** PostgreSQL ended a statement at its time-out (`query_canceled`). */
const canceled = '57014';

export type BackendTrouble = 'away' | 'timed_out';

/**
 * Whether an error, or what caused it, says that a server behind this one is away for the moment (it restarts, refuses
 * or drops connections) or took too long. Whoever asked may ask again; nothing is wrong with the request.
 */
export function backendTrouble(error: unknown, depth = 0): BackendTrouble | undefined {
  if (typeof error !== 'object' || error === null || depth > 5) return undefined;
  const { code, originalCode, message, kind, cause, errors, meta } = error as Record<string, unknown>;
  if (code === canceled || originalCode === canceled) return 'timed_out';
  const found = [code, originalCode].some((one) => typeof one === 'string' && codes.test(one));
  if (found || (typeof message === 'string' && words.test(message))) return 'away';
  if (typeof kind === 'string' && kinds.test(kind)) return 'away';
  const driver = (meta as { driverAdapterError?: unknown } | undefined)?.driverAdapterError;
  for (const inner of [cause, driver, ...(Array.isArray(errors) ? errors : [])]) {
    const trouble = backendTrouble(inner, depth + 1);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

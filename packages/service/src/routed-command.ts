import {
  type Decider,
  EventStoreError,
  executeCommand,
  type NewEvent,
  type PreparedCommand,
  type Refusal,
} from '@vienuviet/event-store';
import { idempotencyOf, markReplayed, problem, refusalProblem } from '@vienuviet/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServiceContext } from './definition.ts';

/** A command as a route hands it over. */
export interface RoutedCommand<Command, State, Event extends NewEvent> {
  readonly decider: Decider<Command, State, Event>;
  readonly streamType: string;
  readonly streamId: string;
  /** The command, or how to prepare it from what other streams say; prepared anew for every attempt. */
  readonly command: Command | (() => Promise<PreparedCommand<Command>>);
  /** What the caller is answered beside `stream` and `version`, from the state after the command. */
  readonly answer?: (state: State) => Readonly<Record<string, unknown>>;
  /** Refusals that are no conflict, by code: the status to answer with, e.g. 404. Others answer 409. */
  readonly statusOf?: (refusal: Refusal) => number | undefined;
}

/** What every command is answered with: where it wrote, for `after=<stream>@<version>`. */
export interface CommandAnswer {
  readonly stream: string;
  readonly version: number;
  readonly [field: string]: unknown;
}

/**
 * Executes a command of a route once for its `Idempotency-Key`. Answers the stream and version written, the same
 * again for a repeat; a refusal, a reused key and a lost race become problem documents.
 */
export async function executeRouted<Command, State, Event extends NewEvent>(
  { store }: Pick<ServiceContext, 'store'>,
  request: FastifyRequest,
  reply: FastifyReply,
  routed: RoutedCommand<Command, State, Event>,
): Promise<CommandAnswer> {
  const { decider, streamType, streamId, command, answer, statusOf } = routed;
  const result = await executeCommand(store, {
    decider,
    streamType,
    streamId,
    command,
    idempotency: idempotencyOf(request),
    meta: { traceparent: request.trace.traceparent },
    answer: ({ version, state }) => JSON.stringify({ stream: streamId, version, ...answer?.(state) }),
  }).catch((error: unknown) => {
    throw problemOf(error);
  });
  switch (result.outcome) {
    case 'executed':
      return JSON.parse(result.answer);
    case 'known_command':
      markReplayed(reply);
      return JSON.parse(result.answer);
    case 'key_reused':
      throw problem('idempotency_key_reused');
    case 'known_events':
      throw problem('concurrent_change');
    case 'refused':
      throw refusalProblem(result.refusal, statusOf?.(result.refusal));
  }
}

/** What the store throws, as an answer that tells the caller to repeat the command with the same key. */
function problemOf(cause: unknown): unknown {
  if (!(cause instanceof EventStoreError)) return cause;
  const again = 'Repeat the command with the same Idempotency-Key.';
  switch (cause.code) {
    case 'contended':
      return problem('concurrent_change', again, { cause });
    case 'overloaded':
    case 'unavailable':
    case 'outcome_unknown':
      return problem('store_unavailable', again, { cause, headers: { 'retry-after': '1' } });
    default:
      return cause;
  }
}

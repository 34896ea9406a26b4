/** How routes of this service execute commands: once for their key, refusals as problems, foreign things as 404. */
import type { NewEvent } from '@vienuviet/event-store';
import { denyForeign, HttpProblem, notFound } from '@vienuviet/http';
import { type CommandAnswer, executeRouted, type RoutedCommand, type ServiceContext } from '@vienuviet/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type RefusalCode, refusals } from './errors.ts';

/** Executes a command; see `executeRouted`. */
export async function execute<Command, State, Event extends NewEvent>(
  context: Pick<ServiceContext, 'store'>,
  request: FastifyRequest,
  reply: FastifyReply,
  routed: Omit<RoutedCommand<Command, State, Event>, 'statusOf'>,
): Promise<CommandAnswer> {
  try {
    return await executeRouted(context, request, reply, { ...routed, statusOf: ({ code }) => statusOf(code) });
  } catch (error) {
    throw hidden(error, request);
  }
}

export const statusOf = (code: string): number | undefined => refusals[code as RefusalCode];

/** What is foreign is logged, and answered like what is not there. */
function hidden(error: unknown, request: FastifyRequest): unknown {
  if (!(error instanceof HttpProblem)) return error;
  if (error.code === 'case_foreign' || error.code === 'centre_foreign') return denyForeign(request);
  if (error.code === 'case_not_found' || error.code === 'centre_not_found') return notFound();
  return error;
}

/** The commands of a case as requests to intake's routes. */
import type { Platform } from '../platform/platform.ts';
import type { DayClients } from './clients.ts';
import type { CommandAnswer, IntakePort, SentCommand } from './intake-port.ts';

export interface IntakeHttp extends IntakePort {
  /** Requests answered so far. */
  readonly answered: () => number;
}

export function intakeOver(platform: Platform, clients: DayClients): IntakeHttp {
  let answered = 0;
  /** Who has no name in the plan stays anonymous; everybody else is registered before their first case. */
  const withClient = async ({ command, account, body }: SentCommand): Promise<SentCommand['body']> => {
    const { subjectId, centreId } = body;
    if (command !== 'register' || typeof subjectId !== 'string') return body;
    return { ...body, subjectId: await clients.subjectOf(subjectId, { account, centreId: String(centreId) }) };
  };
  const send = async (command: SentCommand): Promise<CommandAnswer> => {
    const said = given(await withClient(command));
    for (;;) {
      const answer = await platform.ask('intake', command.account, {
        method: 'POST',
        path: pathOf(command),
        headers: { 'idempotency-key': command.key },
        body: said,
      });
      const body = (
        typeof answer.body === 'object' && answer.body !== null ? answer.body : {}
      ) as CommandAnswer['body'];
      // Somebody else wrote to the case in the same instant: the command is still to be decided.
      if (answer.status === 409 && body['code'] === 'concurrent_change') continue;
      answered += 1;
      return { status: answer.status, body };
    }
  };
  return { send, answered: () => answered };
}

const pathOf = ({ command, caseId }: SentCommand): string =>
  command === 'register' ? '/v1/cases' : `/v1/cases/${caseId}/${command}`;

/** Fields that say nothing are left out. */
const given = (body: SentCommand['body']): Record<string, unknown> =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== undefined));

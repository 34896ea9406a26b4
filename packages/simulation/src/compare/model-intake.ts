/**
 * An intake that is nothing but the comparison's reading of the rules: it lets a day be played without a platform, so
 * that the player itself can be tested. Faults can be planted: answers that never arrive, claims that run out.
 */
import { idOf } from '../plan/make-script.ts';
import type { CommandAnswer, IntakePort, SentCommand } from '../run/intake-port.ts';
import { afterCommand, type CaseModel } from './case-model.ts';
import type { ServiceIdOf } from './compare-feed.ts';

export interface ModelIntakeSettings {
  readonly serviceIdOf: ServiceIdOf;
  /** Called before each command; what it throws is thrown at the sender, and nothing was done. */
  readonly before?: (command: SentCommand) => void;
  /** Called after each command; what it throws is thrown at the sender although the command was executed. */
  readonly after?: (command: SentCommand) => void;
  /** True when the claim on which a command rests has run out. */
  readonly claimRanOut?: (command: SentCommand) => boolean;
}

interface KeptCase {
  readonly model: CaseModel;
  readonly version: number;
  readonly claimant: string | undefined;
}

export interface ModelIntake extends IntakePort {
  /** Commands that were executed, by key; each once. */
  readonly executed: ReadonlyMap<string, SentCommand>;
}

export function modelIntake(settings: ModelIntakeSettings): ModelIntake {
  const cases = new Map<string, KeptCase>();
  const answers = new Map<string, CommandAnswer>();
  const executed = new Map<string, SentCommand>();

  const refused = (code: string): CommandAnswer => ({ status: 409, body: { code } });

  const execute = (command: SentCommand): CommandAnswer => {
    const caseId = command.caseId ?? idOf('case', command.key);
    const kept = cases.get(caseId);
    const byHolder = command.account.startsWith('specialist.');
    if (command.command === 'claim' && kept?.model.claimed && kept.claimant !== command.account) {
      return refused('claimed_by_other');
    }
    // As intake answers a clerk of several centres, which any clerk may be.
    if (command.command === 'register' && command.body['centreId'] === undefined) {
      return { status: 400, body: { code: 'invalid_request' } };
    }
    if (settings.claimRanOut?.(command) && command.command !== 'claim') return refused('not_claimed');
    const body = {
      ...command.body,
      service: command.body['serviceId'] ?? undefined,
      toCentre: command.body['toCentreId'],
    };
    try {
      const centre = command.account.split('.')[1] ?? '';
      const model = afterCommand(kept?.model, { command: command.command, body: given(body), byHolder }, centre);
      const version = (kept?.version ?? 0) + 1;
      const claims = command.command === 'register' || command.command === 'claim';
      cases.set(caseId, { model, version, claimant: claims ? command.account : kept?.claimant });
      executed.set(command.key, command);
      const subjectId = command.body['subjectId'] ?? idOf('subject', caseId);
      return {
        status: 200,
        body: { stream: `case-${caseId}`, version, stage: model.stage, ...(kept ? {} : { subjectId }) },
      };
    } catch (error) {
      return { status: 409, body: { code: 'transition_not_allowed', detail: (error as Error).message } };
    }
  };

  return {
    executed,
    send: async (command) => {
      settings.before?.(command);
      const name = `${command.account} ${command.key}`;
      const answer = answers.get(name) ?? execute(command);
      if (answer.status < 300) answers.set(name, answer);
      settings.after?.(command);
      return answer;
    },
  };
}

const given = (body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));

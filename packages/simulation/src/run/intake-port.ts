/** What the simulation asks of intake, told so that a day can be played against anything that answers like it. */
import type { CommandName } from '../plan/case-script.ts';

export interface SentCommand {
  /** Account that sends it. */
  readonly account: string;
  readonly command: CommandName;
  /** Undefined for the registration, which makes the case. */
  readonly caseId: string | undefined;
  readonly key: string;
  /** Fields as the route takes them. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface CommandAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface IntakePort {
  /** Sends until intake answers in its own words; the same command may arrive twice. */
  send(command: SentCommand): Promise<CommandAnswer>;
}

/** The case that an accepted command wrote to, by the stream that its answer names. */
export const caseIdOf = (answer: Readonly<Record<string, unknown>> | undefined): string =>
  String(answer?.['stream'] ?? '').replace(/^case-/, '');

export const isAccepted = ({ status }: { readonly status: number }): boolean => status >= 200 && status < 300;

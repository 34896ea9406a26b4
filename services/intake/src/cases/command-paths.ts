import type { CommandName } from './transitions.ts';

/** Paths of the commands on a case: `POST /v1/cases/{caseId}/<path>`. */
export const commandPaths = {
  claim: 'claim',
  release: 'release',
  recordConsultation: 'consultations',
  request: 'request',
  accept: 'accept',
  rejectAsWrongAuthority: 'reject',
  askForInformation: 'ask-information',
  provideInformation: 'provide-information',
  decide: 'decide',
  deliverResult: 'deliver',
  evaluate: 'evaluate',
  withdraw: 'withdraw',
  reopen: 'reopen',
  close: 'close',
  handOver: 'hand-over',
  link: 'links',
} as const satisfies Readonly<Record<Exclude<CommandName, 'register'>, string>>;

/** What must be true after the day, folded from the journal and the plan alone. Pure. */
import type { Act, CaseScript, DayPlan, ServiceName } from '../plan/case-script.ts';
import { caseIdOf, isAccepted } from '../run/intake-port.ts';
import type { Entry } from '../run/journal.ts';
import { afterCommand, type CaseModel, type Shown } from './case-model.ts';
import type { Difference } from './differences.ts';

/** One event that the feed must show. */
export interface ExpectedEvent extends Shown {
  readonly service: ServiceName;
  /** When it happened, ms. */
  readonly at: number;
  /** The event's version in the case's stream lies above the first and at most at the second. */
  readonly versions: readonly [number, number];
}

export interface CaseHistory {
  readonly name: string;
  readonly caseId: string;
  /** As the registration answered it; an anonymous case has one that is in no index. */
  readonly subjectId: string;
  /** The person, as the plan calls them; null for who stays anonymous. */
  readonly client: string | null;
  /** Account of the clerk who registered the case. */
  readonly clerk: string;
  readonly model: CaseModel;
  readonly events: readonly ExpectedEvent[];
  /** Version of the case's stream after the last command. */
  readonly version: number;
}

export interface DayHistory {
  readonly cases: readonly CaseHistory[];
  /** What was already wrong while the day was played. */
  readonly differences: readonly Difference[];
}

/** Folds the journal of a day, case by case. */
export function foldHistory(plan: DayPlan, entries: readonly Entry[]): DayHistory {
  const byCase = Map.groupBy(entries, (entry) => entry.case);
  const differences: Difference[] = [];
  const cases = plan.cases.flatMap((script) => {
    const history = foldCase(script, byCase.get(script.name) ?? [], (what, expected, found) =>
      differences.push({ where: 'commands', what, of: script.name, expected, found }),
    );
    return history === undefined ? [] : [history];
  });
  return { cases, differences };
}

type Tell = (what: Difference['what'], expected: string, found: string) => void;

function foldCase(script: CaseScript, entries: readonly Entry[], tell: Tell): CaseHistory | undefined {
  let history: CaseHistory | undefined;
  for (const entry of entries) {
    const act = script.steps[entry.step];
    if (entry.part === 'stopped') tell('case_stopped', 'the script to its end', entry.wrong ?? '');
    else if (entry.wrong !== undefined)
      tell('unexpected_answer', `${commandAt(script, entry)} of ${entry.account}`, entry.wrong);
    if (entry.part === 'repeat' || act?.kind !== 'act' || !isAccepted(entry)) continue;
    history = foldEntry(script, history, act, entry, tell);
  }
  return history;
}

const commandAt = (script: CaseScript, { step }: Entry): string => {
  const planned = script.steps[step];
  return planned?.kind === 'act' ? planned.command : `step ${step} again`;
};

function foldEntry(
  script: CaseScript,
  before: CaseHistory | undefined,
  act: Act,
  entry: Entry,
  tell: Tell,
): CaseHistory | undefined {
  const claims = entry.part === 'claim_anew';
  const happened = {
    command: claims ? ('claim' as const) : act.command,
    body: claims ? {} : act.body,
    byHolder: entry.account.startsWith('specialist.'),
  };
  const version = Number(entry.answer?.['version']);
  if (!(version > (before?.version ?? 0))) {
    tell(
      'version_order',
      `a version above ${before?.version ?? 0} after ${happened.command}`,
      String(entry.answer?.['version']),
    );
  }
  try {
    const model = afterCommand(before?.model, happened, script.centre);
    const stage = entry.answer?.['stage'];
    if (stage !== model.stage)
      tell('unexpected_answer', `stage ${model.stage} after ${happened.command}`, String(stage));
    const shown = model.shown.length > (before?.model.shown.length ?? 0) ? model.shown.at(-1) : undefined;
    const event = shown && {
      ...shown,
      service: model.service,
      at: act.at,
      versions: [before?.version ?? 0, version] as const,
    };
    return {
      name: script.name,
      caseId: before?.caseId ?? caseIdOf(entry.answer),
      subjectId: before?.subjectId ?? String(entry.answer?.['subjectId'] ?? act.body['subjectId']),
      client: before?.client ?? clientIn(act),
      clerk: before?.clerk ?? entry.account,
      model,
      events: event === undefined ? (before?.events ?? []) : [...(before?.events ?? []), event],
      version,
    };
  } catch (error) {
    tell('not_allowed', 'a refusal', `${happened.command} was accepted: ${(error as Error).message}`);
    return before;
  }
}

const clientIn = ({ body: { subjectId } }: Act): string | null => (typeof subjectId === 'string' ? subjectId : null);

/** The state machine for readers: a Mermaid diagram and a table, made from the table of transitions. */
import { commandPaths } from './command-paths.ts';
import { isEnded, type Stage, stages } from './stages.ts';
import { type CommandName, commandNames, reopenedTo, transitionOf } from './transitions.ts';

const begin = '<!-- made from services/intake/src/cases/transitions.ts: write it again, do not edit -->';
const end = '<!-- end of what is made -->';

/** The page with its made part replaced; throws when the marks are missing. */
export function withDiagram(page: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page lacks the marks "${begin}" and "${end}"`);
  return `${page.slice(0, from)}${begin}\n\n${diagram()}\n\n${table()}\n\n${page.slice(to)}`;
}

function diagram(): string {
  const lines = ['```mermaid', 'stateDiagram-v2'];
  for (const command of commandNames) {
    const edges = Object.entries(transitionOf(command).next).flatMap(([from, next]) => {
      if (next === 'same' || next === undefined) return [];
      const source = from === 'unregistered' ? '[*]' : from;
      const targets = next === 'before_the_end' ? reopeningTargets(from as Stage) : [next];
      return targets.map((target) => `  ${source} --> ${target}: ${command}`);
    });
    lines.push(...edges);
  }
  return [...lines, '```'].join('\n');
}

/** Stages to which a case that ended in a way can come back. */
function reopeningTargets(ended: Stage): Stage[] {
  const ways = commandNames.map(transitionOf).flatMap(({ next }) => Object.entries(next));
  const before = ways.filter(([, next]) => next === ended).map(([from]) => reopenedTo(from as Stage));
  return stages.filter((stage) => before.includes(stage));
}

const pathOf = (command: CommandName): string =>
  command === 'register' ? '' : `\`{caseId}/${commandPaths[command]}\``;

const acts = { centre: 'centre', holder: 'holder', either: 'centre or holder' } as const;
const claims = { given: 'gets it', needed: 'needs it', free: '–' } as const;
const corrections = { never: '', always: 'takes it back', in_error: 'takes it back when registered in error' } as const;

function table(): string {
  const rows = commandNames.map((command) => {
    const { by, claim, endsClaim, counts, corrects, next } = transitionOf(command);
    const claimed = by === 'holder' ? '–' : endsClaim ? `${claims[claim]}, ends it` : claims[claim];
    const count = counts ? 'counts when it is the first at a desk' : corrections[corrects];
    return `| \`${command}\` | ${pathOf(command)} | ${acts[by]} | ${claimed} | ${count} | ${stagesIn(next)} |`;
  });
  return [
    '| command | `POST /v1/cases/…` | by | claim | count | from → to |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** Source stages gathered by where they lead: `registered, consulted → closed`. */
function stagesIn(next: ReturnType<typeof transitionOf>['next']): string {
  const byTarget = Map.groupBy(Object.entries(next), ([, target]) => target);
  return [...byTarget]
    .map(([target, entries]) => `${sources(entries.map(([from]) => from))} → ${target?.replaceAll('_', ' ')}`)
    .join('; ');
}

function sources(names: readonly string[]): string {
  const open = stages.filter((stage) => !isEnded(stage));
  if (names.length === stages.length) return 'any';
  if (names.length === open.length && open.every((stage) => names.includes(stage))) return 'any that is open';
  return names.join(', ').replaceAll('_', ' ');
}

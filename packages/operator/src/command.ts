import { Command, InvalidArgumentError, Option } from 'commander';
import type { CommonOptions } from './surroundings.ts';

/** Account whose token operator routes are called with when nobody else is named. */
export const usualAccount = 'engineer';

/** A command with examples at the end of its help. */
export function commandOf(name: string, summary: string, examples: readonly string[]): Command {
  return new Command(name)
    .description(summary)
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ vienuviet ${example}`).join('\n')}`);
}

/** Adds `--json`. */
export const withJson = (command: Command): Command => command.option('--json', 'print JSON instead of a table');

/** Adds `--as NAME`. */
export const withAccount = (command: Command, account = usualAccount): Command =>
  command.addOption(new Option('--as <name>', 'act with the token of this account').default(account));

export type Options<More = unknown> = CommonOptions & More;

/** A whole number from `min` to `max`. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < min || number > max) {
      throw new InvalidArgumentError(`must be a whole number from ${min} to ${max}`);
    }
    return number;
  };

/** A number above 0. */
export const positiveNumber = (text: string): number => {
  const number = Number(text);
  if (!Number.isFinite(number) || number <= 0) throw new InvalidArgumentError('must be a number above 0');
  return number;
};

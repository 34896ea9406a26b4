import { Command, CommanderError } from 'commander';
import { catalogueCommand } from './commands/catalogue.ts';
import { centresCommand } from './commands/centres.ts';
import { eventsCommand } from './commands/events.ts';
import { parkedCommand } from './commands/parked.ts';
import { peopleCommand } from './commands/people.ts';
import { projectionCommand } from './commands/projection.ts';
import { simulateCommand } from './commands/simulate.ts';
import { statusCommand } from './commands/status.ts';
import { tokenCommand } from './commands/token.ts';
import { topicsCommand } from './commands/topics.ts';
import { exitCodeOf } from './errors.ts';
import { exitCodes, exitCodesHelp } from './exit-codes.ts';
import type { Surroundings } from './surroundings.ts';

const about = [
  'The operators’ command of Vienuviet: how the platform is, what is on its topics, and a working day to try it with.',
  'It finds the running copy by endpoints.json in the folder VIENUVIET_DATA (.vienuviet when not set). Routes are called',
  'with the token of a sample person (--as NAME); only topics and events read Kafka directly.',
].join(' ');

/** The whole command. Every part of it is told where to write and how to end. */
export function createProgram(surroundings: Surroundings): Command {
  const program = new Command('vienuviet')
    .description(about)
    .addCommand(statusCommand(surroundings))
    .addCommand(topicsCommand(surroundings))
    .addCommand(eventsCommand(surroundings))
    .addCommand(parkedCommand(surroundings))
    .addCommand(projectionCommand(surroundings))
    .addCommand(catalogueCommand(surroundings))
    .addCommand(centresCommand(surroundings))
    .addCommand(simulateCommand(surroundings))
    .addCommand(peopleCommand(surroundings))
    .addCommand(tokenCommand(surroundings))
    .addHelpText('after', `\n${exitCodesHelp}\n\nEach command has examples: vienuviet <command> --help`);
  for (const command of everyCommand(program)) {
    command
      .exitOverride()
      .showHelpAfterError('(add --help for examples)')
      .configureOutput({ writeOut: surroundings.console.out, writeErr: surroundings.console.err });
  }
  return program;
}

const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];

/** Runs the command line `args` (without node and script) and returns the exit code. Throws nothing. */
export async function runProgram(args: readonly string[], surroundings: Omit<Surroundings, 'end'>): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const end = (code: number): void => {
    exitCode = code;
  };
  try {
    await createProgram({ ...surroundings, end }).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    surroundings.console.err(`vienuviet: ${(error as Error).message}\n`);
    return exitCodeOf(error);
  }
}

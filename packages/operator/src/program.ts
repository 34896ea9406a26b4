import { Command, CommanderError } from 'commander';
import { exitCodeOf } from './errors.ts';
import { exitCodes, exitCodesHelp } from './exit-codes.ts';
import type { Surroundings } from './surroundings.ts';

const about = [
  'The operators’ command of Vienuviet: how the platform is, what is on its topics, and a working day to try it with.',
  'It finds the running copy by endpoints.json in the folder VIENUVIET_DATA (.vienuviet when not set). Routes are called',
  'with the token of a sample person (--as NAME); only topics, events and audit read Kafka directly, and audit reads databases.',
].join(' ');

/** Makers of the commands, in the order of the help. */
const commands: Readonly<Record<string, () => Promise<(surroundings: Surroundings) => Command>>> = {
  status: async () => (await import('./commands/status.ts')).statusCommand,
  topics: async () => (await import('./commands/topics.ts')).topicsCommand,
  events: async () => (await import('./commands/events.ts')).eventsCommand,
  parked: async () => (await import('./commands/parked.ts')).parkedCommand,
  projection: async () => (await import('./commands/projection.ts')).projectionCommand,
  account: async () => (await import('./commands/account.ts')).accountCommand,
  partner: async () => (await import('./commands/partner.ts')).partnerCommand,
  certificate: async () => (await import('./commands/certificate.ts')).certificateCommand,
  erase: async () => (await import('./commands/erase.ts')).eraseCommand,
  keys: async () => (await import('./commands/keys.ts')).keysCommand,
  audit: async () => (await import('./commands/audit.ts')).auditCommand,
  catalogue: async () => (await import('./commands/catalogue.ts')).catalogueCommand,
  centres: async () => (await import('./commands/centres.ts')).centresCommand,
  simulate: async () => (await import('./commands/simulate.ts')).simulateCommand,
  people: async () => (await import('./commands/people.ts')).peopleCommand,
  token: async () => (await import('./commands/token.ts')).tokenCommand,
};

/**
 * The command with its parts, each told where to write and how to end: only the one that is `named` where it is one,
 * since loading what all of them use takes most of a second.
 */
export async function createProgram(surroundings: Surroundings, named?: string): Promise<Command> {
  const program = new Command('vienuviet')
    .description(about)
    .addHelpText('after', `\n${exitCodesHelp}\n\nEach command has examples: vienuviet <command> --help`);
  const one = named !== undefined && Object.hasOwn(commands, named) ? commands[named] : undefined;
  for (const load of one === undefined ? Object.values(commands) : [one]) {
    program.addCommand((await load())(surroundings));
  }
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
    const program = await createProgram({ ...surroundings, end }, args[0]);
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    surroundings.console.err(`vienuviet: ${(error as Error).message}\n`);
    return exitCodeOf(error);
  }
}

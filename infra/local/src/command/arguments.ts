import { parseArgs } from 'node:util';
import { LocalError } from '../errors.ts';

export type Command =
  | {
      readonly name: 'run';
      readonly detach: boolean;
      readonly fresh: boolean;
      readonly sample: boolean;
      readonly instances: number;
    }
  | { readonly name: 'stop' }
  | { readonly name: 'status'; readonly json: boolean }
  | { readonly name: 'help'; readonly of: string };

export const HELP: Readonly<Record<string, string>> = {
  run: `Usage: ./scripts/run [--detach] [--fresh] [--no-sample] [--instances N]

Starts Kafka, PostgreSQL, Redis and every service, and plays one working day. Ctrl-C stops all of it, and
ends with 0 once it was up, with 130 before.

  --detach       return as soon as everything is ready; the day goes on in the background
  --fresh        throw the data of earlier runs away first
  --no-sample    do not play the day
  --instances N  start N of each service

Environment: VIENUVIET_PORT_BASE (7400), VIENUVIET_DATA (.vienuviet), and servers to use instead of starting them:
VIENUVIET_KAFKA_BROKERS, VIENUVIET_POSTGRES_URL (a role that may create roles and databases), VIENUVIET_REDIS_URL.
Handed on to identity, which services/identity/README.md tells of: SECOND_FACTOR, UPSTREAM_ISSUER, UPSTREAM_CLIENT_ID,
UPSTREAM_KEY_FILE, UPSTREAM_TWO_FACTOR_ACRS, DIRECTORY_FILES, LDAP_SYNC_SECONDS, CLIENT_FILES (beside the sample's).
`,
  stop: `Usage: ./scripts/stop

Stops what ./scripts/run started on this data folder; the data stays.
`,
  status: `Usage: ./scripts/status [--json]

Shows every process and whether it is ready. Exit code 0 only if everything is.
`,
};

/** Reads a command line: the command, then its options. */
export function parseCommand(argv: readonly string[]): Command {
  const [name = '', ...rest] = argv;
  if (!(name in HELP)) throw new LocalError('argument', `unknown command ${JSON.stringify(name)}`);
  const values = parse(name as keyof typeof OPTIONS, rest);
  if (values.help) return { name: 'help', of: name };
  if (name === 'stop') return { name };
  if (name === 'status') return { name, json: values.json === true };
  return {
    name: 'run',
    detach: values.detach === true,
    fresh: values.fresh === true,
    sample: values['no-sample'] !== true,
    instances: instancesOf(values.instances),
  };
}

interface Values {
  readonly help?: boolean;
  readonly json?: boolean;
  readonly detach?: boolean;
  readonly fresh?: boolean;
  readonly 'no-sample'?: boolean;
  readonly instances?: string;
}

const flag = { type: 'boolean' } as const;
const OPTIONS = {
  run: { detach: flag, fresh: flag, 'no-sample': flag, instances: { type: 'string' } },
  stop: {},
  status: { json: flag },
} as const;

function parse(name: keyof typeof OPTIONS, args: readonly string[]): Values {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { ...OPTIONS[name], help: { type: 'boolean', short: 'h' } },
      allowPositionals: false,
    });
    return values as Values;
  } catch (cause) {
    throw new LocalError('argument', `${(cause as Error).message}\n\n${HELP[name]}`, { cause });
  }
}

function instancesOf(text: string | undefined): number {
  if (text === undefined) return 1;
  if (!/^\d{1,3}$/.test(text)) throw new LocalError('argument', `--instances takes a number, not ${text}`);
  return Number(text);
}

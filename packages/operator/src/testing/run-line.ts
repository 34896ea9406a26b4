import { runProgram } from '../program.ts';

/** Runs a command line as the shell would, and tells what it wrote and how it ended. */
export const runLine = async (
  line: string,
  dataFolder: string,
  clock = () => Date.parse('2026-11-21T10:00:00Z'),
  signal = new AbortController().signal,
) => {
  let out = '';
  let err = '';
  const exitCode = await runProgram(line === '' ? [] : line.split(' '), {
    console: {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      width: undefined,
      live: false,
    },
    dataFolder,
    clock,
    signal,
  });
  return { exitCode, out, err };
};

import { allOrFirstError } from '../all-or-first-error.ts';
import type { Progress } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import { contentHash, sampleFiles } from './files.ts';
import { changeSampleState, readSampleState } from './state.ts';
import { vienuvietCommand } from './vienuviet.ts';

export interface PrepareOptions {
  readonly root: string;
  readonly dataFolder: string;
  readonly progress: Progress;
}

/** Imports the catalogue and opens the centres, unless just these files were imported into this data before. */
export async function prepareSample({ root, dataFolder, progress }: PrepareOptions): Promise<void> {
  const files = sampleFiles(root);
  const content = contentHash(files);
  if (readSampleState(dataFolder).imported === content) return;
  const vienuviet = async (args: readonly string[], note: (text: string) => void) => {
    const { command, args: all, env, cwd } = vienuvietCommand({ root, dataFolder, args });
    await runCommand(command, all, { env, cwd, onLine: (line) => note(line.trim().slice(0, 90)) });
  };
  await allOrFirstError([
    progress.step('catalogue', (note) => vienuviet(['catalogue', 'import', ...files.catalogue], note)),
    progress.step('centres', (note) => vienuviet(['centres', 'open', files.centres], note)),
  ]);
  changeSampleState(dataFolder, { imported: content });
}

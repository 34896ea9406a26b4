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

/** What is read of an import's report. */
export interface TableReport {
  readonly entries: number;
  readonly listed: number;
  readonly relisted: number;
}

/** `services: 1,200 of 6,937 entries`, between the lines of the report. */
const isProgress = (line: string): boolean => /^\S+: [\d,]+ of [\d,]+ entries$/.test(line);

/** What an import of several tables did, in a few words. */
export function importedText(reports: readonly TableReport[]): string {
  const count = (of: (report: TableReport) => number): string =>
    reports.reduce((sum, report) => sum + of(report), 0).toLocaleString('en-GB');
  return `${count(({ entries }) => entries)} entries of ${reports.length} tables, ${count(({ listed, relisted }) => listed + relisted)} of them new`;
}

/** Imports the catalogue and opens the centres, unless just these files were imported into this data before. */
export async function prepareSample({ root, dataFolder, progress }: PrepareOptions): Promise<void> {
  const files = sampleFiles(root);
  const content = contentHash(files);
  if (readSampleState(dataFolder).imported === content) return;
  const vienuviet = (args: readonly string[], onLine: (line: string) => void) => {
    const { command, args: all, env, cwd } = vienuvietCommand({ root, dataFolder, args });
    return runCommand(command, all, { env, cwd, onLine });
  };
  await allOrFirstError([
    progress.step('catalogue', async (note) => {
      const printed = await vienuviet(['catalogue', 'import', '--json', ...files.catalogue], (line) => {
        if (isProgress(line)) note(line);
      });
      note(importedText(JSON.parse(printed)));
    }),
    progress.step('centres', (note) => vienuviet(['centres', 'open', files.centres], note)),
  ]);
  changeSampleState(dataFolder, { imported: content });
}

import { relative } from 'node:path';

/** Passed and failed, of tests and of checks alike. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
}

export const add = (counts: readonly Count[]): Count => ({
  passed: counts.reduce((sum, { passed }) => sum + passed, 0),
  failed: counts.reduce((sum, { failed }) => sum + failed, 0),
});

/** The last line of every test run. */
export const summaryLine = ({ passed, failed }: Count): string => `${passed} passed, ${failed} failed`;

/** What we read of the report that vitest's reporter `json` writes, through `report-file.ts`. */
interface Report {
  readonly numPassedTests?: number;
  readonly numFailedTests?: number;
  readonly numPendingTests?: number;
  readonly numTodoTests?: number;
  readonly testResults?: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly ancestorTitles?: readonly string[];
      readonly title?: string;
    }[];
  }[];
}

/**
 * Counts a run of vitest. A file that failed outside its tests (it could not be loaded, a hook threw) is one failure
 * more, and so is a run that ended badly without any of this, or without a report. A skipped test is a failure: it
 * says nothing about what it was written for.
 */
export function countRun(report: string | undefined, exitCode: number): Count {
  const read = parse(report);
  if (!read) return { passed: 0, failed: 1 };
  const brokenFiles = (read.testResults ?? []).filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const skipped = (read.numPendingTests ?? 0) + (read.numTodoTests ?? 0);
  const failed = (read.numFailedTests ?? 0) + brokenFiles + skipped;
  return { passed: read.numPassedTests ?? 0, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}

/** What failed in a run, file by file, for whoever does not want to look for it among what passed. */
export function failuresOf(report: string | undefined, root: string): string[] {
  return (parse(report)?.testResults ?? []).flatMap(({ name, status, assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter((test) => test.status !== 'passed');
    if (failed.length === 0) return status === 'failed' ? [file] : [];
    return failed.map(({ ancestorTitles = [], title = '' }) => [file, ...ancestorTitles, title].join(' > '));
  });
}

function parse(report: string | undefined): Report | undefined {
  if (report === undefined) return undefined;
  try {
    return JSON.parse(report) as Report;
  } catch {
    return undefined;
  }
}

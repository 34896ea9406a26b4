import { describe, expect, test } from 'vitest';
import { add, countRun, failuresOf, summaryLine } from './summary.ts';

const file = (status: string, ...tests: string[]) => ({
  ...{ name: 'x.unit.test.ts', status, assertionResults: tests.map((one) => ({ status: one })) },
});
const report = (more: object) =>
  JSON.stringify({
    numPassedTests: 0,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [],
    ...more,
  });

describe('the count of a test run', () => {
  test('is what vitest says', () => {
    expect(countRun(report({ numPassedTests: 7, numFailedTests: 2 }), 1)).toEqual({ passed: 7, failed: 2 });
    expect(countRun(report({ numPassedTests: 7 }), 0)).toEqual({ passed: 7, failed: 0 });
  });

  test('has a failure for a file that could not be loaded, and none more for one whose tests failed', () => {
    const testResults = [file('failed'), file('failed', 'passed'), file('failed', 'failed'), file('passed', 'passed')];
    expect(countRun(report({ numPassedTests: 2, numFailedTests: 1, testResults }), 1)).toEqual({
      passed: 2,
      failed: 3,
    });
  });

  test('has a failure for every skipped test', () => {
    expect(countRun(report({ numPassedTests: 2, numPendingTests: 1, numTodoTests: 1 }), 0)).toEqual({
      ...{ passed: 2, failed: 2 },
    });
  });

  test('is never without a failure when the run ended badly', () => {
    expect(countRun(report({ numPassedTests: 5 }), 1)).toEqual({ passed: 5, failed: 1 });
    expect(countRun(undefined, 0)).toEqual({ passed: 0, failed: 1 });
    expect(countRun('{"numPassed', 0)).toEqual({ passed: 0, failed: 1 });
  });
});

describe('the list of what failed', () => {
  test('names file, group and test; a file that could not be loaded has only its name', () => {
    const testResults = [
      { ...file('failed'), name: '/top/a.unit.test.ts' },
      {
        ...{ name: '/top/b/c.unit.test.ts', status: 'failed' },
        assertionResults: [
          { status: 'passed', ancestorTitles: ['group'], title: 'holds' },
          { status: 'failed', ancestorTitles: ['group'], title: 'breaks' },
          { status: 'pending', ancestorTitles: [], title: 'was skipped' },
        ],
      },
    ];
    expect(failuresOf(report({ testResults }), '/top')).toEqual([
      'a.unit.test.ts',
      'b/c.unit.test.ts > group > breaks',
      'b/c.unit.test.ts > was skipped',
    ]);
  });

  test('is empty when all is well, or nothing was reported', () => {
    expect(failuresOf(report({ testResults: [file('passed', 'passed')] }), '/top')).toEqual([]);
    expect(failuresOf(undefined, '/top')).toEqual([]);
  });
});

test('the last line is made of all counts', () => {
  expect(summaryLine(add([]))).toBe('0 passed, 0 failed');
  const counts = [
    { passed: 1, failed: 0 },
    { passed: 40, failed: 2 },
  ];
  expect(summaryLine(add(counts))).toBe('41 passed, 2 failed');
});

import { expect, test } from 'vitest';
import { createPrograms, type Programs } from './programs.ts';

const node = (programs: Programs, script: string, env: NodeJS.ProcessEnv = {}) => {
  let written = '';
  const take = (text: string): void => {
    written += text;
  };
  const ended = programs.run({ command: process.execPath, args: ['--eval', script], cwd: '/', env, take });
  return { ended, written: () => written };
};
const waiting = `process.on('SIGTERM', () => { console.log('asked'); process.exit(0) }); setTimeout(() => 0, 20_000); console.log('up')`;

test('a program is run to its end, with what it is given, and what it writes is handed over', async () => {
  const { ended, written } = node(createPrograms(), 'console.log(process.env.GIVEN); process.exit(3)', {
    GIVEN: 'this',
  });
  expect(await ended).toBe(3);
  expect(written()).toBe('this\n');
});

test('a program that there is not, or that is killed, ends with 1', async () => {
  const programs = createPrograms();
  expect(await programs.run({ command: '/no/such/program', args: [], cwd: '/', take: () => undefined })).toBe(1);
  expect(await node(programs, `process.kill(process.pid, 'SIGKILL')`).ended).toBe(1);
});

test('all end together, and nobody is told how; no other begins', async () => {
  const programs = createPrograms();
  const both = [node(programs, waiting), node(programs, waiting)];
  await expect.poll(() => both.map(({ written }) => written()), { timeout: 8_000 }).toEqual(['up\n', 'up\n']);
  let told = false;
  for (const { ended } of both) void ended.then(() => (told = true));
  await programs.end('SIGTERM');
  expect(both.map(({ written }) => written())).toEqual(['up\nasked\n', 'up\nasked\n']);
  const late = node(programs, 'console.log(1)');
  void late.ended.then(() => (told = true));
  // As long as a program would take to begin.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect([told, late.written()]).toEqual([false, '']);
});

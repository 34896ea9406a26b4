export { exitCodes } from './exit-codes.ts';
export type { Console } from './output/console.ts';
export { runProgram } from './program.ts';

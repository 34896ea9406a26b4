import { type HttpProblem, refusalProblem } from '@vienuviet/http';
import { type RefusalCode, refusals } from './errors.ts';

/** A refusal of the closed list, for a route to throw. */
export const refused = (code: RefusalCode, message: string): HttpProblem =>
  refusalProblem({ code, message }, refusals[code]);

import { placeOfRole, type Role, type Scope } from '@vienuviet/http';
import { policies, type Rule } from './policies.ts';
import { asksForSecondFactor } from './second-factor.ts';

const columns = Object.keys(placeOfRole) as Role[];

const words: Readonly<Record<(typeof placeOfRole)[Role], string>> = {
  centre: 'own centre',
  holder: 'own holder',
  subject: 'own',
  everywhere: 'all',
};

/** What a role of a rule sees: everything where the rule or the role has no bounds, otherwise its own place. */
function cell({ roles, scope }: Rule, role: Role): string {
  if (!roles.includes(role)) return '';
  const limited: Scope[] = ['own_centre', 'own_holder', 'own_centre_or_holder', 'own_subject'];
  return limited.includes(scope) ? words[placeOfRole[role]] : 'all';
}

/** What it lets somebody do, and how they must have signed in for it. */
const says = ({ says: text, stepUp }: Rule): string =>
  stepUp === undefined ? text : `${text} (signed in within ${stepUp.maxAgeSeconds} s as \`${stepUp.acr}\`)`;

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The page `docs/access.md`, made of the table; a test finds any drift. */
export function accessPage(): string {
  const rules: Rule[] = Object.values(policies);
  return [
    '# Who may do what',
    '',
    'Written by `packages/policies/src/write-page.ts` from the table in `policies.ts`; edit that.',
    '',
    'Every route takes its policy from this table. A caller acts with every grant that fits; what lies outside (another centre, holder or person) answers 404 as if it were not there, by the same statements, and the attempt is logged. “Purpose” marks what states why a person’s case is read, in the header `Purpose`.',
    '',
    row(['', ...columns.map((role) => role.replaceAll('_', ' ')), 'purpose']),
    row(['---', ...columns.map(() => ':-:'), ':-:']),
    row(['Sign in with a second factor', ...columns.map((role) => (asksForSecondFactor[role] ? 'must' : '')), '']),
    ...rules.map((rule) => row([says(rule), ...columns.map((role) => cell(rule, role)), rule.purpose ? 'yes' : ''])),
    '',
  ].join('\n');
}

export { accessPage } from './access-page.ts';
export { type PolicyName, policies, type Rule } from './policies.ts';
export { asksForSecondFactor, needsSecondFactor } from './second-factor.ts';

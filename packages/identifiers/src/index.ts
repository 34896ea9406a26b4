/** Who somebody is on paper: personal codes, registration numbers and the actors of the national platform. */
export { type Actor, type Institution, readActor, revealActor } from './actor.ts';
export { type PersonalCode, personalCodeOf, readPersonalCode } from './personal-code.ts';
export {
  IdentifierError,
  identifierOf,
  type Reading,
  type RefusalCode,
  refusals,
  type WarningCode,
  warnings,
} from './refusals.ts';
export {
  isOfPublicBody,
  isRegistrationNumber,
  type RegistrationNumber,
  readRegistrationNumber,
} from './registration-number.ts';

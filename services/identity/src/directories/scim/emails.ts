import { scimError } from './errors.ts';
import type { Comparison } from './filter.ts';
import { fieldOf, isObject, type Operation, textOf, truthOf } from './operations.ts';

export type Email = Readonly<Record<string, unknown>>;

const most = 20;

/** The addresses of a person: value, type, and which is the first one. */
export function readEmails(value: unknown): Email[] {
  if (value === undefined || value === null) return [];
  const list = Array.isArray(value) ? value : [value];
  if (list.length > most) throw scimError('invalidValue', `emails has more than ${most} values.`);
  return list.flatMap((one: unknown) => {
    if (!isObject(one)) throw scimError('invalidValue', 'A value of emails is not an object.');
    const email = emailOf(one);
    return email['value'] === undefined ? [] : [email];
  });
}

function emailOf(given: Record<string, unknown>): Email {
  const [value, type, primary] = ['value', 'type', 'primary'].map((name) => fieldOf(given, name));
  const [address, kind] = [textOf(value, 'emails.value'), textOf(type, 'emails.type')];
  return {
    ...(address === null ? {} : { value: address }),
    ...(kind === null ? {} : { type: kind }),
    ...(primary === undefined || primary === null ? {} : { primary: truthOf(primary, 'emails.primary') }),
  };
}

/** The addresses after an operation. `emails[type eq "work"].value` makes one of that type where there is none. */
export function changedEmails(before: readonly Email[], { op, path, value }: Operation): readonly Email[] {
  const { filter, sub } = path;
  const isMeant = (email: Email): boolean => filter.every((one) => fits(email, one));
  if (op === 'remove') {
    if (sub !== undefined) return kept(before.map((email) => (isMeant(email) ? without(email, sub) : email)));
    if (filter.length > 0) return before.filter((email) => !isMeant(email));
    const named = value === undefined || value === null ? undefined : readEmails(value).map((email) => email['value']);
    return named === undefined ? [] : before.filter((email) => !named.includes(email['value']));
  }
  if (filter.length === 0 && sub === undefined) {
    const given = readEmails(value);
    if (op === 'replace') return given;
    const values = given.map((email) => email['value']);
    return bounded([...before.filter((email) => !values.includes(email['value'])), ...given]);
  }
  const part = sub === undefined ? value : { [sub]: value };
  if (!isObject(part)) throw scimError('invalidValue', 'A value of emails is not an object.');
  if (before.some(isMeant)) {
    return kept(before.map((email) => (isMeant(email) ? { ...email, ...emailOf(part) } : email)));
  }
  const made = emailOf({ ...Object.fromEntries(filter.map((one) => [one.attribute, one.value])), ...part });
  return bounded(kept([...before, made]));
}

const fits = (email: Email, { attribute, value }: Comparison): boolean => {
  const found = fieldOf(email, attribute);
  return typeof value === 'string' ? String(found).toLowerCase() === value.toLowerCase() : (found ?? false) === value;
};

const without = (email: Email, sub: string): Email =>
  Object.fromEntries(Object.entries(email).filter(([name]) => name.toLowerCase() !== sub.toLowerCase()));

/** An address without a value is none. */
const kept = (emails: readonly Email[]): Email[] => emails.filter((email) => email['value'] !== undefined);

function bounded(emails: readonly Email[]): readonly Email[] {
  if (emails.length > most) throw scimError('invalidValue', `emails has more than ${most} values.`);
  return emails;
}

import { databaseNames } from '@vienuviet/database';

/** Roles that the schema of a projection is granted to. */
export const rolesOf = (service: string): { writer: string; reader: string } => {
  const { writer, reader } = databaseNames(service);
  return { writer, reader };
};

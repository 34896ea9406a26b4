import { describe } from 'vitest';
import { memoryGroup, memorySource, memoryUser } from '../tests/memory-source.ts';
import { directorySourceContract } from './source-contract.ts';

describe('a directory in memory, as tests use it', () => {
  const source = memorySource();
  directorySourceContract(() => ({
    source,
    addPerson: async (name, { displayName = null, email = null, inactive = false } = {}) => {
      source.users.push(memoryUser(name, { displayName, email, active: !inactive }));
      return `uid=${name}`;
    },
    addGroup: async (displayName, members) => {
      source.groups.push(memoryGroup(displayName, members));
    },
    removePerson: async (name) => {
      source.users = source.users.filter(({ userName }) => userName !== name);
    },
    breakOff: async () => {
      source.failing = 'within_users';
    },
    away: async () => {
      source.failing = 'away';
    },
    mend: async () => {
      source.failing = undefined;
    },
  }));
});

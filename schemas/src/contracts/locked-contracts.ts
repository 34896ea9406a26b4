import { ContractError } from '../errors.ts';
import { type Contracts, readContracts } from './contracts.ts';
import { giveIds } from './give-ids.ts';

/**
 * The contracts of a folder, every file being the one that got its id. Throws `ContractError` when one was changed or
 * taken away since: a service that wrote with it would put other bytes under an id that readers know.
 */
export function readLockedContracts(folder: string): Contracts {
  const contracts = readContracts(folder);
  const { refusals } = giveIds(contracts);
  if (refusals.length > 0) throw new ContractError(refusals.join('\n'));
  return contracts;
}

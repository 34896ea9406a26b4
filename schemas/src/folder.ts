import { fileURLToPath } from 'node:url';

/** The folder of the committed contracts. */
export const schemasFolder = fileURLToPath(new URL('..', import.meta.url));

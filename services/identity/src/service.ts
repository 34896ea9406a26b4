import { defineStatelessService } from '@vienuviet/service';
import { keyRoutes } from './keys/routes.ts';
import { loadSigningKey } from './keys/signing-key.ts';
import { refuseBeyondThisMachine } from './local-only.ts';
import { loadDirectory } from './people/directory.ts';
import { peopleRoutes } from './people/routes.ts';
import { tokenRoutes } from './tokens/routes.ts';

/** A small local issuer of sample people; the full provider takes its place behind the same keys and claims. */
export const identity = defineStatelessService({
  name: 'identity',
  title: 'Identity',
  description: 'Tokens for sample people on one machine. It is no login: whoever asks gets a token.',
  environment: ['NODE_ENV', 'SIGNING_KEY_FILE', 'PEOPLE_FILES'],
  routes:
    ({ config, log, clock }) =>
    async (app) => {
      refuseBeyondThisMachine({ host: config.host, environment: config.own['NODE_ENV'] ?? '' });
      const key = await loadSigningKey(config.own['SIGNING_KEY_FILE'] ?? '');
      const directory = await loadDirectory((config.own['PEOPLE_FILES'] ?? '').split(',').filter(Boolean));
      keyRoutes(app, { issuer: config.issuer, key });
      peopleRoutes(app, directory);
      tokenRoutes(app, { issuer: config.issuer, key, directory, clock });
      log.info({ people: directory.size }, 'issuing tokens for sample people');
    },
});

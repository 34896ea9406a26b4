import type { App } from '@vienuviet/http';
import { speakConfluent } from '../confluent-json.ts';
import type { Registry } from '../registry.ts';
import { compatibilityRoutes } from './compatibility.ts';
import { schemaRoutes } from './schemas.ts';
import { settingRoutes } from './settings.ts';
import { subjectRoutes } from './subjects.ts';

/** All routes of the registry, in a plugin of their own: its manners stay with them. */
export const registryRoutes = (registry: Registry) => async (app: App) => {
  speakConfluent(app);
  schemaRoutes(app, registry);
  subjectRoutes(app, registry);
  compatibilityRoutes(app, registry);
  settingRoutes(app, registry);
};

import type { EventStore } from '@vienuviet/event-store';
import type { App } from '@vienuviet/http';
import type { Privacy } from '@vienuviet/privacy';
import type { RunningBus } from '../bus.ts';
import { addKeyRoutes } from './key-routes.ts';
import { addParkedRoutes } from './parked-routes.ts';
import { addProjectionRoutes } from './projection-routes.ts';

/** The routes that every service with a store has for its operators. */
export function addOperatorRoutes(
  app: App,
  parts: { readonly bus: RunningBus; readonly store: EventStore; readonly privacy: Privacy | undefined },
): void {
  addProjectionRoutes(app, parts.bus);
  addParkedRoutes(app, parts.bus, parts.store.codec);
  if (parts.privacy !== undefined) addKeyRoutes(app, parts.privacy);
}

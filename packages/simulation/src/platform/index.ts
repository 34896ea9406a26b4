/** Talking to a running copy. Apart from the rest of the package, since every operators’ command loads it. */
export {
  addressesOf,
  type Endpoints,
  readEndpoints,
  type ServiceName,
  servicesOf,
  servicesWithStore,
} from './endpoints.ts';
export { PlatformError, type PlatformErrorCode, type Problem } from './errors.ts';
export { acceptedBody, type HttpAnswer, type HttpRequest, problemOf, wordsOf } from './http-client.ts';
export { connectPlatform, type Platform, type PlatformSettings } from './platform.ts';
export { tokenByName } from './tokens-by-name.ts';

/** Where people sign in at the issuer, and as which application the OpenAPI pages come to it. */
export const signInPaths = { authorization: '/oidc/auth', token: '/oidc/token' } as const;

/** Client id of the OpenAPI pages of all services: public, with PKCE. */
export const openApiClient = 'openapi';

/** Where the OpenAPI pages are, and where a sign-in returns to them. */
export const openApiPages = '/docs';
export const openApiRedirect = `${openApiPages}/static/oauth2-redirect.html`;

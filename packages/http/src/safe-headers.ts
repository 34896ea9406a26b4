/**
 * Set on every answer; a route that shows a page widens its own policy of contents. Browsers heed the first one over
 * TLS only, which the ingress speaks: on this machine it changes nothing.
 */
export const safeHeaders = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
} as const;

/** The one thing that tokens are for (RFC 8707); a request may name it and need not. */
export const resource = 'urn:vienuviet:api';

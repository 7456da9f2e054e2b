/** How a signed assertion, our own or another's token, is named in a token request (RFC 7523, section 2.2). */
export const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

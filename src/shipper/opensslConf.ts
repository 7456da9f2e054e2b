/** How Vector is kept to TLS 1.2: it has no setting for that, and its OpenSSL reads a file. */

/** That file, which `vector/openssl.cnf` is, too. */
export const OPENSSL_CONF =
  `# Holds whoever reads it to TLS 1.2: OPENSSL_CONF=/etc/graphtap/openssl.cnf vector …
# Under TLS 1.3 a server judges the client certificate when the client's handshake is over. Vector has written lines by
# then, and counts them as delivered, to a server that refuses it. Under 1.2 it notices before, and they wait.
openssl_conf = graphtap

[graphtap]
ssl_conf = tls

[tls]
system_default = versions

[versions]
MaxProtocol = TLSv1.2
`;

/** For the head of a configuration of Vector. */
export const OPENSSL_CONF_NOTE = `Start Vector with OPENSSL_CONF=FILE in its environment, a file that holds:
${OPENSSL_CONF.trimEnd().replace(/^(?=.)/gm, "  ")}`;

/** What a shipper gets of our environment: nothing of ours, and no secret that a configuration takes from there. */

/** Where programs, libraries and certificates lie, what the proxies are, and the shippers' own log levels. */
const NAMES: readonly string[] = [
  ...["PATH", "HOME", "USER", "LOGNAME", "HOSTNAME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH"],
  ...["OPENSSL_CONF", "SSL_CERT_FILE", "SSL_CERT_DIR", "VECTOR_LOG", "VECTOR_THREADS"],
  ...["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy"],
];

/** The variables of these names that are set. */
export function shipperEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(NAMES.flatMap((name) => env[name] === undefined ? [] : [[name, env[name]]]));
}

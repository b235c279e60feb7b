/** Explains TLS errors of a connection to PostgreSQL: which setting is concerned, and the hint. */

/** The server's TLS does not match DATABASE_URL. Worth a retry once a person has changed one of them. */
export class TlsFailure extends Error {
  override readonly name = 'TlsFailure';
}

const UNTRUSTED = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
]);

const NO_TLS = /server does not support SSL connections/i;
/** The server's message, caused by pg_hba.conf. */
const WANTS_TLS = /pg_hba\.conf .*(no encryption|SSL off)/i;
const WANTS_CERTIFICATE = /valid client certificate|certificate authentication failed|certificate required/i;

/** The same error, or one with instructions when TLS is the reason. */
export function explainTls(error: Error): Error {
  const message = messageOf(error);
  return message === undefined ? error : new TlsFailure(message, { cause: error });
}

function messageOf(error: Error & { code?: unknown; reason?: string }): string | undefined {
  // OpenSSL's own reason; its message also has source lines. Names of certificates are in the message.
  const { code, message: whole, reason } = error;
  const message = String(code).startsWith('ERR_SSL_') ? (reason ?? whole) : whole;
  if (NO_TLS.test(message))
    return 'the database server has no TLS, and DATABASE_URL asks for it (sslmode): switch it on there (ssl = on), or write sslmode=disable where nobody can listen';
  if (WANTS_TLS.test(message))
    return `the database server wants TLS, or does not know this machine (${message}): write sslmode=verify-full to DATABASE_URL`;
  if (WANTS_CERTIFICATE.test(message))
    return `the database server wants a client certificate (${message}): write sslcert and sslkey to DATABASE_URL`;
  if (typeof code !== 'string') return undefined;
  if (UNTRUSTED.has(code))
    return `the certificate of the database server is not from a CA that is trusted here (${message}): write sslrootcert=<PEM file of its CA> to DATABASE_URL`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate of the database server is for another name (${message}): write the host in DATABASE_URL as the certificate has it`;
  if (code.startsWith('CERT_'))
    return `the certificate of the database server is not valid (${message}): renew it, or set this machine's clock`;
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_OSSL_'))
    return `no TLS with the database server (${message}): look at sslmode, sslrootcert, sslcert and sslkey in DATABASE_URL`;
  return undefined;
}

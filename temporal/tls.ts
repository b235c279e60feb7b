/**
 * Finds out why a Temporal server cannot be reached: the SDK hides the reason of a failed handshake, so the handshake is
 * repeated by hand. Names the setting to check.
 */
import { connect as connectPlain } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { ClientConnectConfig } from '@temporalio/envconfig';

export type TemporalTarget = ClientConnectConfig & {
  readonly address: string;
  /** Reads the current key, which may be renewed; replaces the one in the connection's options. */
  readonly apiKey?: () => string;
  /** Path of a module with payload codecs. */
  readonly codecs?: string | undefined;
};

const PATIENCE_MS = 3_000;
/** What `Connection` and `NativeConnection` take: true, or the parts. */
type Tls = Exclude<NonNullable<TemporalTarget['connectionOptions']['tls']>, boolean>;

/** One sentence with the hint, for a connection that has failed with `error`. */
export async function whyUnreachable(target: TemporalTarget, error: unknown): Promise<string> {
  const { address, connectionOptions } = target;
  const { tls } = connectionOptions;
  const reason = error instanceof Error ? error.message : String(error);
  const found = tls ? await tlsFault(address, tls === true ? {} : tls) : await plainFault(address);
  return (
    found ??
    `no Temporal server answers at ${address} (${reason}). Start one with "npm start", or set TEMPORAL_ADDRESS`
  );
}

/** Tries TLS on a connection configured without it: a handshake that gets anywhere means that the server wants TLS. */
async function plainFault(address: string): Promise<string | undefined> {
  const result = await handshake(address, {});
  if (!result.reached || result.code === 'EPROTO' || result.code?.startsWith('ERR_SSL_')) return undefined;
  if (result.code === 'ECONNRESET') return undefined;
  return `the Temporal server at ${address} wants TLS: set TEMPORAL_TLS=true, and TEMPORAL_TLS_SERVER_CA_CERT_PATH where its CA is your own`;
}

async function tlsFault(address: string, tls: Tls): Promise<string | undefined> {
  const result = await handshake(address, tls);
  if (!result.reached || result.reason === undefined) return undefined;
  const { code = '', reason } = result;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate of the Temporal server at ${address} is for another name (${reason}): set TEMPORAL_TLS_SERVER_NAME to the name in it`;
  if (/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE|UNKNOWN_CA/i.test(code))
    return `the Temporal server at ${address} does not accept our client certificate, or wants one (${reason}): set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH`;
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|^ECONNRESET$|^EPROTO$/.test(code))
    return `the Temporal server at ${address} has no TLS (${reason}), and TEMPORAL_TLS or TEMPORAL_API_KEY asks for it: switch it on there, or set TEMPORAL_TLS=false where nobody can listen`;
  if (/^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/.test(code))
    return `the certificate of the Temporal server at ${address} is not valid (${reason}): renew it, or set this machine's clock`;
  return `the certificate of the Temporal server at ${address} is not from a CA that is trusted here (${reason}): set TEMPORAL_TLS_SERVER_CA_CERT_PATH to the PEM file of its CA`;
}

/** With TLS 1.3 the server rejects a client certificate after the client's handshake; if it accepts it, it sends data. */
const REFUSED = { code: 'CERTIFICATE_REQUIRED', reason: 'it hung up after the handshake' };

interface Handshake {
  /** Whether the TCP connection was established. */
  readonly reached: boolean;
  readonly code?: string | undefined;
  /** Undefined: the handshake was done. */
  readonly reason?: string | undefined;
}

async function handshake(address: string, tls: Tls): Promise<Handshake> {
  const { hostname, port } = new URL(`tcp://${address}`);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const where = { host, port: Number(port || 7233) };
  const { serverNameOverride, serverRootCACertificate: ca, clientCertPair: pair } = tls;
  const servername = serverNameOverride ?? host;
  return await new Promise((resolve) => {
    let reached = false;
    const end = (result: Omit<Handshake, 'reached'>) => {
      socket.destroy();
      resolve({ reached, ...result });
    };
    const plain = connectPlain(where, () => {
      reached = true;
    }).on('error', failed);
    let socket: TLSSocket;
    try {
      socket = connectTls({
        socket: plain,
        servername: /^[\d.]+$|:/.test(servername) ? '' : servername,
        host: servername,
        ALPNProtocols: ['h2'],
        ...(ca ? { ca: Buffer.from(ca) } : {}),
        ...(pair ? { cert: Buffer.from(pair.crt), key: Buffer.from(pair.key) } : {}),
      });
    } catch (error) {
      plain.destroy();
      return failed(error as NodeJS.ErrnoException);
    }
    socket.setTimeout(PATIENCE_MS, () => end({}));
    let done = false;
    socket.once('secureConnect', () => {
      done = true;
    });
    socket.once('error', (error) => (done ? end(REFUSED) : failed(error)));
    socket.once('data', () => end({}));
    socket.once('close', () => end(done ? REFUSED : { code: 'ECONNRESET', reason: 'it hung up' }));

    function failed({ code, message, reason }: NodeJS.ErrnoException & { reason?: string }): void {
      plain.destroy();
      // OpenSSL's short reason; the message contains source lines too.
      resolve({ reached, code, reason: reason ?? message });
    }
  });
}

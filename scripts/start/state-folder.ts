/**
 * Where local mode keeps its files, and as whom PostgreSQL runs. PostgreSQL refuses to run as root, so root lends it an
 * unprivileged account; what that account cannot reach inside the clone lives under /var/lib/tidemark instead.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type Report, runCommand, tryCommand } from './machine/run-command.ts';

/** An account of this machine. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

export interface Place {
  /** Our own files: the Temporal database, logs, what was started. */
  readonly stateDir: string;
  /** The toolchain and the data of PostgreSQL: reachable for `account`. */
  readonly serverDir: string;
  /** As whom PostgreSQL runs; undefined: as ourselves. */
  readonly account?: Account;
}

interface PlaceOptions {
  /** Instead of `<root>/.tidemark`. */
  readonly stateDir?: string | undefined;
  readonly report: Report;
}

/** An account that Debian and others create for PostgreSQL, then one of our own. */
const EXISTING_ACCOUNT = 'postgres';
const OWN_ACCOUNT = 'tidemark';

/**
 * Finds the folders for the clone at `root` and makes them.
 * @throws Error when we are root and no account for PostgreSQL can be had.
 */
export async function placeForState(root: string, options: PlaceOptions): Promise<Place> {
  const stateDir = makeFolder(resolve(options.stateDir ?? join(root, '.tidemark')));
  if (process.getuid?.() !== 0) return { stateDir, serverDir: stateDir };
  const account =
    accountNamed(EXISTING_ACCOUNT) ?? accountNamed(OWN_ACCOUNT) ?? (await createAccount(options.report));
  if (await canEnter(account, stateDir)) return { stateDir, serverDir: stateDir, account };
  const serverDir = makeFolder(join('/var/lib/tidemark', folderName(stateDir)));
  if (await canEnter(account, serverDir)) return { stateDir, serverDir, account };
  throw new Error(
    `PostgreSQL cannot run as root, and the account "${account.name}" may enter neither ${stateDir} nor ${serverDir}. ` +
      'Open one of them to it (chmod o+x on each folder above), or start Tidemark as an ordinary user.',
  );
}

/** A name that is stable between starts and differs between clones. */
function folderName(stateDir: string): string {
  const hash = createHash('sha256').update(stateDir).digest('hex').slice(0, 8);
  const clone = basename(resolve(stateDir, '..')).replace(/[^A-Za-z0-9._-]/g, '-');
  return `${clone || 'root'}-${hash}`;
}

/** Makes a folder with mode 755 even under a strict umask: the account of PostgreSQL has to pass through. */
export function makeFolder(path: string): string {
  const before = process.umask(0o022);
  try {
    mkdirSync(path, { recursive: true });
  } finally {
    process.umask(before);
  }
  return realpathSync(path);
}

/** Tested by trying: access lists, mount options and id mappings matter as much as the mode. */
async function canEnter(account: Account, folder: string): Promise<boolean> {
  return (await tryCommand(['test', '-x', folder], { account, cwd: '/' })) !== undefined;
}

function accountNamed(name: string): Account | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid), name } : undefined;
}

async function createAccount(report: Report): Promise<Account> {
  report(`PostgreSQL does not run as root: creating the system account "${OWN_ACCOUNT}" for it.`);
  const useradd = ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin'];
  await runCommand([...useradd, OWN_ACCOUNT]);
  const account = accountNamed(OWN_ACCOUNT);
  if (!account)
    throw new Error(`The account "${OWN_ACCOUNT}" was created, but /etc/passwd does not have it.`);
  return account;
}

/** Writes the note, readable for us alone: it has a password. Returns what takes it away again. */
export function rememberRunning(
  stateDir: string,
  settings: Readonly<Record<string, string>>,
): () => Promise<void> {
  const file = join(stateDir, 'running.json');
  rmSync(file, { force: true });
  writeFileSync(file, `${JSON.stringify({ pid: process.pid, settings }, null, 2)}\n`, { mode: 0o600 });
  return async () => rmSync(file, { force: true });
}

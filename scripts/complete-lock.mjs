/**
 * Run after every `npm install` that changes packages: `node scripts/complete-lock.mjs`. Adds to package-lock.json the
 * optional packages of other platforms (each native package has one per platform), which npm leaves out where the
 * registry in use does not serve them; `npm ci` refuses a lock file without them. `--check` changes nothing and fails
 * when something is missing or a download address got in.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run.mjs';

const FILE = join(ROOT, 'package-lock.json');
const OS = /^(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32|wasi)$/;
const CPU = /^(arm|arm64|ia32|loong64|mips64el|ppc64|riscv64|s390x|wasm32|x64)$/;

/** The packages that entries of the lock file require by exact version and platform, but that are not in it. */
function missingPackages(packages) {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies)
      .filter(
        ([name]) => path && !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`],
      )
      .map(([name, version]) => ({ name, version, dev, ...platformOf(name) }))
      .filter(({ os, cpu, version }) => os && cpu && /^\d/.test(version)),
  );
}

/** As their names say: @esbuild/linux-arm64, @rolldown/binding-linux-x64-musl. */
function platformOf(name) {
  const parts = name.split('/').at(-1).split('-');
  const os = parts.find((part) => OS.test(part));
  const abi = os === 'linux' ? parts.at(-1) : '';
  const libc = abi.startsWith('musl') ? ['musl'] : abi.startsWith('gnu') ? ['glibc'] : undefined;
  return { os, cpu: parts.find((part) => CPU.test(part)), libc };
}

/** In npm's order of keys; without a checksum, which only the registry knows. */
function entryOf({ version, cpu, dev, libc, os }) {
  return { version, cpu: [cpu], ...(dev && { dev }), ...(libc && { libc }), optional: true, os: [os] };
}

function complete(lock, missing) {
  const { '': root, ...packages } = lock.packages;
  for (const one of missing) packages[`node_modules/${one.name}`] = entryOf(one);
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  return { ...lock, packages: { '': root, ...Object.fromEntries(sorted) } };
}

const text = readFileSync(FILE, 'utf8');
const lock = JSON.parse(text);
const missing = missingPackages(lock.packages);
const addresses = text.match(/"resolved": "http/g)?.length ?? 0;
if (addresses > 0) console.error(`package-lock.json holds ${addresses} download addresses; see .npmrc`);
if (!process.argv.includes('--check')) {
  writeFileSync(FILE, `${JSON.stringify(complete(lock, missing), null, 2)}\n`);
  console.log(`${missing.length} packages of other platforms added`);
} else if (missing.length > 0) {
  console.error(`package-lock.json lacks ${missing.length} packages, ${missing[0].name} among them`);
  console.error('hint: node scripts/complete-lock.mjs');
}
process.exitCode = addresses > 0 || (process.argv.includes('--check') && missing.length > 0) ? 1 : 0;

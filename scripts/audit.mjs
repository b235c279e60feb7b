/**
 * Checks package-lock.json, offline: does every production package have a licence on the list, are all install scripts on the reviewed
 * list, does every package have a checksum? The lists, with a reason each, are in audit-allowed.json. Argument: the folder to check, by
 * default this one.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run.mjs';

const folder = process.argv[2] ?? ROOT;
const LISTS = 'scripts/audit-allowed.json';
const read = (path) => JSON.parse(readFileSync(join(folder, path), 'utf8'));
const { licences, licencesReadByHand, installScripts } = read(LISTS);
const packages = Object.entries(read('package-lock.json').packages)
  .filter(([path]) => path)
  .map(([path, entry]) => ({ path, name: path.replace(/^.*node_modules\//, ''), ...entry }));
const inProduction = packages.filter(({ dev }) => !dev);

/** The licence a package states; binaries for other platforms are not installed and count as their dependent. */
function licenceOf({ path, name, license, optional }) {
  const file = `${path}/package.json`;
  const own = license ?? (existsSync(join(folder, file)) ? read(file).license : undefined);
  if (own || !optional) return own;
  const asks = packages.find(({ optionalDependencies = {} }) => name in optionalDependencies);
  return asks && licenceOf(asks);
}

/** `MIT`, `Apache-2.0 AND MIT`, `(MIT OR GPL-3.0)`: one allowed alternative is enough. Deeper nesting is left to a person. */
function isAllowed(licence) {
  const alternatives = licence.replace(/^\((.*)\)$/, '$1').split(' OR ');
  return alternatives.some((each) => each.split(' AND ').every((one) => Object.hasOwn(licences, one)));
}

function licenceFaults() {
  return inProduction
    .filter(({ name }) => !Object.hasOwn(licencesReadByHand, name))
    .map((entry) => [entry, licenceOf(entry) ?? 'not named'])
    .filter(([, licence]) => !isAllowed(licence))
    .map(
      ([{ name, version }, licence]) =>
        `${name}@${version}: its licence is ${licence}. Take another package, or read the licence and add it to ${LISTS}`,
    );
}

function installScriptFaults() {
  return packages
    .filter(({ name, hasInstallScript }) => hasInstallScript && !Object.hasOwn(installScripts, name))
    .map(
      ({ name, version }) =>
        `${name}@${version}: it runs a script when it is installed. Read the script and add a sentence to ${LISTS}, or take another package`,
    );
}

/** Without one, npm accepts whatever the registry sends. Binaries of other platforms have none (complete-lock.mjs). */
function checksumFaults() {
  return packages
    .filter(({ integrity, optional, link }) => !integrity && !optional && !link)
    .map(
      ({ name, version }) =>
        `${name}@${version}: package-lock.json has no checksum of it. Run "npm install" again`,
    );
}

/** A list entry that is no longer needed could admit another package unreviewed. */
function idleEntries() {
  const used = new Set([
    ...inProduction.flatMap((entry) => (licenceOf(entry) ?? '').split(/[()\s]+/)),
    ...packages.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name),
    ...inProduction.filter((entry) => !licenceOf(entry)).map(({ name }) => name),
  ]);
  const entries = [licences, licencesReadByHand, installScripts].flatMap(Object.keys);
  return entries
    .filter((entry) => !used.has(entry))
    .map((entry) => `${entry}: nothing needs it. Take it out of ${LISTS}`);
}

const faults = [...licenceFaults(), ...installScriptFaults(), ...checksumFaults(), ...idleEntries()];
for (const fault of faults) console.error(fault);
if (faults.length === 0)
  console.log(`${inProduction.length} packages in production, ${packages.length} in all`);
process.exitCode = faults.length === 0 ? 0 : 1;

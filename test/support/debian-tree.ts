/** Programs of the distribution, unpacked once into a folder of the toolchain. Nothing is installed. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../config/installation.ts';
import { openApt } from '../../scripts/start/machine/apt.ts';
import { unpack } from '../../scripts/start/postgres/timescaledb-build.ts';

/** @param withLibraries also the shared libraries that it needs, but for the C library. @returns the folder that the package is unpacked in. */
export async function debianTree(name: string, { withLibraries = false } = {}): Promise<string> {
  const toolchain = join(ROOT, '.tidemark', 'toolchain');
  const tree = join(toolchain, name);
  if (existsSync(tree)) return tree;
  mkdirSync(toolchain, { recursive: true });
  const unfinished = mkdtempSync(join(toolchain, `${name}-`));
  try {
    const apt = openApt(join(unfinished, 'apt'), join(toolchain, `${name}.log`));
    await apt.update();
    const libraries = withLibraries ? (await apt.closureOf([name])).filter(isLibrary) : [];
    const packages = await apt.download([name, ...libraries], join(unfinished, 'packages'));
    await unpack(packages, join(unfinished, 'tree'));
    renameSync(join(unfinished, 'tree'), tree);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return tree;
}

/** The machine's own C library is the one that its loader fits. */
function isLibrary(name: string): boolean {
  return /^(lib|zlib)/.test(name) && !/^lib(c6|c-bin|crypt1|gcc|.*-perl|perl)/.test(name);
}

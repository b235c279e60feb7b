/**
 * A C compiler, make, cmake and xz: the machine's when it has them all, else packages of them unpacked beside the
 * build and thrown away with it. A compiler and headers of different origin are never mixed.
 */
import { join } from 'node:path';
import { type BuildContext, unpack } from '../postgres/build-context.ts';
import { librariesOf } from '../postgres/postgres-tree.ts';
import { runCommand, tryCommand } from './run-command.ts';

export interface BuildTools {
  readonly variables: Readonly<Record<string, string>>;
  readonly cmakeOptions: readonly string[];
  /** What the C compiler gets on top of PostgreSQL's own flags. */
  readonly flags: readonly string[];
}

const TOOLS = ['gcc', 'libc6-dev', 'make', 'cmake', 'xz-utils'];
/** What the tools' packages depend on but a build does not use. */
const NOT_NEEDED =
  /^(perl.*|libperl.*|.*-perl|dpkg|tar|usrmerge|init-system-helpers|lib(asan|lsan|tsan|ubsan)\d+|procps)$/;
/** The C library and what is compiled and linked against; everything else are programs and their libraries. */
const IN_SYSROOT = /^(libc6|libc6-dev|linux-libc-dev|libcrypt\d*|libcrypt-dev|libgcc-s1)$/;

/** Finds or fetches the tools. */
export async function findBuildTools(context: BuildContext): Promise<BuildTools> {
  return (await machineTools(context)) ?? (await unpackedTools(context));
}

/** Tests the compiler by compiling and linking a program: gcc reports a version even without its headers. */
async function machineTools({ dir }: BuildContext): Promise<BuildTools | undefined> {
  const program = [
    'sh',
    '-c',
    'echo "#include <stdio.h>\nint main(void){return puts(\\"\\");}" | cc -x c - -o "$0"',
  ];
  const attempts = [
    [...program, join(dir, 'probe')],
    ['make', '--version'],
    ['cmake', '--version'],
    ['xz', '--version'],
  ];
  for (const attempt of attempts) {
    if ((await tryCommand(attempt)) === undefined) return undefined;
  }
  return { variables: {}, cmakeOptions: [], flags: [] };
}

async function unpackedTools({ apt, dir, report }: BuildContext): Promise<BuildTools> {
  const packages = (await apt.closureOf(TOOLS)).filter((name) => !NOT_NEEDED.test(name));
  report(`Downloading a compiler and cmake for the build (${packages.length} packages, removed afterwards).`);
  const sysroot = join(dir, 'sysroot');
  const tools = join(dir, 'tools');
  const isTarget = (name: string): boolean => IN_SYSROOT.test(name);
  const target = await apt.download(packages.filter(isTarget), join(dir, 'sysroot-packages'));
  const programs = await apt.download(
    packages.filter((name) => !isTarget(name)),
    join(dir, 'tool-packages'),
  );
  await unpack(target, sysroot);
  await unpack(programs, tools);
  // The archive's C library is split into /lib and /usr/lib; the loader scripts of the linker name both.
  const variables = { PATH: `${tools}/usr/bin:/usr/local/bin:/usr/bin:/bin`, ...librariesOf(tools) };
  await runCommand(['gcc', '--version'], { variables });
  return { variables, cmakeOptions: ['-DCMAKE_C_COMPILER=gcc'], flags: [`--sysroot=${sysroot}`] };
}

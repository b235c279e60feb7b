/** Helm and kubeconform, built once from their Go modules into the toolchain folder. Needs Go. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../config/installation.ts';
import { runCommand } from '../../../scripts/start/machine/run-command.ts';

const TOOLCHAIN = join(ROOT, '.tidemark', 'toolchain');
const PROGRAMS = {
  helm: 'helm.sh/helm/v3/cmd/helm@v3.22.0',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0',
};

/** The path of a program. @throws Error when there is no Go, or the module cannot be had. */
export async function kubernetesProgram(name: keyof typeof PROGRAMS): Promise<string> {
  const program = join(TOOLCHAIN, 'kubernetes', name);
  if (existsSync(program)) return program;
  await inUnfinished(async (folder, logFile) => {
    await runCommand(['go', 'install', PROGRAMS[name]], { logFile, variables: { GOBIN: folder } });
    mkdirSync(join(TOOLCHAIN, 'kubernetes'), { recursive: true });
    renameSync(join(folder, name), program);
  });
  return program;
}

/** The folder of a Go module's sources. @param module with its version: `k8s.io/api@v0.37.0`. */
export async function goModule(module: string): Promise<string> {
  const output = await inUnfinished((folder, logFile) =>
    runCommand(['go', 'mod', 'download', '-json', module], { logFile, cwd: folder }),
  );
  return (JSON.parse(output) as { Dir: string }).Dir;
}

async function inUnfinished<Result>(work: (folder: string, logFile: string) => Promise<Result>) {
  mkdirSync(TOOLCHAIN, { recursive: true });
  const folder = mkdtempSync(join(TOOLCHAIN, 'go-'));
  try {
    return await work(folder, join(TOOLCHAIN, 'kubernetes.log'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

import * as files from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { compiled, projectRoot } from '../stack/project-root.js';

/**
 * Bundles the compiled workflows for workers, unless the bundle is newer than all that goes into it.
 * Returns its path, for `workflowBundle: { codePath }` of a worker.
 */
export async function bundleWorkflows(): Promise<string> {
  const bundle = compiled('workflow-bundle.js');
  if (modified(bundle) > Math.max(...inputs().map(modified))) return bundle;
  const { code } = await bundleWorkflowCode({
    workflowsPath: compiled('workflows/index.js'),
    logger: new DefaultLogger('WARN'),
  });
  // Several processes may do this at once.
  const partial = `${bundle}.${process.pid}`;
  files.writeFileSync(partial, code);
  files.renameSync(partial, bundle);
  return bundle;
}

function inputs(): string[] {
  const own = ['workflows', 'domain'].flatMap((folder) =>
    files.readdirSync(compiled(folder)).map((name) => compiled(join(folder, name))),
  );
  return [...own, join(projectRoot, 'node_modules/@temporalio/workflow/package.json')];
}

function modified(path: string): number {
  return files.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleWorkflows();

import { rmSync } from 'node:fs';

export default async function tearDown() {
  const servers = globalThis.qinglanServers;
  await servers.stop();
  rmSync(servers.directory, { recursive: true });
}

// The process that a test kills: starts the servers in a directory, says their process ids, and waits.
import { startServers } from '../../dist/stack/stack.js';

const [directory] = process.argv.slice(2);
const { postgres, temporal } = await startServers({
  directory,
  namespace: 'parent',
  ui: true,
  durable: true,
});
console.log(JSON.stringify([postgres.pid, temporal.pid]));

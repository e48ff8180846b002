import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { startChild, waitUntilReady } from './child.mjs';
import { fetchWithMaven } from './tools.mjs';

const carried = {
  'linux-x64': 'redis-server-6.2.6-v5-linux-amd64',
  'linux-arm64': 'redis-server-6.2.7-linux-arm64',
  'darwin-x64': 'redis-server-6.2.6-v5-darwin-amd64',
  'darwin-arm64': 'redis-server-6.2.6-v5-darwin-arm64',
};

/** The system's redis-server, or else the binary that a Maven jar carries. */
export async function findRedis(cacheDir) {
  const system = await promisify(execFile)('redis-server', ['--version']).catch(() => undefined);
  if (system) return 'redis-server';
  const platform = `${process.platform}-${process.arch}`;
  const name = carried[platform];
  if (!name)
    throw new Error(`No Redis binary is known for ${platform}: install Redis 6.2 or newer, redis-server on PATH.`);
  const directory = await fetchWithMaven(path.join(cacheDir, 'redis-1.4.3'), (target) => [
    'dependency:unpack',
    '-Dartifact=com.github.codemonstur:embedded-redis:1.4.3',
    `-DoutputDirectory=${target}`,
  ]);
  const binary = path.join(directory, name);
  chmodSync(binary, 0o755);
  return binary;
}

export async function startRedis({ cacheDir, directory, port, keep = false }) {
  const binary = await findRedis(cacheDir);
  mkdirSync(directory, { recursive: true });
  const persistence = keep ? ['--appendonly', 'yes'] : ['--save', '', '--appendonly', 'no'];
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--daemonize', 'no', ...persistence];
  const child = startChild('redis', binary, args, { logFile: path.join(directory, 'redis.log') });
  await waitUntilReady(child, () => pong(port), 20_000);
  return { ...child, url: `redis://127.0.0.1:${port}` };
}

function pong(port) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(1000, () => socket.destroy(new Error('no answer to PING')));
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().startsWith('+PONG'));
    });
  });
}

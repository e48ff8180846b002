import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { startChild, waitUntilReady } from './child.mjs';
import { fetchWithMaven, requireJava } from './tools.mjs';

const pom = fileURLToPath(new URL('./kafka.pom.xml', import.meta.url));
// A throw-away broker starts faster with the small collector and the quick compiler.
const jvmFlags = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];

/** Downloads the broker's jars (43 MB, once). */
export async function fetchKafka(cacheDir) {
  return fetchWithMaven(path.join(cacheDir, 'kafka-4.3.1'), (directory) => [
    '-f',
    pom,
    'dependency:copy-dependencies',
    `-DoutputDirectory=${directory}`,
  ]);
}

/**
 * One KRaft node (broker and controller) on the given ports. Calling it again with the same `directory` and ports is a
 * restart with the data kept. `secure` is one more listener with TLS and SASL: its port, a PEM key and certificate of
 * localhost, and the user and password it lets in.
 */
export async function startKafka({ cacheDir, directory, port, controllerPort, secure }) {
  const java = await requireJava();
  const classPath = path.join(await fetchKafka(cacheDir), '*');
  mkdirSync(directory, { recursive: true });
  const logDir = path.join(directory, 'data');
  const config = path.join(directory, 'server.properties');
  writeFileSync(config, serverProperties({ logDir, port, controllerPort, secure }));
  if (!existsSync(path.join(logDir, 'meta.properties'))) await format(java, classPath, config);

  const logFile = path.join(directory, 'kafka.log');
  const child = startChild('kafka', java, [...jvmFlags, ...logFlags, '-cp', classPath, 'kafka.Kafka', config], {
    logFile,
  });
  await waitUntilReady(child, () => answers(`127.0.0.1:${port}`), 60_000);
  return { ...child, brokers: `127.0.0.1:${port}` };
}

const logFlags = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showDateTime=true'];

async function format(java, classPath, config) {
  const clusterId = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
  const args = [...jvmFlags, ...logFlags, '-cp', classPath, 'kafka.tools.StorageTool'];
  await promisify(execFile)(java, [...args, 'format', '--standalone', `--cluster-id=${clusterId}`, '-c', config]);
}

async function answers(broker) {
  const kafka = new Kafka({
    brokers: [broker],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1000,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length > 0;
  } finally {
    await admin.disconnect();
  }
}

/** A single node needs every replication factor at 1. Without the rebalance delay a group's first join takes 3 s longer; with
 * the usual session of 9 s a killed broker could not register again before that has passed. */
function serverProperties({ logDir, port, controllerPort, secure }) {
  const [listener, protocol] = secure ? [`,SECURE://localhost:${secure.port}`, ',SECURE:SASL_SSL'] : ['', ''];
  return `process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}${listener}
advertised.listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}${listener}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT${protocol}
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:${controllerPort}
log.dirs=${logDir.replaceAll('\\', '/')}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=4
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
${secure ? secureProperties(secure) : ''}`;
}

function secureProperties({ key, certificate, user, password }) {
  const folded = (pem) => pem.trim().replaceAll('\n', '\\n\\\n');
  const login = `org.apache.kafka.common.security.plain.PlainLoginModule required user_${user}="${password}";`;
  return `listener.name.secure.ssl.keystore.type=PEM
listener.name.secure.ssl.keystore.key=${folded(key)}
listener.name.secure.ssl.keystore.certificate.chain=${folded(certificate)}
listener.name.secure.sasl.enabled.mechanisms=PLAIN
listener.name.secure.plain.sasl.jaas.config=${login}
`;
}

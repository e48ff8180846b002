import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const install = `Install Java 17 or newer and Maven:
  Debian, Ubuntu   sudo apt-get install openjdk-17-jdk-headless maven
  Fedora           sudo dnf install java-17-openjdk-headless maven
  macOS            brew install openjdk@17 maven
  Windows          winget install EclipseAdoptium.Temurin.17.JDK, then Maven from https://maven.apache.org/download.cgi`;

/** The path of a Java 17+ launcher: JAVA_HOME first, then PATH. */
export async function requireJava() {
  const java = process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  const { stderr } = await run(java, ['-version']).catch(() => {
    throw new Error(`Java was not found, the local Kafka broker needs it. ${install}`);
  });
  const major = Number(/version "(?:1\.)?(\d+)/.exec(stderr)?.[1]);
  if (!(major >= 17)) throw new Error(`Java 17 or newer is needed, ${java} is ${stderr.split('\n')[0]}. ${install}`);
  return java;
}

/**
 * Fills `directory` once by a Maven goal. It is fetched beside and renamed, so an interrupted download is not mistaken
 * for a complete one, and of two scripts fetching at the same time the first wins.
 */
export async function fetchWithMaven(directory, goalFor) {
  if (existsSync(directory)) return directory;
  const partial = `${directory}.${process.pid}.partial`;
  mkdirSync(partial, { recursive: true });
  try {
    await maven(['-q', '-B', ...goalFor(partial)], partial);
    if (!existsSync(directory)) renameSync(partial, directory);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return directory;
}

// Without a project some goals leave a folder named `${project.basedir}` where they run.
async function maven(args, cwd) {
  try {
    await run('mvn', args, { cwd, shell: process.platform === 'win32', maxBuffer: 16 << 20 });
  } catch (error) {
    if (error.code === 'ENOENT') {
      throw new Error(`Maven was not found, it fetches Kafka and Redis. ${install}`, { cause: error });
    }
    throw new Error(`mvn ${args.join(' ')} failed:\n${error.stdout}${error.stderr}`, { cause: error });
  }
}

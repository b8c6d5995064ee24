// Runs a TypeScript entry with the project's own Node 24, whatever Node the machine has (20 or newer):
// installs the npm packages when they are absent or older than package-lock.json, then hands over; without an entry
// it only installs.
// Plain JavaScript, because the machine's Node may not read TypeScript.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname ?? '.', '../..');
const OLDEST_NODE = 20;
const OLDEST_NPM = 10;
const MARKER = path.join(ROOT, 'node_modules/.orrery-lock');

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

function majorOf(version) {
  return Number.parseInt(version, 10);
}

function checkTools() {
  if (majorOf(process.versions.node) < OLDEST_NODE) {
    fail(
      `Node ${process.versions.node} is too old: install Node ${OLDEST_NODE} or newer (the project brings its own Node 24 for the rest).`,
    );
  }
  const npm = spawnSync('npm', ['--version'], { encoding: 'utf8' });
  if (npm.status !== 0) fail('npm is not on the PATH: install it (it comes with Node).');
  const version = npm.stdout.trim();
  if (majorOf(version) < OLDEST_NPM) {
    fail(
      `npm ${version} is too old: run \`npm install --global npm@${OLDEST_NPM + 1}\` and start again.`,
    );
  }
}

function installPackages() {
  const lockFile = readFileSync(path.join(ROOT, 'package-lock.json'));
  const wanted = createHash('sha256').update(lockFile).digest('hex');
  if (existsSync(MARKER) && readFileSync(MARKER, 'utf8') === wanted) return;
  if (!matches(JSON.parse(lockFile.toString()))) {
    checkTools();
    console.error(
      'Installing npm packages (about a minute and 1 GB of disk; only when package-lock.json changed) …',
    );
    const begun = Date.now();
    const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: ROOT,
      stdio: 'inherit',
    });
    if (npm.status !== 0) fail('`npm ci` failed: see its message above, then start again.');
    console.error(`Installed npm packages (${((Date.now() - begun) / 1000).toFixed(1)} s).`);
  }
  writeFileSync(MARKER, wanted);
}

/** True when npm has installed just these versions by itself before, as npm notes beside the packages. */
function matches(lock) {
  const noted = path.join(ROOT, 'node_modules/.package-lock.json');
  if (!existsSync(noted)) return false;
  const installed = JSON.parse(readFileSync(noted, 'utf8')).packages;
  return Object.entries(lock.packages).every(
    ([name, { version, optional }]) =>
      name === '' || optional || installed[name]?.version === version,
  );
}

function projectNode() {
  const own = path.join(ROOT, 'node_modules/.bin/node');
  if (existsSync(own)) return own;
  if (majorOf(process.versions.node) >= 24) return process.execPath;
  return fail(
    'No Node 24 comes with the npm packages for this platform: install Node 24 and start again.',
  );
}

/** Hands the signals on and ends as the entry ended, so that Ctrl-C and exit codes mean what they say. */
function runEntry(entry, args) {
  const child = spawn(projectNode(), [entry, ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: environment(),
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function environment() {
  const bin = path.join(ROOT, 'node_modules/.bin');
  return { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` };
}

const [entry, ...args] = process.argv.slice(2);
installPackages();
if (entry !== undefined) runEntry(entry, args);

import { runCommand } from './command.ts';
import { findOnPath } from './find-on-path.ts';
import { LocalError } from './local-error.ts';

/** Who needs packages, and what its user can do where they cannot be installed. */
interface Need {
  readonly who: string;
  readonly remedy: string;
  readonly note: (text: string) => void;
}

/** Installs Debian packages with apt; throws a `LocalError` that says what to do instead. Nothing to do for an empty list. */
export async function installDebianPackages(
  packages: readonly string[],
  { who, remedy, note }: Need,
): Promise<void> {
  if (packages.length === 0) return;
  const names = packages.join(', ');
  if (findOnPath('apt-get') === undefined) {
    throw new LocalError(
      `${who} needs ${names} and there is no apt-get to install them: ${remedy}.`,
    );
  }
  note(`installing ${names} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '--yes', '--quiet', '--no-install-recommends', ...packages];
  try {
    await runCommand('apt-get', ['update', '--quiet'], { env });
    await runCommand('apt-get', install, { env, isWhole: true });
  } catch (cause) {
    throw new LocalError(
      `apt-get could not install ${names}: install them by hand and start again. It said: ${String(cause)}`,
      { cause },
    );
  }
}

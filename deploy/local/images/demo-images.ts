import { runCommand } from '../command.ts';
import { findOnPath } from '../find-on-path.ts';
import { LocalError } from '../local-error.ts';
import { buildImage, type Image } from './image.ts';
import type { ImageFile, ImageLayer } from './image-spec.ts';
import { programFiles } from './shared-libraries.ts';

/** What users' images may look like. */
export interface DemoImages {
  /** Busybox with `sh` and all its applets: what the hello task and most tests run in. */
  demo: Image;
  /** The same with a configuration: a user who is not root, a working directory, a variable, an entry point. */
  user: Image;
  /** One program and nothing else: no shell, no users, no directories, as images from `scratch` have it. */
  bare: Image;
}

/** The two users that programs look for. */
export const USERS: Record<string, ImageFile> = {
  '/etc/passwd': {
    content: 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
  },
  '/etc/group': { content: 'root:x:0:\nnobody:x:65534:\n' },
};

export async function buildDemoImages(): Promise<DemoImages> {
  const busybox = await programFiles('/bin/busybox', busyboxPath());
  const applets = (await runCommand(busyboxPath(), ['--list']))
    .split('\n')
    .filter((name) => name !== '' && name !== 'busybox');
  const demo: ImageLayer = {
    directories: { '/tmp': 0o1777, '/root': 0o700 },
    files: { ...USERS, ...busybox },
    links: Object.fromEntries(applets.map((name) => [`/bin/${name}`, 'busybox'])),
  };
  const home: ImageLayer = {
    directories: { '/home/worker': 0o777 },
    files: { '/home/worker/from-image': { content: 'image\n' } },
  };
  return {
    demo: buildImage({
      name: 'orrery.local/demo',
      tag: '1',
      layers: [demo],
      env: ['PATH=/bin'],
      command: ['sh'],
    }),
    user: buildImage({
      name: 'orrery.local/demo-user',
      tag: '1',
      layers: [demo, home],
      env: ['PATH=/bin', 'FROM_IMAGE=$(HOME) a=b'],
      entrypoint: ['false'],
      user: '1234:1234',
      workingDirectory: '/home/worker',
    }),
    bare: buildImage({
      name: 'orrery.local/demo-bare',
      tag: '1',
      layers: [{ files: await programFiles('/busybox', busyboxPath()) }],
      env: [],
      user: '65532',
    }),
  };
}

/** The program that the images of examples are made of. */
export function busyboxPath(): string {
  const busybox = findOnPath('busybox');
  if (busybox === undefined) {
    throw new LocalError(
      'busybox is not on the PATH, and the demo image is made of it: install it (Debian: busybox-static).',
    );
  }
  return busybox;
}

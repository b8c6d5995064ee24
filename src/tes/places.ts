/** Everything that lies at a path of a task, with the place in the document that says so. */
import { placeFault } from './paths.ts';
import { isPattern, parsePattern } from './patterns.ts';
import type { Draft } from './shape.ts';
import type { Executor, Input, Output, TaskDocument } from './task.ts';

/** Something at a path inside the task's containers. */
export interface Place {
  readonly pointer: string;
  readonly path: string;
  readonly type: 'FILE' | 'DIRECTORY';
  /** What an input file is made from, equal for the same bytes; absent for what the task itself makes. */
  readonly source?: string;
  /** A stream is opened where it is, also among the devices of the kernel. */
  readonly isStream?: true;
}

/** The places of inputs, volumes, outputs and streams whose paths can be used at all. */
export function placesOf(task: Draft<TaskDocument>): readonly Place[] {
  const named = [
    ...(task.inputs ?? []).map(placeInput),
    ...(task.volumes ?? []).map(placeVolume),
    ...(task.outputs ?? []).map(placeOutput),
    ...(task.executors ?? []).flatMap(placeStreams),
  ];
  return named.filter(
    (place) => place !== undefined && placeFault(place.path) === undefined,
  ) as readonly Place[];
}

function placeInput(input: Draft<Input> | undefined, index: number): Place | undefined {
  if (input?.path === undefined) return undefined;
  const place = { pointer: `/inputs/${index}/path`, path: input.path };
  if (input.type === 'DIRECTORY') return { ...place, type: 'DIRECTORY' };
  const source = input.content === undefined ? `url ${input.url ?? ''}` : `text ${input.content}`;
  return { ...place, type: 'FILE', source };
}

function placeVolume(path: string | undefined, index: number): Place | undefined {
  return path === undefined ? undefined : { pointer: `/volumes/${index}`, path, type: 'DIRECTORY' };
}

/** Of a pattern it is the directory where its matches are looked for. */
function placeOutput(output: Draft<Output> | undefined, index: number): Place | undefined {
  if (output?.path === undefined) return undefined;
  const { path } = output;
  const pointer = `/outputs/${index}/path`;
  return isPattern({ ...output, path })
    ? { pointer, path: parsePattern(path).base, type: 'DIRECTORY' }
    : { pointer, path, type: output.type ?? 'FILE' };
}

function placeStreams(executor: Draft<Executor> | undefined, index: number): Place[] {
  return (['stdin', 'stdout', 'stderr'] as const).flatMap((name) => {
    const path = executor?.[name];
    return path === undefined
      ? []
      : [
          {
            pointer: `/executors/${index}/${name}`,
            path,
            type: 'FILE' as const,
            isStream: true as const,
          },
        ];
  });
}

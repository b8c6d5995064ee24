/** The form of a case of the execution suite: one sentence that users rely on, and the task that proves it. */
import type { EndFacts } from '../../src/tes/end-verdict.ts';
import type { EndWay } from '../../src/tes/ends.ts';
import type { PodObservation } from '../../src/tes/observation.ts';
import type { FinalState } from '../../src/tes/state.ts';
import type { Task } from '../../src/tes/task.ts';
import type { System } from '../support/system.ts';

/** What a case may name in its document; each case has a folder of its own behind `file:` URLs. */
export interface Given {
  /** An image with busybox and no configuration of its own; its user is root. */
  readonly image: string;
  /** The `file:` URL of a name in the case's folder. */
  readonly url: (name: string) => string;
}

/** A submitted task, for what is done to it while it is under way. */
export interface Scene extends Given {
  readonly system: System;
  readonly id: string;
  /** The task's newest pod once it is as asked; throws when that does not come. */
  pod(
    isSo: (pod: PodObservation) => boolean,
    what: string,
    withinMs?: number,
  ): Promise<PodObservation>;
  /** Runs a script as root among all processes of the node, with the pod's uid in `$POD`. Throws when it fails. */
  onNode(script: string): Promise<void>;
}

/** A text, or what it must match. */
type Text = string | RegExp;

/** What must hold of the task beside its state. Lists go by executor, or by line; what is left out may be anything. */
export interface Expected {
  /** Of the last attempt: one for each executor that ran. */
  readonly exitCodes?: readonly number[];
  readonly stdout?: readonly Text[];
  readonly stderr?: readonly Text[];
  /** Each is found in a line of the last attempt's `system_logs`, in this order. */
  readonly systemLogs?: readonly RegExp[];
  /** The last line of the last attempt's `system_logs`: why the task ended as it did. */
  readonly reason?: RegExp;
  /** Uploaded files by their name in the case's folder; undefined means that there is none. */
  readonly files?: Readonly<Record<string, Text | undefined>>;
  /** How many attempts there were. */
  readonly attempts?: number;
  /** The sentence with which the document is refused, for the state `refused`. */
  readonly refusal?: RegExp;
}

/** One case. */
export interface ExecutionCase {
  /** What users can rely on, as one sentence: the title of the test and a line of docs/execution.md. */
  readonly sentence: string;
  readonly task: (given: Given) => object;
  /** How the task ends; `refused`: the document is answered with 400. */
  readonly state: FinalState | 'refused';
  readonly expected?: Expected;
  /** The way of ending, a row of the table in src/tes/ends.ts, that the case produces. */
  readonly proves?: EndWay;
  /** What the sentence of that row must tell here: numbers, images and nodes that the case knows. */
  readonly facts?: EndFacts;
  /** Settings that replace those of the suite; cases with the same ones share a server. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Files by name in the case's folder, written before the task is submitted. */
  readonly files?: Readonly<Record<string, string>>;
  /** What is done while the task is under way. */
  readonly during?: (scene: Scene) => Promise<void>;
  /** What `expected` cannot say. */
  readonly check?: (task: Task, scene: Scene) => Promise<void> | void;
  /** It harms other tasks of the node: it runs after all others, by itself. */
  readonly alone?: true;
  /** How long the task may take, if more than 150 s. */
  readonly withinSeconds?: number;
}

/** Cases that belong together: a heading of docs/execution.md. */
export interface Chapter {
  readonly title: string;
  /** A paragraph below the heading. */
  readonly intro: string;
  readonly cases: readonly ExecutionCase[];
}

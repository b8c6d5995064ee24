/**
 * Simulated nodes: KWOK (`sigs.k8s.io/kwok`, compiled once per user) plays kubelets in the private cluster, one
 * process a node, so that a node is lost, comes back and dies as a machine does. The server under test knows
 * nothing of it: it works in a namespace of its own, whose pods the cluster itself sends to the simulated nodes.
 *
 *     const nodes = await startSimulatedNodes({ kubeconfig, directory, nodes: 3 });
 *     // server: ORRERY_TASK_NAMESPACE=nodes.namespace (and kubeconfig), all else as for real pods
 *     // task:   { executors: [{ image: fateImage('run-2s', 'exit-7'), command: ['x'] }] }
 *     await nodes.lose('simulated-0');
 *     await nodes.stop();
 *
 * A pod's FATE is written in the tags of its executors' images, `orrery.local/fate:WORD.WORD…`, the one thing of a
 * task that reaches its pod untouched. Durations are `300ms` or `20s`. Words of one executor:
 *
 * | word | its container |
 * | --- | --- |
 * | `ok` | ends with 0 at once (a tag must not be empty) |
 * | `run-D` | runs for D first |
 * | `exit-N` | ends with N; later executors are skipped, as the shim does it |
 * | `ignored` | with `exit-N`: later executors run (the task says `ignore_error`) |
 * | `oom` | is OOM-killed as a whole, restarted by its kubelet, and its shim records that it was killed |
 * | `killed` | the same without the OOM: infrastructure trouble |
 * | `pull-D` | cannot be pulled (registry out of reach) for D, then goes on |
 * | `never-starts` | cannot be pulled, registry out of reach, for ever |
 * | `not-found` | cannot be pulled: no such image (bad task) |
 * | `evicted` | is evicted by its kubelet after `run-D` (Failed, Evicted, DisruptionTarget) |
 * | `deaf` | ignores SIGTERM: a deleted pod ends only with its grace period |
 *
 * Words of the whole pod, in the tag of the first executor: `inputs-D` and `outputs-D` (the stage takes that long),
 * `inputs-stuck` (never ends), `outputs-crash` (ends with 1 once, is restarted, then ends well), `lost-report`
 * (the log of `outputs` cannot be read; records come from termination messages), `lost-records` (neither).
 * `first-` before a word: only in a task's first attempt (`first-evicted.run-2s` fails once, then succeeds).
 *
 * The standard output of an executor is `stdoutOf(pod name, index)`: a line that names its pod.
 */

/** What `startSimulatedNodes` needs; the cluster must be the private one of `deploy/local`. */
export interface SimulatedNodesOptions {
  /** The administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** Where logs, stages and the certificate go; of this run alone. */
  readonly directory: string;
  /** How many nodes: `simulated-0`, `simulated-1`, … */
  readonly nodes: number;
  /**
   * How many pods fit on a node if each asks for the least (0.1 CPU and 0.2 GB). Default 1000. Pods go to the nodes
   * in turns of 1 % of that: give 100 where few tasks are to spread evenly.
   */
  readonly podsPerNode?: number;
  /** The namespace whose pods go there; made when absent. Default `orrery-simulated`. */
  readonly namespace?: string;
  readonly note?: (text: string) => void;
}

/** Running simulated nodes. All take the name of a node and throw for one that does not exist. */
export interface SimulatedNodes {
  /** The task namespace whose pods land on these nodes, and only there. */
  readonly namespace: string;
  readonly names: readonly string[];
  /**
   * The machine hangs (SIGSTOP): no heartbeat, no log, its pods stay as they are. The node is NotReady after 50 s
   * and Kubernetes marks its pods for deletion 300 s later, provided that fewer than 55 % of all nodes are lost.
   */
  lose(name: string): Promise<void>;
  /** The hanging machine goes on where it stopped (SIGCONT), or a deleted one is switched on: its Node has a new uid, pods of before are dead. */
  revive(name: string): Promise<void>;
  /** The machine is gone for good, and an administrator deletes its Node: all its pods are dead. */
  deleteNode(name: string): Promise<void>;
  /** An administrator vouches that the machine is off: taint `node.kubernetes.io/out-of-service`. Lose it first. */
  fence(name: string): Promise<void>;
  /** Takes that taint away. */
  unfence(name: string): Promise<void>;
  /** What the program of that node says (a file). */
  log(name: string): string;
  /** Ends the programs, deletes the Nodes; namespace and pods stay. */
  stop(): Promise<void>;
}

export { fateImage, type FateWord, stdoutOf } from './fate.ts';
export { startSimulatedNodes } from './simulated-nodes.ts';

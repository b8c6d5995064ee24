/**
 * The life of a pod on a simulated node, as KWOK plays it: each stage says which pods it concerns, how long to wait
 * (jq) and what the kubelet then reports (a Go template that writes the pod's status).
 */
import type { Stage } from './stage.ts';

/** Questions about a pod, in jq. Executor i is init container i, counted from 1: number 0 is `inputs`. */
const QUESTIONS = `
def fate($i):
  .metadata.labels["orrery.dev/attempt"] as $attempt
  | ".\\(.spec.initContainers[$i].image // "" | split(":") | last)."
  | if $attempt == "1" then gsub("[.]first-"; ".") else gsub("[.]first-[^.]*"; "") end;
def has($i; $word): fate($i) | contains(".\\($word).");
def milliseconds($i; $word):
  first((fate($i) | capture("[.]\\($word)-(?<count>[0-9]+)(?<unit>ms|s)[.]")), {count: "0", unit: "s"})
  | (.count | tonumber) * (if .unit == "s" then 1000 else 1 end);
def fails($i): fate($i) | test("[.](exit-[1-9][0-9]*|oom|killed)[.]") and (contains(".ignored.") | not);
def statuses: (.status.initContainerStatuses // []) + (.status.containerStatuses // []);
def turn: first(statuses | to_entries[] | select(.value.state.terminated == null));
def last: .spec.initContainers | length;
def after($start; $milliseconds):
  if $milliseconds < 1000 then "\\($milliseconds)ms"
  else ($start | fromdateiso8601) + ($milliseconds / 1000 | floor) | todate end;
`;

/** How long the container whose turn it is goes on. A skipped executor and a restarted container end at once. */
const TURN_LASTS = `${QUESTIONS}
turn as {key: $i, value: $status} | . as $pod
| if $status.restartCount > 0 then 0
  elif $i == 0 then milliseconds(1; "inputs")
  elif $i == last then milliseconds(1; "outputs")
  elif any(range(1; $i); . as $earlier | $pod | fails($earlier)) then 0
  else milliseconds($i; "run") end
| after($status.state.running.startedAt; .)`;

const PULL_LASTS = `${QUESTIONS}
(turn | .key) as $i | milliseconds($i; "pull") as $milliseconds
| after(statuses[$i - 1].state.terminated.finishedAt; $milliseconds)`;

/** A process that ignores SIGTERM is killed when the grace period ends, which is the time of the deletion. */
const DEATH_LASTS = `${QUESTIONS}
.metadata.deletionTimestamp as $end
| if (turn | .value.state.running != null and .key > 0) and has(turn | .key; "deaf") then $end else "0s" end`;

/** Which of the stages of a living pod is due. */
const DUE = `${QUESTIONS}
turn as {key: $i, value: $status}
| if $status.state.running then
    if $i == 0 and has(1; "inputs-stuck") then "none"
    elif $i > 0 and has($i; "evicted") then "evict"
    else "advance" end
  elif $status.state.waiting.reason == "ImagePullBackOff" and milliseconds($i; "pull") > 0 then "pulled"
  else "none" end`;

/** What all templates know: \`$statuses\` in the order of the containers, \`$fates\` beside them. */
const HEAD = `
{{- $now := Now -}}
{{- $pod := .metadata.name -}}
{{- $isFirst := eq (index .metadata.labels "orrery.dev/attempt") "1" -}}
{{- $fates := list -}}
{{- $waiting := list -}}
{{- range $i, $container := concat .spec.initContainers .spec.containers -}}
  {{- $fate := printf ".%s." (last (splitList ":" $container.image)) -}}
  {{- if $isFirst }}{{ $fate = replace ".first-" "." $fate }}{{ else }}{{ $fate = regexReplaceAll "[.]first-[^.]*" $fate "" }}{{ end -}}
  {{- $fates = append $fates $fate -}}
  {{- $waiting = append $waiting (dict "name" $container.name "image" $container.image "imageID" "" "ready" false "started" false "restartCount" 0 "state" (dict "waiting" (dict "reason" "PodInitializing"))) -}}
{{- end -}}
{{- $task := index $fates 1 -}}
{{- $last := len .spec.initContainers -}}
{{- $statuses := $waiting -}}
{{- if .status.containerStatuses }}{{ $statuses = concat .status.initContainerStatuses .status.containerStatuses }}{{ end -}}
{{- $running := dict "running" (dict "startedAt" $now) -}}
{{- $phase := .status.phase -}}
{{- $reason := "" -}}
{{- $disruption := "" -}}
{{- $next := list -}}
`;

/** Writes \`$next\` as the pod's status; the uid keeps it from a later pod of the same name. */
const TAIL = `
{{- $isReady := eq $phase "Running" -}}
{{- $isInitialized := has $phase (list "Running" "Succeeded") }}
metadata:
  uid: {{ .metadata.uid }}
status:
  phase: {{ $phase }}
  {{- if $reason }}
  reason: {{ $reason }}
  message: "The node was low on resource: memory. Threshold quantity: 100Mi, available: 52Mi."
  {{- end }}
  {{- if not .status.startTime }}
  startTime: {{ $now | Quote }}
  {{- end }}
  conditions:
  - {type: PodReadyToStartContainers, status: "True", lastTransitionTime: {{ $now | Quote }}}
  - {type: Initialized, status: {{ $isInitialized | toString | title | Quote }}, lastTransitionTime: {{ $now | Quote }}}
  - {type: Ready, status: {{ $isReady | toString | title | Quote }}, lastTransitionTime: {{ $now | Quote }}}
  - {type: ContainersReady, status: {{ $isReady | toString | title | Quote }}, lastTransitionTime: {{ $now | Quote }}}
  {{- if $disruption }}
  - {type: DisruptionTarget, status: "True", reason: {{ $disruption }}, message: {{ $reason }}, lastTransitionTime: {{ $now | Quote }}}
  {{- end }}
  initContainerStatuses:
  {{- range initial $next }}
  - {{ toJson . }}
  {{- end }}
  containerStatuses:
  - {{ toJson (last $next) }}
`;

const BEGIN = `
{{- range $i, $status := $statuses -}}
  {{- if eq $i 0 }}{{ $_ := set $status "state" $running }}{{ $_ := set $status "started" true }}{{ end -}}
  {{- $next = append $next $status -}}
{{- end -}}
`;

/** Ends the container whose turn it is, as its shim and its kubelet do it, and starts the next one. */
const ADVANCE = `
{{- $turn := -1 -}}
{{- $isStopped := false -}}
{{- range $i, $status := $statuses -}}
  {{- $fate := index $fates $i -}}
  {{- $isExecutor := and (gt $i 0) (lt $i $last) -}}
  {{- if and (ge $turn 0) (eq $i (add $turn 1 | int)) -}}
    {{- if and $isExecutor (regexMatch "[.](pull-[0-9]+m?s|never-starts|not-found)[.]" $fate) -}}
      {{- $why := "dial tcp 192.0.2.1:443: i/o timeout" -}}
      {{- if contains ".not-found." $fate }}{{ $why = "manifest unknown" }}{{ end -}}
      {{- $text := printf "Back-off pulling image \\"%s\\": ErrImagePull: failed to pull and unpack image \\"%s\\": %s" $status.image $status.image $why -}}
      {{- $_ := set $status "state" (dict "waiting" (dict "reason" "ImagePullBackOff" "message" $text)) -}}
    {{- else -}}
      {{- $_ := set $status "state" $running -}}{{- $_ := set $status "started" true -}}
      {{- if eq $i $last }}{{ $phase = "Running" }}{{ $_ := set $status "ready" true }}{{ end -}}
    {{- end -}}
  {{- else if and (lt $turn 0) (hasKey $status.state "running") -}}
    {{- $start := $status.state.running.startedAt -}}
    {{- $isAgain := ne (toString $status.restartCount) "0" -}}
    {{- $kill := "" -}}{{- $code := 137 -}}
    {{- if and $isExecutor (not $isStopped) (contains ".oom." $fate) }}{{ $kill = "OOMKilled" }}{{ end -}}
    {{- if and $isExecutor (not $isStopped) (contains ".killed." $fate) }}{{ $kill = "Error" }}{{ end -}}
    {{- if and (eq $i $last) (contains ".outputs-crash." $task) }}{{ $kill = "Error" }}{{ $code = 1 }}{{ end -}}
    {{- if and $kill (not $isAgain) -}}
      {{- $_ := set $status "lastState" (dict "terminated" (dict "exitCode" $code "reason" $kill "startedAt" $start "finishedAt" $now)) -}}
      {{- $_ := set $status "state" $running -}}{{- $_ := set $status "restartCount" 1 -}}
      {{- $turn = 1000 -}}
    {{- else -}}
      {{- $turn = $i -}}
      {{- $record := dict "startedAt" $start "endedAt" $now -}}
      {{- if $isExecutor -}}
        {{- $exit := regexFind "[.]exit-[0-9]+[.]" $fate | trimAll ".exit-" | default "0" | int -}}
        {{- if $isStopped }}{{ $_ := set $record "skipped" true }}
        {{- else if $kill }}{{ $_ := set $record "killed" true }}{{ $_ := set $record "startedAt" $status.lastState.terminated.startedAt }}
        {{- else }}{{ $_ := set $record "exitCode" $exit }}{{ end -}}
        {{- $_ := set $record "stdoutBytes" (ternary 0 (printf "executor %d of %s\\n" (sub $i 1) $pod | len) (hasKey $record "skipped")) -}}
        {{- $_ := set $record "stderrBytes" 0 -}}
      {{- else if eq $i 0 -}}
        {{- $_ := set $record "files" 0 -}}{{- $_ := set $record "bytes" 0 -}}
      {{- else -}}
        {{- $record = dict "report" (dict "length" 0 "sha256" "") "complete" true -}}
        {{- $phase = "Succeeded" -}}
      {{- end -}}
      {{- $message := toJson $record -}}
      {{- if contains ".lost-records." $task }}{{ $message = "" }}{{ end -}}
      {{- $_ := set $status "state" (dict "terminated" (dict "exitCode" 0 "reason" "Completed" "message" $message "startedAt" $start "finishedAt" $now)) -}}
      {{- $_ := set $status "ready" (lt $i $last) -}}{{- $_ := set $status "started" false -}}
    {{- end -}}
  {{- end -}}
  {{- if and $isExecutor (regexMatch "[.](exit-[1-9][0-9]*|oom|killed)[.]" $fate) (not (contains ".ignored." $fate)) }}{{ $isStopped = true }}{{ end -}}
  {{- $next = append $next $status -}}
{{- end -}}
`;

const PULLED = `
{{- range $status := $statuses -}}
  {{- if and (hasKey $status.state "waiting") (eq $status.state.waiting.reason "ImagePullBackOff") -}}
    {{- $_ := set $status "state" $running -}}{{- $_ := set $status "started" true -}}
  {{- end -}}
  {{- $next = append $next $status -}}
{{- end -}}
`;

/** The kubelet takes the memory back: no record is left behind. */
const EVICT = `
{{- range $status := $statuses -}}
  {{- if hasKey $status.state "running" -}}
    {{- $_ := set $status "state" (dict "terminated" (dict "exitCode" 137 "reason" "Error" "startedAt" $status.state.running.startedAt "finishedAt" $now)) -}}
    {{- $_ := set $status "started" false -}}
  {{- end -}}
  {{- $next = append $next $status -}}
{{- end -}}
{{- $phase = "Failed" -}}{{- $reason = "Evicted" -}}{{- $disruption = "TerminationByKubelet" -}}
`;

/** SIGTERM to what runs; an executor's shim records that, what never started never will. */
const TERMINATE = `
{{- range $i, $status := $statuses -}}
  {{- if hasKey $status.state "running" -}}
    {{- $start := $status.state.running.startedAt -}}
    {{- $message := "" -}}
    {{- if and (gt $i 0) (lt $i $last) -}}
      {{- $record := dict "startedAt" $start "endedAt" $now "exitCode" 143 "signal" 15 "signalled" true "stdoutBytes" 0 "stderrBytes" 0 -}}
      {{- if contains ".deaf." (index $fates $i) }}{{ $_ := set $record "exitCode" 137 }}{{ $_ := set $record "signal" 9 }}{{ end -}}
      {{- $message = toJson $record -}}
    {{- end -}}
    {{- $_ := set $status "state" (dict "terminated" (dict "exitCode" 143 "reason" "Error" "message" $message "startedAt" $start "finishedAt" $now)) -}}
    {{- $_ := set $status "ready" false -}}{{- $_ := set $status "started" false -}}
  {{- end -}}
  {{- $next = append $next $status -}}
{{- end -}}
{{- $phase = "Failed" -}}
`;

/** What ran when the machine went off is gone: the kubelet that comes back finds no container. */
const FORGOTTEN = `
{{- range $status := $statuses -}}
  {{- if hasKey $status.state "running" -}}
    {{- $_ := set $status "state" (dict "terminated" (dict "exitCode" 137 "reason" "ContainerStatusUnknown" "message" "The container could not be located when the pod was terminated" "startedAt" $status.state.running.startedAt "finishedAt" $now)) -}}
    {{- $_ := set $status "started" false -}}{{- $_ := set $status "ready" false -}}
  {{- end -}}
  {{- $next = append $next $status -}}
{{- end -}}
{{- $phase = "Failed" -}}
`;

const ALIVE = { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' } as const;
const DELETED = { key: '.metadata.deletionTimestamp', operator: 'Exists' } as const;
const OPEN = { key: '.status.phase', operator: 'In', values: ['Pending', 'Running'] } as const;
const UNSEEN = { key: '.status.startTime', operator: 'DoesNotExist' } as const;

type Requirement = Stage['spec']['selector']['matchExpressions'][number];

/**
 * The stages of pods on a machine that was switched on at that time; no two of them concern the same pod at the
 * same time.
 */
export function podStages(bootedAt: Date): readonly Stage[] {
  const booted = `${bootedAt.toISOString().slice(0, -'.000Z'.length)}Z`;
  const ours = isTrue(`.status.startTime >= "${booted}"`);
  const forgotten = isTrue(`.status.startTime != null and .status.startTime < "${booted}"`);
  const living = [ALIVE, OPEN, ours];
  return [
    podStage('begin', { when: [ALIVE, OPEN, UNSEEN], writes: BEGIN }),
    podStage('forget', { when: [OPEN, forgotten], writes: FORGOTTEN }),
    podStage('advance', { when: [...living, due('advance')], after: TURN_LASTS, writes: ADVANCE }),
    podStage('evict', { when: [...living, due('evict')], after: TURN_LASTS, writes: EVICT }),
    podStage('pulled', { when: [...living, due('pulled')], after: PULL_LASTS, writes: PULLED }),
    podStage('refuse', { when: [DELETED, OPEN, UNSEEN], writes: TERMINATE }),
    podStage('terminate', { when: [DELETED, OPEN, ours], after: DEATH_LASTS, writes: TERMINATE }),
    podStage('remove', {
      when: [
        DELETED,
        { key: '.status.phase', operator: 'In', values: ['Succeeded', 'Failed'] },
        isTrue('.metadata.deletionGracePeriodSeconds > 0'),
      ],
    }),
  ];
}

function isTrue(question: string): Requirement {
  return { key: question, operator: 'In', values: ['true'] };
}

function due(stage: string): Requirement {
  return { key: DUE, operator: 'In', values: [stage] };
}

/** A stage that writes the status, or else tells the API server that nothing of the pod is left on the node. */
function podStage(
  name: string,
  { when, after, writes }: { when: readonly Requirement[]; after?: string; writes?: string },
): Stage {
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name: `pod-${name}` },
    spec: {
      resourceRef: { apiGroup: 'v1', kind: 'Pod' },
      selector: { matchExpressions: when },
      ...(after !== undefined && {
        delay: { durationMilliseconds: 0, durationFrom: { expressionFrom: after } },
      }),
      next:
        writes === undefined
          ? { delete: true }
          : { patches: [{ subresource: 'status', template: HEAD + writes + TAIL }] },
    },
  };
}

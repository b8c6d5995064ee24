package stage

import (
	"errors"
	"fmt"
	"os"
	"time"

	"orrery.dev/shim/internal/files"
	"orrery.dev/shim/internal/layout"
	"orrery.dev/shim/internal/process"
	"orrery.dev/shim/internal/record"
	"orrery.dev/shim/internal/spec"
	"orrery.dev/shim/internal/streams"
	"orrery.dev/shim/internal/tail"
)

// reapTime bounds the wait for killed leftovers; what is stuck in the kernel ends with the container.
const reapTime = 2 * time.Second

// runOnce prepares, executes and looks after the command, and keeps what it wrote.
func runOnce(l layout.Layout, e spec.Executor, supervisor *process.Supervisor) (record.Result, error) {
	carried := files.NewCarried(l.Files, e.Carried)
	result := record.Result{StartedAt: record.Now(), Boot: currentBoot(l)}
	std, err := prepare(e, carried)
	if err != nil {
		result.EndedAt = record.Now()
		result.Failure, err = toFailure(err)
		return result, err
	}
	if supervisor.StopAsked() {
		return result, errStopped
	}
	result.StartedAt = record.Now()
	if err := record.WriteJSON(l.Record, record.StartedFile, record.Started{StartedAt: result.StartedAt, Boot: result.Boot}); err != nil {
		return result, err
	}
	std.KeepTails(keepingAt(l, record.StdoutLiveFile), keepingAt(l, record.StderrLiveFile))
	streamErr := execute(&result, e, std, supervisor)
	return result, keep(&result, l, e, std, errors.Join(streamErr, carried.Collect()))
}

// prepare makes everything that the command needs; an error is a *record.Failure where the task or image is the reason.
func prepare(e spec.Executor, carried files.Carried) (*streams.Streams, error) {
	if err := carried.Place(); err != nil {
		return nil, err
	}
	if e.Workdir != "" {
		if err := enter(e.Workdir); err != nil {
			return nil, &record.Failure{
				Code:    record.WorkdirUnusable,
				Message: fmt.Sprintf("The working directory %s cannot be used: %s.", e.Workdir, files.Reason(err)),
			}
		}
	}
	return streams.Open(streams.Names{Stdin: e.Stdin, Stdout: e.Stdout, Stderr: e.Stderr}, e.TailBytes)
}

func enter(workdir string) error {
	if err := files.MakeFolders(workdir); err != nil {
		return err
	}
	return os.Chdir(workdir)
}

// execute runs the command to its end; an error means that a stream file is not whole.
func execute(result *record.Result, e spec.Executor, std *streams.Streams, supervisor *process.Supervisor) error {
	env := process.Environment(os.Environ(), e.Env)
	pid, err := process.Start(process.Program{Argv: e.Argv, Env: env, Files: std.Descriptors()})
	var refused *process.StartError
	if errors.As(err, &refused) {
		std.Complain(refused.Message)
		std.Begin()
		result.EndedAt = record.Now()
		result.ExitCode = &refused.ExitCode
		return std.Finish(func() {})
	}
	std.Begin()
	ending := supervisor.Wait(pid, patienceOf(e))
	code := ending.ExitCode()
	result.EndedAt = ending.At
	result.ExitCode = &code
	result.Signal = ending.Signal()
	result.Signalled = ending.Signalled
	result.TimedOut = ending.TimedOut
	return std.Finish(func() { supervisor.KillRest(pid, reapTime) })
}

// keep saves the tails and opens the outputs to the upload. trouble is what was not kept whole.
func keep(result *record.Result, l layout.Layout, e spec.Executor, std *streams.Streams, trouble error) error {
	var failure *record.Failure
	if errors.As(trouble, &failure) {
		result.Failure = failure
	} else if trouble != nil {
		return trouble
	}
	files.MakeReadable(l.Files, e.Readable)
	result.StdoutBytes = std.Stdout().Total()
	result.StderrBytes = std.Stderr().Total()
	saveTail(l, record.StdoutTailFile, std.Stdout())
	saveTail(l, record.StderrTailFile, std.Stderr())
	return nil
}

// keepingAt saves the tail of a command that may be killed together with the shim. What cannot be saved is lost then.
func keepingAt(l layout.Layout, name string) func([]byte) {
	return func(live []byte) { _ = record.WriteSoon(l.Record, name, live) }
}

// recoverTails makes the tails of a killed command from what was kept while it ran.
func recoverTails(l layout.Layout, result *record.Result) {
	for _, stream := range []struct {
		live, tail string
		bytes      *int64
	}{
		{record.StdoutLiveFile, record.StdoutTailFile, &result.StdoutBytes},
		{record.StderrLiveFile, record.StderrTailFile, &result.StderrBytes},
	} {
		live, err := record.Read(l.Record, stream.live, maxTailBytes)
		data, total := tail.ReadLive(live)
		if err == nil && total > 0 && record.Write(l.Record, stream.tail, data, 0o644) == nil {
			*stream.bytes = total
		}
	}
}

// saveTail never fails: a full disk must not hide how the command ended.
func saveTail(l layout.Layout, name string, ring *tail.Ring) {
	if ring.Total() == 0 {
		return
	}
	if err := record.Write(l.Record, name, ring.Bytes(), 0o644); err != nil {
		fmt.Fprintf(os.Stderr, "orrery: %v\n", err)
	}
}

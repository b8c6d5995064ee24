package stage

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"orrery.dev/shim/internal/files"
	"orrery.dev/shim/internal/layout"
	"orrery.dev/shim/internal/process"
	"orrery.dev/shim/internal/record"
	"orrery.dev/shim/internal/spec"
)

// errStopped means that a stop signal came before there was anything to record; the stage may run again.
var errStopped = errors.New("a stop signal arrived")

// executor runs one command of the task at most once in the life of the pod.
func executor(l layout.Layout) (int, error) {
	supervisor := process.Supervise()
	text, err := os.ReadFile(filepath.Join(l.Run, "spec.json"))
	if err != nil {
		return crashed, err
	}
	e, err := spec.ParseExecutor(text)
	if err != nil {
		return crashed, err
	}
	result, found, err := record.ReadJSON[record.Result](l.Record, record.ResultFile)
	if found {
		emitResult(l, e, result)
		return done, nil
	}
	if err != nil && !record.Exists(l.Record, record.StartedFile) {
		return crashed, err
	}
	result, err = settle(l, e, supervisor)
	if errors.Is(err, errStopped) {
		return signalled, nil
	}
	if err != nil {
		return crashed, err
	}
	result.IgnoreError = e.IgnoreError
	if err := record.WriteJSON(l.Record, record.ResultFile, result); err != nil {
		return crashed, err
	}
	emitResult(l, e, result)
	if result.Signalled {
		return signalled, nil
	}
	return done, nil
}

// settle finds the result of a command that has none yet: killed, skipped, or run now.
func settle(l layout.Layout, e spec.Executor, supervisor *process.Supervisor) (record.Result, error) {
	now := record.Now()
	if record.Exists(l.Record, record.StartedFile) {
		started, found, err := record.ReadJSON[record.Started](l.Record, record.StartedFile)
		if !found || err != nil {
			// Damaged or not, it says that the command may have run.
			started.StartedAt = now
		}
		files.MakeReadable(l.Files, e.Readable)
		result := record.Result{StartedAt: started.StartedAt, EndedAt: now, Killed: true, Boot: started.Boot}
		recoverTails(l, &result)
		return result, nil
	}
	before := lookBack(l, e.Index)
	switch {
	case before.failed:
		return record.Result{StartedAt: now, EndedAt: now, Skipped: true}, nil
	case before.lost:
		return record.Result{StartedAt: now, EndedAt: now, Failure: nodeRestarted()}, nil
	}
	return runOnce(l, e, supervisor)
}

// past is what the stages before an executor left.
type past struct {
	failed bool // something failed in a way that ends the task
	lost   bool // files may be lost by a restart of the node
}

// lookBack reads the records of the stages before an executor. An earlier executor whose result cannot be read is taken
// for failed: it has run, and nobody knows how it ended.
func lookBack(l layout.Layout, index int) past {
	in, found, err := record.ReadJSON[record.Inputs](l.InputsRecord(), record.DoneFile)
	if err != nil || (found && in.Failure != nil) {
		return past{failed: true}
	}
	lost := !isOfThisBoot(l, in.Boot)
	for i := range index {
		earlier, found, err := record.ReadJSON[record.Result](l.ExecutorRecord(i), record.ResultFile)
		if err != nil || !found || earlier.StopsTask() {
			return past{failed: true}
		}
		lost = lost || !isOfThisBoot(l, earlier.Boot)
	}
	return past{lost: lost}
}

func emitResult(l layout.Layout, e spec.Executor, result record.Result) {
	emit(l, e.MessageBytes, result.Failure, func(failure *record.Failure) any {
		result.Failure, result.Boot = failure, ""
		if result.Signalled {
			return withLastWords(l, e.MessageBytes, result)
		}
		return result
	})
}

func patienceOf(e spec.Executor) process.Patience {
	patience := process.Patience{Grace: time.Duration(e.GraceSeconds) * time.Second}
	if e.RunDeadlineSeconds != nil {
		patience.Deadline = time.Duration(*e.RunDeadlineSeconds) * time.Second
	}
	return patience
}

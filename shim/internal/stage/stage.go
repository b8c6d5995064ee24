// Package stage holds the three stages of a task's pod.
package stage

import (
	"fmt"
	"os"
	"syscall"

	"orrery.dev/shim/internal/layout"
	"orrery.dev/shim/internal/record"
)

// Exit codes of a stage. Every failure that is recorded exits with done: only a crash may be started again.
const (
	done      = 0
	crashed   = 1
	misused   = 2
	signalled = 128 + int(syscall.SIGTERM)
)

// Run runs the stage that the arguments name and returns the exit code.
func Run(args []string, l layout.Layout) int {
	stages := map[string]func(layout.Layout) (int, error){"inputs": inputs, "executor": executor, "outputs": outputs}
	if len(args) != 1 || stages[args[0]] == nil {
		fmt.Fprintln(os.Stderr, "orrery: usage: shim inputs | executor | outputs")
		return misused
	}
	code, err := stages[args[0]](l)
	if err != nil {
		fmt.Fprintf(os.Stderr, "orrery: the stage %s could not be finished: %v\n", args[0], err)
		return crashed
	}
	return code
}

// emit writes a termination message. One that cannot be written is only told: the record and the report have it all.
func emit(l layout.Layout, limit int, failure *record.Failure, build func(*record.Failure) any) {
	if err := record.WriteMessage(l.TerminationLog, limit, failure, build); err != nil {
		fmt.Fprintf(os.Stderr, "orrery: the termination message could not be written: %v\n", err)
	}
}

// toFailure makes a failure of the task out of an error that is one; any other error is a crash of the stage.
func toFailure(err error) (*record.Failure, error) {
	if failure, ok := err.(*record.Failure); ok {
		return failure, nil
	}
	return nil, err
}

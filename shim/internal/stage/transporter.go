package stage

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"orrery.dev/shim/internal/layout"
	"orrery.dev/shim/internal/process"
	"orrery.dev/shim/internal/record"
)

const (
	// transporterGrace is what a transporter gets to end after a stop signal.
	transporterGrace = 20 * time.Second
	// maxResultBytes bounds what is kept of a result; the transporter lists 4 MiB of outputs and counts the rest.
	maxResultBytes = 16 << 20
	// answerTime bounds the wait for the rest of the result after the transporter's end.
	answerTime = 10 * time.Second
)

// transport runs the transporter with the plan on its stdin and reads its result from its stdout; its stderr is the
// container's log. Any end without a result is an error: the stage crashes and the kubelet starts it again.
func transport[R any](l layout.Layout, stage string, plan any) (R, error) {
	var result R
	request, err := record.Compact(plan)
	if err != nil {
		return result, err
	}
	answer, err := converse([]string{l.Node, l.Transporter, stage}, request)
	if err != nil {
		return result, err
	}
	if err := json.Unmarshal(answer, &result); err != nil {
		return result, fmt.Errorf("the transporter's result is not valid JSON: %w", err)
	}
	return result, nil
}

// converse runs a command, writes the request to its stdin and returns what it writes to its stdout.
func converse(argv []string, request []byte) ([]byte, error) {
	supervisor := process.Supervise()
	inReader, inWriter, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	outReader, outWriter, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	pid, err := process.Start(process.Program{
		Argv: argv, Env: os.Environ(), Files: [3]uintptr{inReader.Fd(), outWriter.Fd(), os.Stderr.Fd()},
	})
	_ = inReader.Close()
	_ = outWriter.Close()
	if err != nil {
		return nil, fmt.Errorf("the transporter cannot be started: %w", err)
	}
	go func() {
		// A transporter that does not read its plan fails by itself, and its exit code tells.
		_, _ = inWriter.Write(request)
		_ = inWriter.Close()
	}()
	answers := make(chan []byte, 1)
	go func() {
		answer, _ := io.ReadAll(io.LimitReader(outReader, maxResultBytes))
		answers <- answer
	}()
	ending := supervisor.Wait(pid, process.Patience{Grace: transporterGrace})
	_ = outReader.SetReadDeadline(time.Now().Add(answerTime))
	answer := <-answers
	if ending.ExitCode() == 0 {
		return answer, nil
	}
	if ending.Signalled {
		return nil, errStopped
	}
	return nil, fmt.Errorf("the transporter ended with code %d and without a result", ending.ExitCode())
}

// stoppedOrCrashed ends a stage that has nothing to record.
func stoppedOrCrashed(err error) (int, error) {
	if errors.Is(err, errStopped) {
		return signalled, nil
	}
	return crashed, err
}

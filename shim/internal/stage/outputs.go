package stage

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"orrery.dev/shim/internal/files"
	"orrery.dev/shim/internal/layout"
	"orrery.dev/shim/internal/record"
	"orrery.dev/shim/internal/spec"
)

// maxDoneBytes bounds the stage's own record, which is the report.
const maxDoneBytes = 64 << 20

// outputs uploads what the task declared and reports how all stages ended. Its record is the report itself.
func outputs(l layout.Layout) (int, error) {
	text, err := os.ReadFile(filepath.Join(l.InputsRecord(), record.OutputsSpecFile))
	if err != nil {
		return crashed, err
	}
	o, err := spec.ParseOutputs(text)
	if err != nil {
		return crashed, err
	}
	if line, r, found := readReport(l); found {
		return done, publish(l, o, line, r)
	}
	r, err := buildReport(l, o)
	if err != nil {
		return stoppedOrCrashed(err)
	}
	line, r, err := fitReport(r, o.ReportBytes)
	if err != nil {
		return crashed, err
	}
	if err := record.Write(l.Record, record.DoneFile, line, 0o644); err != nil {
		return crashed, err
	}
	return done, publish(l, o, line, r)
}

// readReport finds the report of an earlier run of this container; an incomplete one is made again.
func readReport(l layout.Layout) (line []byte, r report, found bool) {
	line, err := record.Read(l.Record, record.DoneFile, maxDoneBytes)
	if err != nil || json.Unmarshal(line, &r) != nil {
		return nil, report{}, false
	}
	return line, r, r.Complete
}

// buildReport gathers the records and uploads the outputs: after a failed executor as many as there are, after failed
// inputs none, and none that may be damaged and would pass for a success.
func buildReport(l layout.Layout, o spec.Outputs) (report, error) {
	r := report{Version: reportVersion, StartedAt: record.Now(), Complete: true, Outputs: []upload{}, Warnings: []string{}}
	if err := r.addInputs(l); err != nil {
		return r, err
	}
	r.addExecutors(l, o.Executors)
	if r.lost && r.succeeded() {
		r.Failure = nodeRestarted()
	} else if len(o.Uploads) > 0 && (r.Inputs == nil || r.Inputs.Failure == nil) {
		if err := files.NewReadOnly(l.Root(), l.ReadOnly(), o.ReadOnly).PutBack(); err != nil {
			return r, err
		}
		plan := uploadPlan{Root: l.Root(), Uploads: o.Uploads, BestEffort: !r.succeeded()}
		result, err := transport[uploadResult](l, "outputs", plan)
		if err != nil {
			return r, err
		}
		r.addUploads(result)
	}
	r.EndedAt = record.Now()
	return r, nil
}

func (r *report) addInputs(l layout.Layout) error {
	in, found, err := record.ReadJSON[record.Inputs](l.InputsRecord(), record.DoneFile)
	switch {
	case err != nil:
		return err
	case found:
		r.lost = !isOfThisBoot(l, in.Boot)
		in.Boot = ""
		r.Inputs = &in
	default:
		r.miss("The stage inputs left no record.")
	}
	return nil
}

func (r *report) addExecutors(l layout.Layout, count int) {
	r.Executors = []executorReport{}
	for i := range count {
		folder := l.ExecutorRecord(i)
		result, found, err := record.ReadJSON[record.Result](folder, record.ResultFile)
		if err != nil || !found {
			r.miss(fmt.Sprintf("Executor %d left no readable record.", i))
			continue
		}
		r.lost = r.lost || !isOfThisBoot(l, result.Boot)
		result.Boot = ""
		e := executorReport{Index: i, Result: result}
		e.stdoutTail, _ = record.Read(folder, record.StdoutTailFile, maxTailBytes)
		e.stderrTail, _ = record.Read(folder, record.StderrTailFile, maxTailBytes)
		r.Executors = append(r.Executors, e)
	}
}

// miss marks a report that cannot tell everything.
func (r *report) miss(sentence string) {
	r.Complete = false
	r.Warnings = append(r.Warnings, sentence)
}

func (r *report) addUploads(result uploadResult) {
	r.Outputs = append(r.Outputs, result.Outputs...)
	r.Warnings = append(r.Warnings, result.Warnings...)
	r.Summary = result.Summary
	r.Failure = result.Failure
}

// succeeded tells whether no executor failed in a way that ends the task.
func (r *report) succeeded() bool {
	for _, e := range r.Executors {
		if e.StopsTask() {
			return false
		}
	}
	return r.Complete
}

// uploadPlan and uploadResult are the transporter's protocol.
type uploadPlan struct {
	Root       string            `json:"root"`
	Uploads    []json.RawMessage `json:"uploads"`
	BestEffort bool              `json:"bestEffort"`
}

type uploadResult struct {
	Outputs  []upload        `json:"outputs"`
	Summary  *uploadSummary  `json:"summary"` // only when the list was cut
	Warnings []string        `json:"warnings"`
	Failure  *record.Failure `json:"failure"`
}

package stage

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"

	"orrery.dev/shim/internal/files"
	"orrery.dev/shim/internal/layout"
	"orrery.dev/shim/internal/record"
	"orrery.dev/shim/internal/spec"
)

// inputs prepares the pod for its executors. It answers from its record when it has one, and does nothing when an
// executor has started: a new sandbox begins with this stage again, and nothing may change under a task that ran. After
// a restart of the node before that, it does its work again.
func inputs(l layout.Layout) (int, error) {
	in, found, err := record.ReadJSON[record.Inputs](l.InputsRecord(), record.DoneFile)
	if err != nil {
		return crashed, err
	}
	hasStarted := anyStarted(l)
	if found && (hasStarted || isOfThisBoot(l, in.Boot)) {
		emitInputs(l, in)
		return done, nil
	}
	if hasStarted {
		return done, nil
	}
	s, err := spec.Read(l.Spec)
	if err != nil {
		return crashed, err
	}
	if err := makeRecordFolders(l, s); err != nil {
		return crashed, err
	}
	in, err = bringIn(l, s)
	if err != nil {
		return stoppedOrCrashed(err)
	}
	if err := record.WriteJSON(l.InputsRecord(), record.DoneFile, in); err != nil {
		return crashed, err
	}
	emitInputs(l, in)
	return done, nil
}

// bringIn does the work of the stage; what the task is to blame for becomes the record's failure.
func bringIn(l layout.Layout, s spec.Stage) (record.Inputs, error) {
	in := record.Inputs{StartedAt: record.Now(), Boot: currentBoot(l)}
	if err := install(l, s.Executors); err != nil {
		return in, err
	}
	if err := record.WriteJSON(l.InputsRecord(), record.OutputsSpecFile, s.Outputs); err != nil {
		return in, err
	}
	written, err := files.Prepare(l.Root(), s.Directories, s.Contents)
	in.Files, in.Bytes = written.Files, written.Bytes
	if err == nil && len(s.Fetches) > 0 {
		var fetched fetchResult
		fetched, err = fetch(l, s.Fetches)
		in.Files += fetched.Files
		in.Bytes += fetched.Bytes
		if fetched.Failure != nil {
			in.Failure = fetched.Failure
		}
	}
	if err == nil && in.Failure == nil {
		err = files.NewReadOnly(l.Root(), l.ReadOnly(), s.ReadOnly).SetAside()
	}
	in.EndedAt = record.Now()
	if failure, _ := toFailure(err); failure != nil {
		in.Failure, err = failure, nil
	}
	return in, err
}

// fetchPlan and fetchResult are the transporter's protocol.
type fetchPlan struct {
	Root    string            `json:"root"`
	Fetches []json.RawMessage `json:"fetches"`
}

type fetchResult struct {
	Files   int64           `json:"files"`
	Bytes   int64           `json:"bytes"`
	Failure *record.Failure `json:"failure"`
}

func fetch(l layout.Layout, fetches []json.RawMessage) (fetchResult, error) {
	return transport[fetchResult](l, "inputs", fetchPlan{Root: l.Root(), Fetches: fetches})
}

func anyStarted(l layout.Layout) bool {
	folders, _ := filepath.Glob(filepath.Join(l.Records, "executor-*"))
	return slices.ContainsFunc(folders, func(folder string) bool { return record.Exists(folder, record.StartedFile) })
}

// makeRecordFolders makes the folders that later stages mount one by one; they are open, because each is writable only
// in the container of its stage, under whatever user that runs.
func makeRecordFolders(l layout.Layout, s spec.Stage) error {
	folders := []string{l.InputsRecord(), filepath.Join(l.Records, "outputs")}
	for _, e := range s.Executors {
		folders = append(folders, l.ExecutorRecord(e.Index))
	}
	for _, folder := range folders {
		if err := files.MakeFolders(folder); err != nil {
			return err
		}
	}
	return record.SyncFolder(l.Records)
}

func emitInputs(l layout.Layout, in record.Inputs) {
	limit := record.DefaultMessageBytes
	if text, err := os.ReadFile(filepath.Join(l.InputsRecord(), record.OutputsSpecFile)); err == nil {
		if o, err := spec.ParseOutputs(text); err == nil {
			limit = o.MessageBytes
		}
	}
	emit(l, limit, in.Failure, func(failure *record.Failure) any {
		in.Failure, in.Boot = failure, ""
		return in
	})
}

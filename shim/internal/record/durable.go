// Package record holds the records of the stages: what they say, how they are made durable, and how they are read back.
package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Names of the record files inside a stage's record folder.
const (
	StartedFile     = "started.json"
	ResultFile      = "result.json"
	DoneFile        = "done.json"
	OutputsSpecFile = "outputs-spec.json"
	StdoutTailFile  = "stdout.tail"
	StderrTailFile  = "stderr.tail"
	StdoutLiveFile  = "stdout.live"
	StderrLiveFile  = "stderr.live"
)

// WriteJSON makes value durable as compact JSON; see Write.
func WriteJSON(folder, name string, value any) error {
	data, err := Compact(value)
	if err != nil {
		return err
	}
	return Write(folder, name, data, 0o644)
}

// Write makes data durable under folder/name: after a power loss the file is whole or absent, and once Write has
// returned it is whole. The mode does not depend on the umask.
func Write(folder, name string, data []byte, mode os.FileMode) error {
	if err := put(folder, name, data, putting{mode: mode, sync: true}); err != nil {
		return err
	}
	return SyncFolder(folder)
}

// WriteSoon replaces folder/name as a whole without waiting for the disk: it outlives this process, not the node.
func WriteSoon(folder, name string, data []byte) error {
	return put(folder, name, data, putting{mode: 0o644})
}

type putting struct {
	mode os.FileMode
	sync bool
}

func put(folder, name string, data []byte, how putting) error {
	target := filepath.Join(folder, name)
	temporary := filepath.Join(folder, "."+name+".tmp")
	err := writeNew(temporary, data, how)
	if err == nil {
		err = replace(temporary, target)
	}
	if err != nil {
		return fmt.Errorf("the record %s cannot be written: %w", target, err)
	}
	return nil
}

// SyncFolder makes the names in a folder durable.
func SyncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// Compact is value as JSON on one line, with <, > and & as they are.
func Compact(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}

// writeNew removes what a user's process may have planted at the path, so that no link is written through.
func writeNew(path string, data []byte, how putting) error {
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, how.mode)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Chmod(how.mode); err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil || !how.sync {
		return err
	}
	return f.Sync()
}

// replace renames; a folder planted at the target would make that fail, so it goes first.
func replace(temporary, target string) error {
	if info, err := os.Lstat(target); err == nil && info.IsDir() {
		if err := os.RemoveAll(target); err != nil {
			return err
		}
	}
	return os.Rename(temporary, target)
}

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
	target := filepath.Join(folder, name)
	temporary := filepath.Join(folder, "."+name+".tmp")
	if err := writeSynced(temporary, data, mode); err != nil {
		return fmt.Errorf("the record %s cannot be written: %w", target, err)
	}
	if err := replace(temporary, target); err != nil {
		return fmt.Errorf("the record %s cannot be written: %w", target, err)
	}
	return SyncFolder(folder)
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

// writeSynced removes what a user's process may have planted at the path, so that no link is written through.
func writeSynced(path string, data []byte, mode os.FileMode) error {
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Chmod(mode); err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
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

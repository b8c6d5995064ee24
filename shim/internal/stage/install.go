package stage

import (
	"os"
	"path/filepath"

	"orrery.dev/shim/internal/layout"
	"orrery.dev/shim/internal/record"
	"orrery.dev/shim/internal/spec"
)

// Modes of what executors mount read-only: any user can read it, and nobody needs to write it again.
const (
	folderMode = 0o755
	binaryMode = 0o555
	specMode   = 0o444
)

// install gives every executor a folder with this program and its own specification. The program lies on the disk once
// and is linked into each folder.
func install(l layout.Layout, executors []spec.Executor) error {
	first := ""
	for _, e := range executors {
		folder := l.ExecutorShim(e.Index)
		if err := os.MkdirAll(folder, folderMode); err != nil {
			return err
		}
		if err := os.Chmod(folder, folderMode); err != nil {
			return err
		}
		binary := filepath.Join(folder, "shim")
		if err := installBinary(l.Self, first, binary); err != nil {
			return err
		}
		first = binary
		text, err := record.Compact(e)
		if err != nil {
			return err
		}
		if err := record.Write(folder, "spec.json", text, specMode); err != nil {
			return err
		}
	}
	return record.SyncFolder(l.Shim)
}

func installBinary(self, first, binary string) error {
	if first != "" {
		if err := os.RemoveAll(binary); err != nil {
			return err
		}
		return os.Link(first, binary)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		return err
	}
	return record.Write(filepath.Dir(binary), filepath.Base(binary), program, binaryMode)
}

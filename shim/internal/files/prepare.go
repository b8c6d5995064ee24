package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"orrery.dev/shim/internal/record"
	"orrery.dev/shim/internal/spec"
)

// Modes of inputs: every executor may change one in place, whatever user its image names, or nobody may.
const (
	contentMode  = 0o666
	readOnlyMode = 0o444
)

// Written counts what was brought into the virtual root.
type Written struct{ Files, Bytes int64 }

// Prepare makes the task's virtual root with its folders and inline contents. No link can lead it out of the root. An
// error is a *record.Failure where the task asks for the impossible (a file and a folder of one name).
func Prepare(rootPath string, directories []spec.Directory, contents []spec.Content) (Written, error) {
	var written Written
	if err := MakeFolders(rootPath); err != nil {
		return written, err
	}
	root, err := os.OpenRoot(rootPath)
	if err != nil {
		return written, err
	}
	defer root.Close()
	for _, d := range directories {
		if err := makeDirectory(root, d); err != nil {
			return written, refused(d.Path, err)
		}
	}
	for _, c := range contents {
		if err := writeContent(root, c); err != nil {
			return written, refused(c.Path, err)
		}
		written.Files++
		written.Bytes += int64(len(c.Data))
	}
	return written, nil
}

func makeDirectory(root *os.Root, d spec.Directory) error {
	if err := MakeFoldersIn(root, Inside(d.Path)); err != nil {
		return err
	}
	return root.Chmod(Inside(d.Path), toFileMode(d.Mode))
}

func writeContent(root *os.Root, c spec.Content) error {
	name := Inside(c.Path)
	if err := MakeFoldersIn(root, filepath.Dir(name)); err != nil {
		return err
	}
	mode := fs.FileMode(contentMode)
	if c.ReadOnly {
		mode = readOnlyMode
		if err := makeWritable(root, name); err != nil {
			return err
		}
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Chmod(mode); err != nil {
		return err
	}
	if _, err := f.Write(c.Data); err != nil {
		return err
	}
	return f.Close()
}

// makeWritable opens what an earlier run of the stage left read-only, because a user who is not root could not write it.
func makeWritable(root *os.Root, name string) error {
	err := root.Chmod(name, contentMode)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// refused tells the task's faults from the disk's.
func refused(path string, err error) error {
	var reason string
	switch {
	case errors.Is(err, syscall.EISDIR):
		reason = "the task also uses this path as a directory"
	case errors.Is(err, syscall.ENOTDIR):
		reason = "the task also uses this path, or one above it, as a file"
	case errors.Is(err, syscall.ENAMETOOLONG):
		reason = "the path or a part of it is too long"
	default:
		return err
	}
	return &record.Failure{Code: record.PathRefused, Message: fmt.Sprintf("%s cannot be made: %s.", path, reason)}
}

// toFileMode reads a mode as in chmod(2).
func toFileMode(mode uint32) fs.FileMode {
	result := fs.FileMode(mode) & fs.ModePerm
	for bit, flag := range map[uint32]fs.FileMode{syscall.S_ISVTX: fs.ModeSticky, syscall.S_ISGID: fs.ModeSetgid, syscall.S_ISUID: fs.ModeSetuid} {
		if mode&bit != 0 {
			result |= flag
		}
	}
	return result
}

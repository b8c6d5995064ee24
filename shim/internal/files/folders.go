// Package files makes and collects the files of a task.
package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// openMode is for folders made on the task's behalf: every executor may write to them, whatever user its image names.
const openMode = 0o777

// MakeFolders makes a folder of the container and those above it; new ones are open to everybody, whatever the umask.
func MakeFolders(path string) error {
	if info, err := os.Stat(path); err == nil {
		if !info.IsDir() {
			return &fs.PathError{Op: "mkdir", Path: path, Err: syscall.ENOTDIR}
		}
		return nil
	}
	if err := MakeFolders(filepath.Dir(path)); err != nil {
		return err
	}
	if err := os.Mkdir(path, openMode); err != nil {
		return err
	}
	return os.Chmod(path, openMode)
}

// MakeFoldersIn is MakeFolders inside a root; name is relative to it.
func MakeFoldersIn(root *os.Root, name string) error {
	if info, err := root.Stat(name); err == nil {
		if !info.IsDir() {
			return &fs.PathError{Op: "mkdir", Path: name, Err: syscall.ENOTDIR}
		}
		return nil
	}
	if err := MakeFoldersIn(root, filepath.Dir(name)); err != nil {
		return err
	}
	if err := root.Mkdir(name, openMode); err != nil {
		return err
	}
	return root.Chmod(name, openMode)
}

// Inside turns an absolute path of the task into a name inside its virtual root.
func Inside(taskPath string) string {
	if taskPath == "/" {
		return "."
	}
	return taskPath[1:]
}

// Reason is the cause of an error in words that a task's owner understands.
func Reason(err error) string {
	switch {
	case errors.Is(err, syscall.EROFS):
		return "the file system there is read-only"
	case errors.Is(err, fs.ErrPermission):
		return "the image's user has no permission there"
	case errors.Is(err, syscall.EBUSY):
		return "something is mounted there"
	}
	var number syscall.Errno
	if errors.As(err, &number) {
		return number.Error()
	}
	return err.Error()
}

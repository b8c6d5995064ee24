package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"orrery.dev/shim/internal/record"
)

// Carried are files of the task that lie outside every mounted folder. Each one is brought into the container as a link
// to its place in the virtual root, and whatever lies there when the command has ended is brought back: so writing
// through the link, "mv tmp out" and "sed -i" all work, and an image's folder is never hidden by a mount.
type Carried struct {
	files string // the virtual root, as this container sees it
	paths []string
}

// NewCarried takes absolute paths of the task.
func NewCarried(files string, paths []string) Carried { return Carried{files, paths} }

// Place makes the folder of every file, so that a command can write its outputs without making folders first, and
// brings in every file that exists; an error is a *record.Failure.
func (c Carried) Place() error {
	for _, path := range c.paths {
		if err := c.place(path); err != nil {
			return unplaceable("%s cannot be placed in the container: %s.", path, err)
		}
	}
	return nil
}

func (c Carried) place(path string) error {
	if err := MakeFolders(filepath.Dir(path)); err != nil {
		return err
	}
	source := c.source(path)
	if _, err := os.Lstat(source); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if info, err := os.Lstat(path); err == nil && info.IsDir() {
		return syscall.EISDIR
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Symlink(source, path)
}

// Collect brings every file back; an error is a *record.Failure.
func (c Carried) Collect() error {
	if len(c.paths) == 0 {
		return nil
	}
	root, err := os.OpenRoot(c.files)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, path := range c.paths {
		if err := c.collect(root, path); err != nil {
			return unplaceable("%s cannot be kept after the command: %s.", path, err)
		}
	}
	return nil
}

func (c Carried) collect(root *os.Root, path string) error {
	if target, err := os.Readlink(path); err == nil && target == c.source(path) {
		return nil
	}
	name := Inside(path)
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		// Vanished, or no longer a file: for the task's later stages it does not exist.
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	return copyInto(root, name, path, info.Mode().Perm())
}

func (c Carried) source(path string) string { return filepath.Join(c.files, path) }

// copyInto replaces root/name by a copy of the container's file, at once, so that a crash leaves the old or the new one.
func copyInto(root *os.Root, name, path string, mode os.FileMode) error {
	source, err := openOwn(path, mode)
	if err != nil {
		return err
	}
	defer source.Close()
	if err := MakeFoldersIn(root, filepath.Dir(name)); err != nil {
		return err
	}
	temporary := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+".orrery")
	if err := writeNew(root, temporary, source, mode|0o666); err != nil {
		_ = root.Remove(temporary)
		return err
	}
	return root.Rename(temporary, name)
}

// openOwn reads a file even where the command has taken the right to read from its owner.
func openOwn(path string, mode os.FileMode) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrPermission) && os.Chmod(path, mode|0o400) == nil {
		return os.Open(path)
	}
	return f, err
}

func writeNew(root *os.Root, name string, source io.Reader, mode os.FileMode) error {
	if err := root.RemoveAll(name); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.Copy(f, source); err != nil {
		return err
	}
	if err := f.Chmod(mode); err != nil {
		return err
	}
	return f.Close()
}

func unplaceable(format, path string, err error) error {
	return &record.Failure{Code: record.FileUnplaceable, Message: fmt.Sprintf(format, path, Reason(err))}
}

package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// asideMode is for folders above what is set aside: nobody but this program's user makes anything there.
const asideMode = 0o755

// ReadOnly are inputs that no executor may change. Executors can write to the virtual root in more ways than by the
// path of an input: through another mount of it, or by moving a folder above. So these lie in a tree of their own while
// executors run, which no container of theirs has but read-only, one mount for each input.
type ReadOnly struct {
	root  string // the virtual root
	aside string // the tree of their own, on the same file system
	paths []string
}

// NewReadOnly takes absolute paths of the task, none of which lies in another.
func NewReadOnly(root, aside string, paths []string) ReadOnly { return ReadOnly{root, aside, paths} }

// SetAside moves every input out of the virtual root. An empty file or folder stays in its place, for the mount. It can
// be repeated after all inputs were brought in again.
func (r ReadOnly) SetAside() error {
	for _, path := range r.paths {
		if err := setAside(filepath.Join(r.root, path), filepath.Join(r.aside, path)); err != nil {
			return err
		}
	}
	return nil
}

func setAside(place, aside string) error {
	info, err := os.Lstat(place)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(aside); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(aside), asideMode); err != nil {
		return err
	}
	if err := os.Rename(place, aside); err != nil {
		return err
	}
	if info.IsDir() {
		return os.Mkdir(place, asideMode)
	}
	return os.WriteFile(place, nil, readOnlyMode)
}

// PutBack moves every input to its place again, so that outputs which hold that path hold the input. Where the task
// made something else of the place, or moved it, that is left as it is. No process of the task may run meanwhile.
func (r ReadOnly) PutBack() error {
	for _, path := range r.paths {
		if err := r.putBack(path); err != nil {
			return err
		}
	}
	return nil
}

func (r ReadOnly) putBack(path string) error {
	place, aside := filepath.Join(r.root, path), filepath.Join(r.aside, path)
	input, err := os.Lstat(aside)
	if errors.Is(err, fs.ErrNotExist) {
		// An earlier run of the stage has put it back.
		return nil
	}
	if err != nil {
		return err
	}
	if !r.leadsThroughFolders(path) || !isKept(place, input.IsDir()) {
		return nil
	}
	if err := makeFolderWritable(filepath.Dir(place)); err != nil {
		return err
	}
	// Unlike os.Rename it takes the place of an empty folder, at once, so that a crash loses nothing.
	err = syscall.Rename(aside, place)
	if errors.Is(err, syscall.ENOTEMPTY) || errors.Is(err, syscall.EEXIST) {
		return nil
	}
	return err
}

// leadsThroughFolders tells whether nothing above the place is a link, which could lead anywhere.
func (r ReadOnly) leadsThroughFolders(path string) bool {
	name := Inside(path)
	for i, c := range name {
		if c != '/' {
			continue
		}
		if info, err := os.Lstat(filepath.Join(r.root, name[:i])); err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}

// isKept tells whether the place is as the mount needed it.
func isKept(place string, isFolder bool) bool {
	info, err := os.Lstat(place)
	if err != nil || info.IsDir() != isFolder {
		return false
	}
	return isFolder || (info.Mode().IsRegular() && info.Size() == 0)
}

// makeFolderWritable gives the owner back the rights that a command took from its own folder.
func makeFolderWritable(folder string) error {
	info, err := os.Lstat(folder)
	if err != nil || !isOwn(info) || info.Mode()&0o300 == 0o300 {
		return err
	}
	return os.Chmod(folder, info.Mode()|0o300)
}

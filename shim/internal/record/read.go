package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// maxRecordBytes bounds a record; a real one is far smaller.
const maxRecordBytes = 64 << 10

// Exists tells whether something lies at folder/name, whatever it is.
func Exists(folder, name string) bool {
	_, err := os.Lstat(filepath.Join(folder, name))
	return err == nil
}

// Read reads a file that a user's process may have planted: it follows no link, never waits, and reads regular files
// only, of at most limit bytes.
func Read(folder, name string, limit int64) ([]byte, error) {
	path := filepath.Join(folder, name)
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, fmt.Errorf("the record %s is not a regular file of at most %d bytes", path, limit)
	}
	return io.ReadAll(io.LimitReader(f, limit))
}

// ReadJSON reads a record; found is false when there is none. What cannot be read or understood is an error.
func ReadJSON[T any](folder, name string) (value T, found bool, err error) {
	data, err := Read(folder, name, maxRecordBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return value, false, nil
	}
	if err != nil {
		return value, false, err
	}
	if err := json.Unmarshal(data, &value); err != nil {
		return value, false, fmt.Errorf("the record %s is damaged: %w", filepath.Join(folder, name), err)
	}
	return value, true, nil
}

package spec

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// maxBytes bounds the unpacked specification, so that a wrong Secret cannot fill the container's memory.
const maxBytes = 256 << 20

// Read joins spec-0, spec-1, … of the folder, unpacks and parses them.
func Read(folder string) (Stage, error) {
	packed, err := join(folder)
	if err != nil {
		return Stage{}, err
	}
	text, err := unpack(packed)
	if err != nil {
		return Stage{}, err
	}
	return Parse(text)
}

// join stops at the first missing number; gzip's own checksum tells a missing part.
func join(folder string) ([]byte, error) {
	var packed []byte
	for k := 0; ; k++ {
		part, err := os.ReadFile(filepath.Join(folder, fmt.Sprintf("spec-%d", k)))
		if errors.Is(err, fs.ErrNotExist) && k > 0 {
			return packed, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the specification cannot be read: %w", err)
		}
		packed = append(packed, part...)
	}
}

func unpack(packed []byte) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("the specification is not gzip data: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(reader, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("the specification cannot be unpacked, a part may be missing: %w", err)
	}
	if len(text) > maxBytes {
		return nil, fmt.Errorf("the specification is larger than %d bytes", maxBytes)
	}
	return text, nil
}

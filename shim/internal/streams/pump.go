// Package streams connects a command to its stream files, to the container's log and to bounded tails.
package streams

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"orrery.dev/shim/internal/files"
	"orrery.dev/shim/internal/record"
	"orrery.dev/shim/internal/tail"
)

// chunkBytes is the default capacity of a pipe: one read empties it.
const chunkBytes = 64 << 10

// pump copies one pipe into a tail, a file (if asked for) and the container's log. The command is slowed down by a
// slow disk or log, as it would be without the shim; memory stays the same.
type pump struct {
	name, path     string // which stream, and its file; no path: none
	reader, writer *os.File
	ring           *tail.Ring
	keeper         *keeper
	file           *os.File
	log            *limitedLog
	fileErr        error
	done           chan struct{}
}

// newPump opens the pipe and the stream file, making its folders; an error is a *record.Failure when the file is the
// reason.
func newPump(name, path string, tailBytes int, log io.Writer) (*pump, error) {
	p := &pump{
		name: name, path: path, ring: tail.New(tailBytes), keeper: &keeper{},
		log: newLimitedLog(log, time.Now), done: make(chan struct{}),
	}
	var err error
	if path != "" {
		if p.file, err = create(path); err != nil {
			return nil, p.unwritable(err)
		}
	}
	p.reader, p.writer, err = os.Pipe()
	return p, err
}

// create empties or makes a file. It does not wait for a reader where a named pipe lies at the path.
func create(path string) (*os.File, error) {
	if err := files.MakeFolders(filepath.Dir(path)); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|syscall.O_NONBLOCK, 0o666)
	if err != nil {
		return nil, err
	}
	// Whoever runs after this executor may write the file too; one that belongs to somebody else stays as it is.
	_ = f.Chmod(0o666)
	return f, nil
}

// start begins to copy and gives up the command's end of the pipe, so that the last writer's end is seen.
func (p *pump) start() {
	_ = p.writer.Close()
	go func() {
		defer close(p.done)
		buffer := make([]byte, chunkBytes)
		for {
			n, err := p.reader.Read(buffer)
			p.take(buffer[:n])
			if err != nil {
				p.log.tellOmitted()
				return
			}
		}
	}()
}

func (p *pump) take(data []byte) {
	p.keeper.write(p.ring, data)
	if p.file != nil && p.fileErr == nil {
		_, p.fileErr = p.file.Write(data)
	}
	p.log.write(data)
}

// waitUntil waits for the end of the stream, at most until the deadline.
func (p *pump) waitUntil(deadline time.Time) {
	select {
	case <-p.done:
	case <-time.After(time.Until(deadline)):
	}
}

// finish waits for the end of the stream, reading on for at most the given time, and closes the file. An
// error means that the file is not whole.
func (p *pump) finish(patience time.Duration) error {
	_ = p.reader.SetReadDeadline(time.Now().Add(patience))
	<-p.done
	p.keeper.stop()
	_ = p.reader.Close()
	if p.file == nil {
		return nil
	}
	if err := p.file.Close(); p.fileErr == nil {
		p.fileErr = err
	}
	if p.fileErr != nil {
		return p.unwritable(p.fileErr)
	}
	return nil
}

func (p *pump) unwritable(err error) error {
	return &record.Failure{
		Code:    record.FileUnplaceable,
		Message: fmt.Sprintf("%s cannot be written to %s: %s.", p.name, p.path, files.Reason(err)),
	}
}

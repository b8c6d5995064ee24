package streams

import (
	"fmt"
	"io"
	"time"
)

// A container's log lies on the node's disk and is cut only now and then: a flood of output would fill the disk, and
// count as the task's use of it, before anybody looks.
const (
	logBurst = 4 << 20   // bytes that pass at once
	logRate  = 128 << 10 // bytes a second that pass for ever
)

// limitedLog passes on what a person could follow and leaves out the rest of a flood, saying so. The tail and the
// stream file are not its business. It is given up when it cannot be written.
type limitedLog struct {
	out     io.Writer // nil once given up
	now     func() time.Time
	room    int64
	at      time.Time
	omitted int64
}

func newLimitedLog(out io.Writer, now func() time.Time) *limitedLog {
	return &limitedLog{out: out, now: now, room: logBurst, at: now()}
}

func (l *limitedLog) write(data []byte) {
	now := l.now()
	l.room = min(logBurst, l.room+int64(now.Sub(l.at).Seconds()*logRate))
	l.at = now
	if int64(len(data)) > l.room {
		l.omitted += int64(len(data))
		return
	}
	l.tellOmitted()
	l.room -= int64(len(data))
	l.pass(data)
}

// tellOmitted says what is missing here.
func (l *limitedLog) tellOmitted() {
	if l.omitted > 0 {
		l.pass(fmt.Appendf(nil, "\n[... %d bytes are not in this log: they came too fast ...]\n", l.omitted))
		l.omitted = 0
	}
}

func (l *limitedLog) pass(data []byte) {
	if l.out == nil {
		return
	}
	if _, err := l.out.Write(data); err != nil {
		// The container's log is a convenience: without it the tail and the file still have everything.
		l.out = nil
	}
}

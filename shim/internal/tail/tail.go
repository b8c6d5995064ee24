// Package tail keeps the last bytes of a stream in bounded memory.
package tail

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Ring keeps the last bytes written to it. It is not safe for concurrent use.
type Ring struct {
	buffer []byte
	next   int
	total  int64
}

// New makes a ring that keeps the given number of bytes.
func New(size int) *Ring { return &Ring{buffer: make([]byte, size)} }

// Total is the number of bytes ever written.
func (r *Ring) Total() int64 { return r.total }

// Write never fails.
func (r *Ring) Write(p []byte) (int, error) {
	written := len(p)
	r.total += int64(written)
	if excess := written - len(r.buffer); excess > 0 {
		p = p[excess:]
	}
	for len(p) > 0 {
		n := copy(r.buffer[r.next:], p)
		p = p[n:]
		r.next = (r.next + n) % len(r.buffer)
	}
	return written, nil
}

// Bytes is a copy of what was kept.
func (r *Ring) Bytes() []byte {
	if r.total <= int64(len(r.buffer)) {
		return append([]byte{}, r.buffer[:r.total]...)
	}
	return append(append([]byte{}, r.buffer[r.next:]...), r.buffer[:r.next]...)
}

// Text turns data, the end of a stream of total bytes, into valid UTF-8 of at most size bytes. When anything of the
// stream is missing, a first line (not counted in size) tells how many bytes.
func Text(data []byte, size int, total int64) string {
	end := len(data)
	start := end
	for start > 0 {
		// An invalid byte counts as the three bytes of the replacement character that will stand for it.
		r, width := utf8.DecodeLastRune(data[:start])
		if size -= utf8.RuneLen(r); size < 0 {
			break
		}
		start -= width
	}
	if total > int64(end) && start == 0 {
		start = skipBrokenRune(data)
	}
	var text strings.Builder
	if lost := total - int64(end-start); lost > 0 {
		fmt.Fprintf(&text, "[... cut: %d bytes before this are not kept ...]\n", lost)
	}
	rest := data[start:]
	if utf8.Valid(rest) {
		text.Write(rest)
		return text.String()
	}
	for len(rest) > 0 {
		r, width := utf8.DecodeRune(rest)
		text.WriteRune(r)
		rest = rest[width:]
	}
	return text.String()
}

// skipBrokenRune counts the bytes of a character whose beginning the ring has lost.
func skipBrokenRune(data []byte) int {
	n := 0
	for n < len(data) && n < utf8.UTFMax-1 && !utf8.RuneStart(data[n]) {
		n++
	}
	return n
}
